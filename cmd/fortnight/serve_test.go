package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-message"

	"fortnight/digest"
	"fortnight/internal/inbox"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

// deskOf is fortnight.yaml of one weekly digest with subscribers, a line each.
func deskOf(subscribers string) string {
	return `projects:
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
        sections: [activity]
        subscribers:
` + subscribers
}

// atMidnight has a desk's digest due as soon as its week is closed.
func atMidnight(desk string) string { return strings.Replace(desk, "mon 08:00", "mon 00:00", 1) }

// newDesk is an installation with a desk's database and its digest applied.
func newDesk(t *testing.T, relay net.Addr, subscribers string) *place {
	t.Helper()
	p := newPlace(t, relay)
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	p.apply(t, deskOf(subscribers))
	return p
}

func TestServeSendsTheLatestEditionOfADigestJustSwitchedOnOnceHoweverManyServe(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	// In a zone where the digest's hour may be yet to come, one gets the first edition at once as well.
	p := newDesk(t, addr, manyReaders(3)+"          - {address: far@desk.example, name: Far, zone: Pacific/Auckland}\n")
	first, _ := p.serve(t)
	second, _ := p.serve(t)
	p.awaitDone(t, 1, first)
	if took, code := first.end(t, syscall.SIGTERM); code != 0 || took > 20*time.Second {
		t.Errorf("the first ended after %s with %d:\n%s", took, code, &first.err)
	}
	third, _ := p.serve(t) // looks at once, and every second
	time.Sleep(2500 * time.Millisecond)
	for _, x := range []*process{second, third} {
		if took, code := x.end(t, syscall.SIGTERM); code != 0 || took > 20*time.Second {
			t.Errorf("it ended after %s with %d:\n%s", took, code, &x.err)
		}
	}
	got := map[string]int{}
	for _, m := range box.Messages() {
		got[m.To]++
		if bytes.Contains(m.Raw, []byte("This edition was due")) {
			t.Errorf("the first edition says that it is late:\n%s", m.Raw)
		}
	}
	want := map[string]int{"reader00@desk.example": 1, "reader01@desk.example": 1, "reader02@desk.example": 1, "far@desk.example": 1}
	if !maps.Equal(got, want) {
		t.Errorf("the receiver has %v", got)
	}
	for _, x := range []*process{first, second, third} {
		for _, line := range x.log() {
			if line["level"] != "INFO" || line["msg"] == "producer: Producer job counts" {
				t.Errorf("a log of a quiet service says %v", line)
			}
		}
	}
}

func TestTheLinksOfAMailAreAnswered(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := newDesk(t, addr, "          - {address: ann@desk.example, name: Ann}\n          - {address: bo@desk.example, name: Bo, audience: executive, locale: es}\n")
	p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if err := box.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	ann := inOrder(box)[0]
	p.apply(t, strings.ReplaceAll(deskOf(manyReaders(0)+"          - {address: ann@desk.example, name: Ann}\n          - {address: bo@desk.example, name: Bo, audience: executive, locale: es}\n"), "active: true", "active: false"))
	_, web := p.serve(t)
	here := func(link string) string {
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host != "digest.desk.example" {
			t.Fatalf("the link is %q, %v", link, err)
		}
		return web + u.EscapedPath()
	}

	h := headers(t, ann.Raw)
	unsubscribe := strings.Trim(h.Get("List-Unsubscribe"), "<>")
	parts := bodies(t, ann.Raw)
	i := strings.Index(parts["text/plain"], "https://digest.desk.example/view/")
	if i < 0 {
		t.Fatalf("the text has no view link:\n%s", parts["text/plain"])
	}
	view := strings.Fields(parts["text/plain"][i:])[0]

	status, page := ask(t, "GET", here(view), "")
	if status != 200 || !strings.Contains(page, "307") || strings.Contains(page, "cid:") {
		t.Errorf("the edition in the browser: status %d, with cid: %t", status, strings.Contains(page, "cid:"))
	}
	if pictures := strings.Count(page, "<svg"); pictures < 5 || strings.Contains(page, "<img") {
		t.Errorf("the edition in the browser has %d pictures", pictures)
	}
	if status, page := ask(t, "GET", here(view)+"/mail", ""); status != 200 || strings.Count(page, "data:image/png;base64,") < 5 || strings.Contains(page, "cid:") {
		t.Errorf("the mail in the browser: status %d, %d pictures", status, strings.Count(page, "data:image/png;base64,"))
	}
	for _, beside := range []string{"preferences", "definitions"} {
		i := strings.Index(parts["text/plain"], "https://digest.desk.example/"+beside+"/")
		if i < 0 {
			t.Errorf("the text has no link to %s:\n%s", beside, parts["text/plain"])
			continue
		}
		if status, page := ask(t, "GET", here(strings.Fields(parts["text/plain"][i:])[0]), ""); status != 200 || !strings.Contains(page, "<h1>") {
			t.Errorf("%s answers %d", beside, status)
		}
	}
	if status, _ := ask(t, "GET", web+"/view/1/nobodystoken", ""); status != 404 {
		t.Errorf("a stranger's link answers %d", status)
	}

	gets := func() string { return p.must(t, "subscribers", "--json") }
	before := gets()
	if status, page := ask(t, "GET", here(unsubscribe), ""); status != 200 || !strings.Contains(page, "<form") {
		t.Errorf("looking at unsubscribing answers %d\n%s", status, page)
	}
	if after := gets(); after != before {
		t.Errorf("a look changed the subscriptions:\n%s", after)
	}
	if post := h.Get("List-Unsubscribe-Post"); post != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post is %q", post)
	}
	if status, _ := ask(t, "POST", here(unsubscribe), h.Get("List-Unsubscribe-Post")); status != 200 {
		t.Errorf("one click answers %d", status)
	}
	out := p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-16")
	if err := box.Wait(t.Context(), 3); err != nil || !strings.Contains(out, "1 sent") {
		t.Fatal(out, err)
	}
	if all := inOrder(box); len(all) != 3 || all[1].To != "bo@desk.example" || all[2].To != "bo@desk.example" {
		t.Errorf("after Ann's click %d mails went out in all, the last to %s", len(all), all[len(all)-1].To)
	}
}

// bodies gives the text parts of a mail by their type, decoded.
func bodies(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	whole, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	if err := whole.Walk(func(_ []int, part *message.Entity, err error) error {
		kind, _, _ := part.Header.ContentType()
		if err != nil || !strings.HasPrefix(kind, "text/") {
			return err
		}
		body, err := io.ReadAll(part.Body)
		found[kind] = string(body)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func decodedSubject(t *testing.T, raw []byte) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(headers(t, raw).Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestThoseWhoWatchAreAnswered(t *testing.T) {
	t.Parallel()
	_, addr := newInbox(t)
	p := newPlace(t, addr)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.env["FORTNIGHT_ADDR"] = free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := p.run(t, "health"); code != 1 || stdout != "" || !strings.Contains(stderr, "serve") {
		t.Errorf("health of nothing: %d, %q, %q", code, stdout, stderr)
	}
	_, web := p.serve(t)
	if code, stdout, stderr := p.run(t, "health"); code != 0 || stdout != "well\n" || stderr != "" {
		t.Errorf("health: %d, %q, %q", code, stdout, stderr)
	}
	for path, says := range map[string]string{"/healthz": "well", "/readyz": "ready", "/metrics": `fortnight_delivery_attempts_total{outcome="sent"} 0`} {
		if status, body := ask(t, "GET", web+path, ""); status != 200 || !strings.Contains(body, says) {
			t.Errorf("%s answers %d:\n%s", path, status, body)
		}
	}
	if _, err := p.pool.Exec(t.Context(), "ALTER TABLE fortnight.schema_version RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	if status, _ := ask(t, "GET", web+"/readyz", ""); status != 503 {
		t.Errorf("/readyz answers %d over a database that is not this program's", status)
	}
	if status, _ := ask(t, "GET", web+"/healthz", ""); status != 200 {
		t.Errorf("/healthz answers %d while the process is well", status)
	}
}

// openDir is a folder that every account may enter, as the private PostgreSQL of root needs it.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "fortnight-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestServeWithItsOwnDatabaseSurvivesAKill(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := barePlace(t, addr)
	p.env["FORTNIGHT_DATA_DIR"] = openDir(t) + "/data"
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	if code, _, stderr := p.run(t, "editions"); code != 1 || !strings.Contains(stderr, "FORTNIGHT_DATABASE_URL") || !strings.Contains(stderr, "--embedded") {
		t.Errorf("before it runs: %d, %s", code, stderr)
	}
	first, _ := p.serve(t, "--embedded")
	p.apply(t, deskOf(manyReaders(2))) // finds the private database by FORTNIGHT_DATA_DIR
	if err := box.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	await(t, "the edition is done", time.Minute, func() bool { return strings.Contains(p.must(t, "editions"), "done") })
	first.kill()
	second, web := p.serve(t, "--embedded")
	if out := p.must(t, "editions"); strings.Count(out, "desk/weekly") != 1 || !strings.Contains(out, "2 sent") {
		t.Errorf("after the kill it knows\n%s", out)
	}
	if status, _ := ask(t, "GET", web+"/readyz", ""); status != 200 {
		t.Errorf("/readyz answers %d", status)
	}
	if took, code := second.end(t, syscall.SIGTERM); code != 0 || took > 20*time.Second {
		t.Errorf("it ended after %s with %d:\n%s", took, code, &second.err)
	}
	if n := len(box.Messages()); n != 2 {
		t.Errorf("%d mails for two readers", n)
	}

	third, _ := p.serve(t, "--embedded")
	pid, err := os.ReadFile(p.env["FORTNIGHT_DATA_DIR"] + "/data/postmaster.pid")
	if err != nil {
		t.Fatal(err)
	}
	var server int
	if _, err := fmt.Sscan(string(pid), &server); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(server, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-third.ended:
	case <-time.After(time.Minute):
		t.Fatal("serve goes on without its database")
	}
	if code := third.cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(third.err.String(), "private PostgreSQL ended") {
		t.Errorf("exit code %d\n%s", code, &third.err)
	}
}

func TestASourceThatRefusesFailsItsSectionAndTheOthersGoOut(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.env["DESK_DSN"], p.env["BOT_DSN"] = pgtest.Load(t, desk), "postgres://bot:hunter2hunter2@127.0.0.1:1/bot"
	p.env["FORTNIGHT_ADMIN_EMAIL"] = "Sam <sam@desk.example>"
	file := strings.NewReplacer("      desk: {platform", "      bot: {platform: chatwoot, dsn_env: BOT_DSN, tenant: \"1\"}\n      desk: {platform",
		"[activity]", "[\"activity: desk\", {contact_center: bot}]").Replace(deskOf("          - {address: ann@desk.example, name: Ann}\n"))
	file = strings.Replace(file, `"activity: desk"`, "{activity: desk}", 1)
	p.apply(t, file)
	x, _ := p.serve(t)
	p.awaitDone(t, 1, x)
	if err := box.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2500 * time.Millisecond) // two more looks: nobody is told again
	var ann, sam []inbox.Message
	for _, m := range box.Messages() {
		switch m.To {
		case "ann@desk.example":
			ann = append(ann, m)
		case "sam@desk.example":
			sam = append(sam, m)
		}
	}
	if len(ann) != 1 || len(sam) != 1 {
		t.Fatalf("Ann has %d mails, the admin %d", len(ann), len(sam))
	}
	mailOf := bodies(t, ann[0].Raw)
	for kind, body := range mailOf {
		if !strings.Contains(body, "Contact center") || !strings.Contains(body, "of 2 sections") {
			t.Errorf("%s does not name the section that failed:\n%s", kind, body)
		}
		if strings.Contains(body, "hunter2") {
			t.Errorf("%s holds the password", kind)
		}
	}
	if subject := decodedSubject(t, ann[0].Raw); !strings.Contains(strings.ToLower(subject), "contact center") {
		t.Errorf("the subject %q does not name the section", subject)
	}
	told := bodies(t, sam[0].Raw)["text/plain"]
	if !strings.Contains(told, "contact_center") || !strings.Contains(told, "bot") || !strings.Contains(told, "127.0.0.1:1") || strings.Contains(told, "hunter2") {
		t.Errorf("the admin is told\n%s", told)
	}
	if to, err := mail.ParseAddress(headers(t, sam[0].Raw).Get("To")); err != nil || to.Name != "Sam" {
		t.Errorf("the admin's mail is to %v, %v", to, err)
	}
}

func TestAnEditionWaitsForItsSourceToComeBack(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.env["DESK_DSN"], p.env["FORTNIGHT_ADMIN_EMAIL"] = "postgres://bot:hunter2hunter2@127.0.0.1:1/bot", "sam@desk.example"
	p.apply(t, deskOf(manyReaders(1)))
	x, _ := p.serve(t)
	waits := func() (n int) {
		for _, line := range x.log() {
			if line["msg"] == "edition waits" {
				n++
			}
		}
		return n
	}
	await(t, "it waits", time.Minute, func() bool { return waits() == 1 })
	p.laterOn(t, 0)
	await(t, "it was looked at again", time.Minute, func() bool { return waits() == 2 })
	if mails := box.Messages(); len(mails) != 1 || mails[0].To != "sam@desk.example" {
		t.Errorf("%d mails went out, where only the admin is to be told, once", len(mails))
	}
	var jobs int
	if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.river_job").Scan(&jobs); err != nil || jobs != 1 {
		t.Errorf("%d jobs wait for the source, %v", jobs, err)
	}
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	p.apply(t, deskOf(manyReaders(1)))
	p.laterOn(t, 0)
	p.awaitDone(t, 1, x)
	if mails := box.Messages(); len(mails) != 2 || mails[1].To != "reader00@desk.example" {
		t.Errorf("%d mails in all", len(mails))
	}
	if strings.Contains(x.err.String(), "hunter2") {
		t.Errorf("the log holds the password:\n%s", &x.err)
	}
}

func TestTheAdminIsToldOfARefusedDelivery(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Rules: []relay.Rule{
		{To: "reader01@desk.example", At: relay.End, Code: 550, Status: "5.7.1", Words: "no such mailbox"},
	}})
	p := newDesk(t, r.Addr(), manyReaders(3))
	p.env["FORTNIGHT_ADMIN_EMAIL"] = "sam@desk.example"
	x, _ := p.serve(t)
	p.awaitDone(t, 1, x)
	await(t, "the admin is told", 20*time.Second, func() bool { return len(r.Ledger().To("sam@desk.example")) == 1 })
	want := map[digest.DeliveryState]int{digest.DeliverySent: 2, digest.DeliveryFailed: 1}
	if got := p.editions(t, "")[0].Deliveries; !maps.Equal(got, want) {
		t.Errorf("the deliveries are %v, want %v", got, want)
	}
	code, stdout, stderr := p.run(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if code != 1 || !strings.Contains(stdout, "2 sent, 1 failed") || !strings.Contains(stderr, "fortnight deliveries --edition 2") {
		t.Errorf("send of one that is refused: exit code %d\n%s%s", code, stdout, stderr)
	}
	if out := p.must(t, "deliveries", "--edition", "2"); !strings.Contains(out, "no such mailbox") {
		t.Errorf("deliveries says\n%s", out)
	}
}

func TestADeferredDeliveryIsSentLater(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Rules: []relay.Rule{{At: relay.End, Code: 451, Status: "4.7.1", Words: "greylisted", Tries: 1}}})
	p := newDesk(t, r.Addr(), manyReaders(1))
	out := p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if !strings.Contains(out, "1 deferred") || !strings.Contains(out, "tried again later") {
		t.Fatalf("send says\n%s", out)
	}
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.deliveries SET next_at = now()"); err != nil { // its minute has passed
		t.Fatal(err)
	}
	out = p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	if !strings.Contains(out, "1 sent") || len(r.Ledger().To("reader00@desk.example")) != 1 {
		t.Errorf("once more, send says\n%s", out)
	}
}
