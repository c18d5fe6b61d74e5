package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"fortnight/internal/inbox"
	"fortnight/internal/postgres/pgtest"
)

// readMail parses a mail's head. Each field that has to stand once stands once.
func readMail(t *testing.T, m inbox.Message) mail.Header {
	t.Helper()
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range parsed.Header {
		if len(values) > 1 && name != "Dkim-Signature" && name != "Received" {
			t.Errorf("a mail has %d fields %s", len(values), name)
		}
	}
	return parsed.Header
}

// caller makes requests as a mail program does: without a cookie, and without following a redirect.
type caller struct {
	t     *testing.T
	calls int
}

func (c *caller) call(method, url, kind, body string) (status int, head http.Header, page string) {
	c.t.Helper()
	c.calls++
	r, err := http.NewRequestWithContext(c.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := plain.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Set-Cookie": "", "Location": ""} {
		if got := answer.Header.Get(name); got != want {
			c.t.Errorf("%s: %s is %q, want %q", method, name, got, want)
		}
	}
	return answer.StatusCode, answer.Header, string(all)
}

// gone lists the subscriptions that readers have ended: digest and address.
func (p *place) gone(t *testing.T) (ended []string) {
	t.Helper()
	all, err := p.books().Subscribers(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if !s.UnsubscribedAt.IsZero() {
			ended = append(ended, s.Digest+" "+s.Address)
		}
	}
	slices.Sort(ended)
	return ended
}

// TestPromise18OneClickUnsubscribeIsOnePost holds the program to RFC 8058, under a path of its host.
func TestPromise18OneClickUnsubscribeIsOnePost(t *testing.T) {
	t.Parallel()
	const host, base = "https://example.com", "https://example.com/digest"
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.env["FORTNIGHT_BASE_URL"], p.env["DESK_DSN"] = base, pgtest.Load(t, desk)
	readers := manyReaders(8)
	file := deskOf(readers) + `      second:
        cadence: weekly
        at: tue 08:00
        active: true
        sections: [activity]
        subscribers:
          - {address: reader00@desk.example, name: Reader 0, audience: executive, pdf: false}
`
	p.apply(t, file)
	x, site := p.serve(t)
	p.awaitDone(t, 2, x)
	var tokens []string
	links := map[string]string{} // digest and address → link
	for _, m := range box.Messages() {
		head := readMail(t, m)
		uri := strings.TrimSuffix(strings.TrimPrefix(head.Get("List-Unsubscribe"), "<"), ">")
		token, ok := strings.CutPrefix(uri, base+"/unsubscribe/")
		if !ok || head.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !regexp.MustCompile(`^[A-Za-z0-9_-]{26,}$`).MatchString(token) {
			t.Fatalf("the mail to %s has %q and %q", m.To, head.Get("List-Unsubscribe"), head.Get("List-Unsubscribe-Post"))
		}
		if slices.Contains(tokens, token) {
			t.Errorf("the token in the mail to %s is another's too", m.To)
		}
		tokens = append(tokens, token)
		digest, _, _ := strings.Cut(strings.Trim(head.Get("List-Id")[strings.LastIndex(head.Get("List-Id"), "<"):], "<>"), ".")
		links[digest+" "+m.To] = site + strings.TrimPrefix(uri, host)
	}
	if len(links) != 9 {
		t.Fatalf("9 subscriptions have the links %v", slices.Sorted(maps.Keys(links)))
	}
	of := func(n int) string { return links[fmt.Sprintf("weekly reader%02d@desk.example", n)] }
	c := &caller{t: t}

	// What is looked at, and by whom, changes nothing.
	looks := 0
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"} {
		for _, query := range []string{"", "?List-Unsubscribe=One-Click", "?keep"} {
			looks++
			status, _, page := c.call(method, of(0)+query, "", "")
			looked := method == "GET" || method == "HEAD"
			if (status == http.StatusOK) != looked {
				t.Errorf("%s %s: %d", method, query, status)
			}
			if method == "GET" && query == "" {
				for _, want := range []string{"Unsubscribe Reader 0 from Support desk?", `<form class="stack" method="post" action="/digest/unsubscribe/`, `<button class="btn stop big">Unsubscribe Reader 0</button>`} {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %s", want)
					}
				}
				if strings.Contains(page, "reader00@") {
					t.Error("the page gives the address to whoever has a forwarded mail")
				}
			}
		}
	}
	for _, body := range []string{"List-Unsubscribe=Yes", "a=b", `{"List-Unsubscribe":"One-Click"}`} {
		looks++
		if status, _, _ := c.call("POST", of(0), "application/x-www-form-urlencoded", body); status != http.StatusBadRequest {
			t.Errorf("POST %s: %d", body, status)
		}
	}
	if ended := p.gone(t); ended != nil {
		t.Fatalf("%d looks ended %q", looks, ended)
	}

	// Each way of one click ends one subscription, and again changes nothing.
	var multi bytes.Buffer
	parts := multipart.NewWriter(&multi)
	if err := errors.Join(parts.WriteField("List-Unsubscribe", "One-Click"), parts.Close()); err != nil {
		t.Fatal(err)
	}
	var want []string
	ways := []struct{ name, kind, body string }{
		{"urlencoded", "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
		{"multipart", parts.FormDataContentType(), multi.String()},
		{"an empty body", "", ""},
		{"an empty form", "application/x-www-form-urlencoded", ""},
		{"no type", "", "List-Unsubscribe=One-Click"},
	}
	for n, way := range ways {
		want = append(want, fmt.Sprintf("weekly reader%02d@desk.example", n))
		for range 2 {
			status, _, page := c.call("POST", of(n), way.kind, way.body)
			if status != http.StatusOK || !strings.Contains(page, fmt.Sprintf("Reader %d no longer gets Support desk", n)) {
				t.Errorf("%s: %d\n%s", way.name, status, page)
			}
			if ended := p.gone(t); !slices.Equal(ended, want) {
				t.Errorf("after %s, ended are %q, want %q", way.name, ended, want)
			}
		}
	}

	// A link works for ever: after a year, a new key, and the reader's removal from the file.
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.subscribers SET added_at = added_at - interval '30 years'"); err != nil {
		t.Fatal(err)
	}
	if took, code := x.end(t, syscall.SIGTERM); code != 0 {
		t.Fatalf("serve ended after %s with %d", took, code)
	}
	p.env["FORTNIGHT_SECRET_KEY"] = "another key; of the same length or so," + p.env["FORTNIGHT_SECRET_KEY"]
	p.apply(t, deskOf(manyReaders(7)))
	y, again := p.serve(t)
	for _, n := range []int{6, 7} {
		if status, _, page := c.call("POST", strings.Replace(of(n), site, again, 1), "", "List-Unsubscribe=One-Click"); status != http.StatusOK {
			t.Errorf("reader %d's old link: %d\n%s", n, status, page)
		}
		want = append(want, fmt.Sprintf("weekly reader%02d@desk.example", n))
	}
	if ended := p.gone(t); !slices.Equal(ended, want) {
		t.Errorf("ended are %q, want %q", ended, want)
	}

	// A token that is nobody's says nothing, and takes as long however much of it is right.
	near := tokens[0][:len(tokens[0])-1] + string("ab"[strings.Count(tokens[0][len(tokens[0])-1:], "a")])
	far := strings.Repeat("q", len(near))
	timed := func(token string) time.Duration {
		begun := time.Now()
		status, _, page := c.call("GET", again+"/digest/unsubscribe/"+token, "", "")
		took := time.Since(begun)
		if status != http.StatusNotFound || strings.Contains(page, "Reader") || strings.Contains(page, "Support desk") {
			t.Fatalf("GET with a token that is nobody's: %d\n%s", status, page)
		}
		return took
	}
	right, wrong := time.Hour, time.Hour // the shortest of each, asked by turns: what else the machine does makes them longer only
	for range 200 {
		right, wrong = min(right, timed(near)), min(wrong, timed(far))
	}
	if ratio := right.Seconds() / wrong.Seconds(); ratio > 2 || ratio < .5 {
		t.Errorf("a token that is right but for a letter takes %s, one that is wrong %s", right, wrong)
	}
	if status, _, _ := c.call("POST", again+"/digest/unsubscribe/"+near, "", "List-Unsubscribe=One-Click"); status != http.StatusNotFound {
		t.Errorf("one click with nobody's token: %d", status)
	}

	// Tokens are neither in logs nor, in clear, in the database.
	logged, stored := 0, 0
	for _, token := range tokens {
		logged += strings.Count(x.err.String()+x.out.String()+y.err.String()+y.out.String(), token)
		var n int
		if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.subscribers s WHERE s::text LIKE '%' || $1 || '%' OR s::text LIKE '%' || encode($1::bytea, 'hex') || '%'", token).Scan(&n); err != nil {
			t.Fatal(err)
		}
		stored += n
	}
	if logged+stored != 0 {
		t.Errorf("tokens stand %d times in logs and %d in the database", logged, stored)
	}
	t.Logf("figures: %d links; %d looks ended 0; %d ways of one click, twice each: 200 and 1 ended; after 30 years, a new key and removal: 200; nobody's token, shortest of 200: %s, right but for a letter %s; tokens in logs %d",
		len(links), looks, len(ways), wrong.Round(time.Microsecond), right.Round(time.Microsecond), logged)
}

// printedTXT reads the TXT records of a doctor's answer, as lines of a zone.
func printedTXT(answer string) (lines string) {
	strung := regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
	for _, m := range regexp.MustCompile(`(\S+)\. IN TXT (\([^)]*\)|"[^\n]*")`).FindAllStringSubmatch(answer, -1) {
		value := ""
		for _, part := range strung.FindAllStringSubmatch(m[2], -1) {
			value += part[1]
		}
		lines += m[1] + " TXT " + value + "\n"
	}
	return lines
}

// TestPromise19EveryMailIsSignedByEachKeyAndTheDoctorKnowsTheRecords holds mails to a verifier that asks a name server which has
// what the doctor printed, and nothing else.
func TestPromise19EveryMailIsSignedByEachKeyAndTheDoctorKnowsTheRecords(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	p.env["FORTNIGHT_DKIM_KEY_FILE"] = writeFile(t, "dkim.pem", []byte(rsaKey(t, 2048)+ed25519Key(t)))
	p.env["FORTNIGHT_DKIM_SELECTOR"] = "nov,may"
	p.apply(t, strings.Replace(deskOf(manyReaders(3)), "    zone:", "    reply_to: Support <support@desk.example>\n    zone:", 1))
	dns := newZone(t, deskMX)

	code, before, _ := p.run(t, "doctor", "--dns", dns.addr)
	if code != 1 || strings.Count(before, "MEND  DKIM: ") != 2 || !strings.Contains(before, "MEND  SPF: desk.example") || !strings.Contains(before, "MEND  DMARC: desk.example") {
		t.Fatalf("before anything is published: exit code %d\n%s", code, before)
	}
	printed := strings.ReplaceAll(printedTXT(before), "ip4:ADDRESS", "ip4:203.0.113.25")
	dns.write(deskMX + printed)
	after := p.must(t, "doctor", "--dns", dns.addr)
	for _, want := range []string{
		"ok    DKIM nov._domainkey.desk.example holds the RSA-2048 key", "ok    DKIM may._domainkey.desk.example holds the Ed25519 key", "ok    SPF of desk.example", "ok    MX of desk.example",
		"ok    DMARC of desk.example: policy none", "ok    alignment of digest@desk.example: DKIM desk.example (relaxed) and return path",
	} {
		if !strings.Contains(after, want) {
			t.Errorf("with what it printed published, the doctor does not say %q:\n%s", want, after)
		}
	}

	p.must(t, "send", "--digest", "desk/weekly", "--from", "2020-03-23")
	mails := box.Messages()
	if len(mails) != 3 {
		t.Fatalf("%d mails came", len(mails))
	}
	r := dnsAt(dns.addr)
	verify := func(raw []byte) (good []*dkim.Verification, bad int) {
		all, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			return r.LookupTXT(context.Background(), name)
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			if v.Err == nil {
				good = append(good, v)
			} else {
				bad++
			}
		}
		return good, bad
	}
	required := []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"}
	changes := []struct{ name, line, now string }{
		{"From", "\r\nFrom: ", "\r\nFrom: x"},
		{"To", "\r\nTo: ", "\r\nTo: x"},
		{"Subject", "\r\nSubject: ", "\r\nSubject: x"},
		{"Date", "\r\nDate: ", "\r\nDate: x"},
		{"Message-ID", "\r\nMessage-ID: <", "\r\nMessage-ID: <x"},
		{"List-Unsubscribe", "\r\nList-Unsubscribe: <https://", "\r\nList-Unsubscribe: <https://x"},
		{"List-Unsubscribe-Post", "One-Click\r\n", "One-Cluck\r\n"},
		{"a second From", "\r\nFrom: ", "\r\nFrom: <x@y.example>\r\nFrom: "},
		{"a second Subject", "\r\nSubject: ", "\r\nSubject: x\r\nSubject: "},
		{"Reply-To", "\r\nReply-To: ", "\r\nReply-To: x"},
	}
	signatures, broken := 0, 0
	for _, m := range mails {
		head := readMail(t, m)
		good, bad := verify(m.Raw)
		if len(good) != 2 || bad != 0 {
			t.Fatalf("the mail to %s has %d good signatures and %d bad ones", m.To, len(good), bad)
		}
		signatures += len(good)
		date, err := head.Date()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range good {
			if v.Domain != "desk.example" || !v.Time.Equal(date) {
				t.Errorf("a signature is of %s at %s, the mail of %s", v.Domain, v.Time, date)
			}
			for _, name := range required {
				if !slices.ContainsFunc(v.HeaderKeys, func(k string) bool { return strings.EqualFold(k, name) }) {
					t.Errorf("a signature does not cover %s: %q", name, v.HeaderKeys)
				}
			}
		}
		for _, signature := range head["Dkim-Signature"] {
			if regexp.MustCompile(`(^|;)\s*l=`).MatchString(signature) {
				t.Errorf("a signature covers a part of the body only: %s", signature)
			}
		}
		for _, c := range changes {
			if !bytes.Contains(m.Raw, []byte(c.line)) {
				t.Fatalf("the mail has no %q", c.line)
			}
			if good, bad := verify(bytes.Replace(m.Raw, []byte(c.line), []byte(c.now), 1)); len(good) != 0 || bad != 2 {
				t.Errorf("with %s changed, %d signatures are good", c.name, len(good))
			}
			broken++
		}
		if good, _ := verify(append(slices.Clone(m.Raw), "more\r\n"...)); len(good) != 0 {
			t.Errorf("with more at its end, %d signatures are good", len(good))
		}
		broken++
	}

	// One selector leaves DNS: the other carries the mails that are under way.
	for line := range strings.Lines(printed) {
		if strings.HasPrefix(line, "nov.") {
			dns.write(deskMX + strings.Replace(printed, line, "", 1))
		}
	}
	if good, bad := verify(mails[0].Raw); len(good) != 1 || bad != 1 {
		t.Errorf("with one selector gone from DNS, %d signatures are good and %d bad", len(good), bad)
	}
	if code, out, _ := p.run(t, "doctor", "--dns", dns.addr); code != 1 || !strings.Contains(out, "MEND  DKIM: nov._domainkey.desk.example: there is no record; publish") || !strings.Contains(out, "ok    DKIM may.") {
		t.Errorf("with one selector gone from DNS: exit code %d\n%s", code, out)
	}

	// A project that sends from elsewhere, and strict alignment.
	p.apply(t, strings.Replace(deskOf(manyReaders(3)), "    zone:", "    from: News <news@shop.example>\n    zone:", 1))
	dns.write(deskMX + strings.Replace(printed, "p=none", "p=reject; adkim=s", 1) + "shop.example MX 10 mx.desk.example.\nshop.example TXT v=spf1 ip4:203.0.113.25 -all\n_dmarc.shop.example TXT v=DMARC1; p=reject; aspf=s\n")
	_, elsewhere, _ := p.run(t, "doctor", "--dns", dns.addr)
	for _, want := range []string{"DMARC of desk.example: policy reject, what fails is refused; alignment of DKIM strict", "DMARC of shop.example: policy reject", "alignment of news@shop.example (project desk): DKIM signs for desk.example"} {
		if !strings.Contains(elsewhere, want) {
			t.Errorf("of a project with a sender of its own, the doctor does not say %q:\n%s", want, elsewhere)
		}
	}
	p.env["FORTNIGHT_BOUNCE_ADDRESS"] = "bounces@back.desk.example"
	_, back, _ := p.run(t, "doctor", "--dns", dns.addr)
	for _, want := range []string{
		"MEND  SPF: back.desk.example has no record; publish", "MEND  MX: back.desk.example takes no mail", "back.desk.example. IN MX 10 mx.desk.example.",
		"ok    alignment of digest@desk.example: DKIM desk.example (strict) and return path back.desk.example (relaxed)",
		"MEND  alignment: project desk sends as news@shop.example, for which neither DKIM (desk.example) nor the return path back.desk.example (strict) counts",
	} {
		if !strings.Contains(back, want) {
			t.Errorf("with a return path of its own, the doctor does not say %q:\n%s", want, back)
		}
	}
	p.env["FORTNIGHT_DKIM_DOMAIN"] = "mailer.test"
	if code, out, _ := p.run(t, "doctor", "--dns", dns.addr); code != 1 || !strings.Contains(out, "MEND  alignment: DKIM signs for mailer.test, but mail comes from digest@desk.example") {
		t.Errorf("with another's signature: exit code %d\n%s", code, out)
	}
	t.Logf("figures: %d mails, %d signatures by RSA-2048 and Ed25519 verified with the records that doctor printed; %d alterations, 0 verified; one selector withdrawn: 1 of 2 verified", len(mails), signatures, broken)
}

// TestPromise20TheHeadersOfAMail holds what programs read of a mail.
func TestPromise20TheHeadersOfAMail(t *testing.T) {
	t.Parallel()
	box, addr := newInbox(t)
	p := newPlace(t, addr)
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	answered := strings.Replace(deskOf(manyReaders(2)), "    zone:", "    reply_to: Support <support@desk.example>\n    zone:", 1)
	plain := strings.NewReplacer("projects:\n", "", "  desk:\n    name: Support desk", "  shop:\n    name: Läden", "reader0", "other0").Replace(deskOf(manyReaders(2)))
	p.apply(t, answered+plain)
	fields := 0
	for _, project := range []string{"desk", "shop"} {
		p.must(t, "send", "--digest", project+"/weekly", "--from", "2020-03-23")
	}
	mails := box.Messages()
	if len(mails) != 4 {
		t.Fatalf("%d mails came", len(mails))
	}
	messages, labels := map[string]bool{}, map[string]bool{}
	for _, m := range mails {
		head := readMail(t, m)
		fields += len(head)
		project, name, reply := "desk", "Support desk, ", `"Support" <support@desk.example>`
		if strings.HasPrefix(m.To, "other") {
			project, name, reply = "shop", "Läden, ", ""
		}
		list, err := new(mime.WordDecoder).DecodeHeader(head.Get("List-Id"))
		if id := " <weekly." + project + ".desk.example>"; err != nil || !strings.HasPrefix(strings.Trim(list, `"`), name) || !strings.HasSuffix(head.Get("List-Id"), id) {
			t.Errorf("the mail to %s has List-Id %q, %v", m.To, head.Get("List-Id"), err)
		}
		for name, want := range map[string]string{
			"Auto-Submitted": "auto-generated", "Reply-To": reply, "Mime-Version": "1.0",
			"User-Agent": "", "X-Mailer": "", "X-Originating-Ip": "", "Received": "", "Precedence": "", "Bcc": "", "Cc": "", "Sender": "", "Return-Path": "",
		} {
			if got := head.Get(name); !strings.EqualFold(got, want) {
				t.Errorf("the mail to %s has %s: %q, want %q", m.To, name, got, want)
			}
		}
		feedback := strings.Split(head.Get("Feedback-Id"), ":")
		if len(feedback) != 4 || feedback[0] == "" || feedback[1] != "weekly" || feedback[2] != project || feedback[3] != "fortnight" {
			t.Errorf("the mail to %s has Feedback-ID %q", m.To, head.Get("Feedback-Id"))
		}
		labels[feedback[0]], messages[head.Get("Message-Id")] = true, true
		for _, banner := range []string{"go-mail", "golang", "user-agent", "x-mailer"} {
			if top, _, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n")); bytes.Contains(bytes.ToLower(top), []byte(banner)) {
				t.Errorf("the mail to %s names its library: %s", m.To, banner)
			}
		}
	}
	if len(messages) != 4 || len(labels) != 2 {
		t.Errorf("4 mails of 2 editions have %d Message-IDs and %d labels in Feedback-ID", len(messages), len(labels))
	}
	t.Logf("figures: %d mails of 2 projects, %d header fields, each once; Auto-Submitted, Feedback-ID and List-Id in %d, Reply-To in the 2 whose project names one; banners 0", len(mails), fields, len(mails))
}
