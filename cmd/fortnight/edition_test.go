package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/inbox"
	"fortnight/internal/postgres/pgtest"
)

// newInbox is an inbox that takes a test's mail, and its address.
func newInbox(t *testing.T) (*inbox.Inbox, net.Addr) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := inbox.New(inbox.Options{Now: time.Now})
	served := make(chan error, 1)
	go func() { served <- box.ServeSMTP(l) }()
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return box, l.Addr()
}

// relayed is an inbox, and an environment that points at it.
func relayed(t *testing.T) *inbox.Inbox {
	t.Helper()
	box, addr := newInbox(t)
	host, port, _ := net.SplitHostPort(addr.String())
	for name, value := range map[string]string{
		"SMTP_HOST": host, "SMTP_PORT": port, "SMTP_TLS": "none", "MAIL_FROM": "Desk <digest@desk.example>", "BASE_URL": "https://digest.desk.example",
	} {
		t.Setenv("FORTNIGHT_"+name, value)
	}
	return box
}

// ownDatabase gives the program a database, and a key.
func ownDatabase(t *testing.T) {
	t.Helper()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FORTNIGHT_DATABASE_URL", pgtest.New(t))
	t.Setenv("FORTNIGHT_SECRET_KEY", base64.StdEncoding.EncodeToString(key))
}

const deskFile = `projects:
  desk:
    name: Support desk
    zone: America/New_York
    sources:
      desk: {platform: chatwoot, dsn_env: DESK_DSN, tenant: "1"}
    digests:
      weekly:
        cadence: weekly
        at: mon 08:00
        active: true
        sections: [activity, chatbot, contact_center]
        subscribers:
          - {address: ann@desk.example, name: Ann, audience: manager}
          - {address: bo@desk.example, name: Bo, audience: executive, locale: es, pdf: false}
`

func applied(t *testing.T) {
	t.Helper()
	ownDatabase(t)
	t.Setenv("DESK_DSN", pgtest.Load(t, desk))
	file := filepath.Join(t.TempDir(), "fortnight.yaml")
	if err := os.WriteFile(file, []byte(deskFile), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		says string
	}{
		{[]string{"apply", "-f", file, "--plan"}, "nothing was changed"},
		{[]string{"apply", "-f", file, "--plan"}, "+ digest desk/weekly"},
		{[]string{"apply", "-f", file}, "+ subscriber desk/weekly ann@desk.example"},
		{[]string{"apply", "-f", file}, "Nothing to change."},
	} {
		code, stdout, stderr := fortnight(t, step.args...)
		if code != 0 || !strings.Contains(stdout, step.says) {
			t.Fatalf("%v: exit code %d, stdout does not say %q:\n%s%s", step.args, code, step.says, stdout, stderr)
		}
	}
}

// inOrder is what an inbox got, by recipient: over several connections nobody is first.
func inOrder(box *inbox.Inbox) []inbox.Message {
	return slices.SortedStableFunc(slices.Values(box.Messages()), func(a, b inbox.Message) int { return strings.Compare(a.To, b.To) })
}

func TestAnEditionIsSentOnce(t *testing.T) {
	box := relayed(t)
	applied(t)
	code, stdout, stderr := fortnight(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if code != 0 || !strings.Contains(stdout, "2 sent") {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, _ = fortnight(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if code != 0 || !strings.Contains(stdout, "nothing was sent") {
		t.Errorf("a second time: exit code %d\n%s", code, stdout)
	}
	if err := box.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	mails := inOrder(box)
	if len(mails) != 2 || mails[0].To != "ann@desk.example" || mails[1].To != "bo@desk.example" {
		t.Fatalf("the receiver has %d mails", len(mails))
	}
	ids := map[string]bool{}
	for _, m := range mails {
		head, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		ids[strings.Trim(head.Header.Get("Message-ID"), "<>")] = true
	}
	code, stdout, _ = fortnight(t, "deliveries", "--edition", "1", "--json")
	if code != 0 {
		t.Fatalf("deliveries: exit code %d", code)
	}
	for _, line := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var d deliveryLine
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if d.State != digest.DeliverySent || d.Attempts != 1 || !ids[d.MessageID] {
			t.Errorf("the ledger says %+v; the receiver has %v", d, ids)
		}
	}
}

func TestATestGoesToOneAddressAndDiffersFromTheCopyInWhatIsPersonalOnly(t *testing.T) {
	box := relayed(t)
	applied(t)
	if code, _, stderr := fortnight(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23"); code != 0 {
		t.Fatal(stderr)
	}
	code, stdout, stderr := fortnight(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23", "--test", "me@desk.example")
	if code != 0 || !strings.Contains(stdout, "me@desk.example") {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if err := box.Wait(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	mails := inOrder(box)
	sent, test := headers(t, mails[0].Raw), headers(t, mails[2].Raw)
	if mails[2].To != "me@desk.example" {
		t.Errorf("the test went to %s", mails[2].To)
	}
	for name := range sent {
		switch name {
		case "To", "Subject", "Date", "Message-Id", "List-Unsubscribe", "Content-Type", "Dkim-Signature":
			continue // the boundary in Content-Type follows from the Message-ID
		}
		if got, want := test.Get(name), sent.Get(name); got != want {
			t.Errorf("%s is %q in the test and %q in the copy", name, got, want)
		}
	}
	subject := func(h mail.Header) string {
		s, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got, want := subject(test), "[Test] "+subject(sent); got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
	if code, stdout, _ := fortnight(t, "deliveries", "--edition", "1", "--json"); code != 0 || strings.Contains(stdout, "me@desk.example") {
		t.Errorf("the test stands in the ledger:\n%s", stdout)
	}
}

func headers(t *testing.T, raw []byte) mail.Header {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

func TestTheDemoWritesTheFirstCopysFilesAndEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, stdout, stderr := fortnight(t, "demo", "--once", "--out", dir, "--addr", "127.0.0.1:0")
	if code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if !strings.Contains(stdout, "3 sent") {
		t.Errorf("three subscribers were not sent to:\n%s", stdout)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	html, text, pdf := read("digest.html"), read("digest.txt"), read("digest.pdf")
	if len(html) > 100<<10 || len(pdf) > 400<<10 || len(text) == 0 || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("html %d bytes, text %d, PDF %d", len(html), len(text), len(pdf))
	}
	for _, remote := range []string{"<script", "<link", "<form", `src="http`, "url(http"} {
		if bytes.Contains(html, []byte(remote)) {
			t.Errorf("the html holds %s", remote)
		}
	}
	if bytes.Contains(html, []byte("fortnight.invalid")) || bytes.Contains(text, []byte("fortnight.invalid")) {
		t.Error("a placeholder of a link stayed")
	}
	var snap digest.Snapshot
	if err := json.Unmarshal(read("snapshot.json"), &snap); err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for _, s := range snap.Sections {
		if s.Status != digest.Complete {
			t.Errorf("section %s is %s: %s", s.Key, s.Status, s.Reason)
		}
		for _, c := range s.Charts {
			picture, err := png.DecodeConfig(bytes.NewReader(read(filepath.Join("charts", s.Key+"-"+c.Key+".png"))))
			if err != nil {
				t.Fatal(err)
			}
			if picture.Width != 1200 {
				t.Errorf("%s is %d wide, want 1200", c.Key, picture.Width)
			}
			if size := len(read(filepath.Join("charts", s.Key+"-"+c.Key+".png"))); size > 30<<10 {
				t.Errorf("%s weighs %d bytes, want at most 30 kB", c.Key, size)
			}
			drawn++
		}
	}
	if drawn != 17 {
		t.Errorf("%d charts, want 17", drawn)
	}
	h := headers(t, read("digest.eml"))
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "X-Mailer": "", "User-Agent": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if u := h.Get("List-Unsubscribe"); !strings.HasPrefix(u, "<https://digest.fortnight.example/") || strings.Count(u, "<") != 1 {
		t.Errorf("List-Unsubscribe is %q, want one https URI of the demo's host", u)
	}
	if from, err := mail.ParseAddress(h.Get("From")); err != nil || !strings.HasSuffix(from.Address, "@digest.fortnight.example") {
		t.Errorf("From is %q, %v", h.Get("From"), err)
	}
}

func TestAPreviewThatFailsLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, _, _ := fortnight(t, "preview", "--platform", "chatwoot", "--tenant", "7", "--from", "2020-03-23", "--to", "2020-03-30", "--zone", "UTC",
		"--dsn", pgtest.Load(t, desk), "--out", dir)
	if _, err := os.Stat(dir); code != 1 || !os.IsNotExist(err) {
		t.Errorf("exit code %d, and the folder: %v", code, err)
	}
}

func TestTheRealWeekIsCollected(t *testing.T) {
	code, stdout, stderr := fortnight(t, "collect", "--platform", "chatwoot", "--tenant", "1", "--from", "2020-03-23", "--to", "2020-03-30",
		"--zone", "America/New_York", "--dsn", pgtest.Load(t, desk), "--json")
	if code != 0 {
		t.Fatal(stderr)
	}
	var snap digest.Snapshot
	if err := json.Unmarshal([]byte(stdout), &snap); err != nil {
		t.Fatal(err)
	}
	f, ok := snap.Section("activity").Figure("total_messages")
	if !ok || f.Value.Number != 307 || f.Previous.Number != 192 {
		t.Errorf("total_messages is %v (before %v), want 307 (192)", f.Value.Number, f.Previous.Number)
	}
}
