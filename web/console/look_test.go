package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
)

// filled puts into the books what settings show when they have been used.
func filledSite(t testing.TB) *site {
	s := newSite(t)
	s.works.mails = make(chan mailed, 1000)
	s.desk.head.From = digest.Address{Name: "Lindenhof Clinics", Address: "digest@lindenhof.example"}
	s.desk.head.Brand.Footer = "Lindenhof Clinics gGmbH, Am Lindenhof 4, 10365 Berlin"
	for day := time.Monday; day <= time.Friday; day++ {
		s.desk.head.Hours.Windows = append(s.desk.head.Hours.Windows, digest.Window{Weekday: day, Opens: 9 * 60, Closes: 12*60 + 30}, digest.Window{Weekday: day, Opens: 13*60 + 30, Closes: 17 * 60})
	}
	s.desk.head.Hours.Holidays = []digest.Date{{Year: 2026, Month: time.December, Day: 25}, {Year: 2027, Month: time.January, Day: 1}}
	s.house.accounts[0].SeenAt, s.desk.members[0].SeenAt = wednesday, wednesday
	s.desk.members[1].SeenAt = wednesday.AddDate(0, 0, -2)
	s.desk.members = append(s.desk.members, digest.Member{Account: digest.Account{ID: 9, Address: "maximiliane.hohenlohe-langenburg-waldenburg@very-long-department.lindenhof-kliniken.example"}, Role: digest.RoleEditor, AddedAt: wednesday.AddDate(-1, 0, 0), Digests: []string{"contact-center-all-clinics", "front-desk-bot", "intake"}})
	s.desk.needs = digest.Needs{Held: make([]digest.EditionLine, 1), Failing: make([]digest.EditionLine, 1), Sources: make([]digest.SourceLine, 1)}
	s.desk.tokens = []digest.Token{
		{ID: 1, Name: "Dashboard in the lobby", Scopes: []digest.Scope{"read"}, Hint: "fn_k3x9", MadeBy: "Nora Feld", MadeAt: wednesday.AddDate(0, -3, 0), UsedAt: wednesday.Add(-3 * time.Minute)},
		{ID: 2, Name: "Nightly import of subscribers from the clinics’ directory", Scopes: []digest.Scope{"read", "write"}, Hint: "fn_q77a", MadeBy: "Emil Brandt", MadeAt: wednesday.AddDate(0, -1, 0), Ends: wednesday.AddDate(0, 0, 61)},
		{ID: 3, Name: "Old script", Scopes: []digest.Scope{"read", "write", "send", "manage"}, Hint: "fn_zz01", MadeBy: "Nora Feld", MadeAt: wednesday.AddDate(-1, 0, 0), Revoked: wednesday.AddDate(0, -2, 0)},
	}
	done := digest.Posting{ID: 41, Kind: digest.EventEditionDone, Body: []byte(`{"event":"edition.done","project":"desk","digest":"weekly","edition":{"id":812,"label":"LC-2026-W12"}}`), MadeAt: wednesday.Add(-time.Hour), Tries: 1, Done: wednesday.Add(-time.Hour), Status: 204}
	again := digest.Posting{ID: 42, Kind: digest.EventDeliveryFailed, Body: []byte(`{"event":"delivery.failed"}`), MadeAt: wednesday.Add(-20 * time.Minute), Tries: 3, NextAt: wednesday.Add(8 * time.Minute), Status: 503, Answer: "upstream connect error or disconnect/reset before headers"}
	given := digest.Posting{ID: 40, Kind: digest.EventEditionHeld, Body: []byte(`{"event":"edition.held"}`), MadeAt: wednesday.Add(-50 * time.Hour), Tries: 12, Answer: "no such host"}
	s.desk.webhooks = []digest.Webhook{
		{ID: 1, URL: "https://hooks.lindenhof.example/fortnight/T0ABC/B0DEF", Active: true, MadeAt: wednesday.AddDate(0, -2, 0), Last: &again},
		{ID: 2, URL: "https://status.example/in", Events: []string{digest.EventEditionHeld, digest.EventEditionParked}, MadeAt: wednesday.AddDate(0, -1, 0), Last: &done},
	}
	s.desk.postings = []digest.Posting{again, done, given}
	by := func(name, via string) digest.Actor { return digest.Actor{Name: name, Via: via} }
	d := func(what, from, to string) digest.Difference {
		j := func(s string) string {
			if s == "" || json.Valid([]byte(s)) {
				return s
			}
			return `"` + s + `"`
		}
		return digest.Difference{What: what, From: j(from), To: j(to)}
	}
	s.desk.audit = []digest.AuditLine{
		{ID: 9, At: wednesday.Add(-time.Minute), Actor: by("Nora Feld", "console"), Change: digest.Change{Verb: "change", What: "digest desk/weekly", Details: []digest.Difference{d("cadence.at", "mon 07:30", "mon 08:00"), d("missed_after", "24h0m0s", "12h0m0s"), d("readers.sections", "false", "true")}}},
		{ID: 8, At: wednesday.Add(-2 * time.Hour), Actor: by("Maya Ortiz", "reader"), Change: digest.Change{Verb: "change", What: "subscriber desk/weekly maya.ortiz@lindenhof.example", Details: []digest.Difference{d("wishes.zone", "", "America/New_York")}}},
		{ID: 7, At: wednesday.Add(-3 * time.Hour), Actor: by("Dashboard in the lobby", "api"), Change: digest.Change{Verb: "resend", What: "edition LC-2026-W12", Notes: []string{"to 3"}}},
		{ID: 6, At: wednesday.AddDate(0, 0, -1), Actor: by("fortnight apply", "command"), Change: digest.Change{Verb: "add", What: "subscriber desk/contact-center-all-clinics maximiliane.hohenlohe@very-long-department.lindenhof-kliniken.example", Notes: []string{"stays unsubscribed"}}},
		{ID: 5, At: wednesday.AddDate(0, 0, -2), Actor: by("Emil Brandt", "console"), Change: digest.Change{Verb: "change", What: "source desk/chatwoot-eu", Details: []digest.Difference{d("dsn", "set", "set")}}},
		{ID: 4, At: wednesday.AddDate(0, 0, -2), Actor: by("Emil Brandt", "console"), Change: digest.Change{Verb: "switch on", What: "digest desk/front-desk-bot"}},
		{ID: 3, At: wednesday.AddDate(0, 0, -5), Actor: by("Nora Feld", "console"), Change: digest.Change{Verb: "change", What: "project desk", Details: []digest.Difference{d("brand.footer", "", "Lindenhof Clinics gGmbH, Am Lindenhof 4, 10365 Berlin"), d("brand.accent", "#3f45d6", "#0f766e")}}},
	}
	return s
}

// picture is a plain logo of some size.
func picture(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if (x/20+y/20)%2 == 0 {
				m.Set(x, y, color.NRGBA{0x0f, 0x76, 0x6e, 0xff})
			}
		}
	}
	return m
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

// mirror serves what a visitor gets, and answers to forms under names, so that a browser can look at both.
func mirror(t testing.TB, v *visitor, answers map[string]answer) string {
	m := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := answers[r.URL.Path]
		if !ok {
			a = v.get(r.URL.RequestURI())
		}
		for _, h := range []string{"Content-Type", "Content-Security-Policy", "Cache-Control"} {
			w.Header()[h] = a.Values(h)
		}
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.body))
	}))
	t.Cleanup(m.Close)
	return m.URL
}

func TestTheFrameAndItsPagesFitEveryScreenAndEveryReader(t *testing.T) {
	s := filledSite(t)
	s.desk.logo, _ = logoFrom(bytes.NewReader(pngOf(picture(600, 200))), 1000)
	stranger, owner, operator := s.browse(), s.as(nora), s.as(olga)
	s.as(nora)
	viewer := s.as(vera)
	pages := map[string]string{}
	look := func(v *visitor, answers map[string]answer, paths map[string]string) {
		at := mirror(t, v, answers)
		for name, path := range paths {
			pages[name] = at + path
		}
	}
	look(stranger, map[string]answer{
		"/asked":   stranger.post("/sign-in", url.Values{"address": {nora}}),
		"/mistake": s.browse().post("/sign-in", url.Values{"address": {"nora.feld@lindenhof"}}),
		"/used":    s.browse().post("/sign-in/"+"used-up-and-long-gone-token", nil),
	}, map[string]string{"signin": "/sign-in", "signin-mistake": "/mistake", "signin-asked": "/asked", "signin-link": "/sign-in/abcdefghijklmnopqrstuvwxyz", "signin-used": "/used"})
	look(owner, map[string]answer{
		"/invited": owner.post("/p/desk/settings/people", url.Values{"address": {"zoe@lindenhof.example"}, "name": {"Zoë Amann"}, "role": {"viewer"}}),
		"/key":     owner.post("/p/desk/settings/tokens", url.Values{"name": {"Script"}, "scope": {"read"}, "ends": {"30"}}),
		"/keyless": owner.post("/p/desk/settings/tokens", url.Values{"name": {""}, "ends": {"30"}}),
		"/hook":    owner.post("/p/desk/settings/webhooks", url.Values{"url": {"https://a.example/x"}, "which": {"all"}}),
		"/wrong":   owner.post("/p/desk/settings", url.Values{"name": {""}, "zone": {"Europe/Berln"}, "locale": {"en"}, "week_start": {"1"}, "bi_monthly": {"twice-monthly"}, "from": {"digest@lindenhof"}}),
	}, map[string]string{
		"settings": "/p/desk/settings", "settings-wrong": "/wrong", "brand": "/p/desk/settings/brand", "brand-faint": "/p/desk/settings/brand?own=1&accent=%23fde68a",
		"people": "/p/desk/settings/people", "people-invited": "/invited", "people-remove": "/p/desk/settings/people/9/remove",
		"keys": "/p/desk/settings/tokens", "keys-made": "/key", "keys-wrong": "/keyless", "hooks": "/p/desk/settings/webhooks", "hooks-made": "/hook", "hook": "/p/desk/settings/webhooks/1",
		"audit": "/p/desk/audit", "audit-none": "/p/desk/audit?q=xyz", "account": "/account", "404": "/p/desk/nothing", "projects-one": "/projects",
	})
	look(viewer, nil, map[string]string{"settings-viewer": "/p/desk/settings", "403": "/p/desk/settings/tokens"})
	look(operator, nil, map[string]string{"projects": "/projects", "newproject": "/projects/new"})

	chromium := browser.Start(t)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		views := []browser.View{{Width: 360, Height: 780, Phone: true, Dark: true}} // the least room, the other colours
		if os.Getenv("LOOK") != "" || slices.Contains([]string{"signin", "settings", "brand", "people", "keys", "hook", "audit", "projects"}, name) {
			views = append(views, browser.View{Width: 1280, Height: 860})
		}
		for _, v := range views {
			shown := fmt.Sprintf("%s-%d", name, v.Width)
			if v.Dark {
				shown += "-dark"
			}
			t.Run(shown, func(t *testing.T) {
				p := browser.Open(t, chromium, pages[name], shown, v)
				if p.Overflow > 0 {
					t.Errorf("%d px too wide", p.Overflow)
				}
				for _, u := range p.Remote {
					t.Errorf("asked for %s", u)
				}
				for _, fault := range browser.Axe(t, p) {
					t.Error(fault)
				}
				if n := browser.Eval[int](t, p, `document.querySelectorAll("h1").length`); n != 1 {
					t.Errorf("%d titles", n)
				}
				if words := p.Text(t); strings.Contains(words, "This page has failed") {
					t.Error(words)
				}
			})
		}
	}
}
