package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"fortnight/internal/browser"
	"fortnight/ledger"
)

// shown is a page that tests look at: its path below the service's address, and the name of its picture.
type shown struct{ path, name string }

// widths are those that every page is looked at: a laptop's and a phone's.
var widths = []browser.View{{Width: 1280, Height: 900}, {Width: 360, Height: 740, Phone: true}}

// TestEveryPageCanBeUsedByEverybody looks at each page of the console and of the readers, wide and narrow, light and dark: axe-core
// finds nothing serious, nothing is wider than the screen, no request leaves the host, and a page has 100 kB at most. With LOOK=DIR it
// keeps the pictures.
func TestEveryPageCanBeUsedByEverybody(t *testing.T) {
	c := newClinics(t)
	c.make = builtPlain // what it looks for is to be seen; races are the other tests'
	c.mailed(t, 3)
	c.open(t)
	p := c.enter(t, "/p/lindenhof/", widths[0])
	c.visit(t, "/p/lindenhof/")
	for _, source := range []string{"desk", "dark"} { // one can be read, one cannot
		if status, _ := c.person.post(t, c.web+"/p/lindenhof/sources/"+source+"/probe", nil); status != http.StatusOK {
			t.Fatalf("a look at %s: %d", source, status)
		}
	}
	pages := c.pages(t)
	checked, largest, largestName := 0, 0, ""
	for _, page := range pages {
		status, body := c.visit(t, page.path)
		if status != http.StatusOK && page.name != "404" {
			t.Errorf("%s answers %d", page.path, status)
			continue
		}
		if len(body) > largest {
			largest, largestName = len(body), page.name
		}
		if len(body) > 100_000 && (page.name != "api" || len(body) > 120_000) { // the reference of the whole API is one page
			t.Errorf("%s has %d bytes", page.name, len(body))
		}
		for i, v := range widths {
			for _, v.Dark = range []bool{false, true} {
				name := fmt.Sprintf("%s-%d", page.name, v.Width)
				if v.Dark {
					name += "-dark"
				}
				if i == 0 && !v.Dark {
					p.Show(t, c.web+page.path, "", v)
				} else {
					p.See(t, v)
				}
				p.Keep(t, name)
				checked++
				if p.Overflow > 0 {
					t.Errorf("%s is %d pixels wider than its screen", name, p.Overflow)
				}
				for _, found := range browser.Axe(t, p) {
					t.Errorf("%s: %s", name, found)
				}
			}
		}
		if len(p.Remote) > 0 {
			t.Errorf("%s asks for %v", page.name, p.Remote)
		}
	}
	figures(t, "%d pages, %d looks (1280 and 360 px, light and dark): axe-core serious or critical 0 unless said above; largest %s with %d bytes", len(pages), checked, largestName, largest)
}

// visit asks for a page with the browser's own cookies.
func (c *clinics) visit(t *testing.T, path string) (status int, body string) {
	t.Helper()
	if c.person == nil {
		c.person = c.signedIn(t)
		c.person.enter(t, c.web)
	}
	return c.person.get(t, c.web+path)
}

// pages lists every page that shows something.
func (c *clinics) pages(t *testing.T) []shown {
	t.Helper()
	newest := c.edition(t, "support", 0)
	before := c.edition(t, "support", 1)
	var subscriber, delivery int64
	c.row(t, "SELECT subscriber_id FROM fortnight.subscribers WHERE address = 'm.ortiz@lindenhof.example' ORDER BY 1 LIMIT 1", &subscriber)
	c.row(t, "SELECT delivery_id FROM fortnight.deliveries WHERE edition_id = $1 AND state = 'failed' LIMIT 1", &delivery, newest)
	at := func(path string, args ...any) string { return "/p/lindenhof/" + fmt.Sprintf(path, args...) }
	token := c.token(t, "m.ortiz@lindenhof.example")
	return []shown{
		{at(""), "overview"},
		{at("digests"), "digests"},
		{at("digests/new"), "digest-new"},
		{at("digests/support"), "editor"},
		{at("digests/support/subscribers"), "subscribers"},
		{at("digests/support/import"), "import"},
		{at("subscribers"), "subscribers-all"},
		{at("subscribers/%d", subscriber), "subscriber"},
		{at("suppressions"), "suppressions"},
		{at("requests"), "requests"},
		{at("editions"), "editions"},
		{at("editions/%d", newest), "edition"},
		{at("editions/%d/compare/%d", newest, before), "compare"},
		{at("editions/%d/deliveries/%d", newest, delivery), "delivery"},
		{at("calendar"), "calendar"},
		{at("sources"), "sources"},
		{at("sources/desk"), "source"},
		{at("settings"), "settings"},
		{at("settings/brand"), "brand"},
		{at("settings/people"), "people"},
		{at("settings/tokens"), "tokens"},
		{at("settings/webhooks"), "webhooks"},
		{at("audit"), "audit"},
		{"/p/harbour/", "empty"},
		{"/account", "account"},
		{"/projects", "projects"},
		{"/projects/new", "project-new"},
		{"/p/lindenhof/nothing", "404"},
		{"/sign-in", "sign-in"},
		{fmt.Sprintf("/view/%d/%s", newest, token), "archive"},
		{"/preferences/" + token, "preferences"},
		{"/definitions/" + token, "definitions"},
		{"/forwarded/" + token, "forwarded"},
		{"/unsubscribe/" + token, "unsubscribe"},
		{"/api/v1/docs", "api"},
	}
}

// edition gives the number of a digest's n-th newest edition.
func (c *clinics) edition(t testing.TB, key string, n int) (id int64) {
	t.Helper()
	c.row(t, "SELECT e.edition_id FROM fortnight.editions e JOIN fortnight.digests d USING (digest_id) WHERE d.key = $1 ORDER BY e.period_start DESC OFFSET $2 LIMIT 1", &id, key, n)
	return id
}

// row asks the database for one value.
func (c *clinics) row(t testing.TB, question string, into any, args ...any) {
	t.Helper()
	if err := c.pool.QueryRow(t.Context(), question, args...).Scan(into); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
}

// token gives the token of a subscriber's links in lindenhof/support, as the mails carry it.
func (c *clinics) token(t testing.TB, address string) string {
	t.Helper()
	keys, err := ledger.NewKeys(c.env["FORTNIGHT_SECRET_KEY"])
	if err != nil {
		t.Fatal(err)
	}
	s, err := ledger.New(c.pool, ledger.Options{Keys: keys, Now: time.Now}).Digest(t.Context(), "lindenhof/support")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range s.Config.Subscribers {
		if one.Address == address {
			return one.Token
		}
	}
	t.Fatalf("%s is no subscriber", address)
	return ""
}
