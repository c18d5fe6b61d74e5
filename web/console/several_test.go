package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestADigestSumsUpTheProjectsThatItNamesAndReadsNoSourceOfItsOwn(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	form := deskForm(weeklyDesk())
	form.Set("projects", "north, south,north")
	form.Set("do", "save")
	a := s.as(emil).post("/p/desk/digests/weekly", form)
	if !a.says("projects summed up, none to north, south") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	c := b.lines[0].Config
	if !slices.Equal(c.Projects, []string{"north", "south"}) || c.Sections[0] != (digest.SectionChoice{Section: "activity"}) {
		t.Errorf("%+v", c)
	}
	a = s.as(emil).get("/p/desk/digests/weekly")
	if !a.says(`value="north, south"`) || a.says(`<select name="source.`) || !a.says(`name="source.activity" value="chatwoot-eu"`) {
		t.Errorf("the page: %s", a.body)
	}
	form = deskForm(weeklyDesk())
	form.Set("version", fmt.Sprint(b.lines[0].Version))
	form.Set("projects", "")
	form.Set("do", "save")
	s.as(emil).post("/p/desk/digests/weekly", form)
	if c := b.lines[0].Config; len(c.Projects) != 0 || c.Sections[0].Source != "chatwoot-eu" {
		t.Errorf("its own again: %+v", c)
	}
}

func TestAFaultOfTheProjectsStandsAtTheirField(t *testing.T) {
	b := newDeskBooks()
	s, _ := atTheDesk(t, b)
	form := deskForm(weeklyDesk())
	form.Set("projects", "North!")
	form.Set("do", "save")
	b.refuse = &digest.RefusedError{Field: "projects", Reason: `the key "North!" must be lower-case`}
	if a := s.as(emil).post("/p/desk/digests/weekly", form); !a.says(`<a href="#projects">Projects summed up</a>`) || !a.says(`value="North!"`) || !a.says(`id="fault-projects"`) {
		t.Errorf("%s", a.body)
	}
}

func TestAProjectWithoutSourcesBeginsADigestOfOthers(t *testing.T) {
	b := newDeskBooks()
	b.sources, b.head.Sources = nil, nil
	s, _ := atTheDesk(t, b)
	if a := s.as(emil).get("/p/desk/digests/new"); !a.says("One that sums up other projects needs none.") || !a.says(`name="projects"`) {
		t.Errorf("%s", a.body)
	}
	form := deskForm(weeklyDesk())
	form.Set("name", "All clinics")
	form.Set("key", "")
	form.Set("projects", "north, south")
	s.as(emil).post("/p/desk/digests/new", form)
	last := b.lines[len(b.lines)-1].Config
	if last.Key != "all-clinics" || !slices.Equal(last.Projects, []string{"north", "south"}) || len(last.Sections) == 0 || last.Sections[0].Source != "" {
		t.Errorf("%+v", last)
	}
}

func TestAProjectSaysWhoMaySumItsNumbersUp(t *testing.T) {
	s := newSite(t)
	s.as(nora).post("/p/desk/settings", head("shares", "group, holding"))
	if !slices.Equal(s.desk.head.Shares, []string{"group", "holding"}) {
		t.Errorf("%v", s.desk.head.Shares)
	}
	if a := s.as(nora).get("/p/desk/settings"); !strings.Contains(a.body, `name="shares" value="group, holding"`) {
		t.Errorf("%s", a.body)
	}
	s.as(nora).post("/p/desk/settings", head())
	if len(s.desk.head.Shares) != 2 {
		t.Error("a form without the field took it away")
	}
}
