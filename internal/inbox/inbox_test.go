package inbox_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"fortnight/internal/inbox"
)

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

const page = `<!doctype html><html><head><meta name="color-scheme" content="light dark"><base href="https://evil.example/"><style>:root{color-scheme:light dark}
p{color:#111}@media (prefers-color-scheme: dark){p{color:#eee}}</style></head><body>
<p id="p">307 messages</p><img id="chart" src="cid:peak@fortnight" width="10" height="10"><img src="https://tracker.example/pixel.png">
<a id="view" href="https://digest.fortnight.example/view/abc?x=1&amp;y=2">view</a> <a id="in" href="#p">by day</a>
<a id="out" href="https://platform.example/c/1">open</a> <a id="near" href="https://digest.fortnight.example.evil.example/">near</a>
<script>document.title = "run"</script></body></html>`

// letter is a mail as a digest is: mixed > related > alternative.
func letter(subject string) []byte {
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: Support desk <digest@digest.fortnight.example>
To: =?UTF-8?q?Zo=C3=AB?= <zoe@lindenhof.example>
Subject: %s
Date: Mon, 30 Mar 2020 12:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/related; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=UTF-8

307 messages <b> view: https://digest.fortnight.example/view/abc.

--c
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: base64

%s
--c--
--b
Content-Type: image/png; name="peak.png"
Content-ID: <peak@fortnight>
Content-Disposition: inline; filename="peak.png"
Content-Transfer-Encoding: base64

%s
--b--
--a
Content-Type: application/pdf; name="SD.pdf"
Content-Disposition: attachment; filename="SD.pdf"
Content-Transfer-Encoding: base64

%s
--a--
`, subject, encoded(page), onePixel, encoded("%PDF-1.7")), "\n", "\r\n"))
}

func start(t *testing.T, o inbox.Options) (*inbox.Inbox, *httptest.Server, string) {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2020, 3, 30, 12, 0, 1, 0, time.UTC) }
	}
	b := inbox.New(o)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.ServeSMTP(ln) }()
	web := httptest.NewServer(b)
	t.Cleanup(func() {
		web.Close()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("a clean end is an error: %v", err)
		}
	})
	return b, web, ln.Addr().String()
}

func get(t *testing.T, url string) (int, http.Header, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(body)
}

func TestAMailComesOverSMTPAndIsKeptAsItWasSent(t *testing.T) {
	b, web, addr := start(t, inbox.Options{})
	raw := letter("307 messages")
	if err := smtp.SendMail(addr, smtp.PlainAuth("", "any", "thing", "127.0.0.1"), "digest@fortnight.example", []string{"zoe@lindenhof.example", "max@lindenhof.example"}, raw); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := b.Wait(ctx, 2); err != nil {
		t.Fatal(err)
	}
	got := b.Messages()
	if len(got) != 2 || got[0].To != "zoe@lindenhof.example" || got[1].To != "max@lindenhof.example" || string(got[1].Raw) != string(raw) {
		t.Fatalf("%d mails", len(got))
	}
	if status, _, eml := get(t, web.URL+"/mail/1/message.eml"); status != 200 || eml != string(raw) {
		t.Errorf("%d, %d bytes of %d", status, len(eml), len(raw))
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	b, _, _ := start(t, inbox.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := b.Wait(ctx, 1); err == nil {
		t.Error("waited for a mail that never came")
	}
}

func TestThePagesShowAMailInAllItsForms(t *testing.T) {
	b, web, _ := start(t, inbox.Options{Rewrite: inbox.Rewrite{From: "https://digest.fortnight.example"}})
	b.Add("digest@fortnight.example", "zoe@lindenhof.example", letter("<i>307</i> messages"))
	for _, c := range []struct {
		name, path string
		want       []string
	}{
		{"the newest mail stands at the root", "/", []string{
			"&lt;i&gt;307&lt;/i&gt; messages", "Zoë &lt;zoe@lindenhof.example&gt;",
			`sandbox="allow-popups allow-popups-to-escape-sandbox"`, "SD.pdf", "8 B", "Links to digest.fortnight.example open on this port",
		}},
		{"narrow and dark are links", "/mail/1?width=360&scheme=dark", []string{`class="w360"`, `src="/mail/1/html?scheme=dark"`}},
		{"text, with its links leading here", "/mail/1?view=text", []string{`307 messages &lt;b&gt; view: <a href="/view/abc" target="_blank" rel="noopener noreferrer">https://digest.fortnight.example/view/abc</a>.`}},
		{"pictures", "/mail/1?view=pictures", []string{`<img src="/mail/1/part/2"`, "peak.png"}},
		{"source", "/mail/1?view=source", []string{"Content-Type: multipart/mixed; boundary=a"}},
		{"the PDF in a frame", "/mail/1?view=3", []string{`<iframe title="SD.pdf" src="/mail/1/part/3">`}},
		{"an unknown view falls back", "/mail/1?view=99", []string{`src="/mail/1/html?scheme=light"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, head, body := get(t, web.URL+c.path)
			if status != 200 || !strings.Contains(head.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%d, %q", status, head.Get("Content-Security-Policy"))
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("lacks %s in\n%s", want, body)
				}
			}
		})
	}
}

func TestTheFramesHTMLLoadsNothingRemoteAndItsLinksLeadHere(t *testing.T) {
	b, web, _ := start(t, inbox.Options{Rewrite: inbox.Rewrite{From: "https://digest.fortnight.example"}})
	b.Add("a@b.example", "c@d.example", letter("x"))
	_, head, light := get(t, web.URL+"/mail/1/html")
	policy := head.Get("Content-Security-Policy")
	for _, want := range []string{"sandbox allow-popups", "default-src 'none'", "img-src 'self' data:"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	for _, want := range []string{
		`src="/mail/1/part/2"`,
		`<a id="view" href="/view/abc?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">`,
		`<a id="in" href="#p">`,
		`href="https://platform.example/c/1" target="_blank"`,
		`href="https://digest.fortnight.example.evil.example/"`,
		`<base>`,
		`@media (max-width:0px)`, `content="light"`, `color-scheme:light}`,
	} {
		if !strings.Contains(light, want) {
			t.Errorf("lacks %s in\n%s", want, light)
		}
	}
	if _, _, dark := get(t, web.URL+"/mail/1/html?scheme=dark"); !strings.Contains(dark, "@media (min-width:0px)") || !strings.Contains(dark, "color-scheme:dark}") {
		t.Errorf("not dark:\n%s", dark)
	}
}

func TestPartsAreShownOnlyWhereTheyCanDoNoHarm(t *testing.T) {
	b, web, _ := start(t, inbox.Options{})
	b.Add("a@b.example", "c@d.example", letter("x"))
	for _, c := range []struct{ path, kind, how string }{
		{"/mail/1/part/1", "text/html", "attachment; filename=mail-1-part-1"},
		{"/mail/1/part/2", "image/png", "inline; filename=peak.png"},
		{"/mail/1/part/3", "application/pdf", "inline; filename=SD.pdf"},
		{"/mail/1/part/3?download", "application/pdf", "attachment; filename=SD.pdf"},
	} {
		status, head, _ := get(t, web.URL+c.path)
		if status != 200 || head.Get("Content-Type") != c.kind || head.Get("Content-Disposition") != c.how || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %s %s", c.path, status, head.Get("Content-Type"), head.Get("Content-Disposition"))
		}
	}
	for _, path := range []string{"/mail/2", "/mail/x", "/mail/1/part/9", "/mail/1/part/-1", "/nowhere"} {
		if status, _, body := get(t, web.URL+path); status != 404 || !strings.Contains(body, "There is no such mail") {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestTheOldestMailsGoFirst(t *testing.T) {
	b, _, _ := start(t, inbox.Options{Messages: 3, Bytes: 1000})
	for i := range 5 {
		b.Add("a@b.example", fmt.Sprintf("%d@d.example", i), []byte("Subject: x\r\n\r\ny\r\n"))
	}
	if got := b.Messages(); len(got) != 3 || got[0].ID != 3 {
		t.Errorf("%d mails from %d", len(got), got[0].ID)
	}
	b.Add("a@b.example", "big@d.example", make([]byte, 5000))
	if got := b.Messages(); len(got) != 1 || got[0].ID != 6 {
		t.Errorf("%d mails from %d", len(got), got[0].ID)
	}
	if err := b.Wait(t.Context(), 6); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoMailIsShownAsItCame(t *testing.T) {
	b, web, _ := start(t, inbox.Options{SMTP: "127.0.0.1:2525"})
	if _, _, body := get(t, web.URL+"/"); !strings.Contains(body, "No mail yet") || !strings.Contains(body, "127.0.0.1:2525") {
		t.Error(body)
	}
	b.Add("a@b.example", "c@d.example", []byte("no header at all"))
	broken := letter("cut off")
	b.Add("a@b.example", "c@d.example", broken[:len(broken)/2])
	for _, path := range []string{"/mail/1", "/mail/2", "/mail/2?view=source"} {
		if status, _, body := get(t, web.URL+path); status != 200 || !strings.Contains(body, "What could be read is shown") {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
	}
}

func TestEmptyingTakesAPostFromItsOwnPage(t *testing.T) {
	b, web, _ := start(t, inbox.Options{})
	b.Add("a@b.example", "c@d.example", letter("x"))
	post := func(site string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+"/mail/empty", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", site)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if status := post("cross-site"); status != http.StatusForbidden || len(b.Messages()) != 1 {
		t.Errorf("another site: %d", status)
	}
	if status := post("same-origin"); status != 200 || len(b.Messages()) != 0 {
		t.Errorf("its own: %d", status)
	}
}
