package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/browser"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
	"fortnight/internal/traffic"
)

// clinics is an installation as people use it: two projects, weeks of generated traffic, editions that went well, that are held and that failed
// in part, and a browser whose owner may do all.
type clinics struct {
	*place
	relay   *relay.Relay
	web     string
	process *process
	window  context.Context // of Chromium
	person  *visitor        // who asks for pages beside the browser
}

const clinicsZone = "Europe/Berlin"

// newClinics makes one. Its relay refuses one subscriber for good, and never answers for another.
func newClinics(t *testing.T) *clinics {
	t.Helper()
	r := unruly(t, relay.Options{Keep: true, Rules: []relay.Rule{
		{Name: "no such mailbox", To: "h.brandt@lindenhof.example", At: relay.Rcpt, Code: 550, Status: "5.1.1", Words: "User unknown"},
		{Name: "full", To: "l.ferri@lindenhof.example", At: relay.Rcpt, Code: 552, Status: "5.2.2", Words: "Mailbox full"},
		{Name: "lost answer", To: "a.demir@lindenhof.example", At: relay.End, Drop: true},
	}})
	c := &clinics{place: barePlace(t, r.Addr()), relay: r}
	c.use(t, pgtest.New(t))
	c.onPort(t)
	c.env["DESK_DSN"] = c.env["FORTNIGHT_DATABASE_URL"]
	c.env["DARK_DSN"] = "postgres://reader:hunter2@127.0.0.1:1/chatwoot"
	c.env["FORTNIGHT_RETRY"] = "1s"
	c.must(t, "migrate")
	c.visitors(t)
	c.apply(t, clinicsSettings)
	return c
}

// visitors writes six weeks of traffic until now into Fortnight's own event tables.
func (c *clinics) visitors(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.env["FORTNIGHT_DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), collectors.NativeTables()); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(clinicsZone)
	if err != nil {
		t.Fatal(err)
	}
	monday, _ := thisMonday(zone).Start(zone)
	plan := traffic.Plan{Schema: "fortnight_events", Tenant: "desk", Name: "Lindenhof Clinics", Zone: zone, Until: monday, Weeks: 6, Seed: demoSeed}
	if err := traffic.Write(t.Context(), conn, plan); err != nil {
		t.Fatal(err)
	}
}

// thisMonday is the day on which the current week began.
func thisMonday(zone *time.Location) digest.Date {
	today := digest.DateOf(time.Now().In(zone))
	return today.AddDays(-(int(today.Weekday()) + 6) % 7)
}

const clinicsSettings = `projects:
  lindenhof:
    name: Lindenhof Clinics
    zone: Europe/Berlin
    brand: {accent: "#0f766e", footer: "Lindenhof Clinics, Berlin"}
    sources:
      desk: {platform: native, dsn_env: DESK_DSN, tenant: desk}
      dark: {platform: chatwoot, dsn_env: DARK_DSN, tenant: "1"}
    digests:
      dark:
        name: Chatwoot, Hafen
        cadence: weekly
        at: mon 09:00
        sections: [{activity: dark}]
        subscribers:
          - {name: Maya Ortiz, address: m.ortiz@lindenhof.example, audience: manager}
      support:
        name: Support desk
        cadence: weekly
        at: mon 08:00
        active: true
        sections: [{activity: desk}, {contact_center: desk}, {chatbot: desk}]
        readers: {cadences: [twice-monthly, monthly], sections: true, forwarding: approve}
        subscribers:
          - {name: Maya Ortiz, address: m.ortiz@lindenhof.example, zone: America/New_York, audience: manager}
          - {name: Jana Krüger, address: j.krueger@lindenhof.example, audience: admin}
          - {name: "عبد الرحمن محمد عبد العزيز آل إبراهيم القحطاني", address: abd@lindenhof.example, audience: manager}
          - {name: Sofie Maes, address: s.maes@lindenhof.example, audience: executive, pdf: false}
          - {name: Piet de Vries, address: p.devries@lindenhof.example, audience: manager, locale: es}
          - {name: Hanna Brandt, address: h.brandt@lindenhof.example, audience: manager}
          - {name: Luca Ferri, address: l.ferri@lindenhof.example, audience: manager}
          - {name: Aylin Demir, address: a.demir@lindenhof.example, audience: manager}
      leadership:
        name: Terminvereinbarungsbestätigungsgespräche
        cadence: bi-monthly
        at: "07:00"
        active: false
        sections: [{activity: desk}, {contact_center: desk}]
        subscribers:
          - {name: Maya Ortiz, address: m.ortiz@lindenhof.example, audience: executive}
  harbour:
    name: Harbour Dental
    zone: America/New_York
    sources:
      desk: {platform: native, dsn_env: DESK_DSN, tenant: desk}
    digests:
      weekly:
        cadence: weekly
        at: mon 08:00
        sections: [activity]
        subscribers:
          - {name: Sam Okafor, address: sam@harbour.example, audience: admin}
`

// mailed sends the editions of the weeks before, the earliest first.
func (c *clinics) mailed(t *testing.T, weeks int) {
	t.Helper()
	zone, err := time.LoadLocation(clinicsZone)
	if err != nil {
		t.Fatal(err)
	}
	for n := weeks; n > 0; n-- {
		c.run(t, "send", "--digest", "lindenhof/support", "--from", thisMonday(zone).AddDays(-7*n).String()) // it fails for those whom it cannot reach
	}
}

// open starts serve, and a browser.
func (c *clinics) open(t *testing.T) {
	t.Helper()
	c.process, c.web = c.node(t)
	c.window = browser.Start(t)
}

// enter signs the browser in as an operator and gives a tab that shows a path of the console.
func (c *clinics) enter(t *testing.T, path string, v browser.View) *browser.Page {
	t.Helper()
	person := c.signedIn(t)
	p := browser.Open(t, c.window, c.web+person.way, "", v)
	p.Press(t, "Sign in")
	p.Go(t, c.web+path)
	return p
}

// onPort gives the installation a port of its own, and the base address that goes with it.
func (p *place) onPort(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.env["FORTNIGHT_ADDR"] = l.Addr().String()
	p.env["FORTNIGHT_BASE_URL"] = "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// visitor is somebody's browser without a window.
type visitor struct {
	http.Client
	way string // the path of the link that lets him in
}

var printedLink = regexp.MustCompile(`(?m)^https?://\S+(/sign-in/\S+)$`)

// signedIn invites an operator.
func (p *place) signedIn(t testing.TB) *visitor {
	t.Helper()
	out := p.must(t, "admin", "invite", "nora@desk.example", "--name", "Nora Feld")
	link := printedLink.FindStringSubmatch(out)
	if link == nil {
		t.Fatalf("invite prints no link:\n%s", out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{http.Client{Jar: jar}, link[1]}
}

// enter follows the invitation.
func (v *visitor) enter(t testing.TB, web string) {
	t.Helper()
	if status, body := v.post(t, web+v.way, url.Values{}); status != http.StatusOK || strings.Contains(body, "/sign-in\"") {
		t.Fatalf("the link does not let in: %d\n%s", status, body)
	}
}

func (v *visitor) get(t testing.TB, at string) (status int, body string) {
	t.Helper()
	return v.ask(t, http.MethodGet, at, nil)
}

func (v *visitor) post(t testing.TB, at string, form url.Values) (status int, body string) {
	t.Helper()
	return v.ask(t, http.MethodPost, at, form)
}

func (v *visitor) ask(t testing.TB, method, at string, form url.Values) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := v.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(all)
}
