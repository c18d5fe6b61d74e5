package reader_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web"
	"fortnight/web/reader"
)

// calendar says when the next mail leaves: weekly on Mondays, monthly on the 1st, never before a pause ends.
func calendar(_ context.Context, s reader.Subscription, w digest.Wishes) (reader.Coming, error) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return reader.Coming{}, err
	}
	there := berlin
	if zone := s.Given.With(w, s.Config).Zone; zone != "" {
		if there, err = time.LoadLocation(zone); err != nil {
			return reader.Coming{}, err
		}
	}
	at := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, berlin) }
	c := reader.Coming{Leaves: time.Date(2026, 4, 6, 8, 0, 0, 0, there), Period: digest.Period{From: at(3, 30), To: at(4, 6)}}
	if w.Cadence == "monthly" {
		c = reader.Coming{Leaves: time.Date(2026, 5, 1, 8, 0, 0, 0, there), Period: digest.Period{From: at(4, 1), To: at(5, 1)}, Gap: &digest.Period{From: at(3, 30), To: at(4, 1)}}
	}
	c.AsSoon = there.String() == "Australia/Sydney"
	c.Never = !s.Config.Active
	return c, nil
}

func chooser() *book {
	b := newBook()
	b.s.Config = digest.Config{
		Key: "weekly", Active: true, Cadence: digest.CadenceSpec{Kind: "weekly"}, Sections: []digest.SectionChoice{{Section: "activity", Source: "chat"}, {Section: "contact_center", Source: "chat"}},
		Readers: digest.Readers{Cadences: []string{"monthly"}, Sections: true},
	}
	b.s.Kind, b.s.Zone, b.s.ProjectLocale, b.s.Platforms = "weekly", "Europe/Berlin", "en-GB", []string{"chatwoot"}
	b.s.Given = digest.Subscriber{Name: b.s.Name, Address: b.s.Address, PDF: true}
	return b
}

func wishing(c *web.Config) {
	c.Reader.Next, c.Reader.Locales = calendar, []string{"en", "es"}
	c.Reader.Now = func() time.Time { return time.Date(2026, 3, 30, 22, 30, 0, 0, time.UTC) } // the 31st in Berlin
}

func choices(changes ...string) url.Values {
	v := url.Values{"shown": {"1"}, "cadence": {""}, "section": {"activity", "contact_center"}, "locale": {"en"}, "zone": {"Europe/Berlin"}, "pdf": {"attached"}, "until": {""}}
	for i := 0; i < len(changes); i += 2 {
		v[changes[i]] = strings.Fields(changes[i+1])
	}
	return v
}

func TestPreferencesSayWhatIsChosenAndWhenTheNextMailLeaves(t *testing.T) {
	b := chooser()
	h, _ := serve(t, b, wishing)
	page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + maya}))
	for _, want := range []string{
		"Your Support desk mail", "Maya Ortiz, m••••z@lindenhof.example", "Your next mail: Monday 6 April, 08:00 in Berlin", "It covers 30–5 April.",
		`<input type="radio" name="cadence" value="" checked><span>Every week<small>next on Monday 6 April, for 30–5 April</small>`,
		`<input type="radio" name="cadence" value="monthly"><span>Once a month<small>next on Friday 1 May, for 1–30 April</small>`,
		`<optgroup label="Europe">`, `<option value="Europe/Berlin" selected>Berlin</option>`, "Moves the hour only. The days counted stay those of Berlin.",
		`<option value="en" lang="en" selected>English</option>`, `<option value="es" lang="es">Español</option>`,
		`value="contact_center" checked><span>contact_center<small>handled, missed, waits</small>`, `value="attached" checked`, `min="2026-04-01" max="2027-04-01"`,
		`formmethod="get"`, `href="/unsubscribe/` + maya + `"`, `href="/forwarded/` + maya + `"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "If you save") || strings.Contains(page, "⟨") || b.changes != 0 {
		t.Errorf("%d changes\n%s", b.changes, page)
	}
}

func TestEveryChangeSaysWhatItComesToBeforeItIsSaved(t *testing.T) {
	for _, c := range []struct {
		name    string
		filled  url.Values
		want    []string
		mustNot string
	}{
		{"a longer cadence leaves days out", choices("cadence", "monthly"), []string{"If you save: Friday 1 May, 08:00 in Berlin", "It covers 1–30 April.", "30–31 March, 2 days, are in no mail of yours", "Until now your next was Monday 6 April, covering 30–5 April.", `banner hold" id="next"`}, ""},
		{"a zone moves the hour", choices("zone", "America/New_York"), []string{"If you save: Monday 6 April, 08:00 in New York", `<option value="America/New_York" selected>`}, ""},
		{"an hour before the digest is made", choices("zone", "Australia/Sydney"), []string{"Your own hour comes before the digest is made"}, ""},
		{"what changes no date", choices("pdf", "linked"), []string{"If you save: Monday 6 April", `value="linked" checked`}, "Until now"},
		{"nothing", choices(), []string{"Your next mail: Monday 6 April"}, "If you save"},
		{"a cadence that is not allowed", choices("cadence", "daily"), []string{"Your next mail: Monday 6 April"}, "If you save"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := chooser()
			h, _ := serve(t, b, wishing)
			page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + maya + "?" + c.filled.Encode()}))
			for _, want := range c.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %s:\n%s", want, page)
				}
			}
			if c.mustNot != "" && strings.Contains(page, c.mustNot) || b.changes != 0 {
				t.Errorf("%d changes, or the page says %s", b.changes, c.mustNot)
			}
		})
	}
}

func TestWishesAreKeptByAPost(t *testing.T) {
	no := false
	for _, c := range []struct {
		name   string
		filled url.Values
		want   digest.Wishes
	}{
		{
			"all of it", choices("cadence", "monthly", "section", "contact_center", "locale", "es", "zone", "America/New_York", "pdf", "linked", "until", "2026-06-01"),
			digest.Wishes{Cadence: "monthly", Sections: []string{"contact_center"}, Locale: "es", Zone: "America/New_York", PDF: &no, PausedUntil: digest.Date{Year: 2026, Month: 6, Day: 1}},
		},
		{"what is as configured is no wish", choices("locale", "en"), digest.Wishes{}},
		{"a pause that is over", choices("until", "2026-03-31", "locale", ""), digest.Wishes{}},
		{"what is not offered", choices("cadence", "daily", "locale", "xx", "section", "activity contact_center chatbot"), digest.Wishes{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := chooser()
			h, log := serve(t, b, wishing)
			r := ask(t, h, request{method: "POST", path: "/preferences/" + maya, body: c.filled.Encode(), kind: form})
			if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/preferences/"+maya+"?saved" || b.changes != 1 {
				t.Fatalf("%d %s\n%s", r.StatusCode, r.Header.Get("Location"), read(t, r))
			}
			got := b.s.Wishes
			if (got.PDF == nil) != (c.want.PDF == nil) || got.Cadence != c.want.Cadence || strings.Join(got.Sections, " ") != strings.Join(c.want.Sections, " ") ||
				got.Locale != c.want.Locale || got.Zone != c.want.Zone || got.PausedUntil != c.want.PausedUntil {
				t.Errorf("kept is %+v", got)
			}
			if strings.Contains(log.String(), maya) || !strings.Contains(log.String(), "subscriber=4") {
				t.Errorf("the log: %s", log)
			}
		})
	}
}

func TestAFaultyWishIsNotKept(t *testing.T) {
	for _, c := range []struct {
		name   string
		filled url.Values
		want   string
	}{
		{"no section", choices("section", ""), "Choose at least one section."},
		{"no such zone", choices("zone", "Europe/Atlantis"), "There is no such zone."},
		{"no date", choices("until", "soon"), "This is not a date."},
		{"more than a year", choices("until", "2027-04-02"), "A pause lasts a year at most: until 2027-04-01."},
	} {
		b := chooser()
		h, _ := serve(t, b, wishing)
		r := ask(t, h, request{method: "POST", path: "/preferences/" + maya, body: c.filled.Encode(), kind: form})
		if page := read(t, r); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) || !strings.Contains(page, "Nothing was saved") || b.changes != 0 {
			t.Errorf("%s: %d\n%s", c.name, r.StatusCode, page)
		}
	}
	b := chooser()
	h, _ := serve(t, b, wishing)
	if r := ask(t, h, request{method: "POST", path: "/preferences/" + maya}); r.StatusCode != http.StatusNotFound || b.changes != 0 {
		t.Errorf("an empty post: %d, %d changes", r.StatusCode, b.changes)
	}
	if r := ask(t, h, request{method: "POST", path: "/preferences/" + nobody, body: choices().Encode(), kind: form}); r.StatusCode != http.StatusNotFound {
		t.Errorf("nobody's: %d", r.StatusCode)
	}
}

func TestWhoIsUnsubscribedMayComeBackFromThePreferences(t *testing.T) {
	b := chooser()
	b.s.Ended, b.s.Config.Active = ended, false
	h, _ := serve(t, b, wishing)
	page := read(t, ask(t, h, request{method: "GET", path: "/preferences/" + maya}))
	if !strings.Contains(page, "you are unsubscribed") || !strings.Contains(page, `action="/resubscribe/`+maya+`"`) {
		t.Error(page)
	}
}

func TestDefinitionsOfADigestOfSeveralProjectsSayWhatAddsUp(t *testing.T) {
	b := chooser()
	page := func() string {
		h, _ := serve(t, b, wishing)
		return read(t, ask(t, h, request{method: "GET", path: "/definitions/" + maya}))
	}
	const there = `<div id="activity-table-by_project">`
	if strings.Contains(page(), there) {
		t.Error("a digest of one project has a table of projects")
	}
	b.s.Config.Projects = []string{"north", "south"}
	if p := page(); !strings.Contains(p, there) || !strings.Contains(p, "do not add up, so they stand by project alone") {
		t.Errorf("%s", p)
	}
}

func TestEveryCountAndAmountIsAddedUpOverProjects(t *testing.T) {
	for _, s := range reader.Defined() {
		if digest.OfNow(s.Section) {
			continue
		}
		if !digest.RollsUp(s.Section) {
			t.Errorf("%s is not summed up", s.Section)
		}
		for _, f := range s.Figures {
			if adds := f.Unit == digest.Count || f.Unit == digest.Money; adds && !digest.RolledUp(s.Section, f.Key) {
				t.Errorf("%s.%s is not added up", s.Section, f.Key)
			}
		}
	}
}

func TestDefinitionsAreThoseOfTheReadersSectionsAndPlatforms(t *testing.T) {
	b := chooser()
	h, _ := serve(t, b, wishing)
	page := read(t, ask(t, h, request{method: "GET", path: "/definitions/" + maya}))
	for _, want := range []string{`<div id="activity-total_messages">`, `<div id="contact_center-missed">`, `<div id="contact_center-chart-closing_reasons">`, "All messages, in and out", `<a href="#contact_center">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "bot_resolved") || strings.Contains(page, "⟨") {
		t.Errorf("a section that the digest has not is defined, or a phrase has no words:\n%s", page)
	}
	if strings.Count(page, ` id="`) != len(unique(page)) {
		t.Error("an id stands twice")
	}
}

func unique(page string) map[string]bool {
	ids := map[string]bool{}
	for _, part := range strings.Split(page, ` id="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		ids[id] = true
	}
	return ids
}
