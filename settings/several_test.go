package settings_test

import (
	"reflect"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/settings"
)

func TestADigestOfSeveralProjectsNamesThemAndNoSources(t *testing.T) {
	written := map[string]settings.Project{"group": {
		Name: "Group", Zone: "UTC", Shares: []string{"holding"},
		Sources: map[string]settings.Source{"own": {Platform: "native", Tenant: "1"}},
		Digests: map[string]settings.Digest{"weekly": {
			Cadence: "weekly", At: "mon 08:00", Projects: []string{"north", "south"}, Sections: []settings.Section{{Section: "activity"}, {Section: "flows"}},
		}},
	}}
	all, err := settings.Read(written, settings.Known{})
	if err != nil {
		t.Fatal(err)
	}
	c := all[0].Digests[0]
	if strings.Join(all[0].Shares, " ") != "holding" || strings.Join(c.Projects, " ") != "north south" {
		t.Errorf("%v, %v", all[0].Shares, c.Projects)
	}
	if want := []digest.SectionChoice{{Section: "activity"}, {Section: "flows"}}; !reflect.DeepEqual(c.Sections, want) { // its own only source is none of theirs
		t.Errorf("%+v", c.Sections)
	}
	back := settings.Write(all, func(string, string) string { return "DSN" }).Projects["group"]
	if d := back.Digests["weekly"]; !reflect.DeepEqual(d.Projects, []string{"north", "south"}) || !reflect.DeepEqual(back.Shares, []string{"holding"}) || d.Sections[0].Source != "" {
		t.Errorf("written back: %+v", back)
	}
}

func TestAProjectThatIsNamedTwiceIsAFault(t *testing.T) {
	_, err := settings.Read(map[string]settings.Project{"group": {
		Name: "Group", Zone: "UTC", Shares: []string{""}, Digests: map[string]settings.Digest{"weekly": {Cadence: "weekly", Projects: []string{"north", "north"}}},
	}}, settings.Known{})
	for _, want := range []string{"projects.group.shares[0]", "projects.group.digests.weekly.projects[1]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}
