package reader_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web"
	"fortnight/web/reader"
)

// book is a ledger of one subscription.
type book struct {
	mu      sync.Mutex
	s       reader.Subscription
	changes int
	fault   error
}

const maya, nobody = "k3x9q2w8e7r6t5y4u3i2o1p0", "aaaaaaaaaaaaaaaaaaaaaaaaaa"

var ended = time.Date(2026, 3, 30, 14, 2, 0, 0, time.UTC)

func (b *book) find(t string, change func(*reader.Subscription)) (reader.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fault != nil {
		return reader.Subscription{}, b.fault
	}
	if t != maya {
		return reader.Subscription{}, reader.ErrUnknown
	}
	if change != nil {
		b.changes++
		change(&b.s)
	}
	return b.s, nil
}

func (b *book) Subscription(_ context.Context, t string) (reader.Subscription, error) {
	return b.find(t, nil)
}

func (b *book) Unsubscribe(_ context.Context, t string) (reader.Subscription, error) {
	return b.find(t, func(s *reader.Subscription) {
		if s.Ended.IsZero() {
			s.Ended = ended
		}
	})
}

func (b *book) Resubscribe(_ context.Context, t string) (reader.Subscription, error) {
	return b.find(t, func(s *reader.Subscription) { s.Ended = time.Time{} })
}

func (b *book) Wish(_ context.Context, t string, w digest.Wishes) (reader.Subscription, error) {
	return b.find(t, func(s *reader.Subscription) { s.Wishes = w })
}

func (b *book) Edition(_ context.Context, edition int64, t string) (reader.Reading, error) {
	switch {
	case t != maya || edition == 9:
		return reader.Reading{}, reader.ErrUnknown
	case edition == 8:
		return reader.Reading{}, digest.ErrNotDue
	}
	return reader.Reading{
		Variant: digest.Variant{
			HTML: []byte(`<html><body><style>p{color:red}</style><img src="cid:mark@fortnight"><img src='cid:mark@fortnight2'><a href="` +
				digest.Placeholders.Unsubscribe + `">Unsubscribe</a></body></html>`),
			Images: []digest.Image{{ContentID: "mark@fortnight", PNG: []byte("one")}, {ContentID: "mark@fortnight2", PNG: []byte("two")}},
		},
		Links: digest.Links{View: "https://d.example/view/7/" + maya, Unsubscribe: "https://d.example/unsubscribe/" + maya + "?a=1&b=2"},
	}, nil
}

func (b *book) PDF(context.Context, int64, string) ([]byte, error) { return []byte("%PDF-1.7"), nil }

func newBook() *book {
	return &book{s: reader.Subscription{
		ID: 4, Name: "Maya Ortiz", Address: "maya.ortiz@lindenhof.example", Locale: "en", Project: "Support desk",
		Digest: "Weekly digest", Accent: 0x0f766eff, Since: time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC),
	}}
}

func serve(t *testing.T, b *book, changes ...func(*web.Config)) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c := web.Config{Reader: reader.Config{Readers: b, Editions: b, Words: load}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, change := range changes {
		change(&c)
	}
	h, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h, &log
}

// sheetsOf finds the style sheets that a page loads, without the base.
func sheetsOf(page, base string) (all []string) {
	for _, m := range regexp.MustCompile(`<link rel="stylesheet" href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		all = append(all, strings.TrimPrefix(m[1], base))
	}
	return all
}

type request struct {
	method, path, body, kind, language string
}

func ask(t *testing.T, h http.Handler, q request) *http.Response {
	t.Helper()
	var body io.Reader
	if q.body != "" {
		body = strings.NewReader(q.body)
	}
	r := httptest.NewRequestWithContext(t.Context(), q.method, q.path, body)
	if q.kind != "" {
		r.Header.Set("Content-Type", q.kind)
	}
	if q.language != "" {
		r.Header.Set("Accept-Language", q.language)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const form = "application/x-www-form-urlencoded"

func TestAGetSaysWhoseSubscriptionItIsAndChangesNothing(t *testing.T) {
	b := newBook()
	h, _ := serve(t, b)
	for _, method := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/unsubscribe/" + maya, "/unsubscribe/" + maya + "?keep", "/unsubscribe/" + maya + "?List-Unsubscribe=One-Click", "/resubscribe/" + maya} {
			if r := ask(t, h, request{method: method, path: path}); r.StatusCode != http.StatusOK {
				t.Errorf("%s %s: %d", method, path, r.StatusCode)
			}
		}
	}
	if b.changes != 0 {
		t.Fatalf("%d changes", b.changes)
	}
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	for _, want := range []string{
		`<html lang="en" dir="ltr">`, "Unsubscribe Maya Ortiz from Support desk?", "m••••z@lindenhof.example", "since 2026-01-12",
		"Weekly digest", "This link belongs to Maya’s mail", `<form class="stack" method="post" action="/unsubscribe/` + maya + `">`,
		`name="List-Unsubscribe" value="One-Click"`, `fill="#0f766e"`, ">MO</i>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if strings.Contains(page, "maya.ortiz") || strings.Contains(page, "⟨") || strings.Contains(page, "{") {
		t.Errorf("the page shows an address, or a phrase without words:\n%s", page)
	}
	if kept := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya + "?keep"})); !strings.Contains(kept, "Maya Ortiz keeps Support desk") {
		t.Error(kept)
	}
}

func TestOneClickEndsTheSubscriptionWithoutCookieLoginOrRedirect(t *testing.T) {
	var multi bytes.Buffer
	parts := multipart.NewWriter(&multi)
	if err := parts.WriteField("List-Unsubscribe", "One-Click"); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, body, kind string }{
		{"urlencoded", "List-Unsubscribe=One-Click", form},
		{"multipart", multi.String(), parts.FormDataContentType()},
		{"no body", "", ""},
		{"no body of a form", "", form},
		{"an empty line", "\r\n", form},
		{"a line end after it", "List-Unsubscribe=One-Click\r\n", form},
		{"no type", "List-Unsubscribe=One-Click", ""},
		{"another type", "List-Unsubscribe=One-Click", "text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBook()
			h, log := serve(t, b)
			for range 3 { // again and again is the same
				r := ask(t, h, request{method: "POST", path: "/unsubscribe/" + maya, body: c.body, kind: c.kind})
				page := read(t, r)
				if r.StatusCode != http.StatusOK || len(r.Cookies()) != 0 || r.Header.Get("Location") != "" || !strings.Contains(page, "Maya Ortiz no longer gets Support desk") || !strings.Contains(page, "30 Mar 2026, 14:02 UTC") {
					t.Fatalf("%d\n%s", r.StatusCode, page)
				}
			}
			if b.s.Ended != ended {
				t.Error("the subscription goes on")
			}
			if strings.Contains(log.String(), maya) || strings.Contains(log.String(), "maya.ortiz") || !strings.Contains(log.String(), "subscriber=4") {
				t.Errorf("the log: %s", log)
			}
		})
	}
}

func TestAStrayPostEndsNothing(t *testing.T) {
	for _, c := range []struct{ name, body, kind string }{
		{"another field", "a=b", form},
		{"no value", "List-Unsubscribe", form},
		{"another value", "List-Unsubscribe=Yes", form},
		{"json", `{"List-Unsubscribe":"One-Click"}`, "application/json"},
		{"a broken form", "--x\r\n", "multipart/form-data; boundary=x"},
		{"too much", "List-Unsubscribe=One-Click&a=" + strings.Repeat("x", 100_000), form},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBook()
			h, _ := serve(t, b)
			r := ask(t, h, request{method: "POST", path: "/unsubscribe/" + maya, body: c.body, kind: c.kind})
			if page := read(t, r); r.StatusCode != http.StatusBadRequest || b.changes != 0 || !strings.Contains(page, "Unsubscribe Maya Ortiz</button>") {
				t.Errorf("%d, %d changes\n%s", r.StatusCode, b.changes, page)
			}
		})
	}
}

func TestThePagesWorkUnderAPathWhetherOrNotAProxyTakesItOff(t *testing.T) {
	for _, base := range []string{"/digest", "/digest/", "/a b/digest"} {
		spelt := strings.ReplaceAll(strings.TrimSuffix(base, "/"), " ", "%20")
		for _, prefix := range []string{spelt, ""} {
			b := newBook()
			h, _ := serve(t, b, func(c *web.Config) { c.Base = base })
			page := read(t, ask(t, h, request{method: "GET", path: prefix + "/unsubscribe/" + maya}))
			for _, want := range []string{`action="` + spelt + `/unsubscribe/` + maya + `"`, `href="` + spelt + `/unsubscribe/` + maya + `?keep"`, `href="` + spelt + `/reader/`} {
				if !strings.Contains(page, want) {
					t.Errorf("under %s, asked for %q, the page lacks %s:\n%s", base, prefix, want, page)
				}
			}
			for _, path := range append(sheetsOf(page, spelt), "/healthz", "/view/7/"+maya+"/mail") {
				if r := ask(t, h, request{method: "GET", path: prefix + path}); r.StatusCode != http.StatusOK {
					t.Errorf("%s%s: %d", prefix, path, r.StatusCode)
				}
			}
			page = read(t, ask(t, h, request{method: "POST", path: prefix + "/unsubscribe/" + maya, body: "List-Unsubscribe=One-Click", kind: form}))
			if b.changes != 1 || !strings.Contains(page, `action="`+spelt+`/resubscribe/`+maya+`"`) {
				t.Errorf("%d changes\n%s", b.changes, page)
			}
			if r := ask(t, h, request{method: "GET", path: spelt + "x/unsubscribe/" + maya}); r.StatusCode != http.StatusNotFound {
				t.Errorf("another path: %d", r.StatusCode)
			}
			if r := ask(t, h, request{method: "GET", path: spelt}); r.StatusCode != http.StatusNotFound || !strings.Contains(read(t, r), "This link leads nowhere") {
				t.Errorf("the base itself: %d", r.StatusCode)
			}
		}
	}
}

func TestAnUntidyAddressIsAnsweredWithoutARedirect(t *testing.T) {
	for _, path := range []string{"//unsubscribe/" + maya, "/unsubscribe//" + maya, "/unsubscribe/" + maya + "/", "/./unsubscribe/" + maya} {
		b := newBook()
		h, _ := serve(t, b)
		if r := ask(t, h, request{method: "POST", path: "http://digest.example" + path, body: "List-Unsubscribe=One-Click", kind: form}); r.StatusCode != http.StatusOK || b.changes != 1 {
			t.Errorf("%s: %d, %d changes", path, r.StatusCode, b.changes)
		}
	}
}

func TestTheWayBackIsAPost(t *testing.T) {
	b := newBook()
	b.s.Ended = ended
	h, _ := serve(t, b)
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	if !strings.Contains(page, `action="/resubscribe/`+maya+`"`) || !strings.Contains(page, "Subscribe Maya Ortiz again") || b.changes != 0 {
		t.Fatalf("%d changes\n%s", b.changes, page)
	}
	r := ask(t, h, request{method: "POST", path: "/resubscribe/" + maya, kind: form})
	if page := read(t, r); r.StatusCode != http.StatusOK || !b.s.Ended.IsZero() || !strings.Contains(page, "Maya Ortiz gets Support desk again") {
		t.Errorf("%d\n%s", r.StatusCode, page)
	}
}

func TestAnUnknownLinkIsHelpedAlong(t *testing.T) {
	b := newBook()
	h, _ := serve(t, b)
	for _, q := range []request{
		{method: "GET", path: "/unsubscribe/" + nobody},
		{method: "POST", path: "/unsubscribe/" + nobody, body: "List-Unsubscribe=One-Click", kind: form},
		{method: "POST", path: "/unsubscribe/" + nobody},
		{method: "POST", path: "/resubscribe/" + nobody},
		{method: "GET", path: "/unsubscribe/short"},
		{method: "GET", path: "/unsubscribe/" + strings.Repeat("x", 200)},
		{method: "GET", path: "/unsubscribe/%3Cscript%3Ealert(1)%3C/script%3E"},
		{method: "GET", path: "/view/7/" + nobody},
		{method: "GET", path: "/view/9/" + maya},
		{method: "GET", path: "/view/seven/" + maya},
		{method: "GET", path: "/nowhere"},
		{method: "GET", path: "/"},
	} {
		r := ask(t, h, q)
		if page := read(t, r); r.StatusCode != http.StatusNotFound || !strings.Contains(page, "This link leads nowhere") || strings.Contains(page, "alert(1)") {
			t.Errorf("%s %s: %d\n%s", q.method, q.path, r.StatusCode, page)
		}
	}
	if b.changes != 0 {
		t.Errorf("%d changes", b.changes)
	}
	spanish := ask(t, h, request{method: "GET", path: "/nowhere", language: "fr-FR, es-MX;q=0.8, en;q=0.5"})
	if page := read(t, spanish); !strings.Contains(page, `<html lang="es-MX"`) || !strings.Contains(page, "Este enlace no lleva a ninguna parte") {
		t.Error(page)
	}
}

func TestAPageIsInTheReadersLanguageElseTheDefault(t *testing.T) {
	for locale, want := range map[string]string{"es": "¿Dar de baja a Maya Ortiz de Support desk?", "xx": "Unsubscribe Maya Ortiz from Support desk?"} {
		b := newBook()
		b.s.Locale = locale
		h, _ := serve(t, b)
		if page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya, language: "de"})); !strings.Contains(page, want) {
			t.Errorf("%s: %s", locale, page)
		}
	}
}

func TestNamesAreTextWhateverTheyHold(t *testing.T) {
	b := newBook()
	b.s.Name, b.s.Project, b.s.Digest = `<script>alert("x")</script>`, `"><img src=x>`, `<i>`
	h, _ := serve(t, b)
	page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya}))
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Error(page)
	}
	for _, c := range []struct{ name, address, want string }{
		{"", "jo@x.example", "Unsubscribe j••••@x.example from"},
		{"", "josé@x.example", "Unsubscribe j••••é@x.example from"},
		{"", "", "Unsubscribe •••• from"},
	} {
		b.s.Name, b.s.Address, b.s.Project = c.name, c.address, "Desk"
		if page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya})); !strings.Contains(page, c.want) {
			t.Errorf("lacks %s in\n%s", c.want, page)
		}
	}
}

func TestAnEditionIsShownAsItWasSentWithItsPicturesWithin(t *testing.T) {
	h, _ := serve(t, newBook())
	r := ask(t, h, request{method: "GET", path: "/view/7/" + maya + "/mail"})
	page := read(t, r)
	want := `<html><body><style>p{color:red}</style><img src="data:image/png;base64,b25l"><img src='data:image/png;base64,dHdv'>` +
		`<a href="https://d.example/unsubscribe/` + maya + `?a=1&amp;b=2">Unsubscribe</a></body></html>`
	if r.StatusCode != http.StatusOK || page != want {
		t.Errorf("%d\n%s", r.StatusCode, page)
	}
	if csp := r.Header.Get("Content-Security-Policy"); csp != "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" {
		t.Error(csp)
	}
	if r := ask(t, h, request{method: "GET", path: "/view/8/" + maya}); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(read(t, r), "This edition is being made") {
		t.Errorf("an edition in the making: %d", r.StatusCode)
	}
}

func TestEveryAnswerIsKeptOutOfIndexesCachesAndReferrers(t *testing.T) {
	h, _ := serve(t, newBook())
	for _, path := range []string{"/view/7/" + maya + "/mail", "/unsubscribe/" + maya, "/nowhere"} {
		head := ask(t, h, request{method: "GET", path: path}).Header
		for key, want := range map[string]string{"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
			if head.Get(key) != want {
				t.Errorf("%s: %s is %q", path, key, head.Get(key))
			}
		}
		if !strings.HasPrefix(head.Get("Content-Security-Policy"), "default-src 'none'; ") {
			t.Errorf("%s: %s", path, head.Get("Content-Security-Policy"))
		}
	}
}

func TestADatabaseThatDoesNotAnswerIsSaidWithoutItsWords(t *testing.T) {
	b := newBook()
	b.fault = errors.New("dial postgres: password authentication failed")
	h, log := serve(t, b, func(c *web.Config) { c.Ready = func(context.Context) error { return b.fault } })
	r := ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya})
	if page := read(t, r); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(page, "postgres") || !strings.Contains(page, "cannot be shown now") {
		t.Errorf("%d\n%s", r.StatusCode, page)
	}
	if !strings.Contains(log.String(), `route="GET /unsubscribe/{token}"`) || !strings.Contains(log.String(), "password authentication") || strings.Contains(log.String(), maya) {
		t.Errorf("the log: %s", log)
	}
	r = ask(t, h, request{method: "GET", path: "/readyz"})
	if body := read(t, r); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "postgres") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if r := ask(t, h, request{method: "GET", path: "/healthz"}); r.StatusCode != http.StatusOK {
		t.Errorf("the process answers all the same: %d", r.StatusCode)
	}
}

func TestMachinesAreAnswered(t *testing.T) {
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fortnight_up 1\n") })
	h, _ := serve(t, newBook(), func(c *web.Config) { c.Metrics = metrics })
	for path, want := range map[string]string{"/healthz": "well\n", "/readyz": "ready\n", "/metrics": "fortnight_up 1\n", "/robots.txt": "User-agent: *\nDisallow: /\n"} {
		if r := ask(t, h, request{method: "GET", path: path}); r.StatusCode != http.StatusOK || read(t, r) != want {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	for _, sheet := range sheetsOf(read(t, ask(t, h, request{method: "GET", path: "/nowhere"})), "") {
		if r := ask(t, h, request{method: "GET", path: sheet}); r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("the stylesheet %s: %d %s", sheet, r.StatusCode, r.Header)
		}
	}
	if r := ask(t, h, request{method: "PUT", path: "/unsubscribe/" + maya}); r.StatusCode == http.StatusOK {
		t.Error("PUT is answered")
	}
	if r := ask(t, h, request{method: "GET", path: "/metrics"}); r.StatusCode != http.StatusOK {
		t.Error("no metrics")
	}
}

func TestALocaleThatLacksAPhraseIsRefusedAtStart(t *testing.T) {
	b := newBook()
	_, err := reader.New(reader.Config{Readers: b, Editions: b, Log: slog.New(slog.DiscardHandler), Words: func(l string) (digest.Words, error) {
		w, err := load(l)
		if err == nil {
			delete(w.(*words).said, "web.stranger.text")
		}
		return w, err
	}})
	if err == nil || !strings.Contains(err.Error(), "web.stranger.text") {
		t.Error(err)
	}
}

func TestALinkThatIsNobodysSaysHowLongEditionsAreShown(t *testing.T) {
	for days, want := range map[int]string{0: "older than 400 days", 90: "older than 90 days"} {
		h, _ := serve(t, newBook(), func(c *web.Config) { c.Reader.LinkLife = time.Duration(days) * 24 * time.Hour })
		if page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + nobody})); !strings.Contains(page, want) {
			t.Errorf("%d days: the page lacks %q:\n%s", days, want, page)
		}
	}
}
