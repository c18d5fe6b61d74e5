package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// mail waits for the mail that an answer promised.
func (s *site) mail() mailed {
	s.t.Helper()
	select {
	case m := <-s.works.mails:
		return m
	case <-time.After(10 * time.Second):
		s.t.Fatal("no mail came")
		panic("")
	}
}

// below takes the base of the console off a link.
func below(link string) string { return strings.TrimPrefix(link, "http://console.example") }

func TestAPersonSignsInByAMailedLink(t *testing.T) {
	s := newSite(t)
	b := s.browse()
	if a := b.get("/p/desk/nothing?x=1"); a.at != "/sign-in" || !a.says("We mail you a link") {
		t.Fatalf("not sent to the sign-in but to %s", a.at)
	}
	if a := b.post("/sign-in", url.Values{"address": {" Nora.Feld@lindenhof.example "}}); a.status != http.StatusOK || !a.says("If the address has no access, no mail comes.") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	m := s.mail()
	if m.to != nora || m.lasts != 15*time.Minute || !strings.HasPrefix(m.link, "http://console.example/sign-in/") {
		t.Fatalf("mailed %+v", m)
	}
	// A scanner follows the link first, then the person, twice.
	for range 2 {
		if a := s.browse().get(below(m.link)); a.status != http.StatusOK || !a.says("Sign in here") {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	b.get(below(m.link))
	a := b.post(below(m.link), nil)
	if a.at != "/p/desk/nothing?x=1" || a.status != http.StatusNotFound || !a.says("Nora Feld") {
		t.Errorf("ended up at %s with %d", a.at, a.status)
	}
	if a := b.get("/"); a.status != http.StatusOK && a.at != "/p/desk/" {
		t.Errorf("home is %s", a.at)
	}
	if a := s.browse().post(below(m.link), nil); a.status != http.StatusForbidden || !a.says("This link does not sign you in") {
		t.Errorf("a used link gives %d", a.status)
	}
}

func TestALinkWorksInTheBrowserThatAskedForItOnly(t *testing.T) {
	s := newSite(t)
	s.browse().post("/sign-in", url.Values{"address": {nora}})
	m := s.mail()
	other := s.browse()
	if a := other.get(below(m.link)); !a.says("open it in the browser that asked") {
		t.Error("the page does not say where the link works")
	}
	if a := other.post(below(m.link), nil); a.status != http.StatusForbidden || !a.says("open the link there") {
		t.Errorf("%d %s", a.status, a.body)
	}
	third := s.browse()
	third.post("/sign-in", url.Values{"address": {emil}})
	s.mail()
	if a := third.post(below(m.link), nil); a.status != http.StatusForbidden {
		t.Errorf("a browser that asked for another link is let in: %d", a.status)
	}
}

func TestALinkLastsFifteenMinutesAndAnInvitationSevenDays(t *testing.T) {
	s := newSite(t)
	b := s.browse()
	b.post("/sign-in", url.Values{"address": {nora}})
	m := s.mail()
	s.pass(15*time.Minute + time.Second)
	if a := b.post(below(m.link), nil); a.status != http.StatusForbidden {
		t.Errorf("after 15 minutes: %d", a.status)
	}
	invitation := s.house.invite(emil)
	s.pass(7*24*time.Hour - time.Minute)
	if a := s.browse().post("/sign-in/"+invitation, nil); a.status != http.StatusOK && a.at != "/p/desk/" {
		t.Errorf("an invitation in any browser: %d at %s", a.status, a.at)
	}
}

func TestTheAnswerToAnAddressTellsNothing(t *testing.T) {
	s := newSite(t)
	answers := map[string]string{}
	for _, address := range []string{nora, "nobody@lindenhof.example"} {
		a := s.browse().post("/sign-in", url.Values{"address": {address}})
		answers[strings.ReplaceAll(a.body, address, "ADDRESS")] = address
		if a.status != http.StatusOK || a.Get("Set-Cookie") == "" {
			t.Errorf("%s: %d", address, a.status)
		}
	}
	s.mail()
	s.house.mu.Lock()
	s.house.many = true
	s.house.mu.Unlock()
	a := s.browse().post("/sign-in", url.Values{"address": {nora}})
	answers[strings.ReplaceAll(a.body, nora, "ADDRESS")] = "too often"
	if len(answers) != 1 {
		t.Errorf("there are %d answers", len(answers))
	}
}

func TestAMistypedAddressIsSaidSo(t *testing.T) {
	a := newSite(t).browse().post("/sign-in", url.Values{"address": {"nora.feld@lindenhof"}})
	if a.status != http.StatusUnprocessableEntity || !a.says("This is not a full address: the part after @ has no dot.") || !a.says(`aria-invalid="true" aria-describedby="fault-address"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOnePlaceAsksTenTimesInTenMinutes(t *testing.T) {
	s := newSite(t)
	b := s.browse()
	for range 12 {
		if a := b.post("/sign-in", url.Values{"address": {nora}}); a.status != http.StatusOK {
			t.Fatalf("throttling shows: %d", a.status)
		}
	}
	for range 10 {
		s.mail()
	}
	select {
	case m := <-s.works.mails:
		t.Errorf("an eleventh mail: %+v", m)
	case <-time.After(50 * time.Millisecond):
	}
	if !strings.Contains(s.logged(), "asked for too often") {
		t.Error("the log does not say so")
	}
	s.pass(10 * time.Minute)
	b.post("/sign-in", url.Values{"address": {nora}})
	s.mail()
}

func TestPlacesAreCountedApartAndForgotten(t *testing.T) {
	th := newThrottle()
	one, same, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("::ffff:192.0.2.1")
	for range askedAtMost {
		th.allows(one, wednesday)
	}
	if th.allows(same, wednesday) || !th.allows(other, wednesday) {
		t.Error("a network of 64 bits is one place, an IPv4 address another")
	}
	for i := range placesKept {
		th.allows(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), wednesday)
	}
	if len(th.places) != placesKept || len(th.order) != placesKept {
		t.Errorf("%d places are kept", len(th.places))
	}
}

func TestAForwardedAddressIsBelievedOfOurProxiesOnly(t *testing.T) {
	c := &console{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, row := range []struct{ remote, said, want string }{
		{"203.0.113.9:5000", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.1:5000", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:5000", "1.2.3.4, 198.51.100.1, 10.2.0.1", "198.51.100.1"},
		{"10.0.0.1:5000", "", "10.0.0.1"},
		{"10.0.0.1:5000", "unknown", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:5000", "2001:db8::7", "2001:db8::7"},
	} {
		r := &http.Request{RemoteAddr: row.remote, Header: http.Header{"X-Forwarded-For": {row.said}}}
		if got := c.client(r).String(); got != row.want {
			t.Errorf("%s saying %q is %s, want %s", row.remote, row.said, got, row.want)
		}
	}
}

func TestASessionHasATokenOfItsOwnAndEnds(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	at := func() string {
		u, _ := url.Parse(s.URL)
		for _, k := range v.Jar.Cookies(u) {
			if k.Name == "fortnight-session" {
				return k.Value
			}
		}
		return ""
	}
	first := at()
	token := s.house.invite(nora)
	v.post("/sign-in/"+token, nil)
	if second := at(); second == first || second == "" {
		t.Error("a second sign-in keeps the token")
	}
	if n := len(s.house.sessions.kept); n != 1 {
		t.Errorf("%d sessions are kept", n)
	}
	s.pass(11 * time.Hour)
	if a := v.get("/account"); a.status != http.StatusOK {
		t.Fatalf("after 11 idle hours: %d at %s", a.status, a.at)
	}
	s.pass(11 * time.Hour)
	if a := v.get("/account"); a.at != "/account" {
		t.Errorf("11 hours after a visit: %s", a.at)
	}
	s.pass(12*time.Hour + time.Minute)
	if a := v.get("/account"); a.at != "/sign-in" {
		t.Errorf("after 12 idle hours: %s", a.at)
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	if a := v.post("/sign-out", nil); a.at != "/sign-in?out" || !a.says("You are signed out in this browser.") {
		t.Errorf("at %s", a.at)
	}
	if a := v.get("/account"); a.at != "/sign-in" {
		t.Errorf("still in: %s", a.at)
	}
	if a := v.post("/account", url.Values{"name": {"X"}}); a.at != "/sign-in?ended" || !a.says("was not saved") {
		t.Errorf("a form after the end: %s", a.at)
	}
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	s := newSite(t)
	desk, phone, tablet := s.as(nora), s.as(nora), s.as(nora)
	vera := s.as(vera)
	a := desk.get("/account")
	if strings.Count(a.body, "Go-http-client") < 3 || strings.Count(a.body, "This one") != 1 || !a.says("127.0.0.1") {
		t.Errorf("the list is %s", a.body)
	}
	if a := desk.post("/account/sessions/2", nil); a.at != "/account" || !a.says("That browser is signed out.") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	if a := phone.get("/account"); a.at != "/sign-in" {
		t.Error("the phone is still in")
	}
	if a := desk.post("/account/sessions/4", nil); a.status != http.StatusNotFound {
		t.Errorf("another person's session: %d", a.status)
	}
	if a := desk.post("/account/sessions", nil); !a.says("Signed out in 1 other browser.") {
		t.Errorf("%s", a.body)
	}
	if a := tablet.get("/account"); a.at != "/sign-in" {
		t.Error("the tablet is still in")
	}
	if a := vera.get("/account"); a.at != "/account" {
		t.Error("Vera is out")
	}
	if a := desk.get("/account"); a.at != "/account" {
		t.Error("this browser is out")
	}
}

func TestASessionThatWasEndedDoesNotComeBack(t *testing.T) {
	s := newSite(t)
	b := s.house.sessions
	store := &sessionStore{CtxStore: b, now: s.clock}
	ctx := loadedContext(t.Context())
	_ = b.CommitCtx(ctx, "t", []byte(`{}`), s.clock().Add(time.Hour))
	if _, found, _ := store.FindCtx(ctx, "t"); !found {
		t.Fatal("not found")
	}
	_ = b.DeleteCtx(ctx, "t") // revoked elsewhere while the request runs
	if err := store.CommitCtx(ctx, "t", []byte(`{}`), s.clock().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := b.FindCtx(ctx, "t"); found {
		t.Error("it is back")
	}
}

func TestNobodyIsSentToAnotherSiteAfterSigningIn(t *testing.T) {
	s := newSite(t)
	for _, to := range []string{"https://evil.example/p/desk/", "//evil.example/p/", `/\evil.example`, "/p/desk/\r\nX: y", "javascript:alert(1)", "/unsubscribe/x"} {
		c := &console{Config: Config{Base: url.URL{Scheme: "http", Host: "x"}}}
		r, _ := http.NewRequest(http.MethodGet, s.URL, nil)
		r.AddCookie(&http.Cookie{Name: "fortnight-to", Value: url.QueryEscape(to)})
		if got := c.wanted(r); got != "" {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func TestUnderTLSCookiesAreOfThisHostAlone(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Base.Scheme = "https" })
	token := s.house.invite(nora)
	b := s.browse()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := b.post("/sign-in/"+token, nil)
	found := false
	for _, k := range a.Values("Set-Cookie") {
		if strings.HasPrefix(k, "__Host-fortnight-session=") {
			found = strings.Contains(k, "Secure") && strings.Contains(k, "HttpOnly") && strings.Contains(k, "SameSite=Lax") && strings.Contains(k, "Path=/")
		}
	}
	if !found || a.Get("Strict-Transport-Security") == "" {
		t.Errorf("set %q", a.Values("Set-Cookie"))
	}
}
