package main

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// What is previewed is what would be mailed; withdrawn, a project's numbers are shown no longer, not for the while that a reading is kept either.
func TestAPreviewSumsUpTheProjectsThatShareAsItIsLookedAt(t *testing.T) {
	t.Parallel()
	w := worldAt(t, at("2020-04-01T12:00:00+02:00"))
	works := &works{cfg: w.books.cfg, b: w.books, life: w.life, post: w.post, read: &readings{now: w.clock.now, kept: map[question]keptReading{}}}
	one := func(key, now, missed, before string) digest.Project {
		return digest.Project{
			Key: key, Name: key, Zone: "America/New_York", Locale: "en", Shares: []string{"group"},
			Sources: []digest.Source{{Key: "own", Platform: "native", DSN: clinicOf(t, now, missed, before), Tenant: "clinic"}},
		}
	}
	north, south := one("north", "10", "0", "5"), one("south", "4", "2", "2")
	group := digest.Project{Key: "group", Name: "Group", Zone: "America/New_York", Locale: "en"}
	if _, err := w.books.Apply(t.Context(), []digest.Project{north, south, group}); err != nil {
		t.Fatal(err)
	}
	id, err := w.books.ProjectID(t.Context(), "group")
	if err != nil {
		t.Fatal(err)
	}
	c := digest.Config{
		Key: "weekly", Cadence: digest.CadenceSpec{Kind: "weekly", At: "mon 08:00", Zone: group.Zone, WeekStart: time.Monday},
		Projects: []string{"north", "south"}, Sections: []digest.SectionChoice{{Section: "activity"}}, Paper: "A4",
	}
	subject := func(want string) {
		t.Helper()
		p, err := works.Preview(t.Context(), id, group, c, digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Choice{Audience: digest.Manager, Locale: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Variant.Letter.Subject; got != want {
			t.Errorf("the subject is %q, want %q", got, want)
		}
	}
	subject("Group, 23–29\u00a0Mar: 26 messages (+86\u00a0%)") // 20 + 6, of 10 + 4 the week before
	south.Shares = nil
	if _, err := w.books.Apply(t.Context(), []digest.Project{south}); err != nil {
		t.Fatal(err)
	}
	subject("Group, 23–29\u00a0Mar: 20 messages (+100\u00a0%), 1 of 2 projects")
	c.Projects = []string{"south"}
	if p, err := works.Preview(t.Context(), id, group, c, digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Choice{Audience: digest.Manager, Locale: "en"}); err != nil || !strings.Contains(p.Fault, "south does not share its numbers with group: its owner adds group under `shares`") {
		t.Errorf("%q, %v", p.Fault, err)
	}
}

func TestAnEditionsNumbersAreNotShownForWhatCollectsOthers(t *testing.T) {
	value := 120.0
	made := digest.Config{Sections: []digest.SectionChoice{{Section: "flows", Source: "desk"}}, Parameters: digest.Parameters{Flows: digest.FlowsParameters{ValuePerAppointment: &value}}}
	other := 120.0
	alike := made
	alike.Name, alike.Paper, alike.Parameters.Flows.ValuePerAppointment = "Another name", "Letter", &other
	if !sameNumbers(made, alike) {
		t.Error("a name or a paper changes numbers")
	}
	for what, change := range map[string]func(*digest.Config){
		"a section": func(c *digest.Config) {
			c.Sections = append(c.Sections[:1:1], digest.SectionChoice{Section: "activity", Source: "desk"})
		},
		"missed after":  func(c *digest.Config) { c.MissedAfter = time.Hour },
		"a project":     func(c *digest.Config) { c.Projects = []string{"north"} },
		"a practice":    func(c *digest.Config) { c.Parameters.Practices = []string{"North"} },
		"a value":       func(c *digest.Config) { more := 130.0; c.Parameters.Flows.ValuePerAppointment = &more },
		"an open list":  func(c *digest.Config) { c.Parameters.Open.Unread = true },
		"answers' time": func(c *digest.Config) { c.Parameters.Outreach.ResponseWindow = 24 },
	} {
		changed := made
		change(&changed)
		if sameNumbers(made, changed) {
			t.Errorf("%s changes no numbers", what)
		}
	}
}
