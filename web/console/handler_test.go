package console

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestEveryRouteSaysWhichRoleItTakes(t *testing.T) {
	c := &console{}
	for _, r := range c.projectRoutes() {
		if !r.role.Includes(digest.RoleViewer) {
			t.Errorf("%s has the role %q", r.pattern, r.role)
		}
		if method, _, _ := strings.Cut(r.pattern, " "); method != http.MethodGet && method != http.MethodPost {
			t.Errorf("%s: a browser without script sends GET and POST only", r.pattern)
		} else if method == http.MethodPost && r.role == digest.RoleViewer {
			t.Errorf("%s: a viewer changes nothing", r.pattern)
		}
	}
}

func TestARoleThatDoesNotSufficeIsToldWhoHasIt(t *testing.T) {
	s := newSite(t)
	for _, address := range []string{vera, emil} {
		a := s.as(address).post("/p/desk/settings", url.Values{"name": {"Mine"}})
		if a.status != http.StatusForbidden || !a.says("An owner may do this") || !a.says("Nora Feld can do it, or can give you the role") {
			t.Errorf("%s: %d %s", address, a.status, a.body)
		}
	}
	if a := s.as(vera).get("/p/desk/settings/tokens"); a.status != http.StatusForbidden || !a.says("You are a viewer of Lindenhof Clinics.") {
		t.Errorf("keys: %d", a.status)
	}
	if s.desk.head.Name != "Lindenhof Clinics" {
		t.Error("the name has changed")
	}
}

func TestAnotherProjectIsNotThere(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	for _, path := range []string{"/p/clinics/", "/p/clinics", "/p/clinics/settings", "/p/clinics/settings/tokens", "/p/clinics/audit.csv", "/p/nobody/", "/p/clinics/no/such/page"} {
		a := v.get(path)
		if a.status != http.StatusNotFound || a.says("Oakfield") || !a.says("There is no such page in Fortnight") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := v.post("/p/clinics/settings", url.Values{"name": {"Mine"}}); a.status != http.StatusNotFound {
		t.Errorf("saving: %d", a.status)
	}
}

func TestAnOperatorOwnsEveryProject(t *testing.T) {
	s := newSite(t)
	v := s.as(olga)
	for _, path := range []string{"/p/desk/settings/tokens", "/p/clinics/settings/people"} {
		if a := v.get(path); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestAnAddressThatTakesAFormOnlySaysSo(t *testing.T) {
	s := newSite(t)
	a := s.as(nora).get("/p/desk/settings/people/2")
	if a.status != http.StatusMethodNotAllowed || a.Get("Allow") != "POST" || !a.says("This address only takes a form") {
		t.Errorf("%d, allow %q", a.status, a.Get("Allow"))
	}
	if a := s.as(vera).post("/p/desk/audit", nil); a.status != http.StatusMethodNotAllowed || a.Get("Allow") != "GET" {
		t.Errorf("%d, allow %q", a.status, a.Get("Allow"))
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	for name, set := range map[string]func(http.Header){
		"a browser that tells":       func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		"an old browser":             func(h http.Header) { h.Set("Origin", "https://evil.example") },
		"another host of the domain": func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
	} {
		r, _ := http.NewRequest(http.MethodPost, s.URL+"/sign-out", nil)
		set(r.Header)
		if a := v.do(r); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/account", strings.NewReader("name=Nora"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://console.example") // behind a proxy that changes Host
	if a := v.do(r); a.status != http.StatusOK {
		t.Errorf("our own origin: %d", a.status)
	}
}

func TestUnderTLSNoSiteLearnsWhereSomebodyComesFrom(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Base.Scheme = "https" })
	if a := s.browse().get("/sign-in"); a.Get("Referrer-Policy") != "no-referrer" || a.says(`name="referrer"`) {
		t.Errorf("%s", a.Get("Referrer-Policy"))
	}
}

func TestEveryAnswerHasItsGuards(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	for _, path := range []string{"/sign-in", "/p/desk/settings", "/p/desk/nothing", "/p/clinics/"} {
		a := v.get(path)
		for head, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "same-origin", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow",
		} {
			if a.Get(head) != want {
				t.Errorf("%s: %s is %q", path, head, a.Get(head))
			}
		}
		if !strings.Contains(strings.Join(a.Values("Cache-Control"), ","), "no-store") {
			t.Errorf("%s may be kept: %q", path, a.Values("Cache-Control"))
		}
		if strings.Contains(a.body, "style=") || strings.Contains(a.body, "<style") || strings.Contains(a.body, " onclick") {
			t.Errorf("%s has a style or script of its own", path)
		}
	}
}

func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	s := newSite(t)
	a := s.as(nora).post("/account", url.Values{"name": {strings.Repeat("a", bodySize)}})
	if a.status != http.StatusRequestEntityTooLarge || !a.says("At most 256 kB can be sent here") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// moody fails in the ways that books can.
type moody struct {
	*projectBooks
	fail func() error
}

func (m *moody) Head(ctx context.Context) (digest.Project, error) {
	if err := m.fail(); err != nil {
		return digest.Project{}, err
	}
	return m.projectBooks.Head(ctx)
}

func TestWhatGoesWrongIsAPageAndALineInTheLog(t *testing.T) {
	for _, row := range []struct {
		name   string
		fail   func() error
		status int
		says   string
		logged string
	}{
		{"the database is away", func() error { return errors.New("connection refused by 10.0.0.7") }, 500, "It is our fault", "connection refused by 10.0.0.7"},
		{"a programming fault", func() error { panic("out of range") }, 500, "It is our fault", "page panicked"},
		{"nothing there", func() error { return digest.ErrNotFound }, 404, "There is no such page in Lindenhof Clinics", ""},
		{"somebody was faster", func() error { return digest.ErrStale }, 409, "Somebody else has changed it meanwhile", ""},
		{"not in this state", func() error { return errors.Join(errors.New("the edition is discarded"), digest.ErrNotDue) }, 409, "The edition is discarded", ""},
		{"refused", func() error { return &digest.RefusedError{Reason: "there is no room"} }, 422, "There is no room.", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newSite(t)
			v := s.as(nora)
			m := &moody{s.desk, row.fail}
			s.books = func(int64) any { return m }
			a := v.get("/p/desk/settings")
			if a.status != row.status || !a.says(row.says) || a.says("10.0.0.7") {
				t.Errorf("%d %s", a.status, a.body)
			}
			if row.logged != "" && !strings.Contains(s.logged(), row.logged) {
				t.Errorf("the log has %s", s.logged())
			}
			if row.logged == "" && strings.Contains(s.logged(), "ERROR") {
				t.Errorf("the log has %s", s.logged())
			}
		})
	}
}

func TestAPageThatTakesTooLongIsGivenUp(t *testing.T) {
	s := newSite(t)
	slow := route{do: func(_ http.ResponseWriter, r *http.Request, _ *visit) error {
		<-r.Context().Done()
		return r.Context().Err()
	}, within: 20 * time.Millisecond}
	var out bytes.Buffer
	w := &plainAnswer{head: http.Header{}, body: &out}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	c := s.console
	c.sessions.LoadAndSave(c.answering(slow, func(_ http.ResponseWriter, r *http.Request, _ route) (*visit, error) { return &visit{c: c, r: r}, nil })).ServeHTTP(w, r)
	if w.status != http.StatusServiceUnavailable || !strings.Contains(out.String(), "It took too long") {
		t.Errorf("%d %s", w.status, out.String())
	}
}

type plainAnswer struct {
	head   http.Header
	status int
	body   *bytes.Buffer
}

func (a *plainAnswer) Header() http.Header         { return a.head }
func (a *plainAnswer) WriteHeader(status int)      { a.status = status }
func (a *plainAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }
