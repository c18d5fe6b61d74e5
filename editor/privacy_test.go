package editor

import (
	"encoding/json"
	"strings"
	"testing"

	"fortnight/digest"
)

// staffed is a contact center whose every agents' chart, and a table nobody knows, names Amara.
func staffed() digest.Snapshot {
	amara := digest.Series{Key: "a1", Label: "Amara", Points: byDay("a1", 1, 2, 3).Points}
	sec := digest.Section{
		Key: "contact_center", Status: digest.Complete,
		Charts: []digest.Chart{{
			Key: "handled_vs_missed", Kind: digest.StackedBar, Unit: digest.Count, State: digest.HasValue,
			Series: []digest.Series{byDay("handled", 1, 2, 3)},
		}},
		Tables: []digest.Table{{Key: "by_person", Columns: []digest.Column{{Key: "who", Unit: digest.Text}}, Rows: [][]digest.Value{{digest.Say("Amara")}}}},
		Notes:  []digest.Note{{Key: "unknown", Text: "Amara was ill."}},
	}
	for _, key := range agentCharts {
		sec.Charts = append(sec.Charts, digest.Chart{
			Key: key, Kind: digest.Curve, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{amara},
			Previous: &digest.Before{Series: []digest.Series{amara}},
		})
	}
	return week(sec)
}

func TestWhatAnExecutiveMayNotSeeIsTakenOutFirst(t *testing.T) {
	s := forAudience(staffed(), digest.Executive)
	for _, c := range s.Section("contact_center").Charts {
		raw, err := json.Marshal(c)
		if err != nil || strings.Contains(string(raw), "Amara") {
			t.Errorf("%s (%v): %s", c.Key, err, raw)
		}
	}
	total := s.Section("contact_center").Chart(handledByDay)
	if total == nil || currentOf(total).Sum() != 6 {
		t.Errorf("the agents' charts did not become the total's: %+v", total)
	}
}

func TestAnUnknownTableIsShownToNobody(t *testing.T) {
	for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
		if got := forAudience(staffed(), a).Sections[0].Tables; len(got) != 0 {
			t.Errorf("%s sees %v", a, got)
		}
	}
}

func TestTheSnapshotItselfIsLeftAsItWas(t *testing.T) {
	s := staffed()
	before, err := s.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Editor{}).Edit(s, digest.Brief{Audience: digest.Executive}, spoken{}); err != nil {
		t.Fatal(err)
	}
	if after, _ := s.Hash(); after != before {
		t.Error("editing changed the snapshot")
	}
}

func TestANoteInAPlatformsOwnWordsIsNotReadByExecutives(t *testing.T) {
	for a, want := range map[digest.Audience]bool{digest.Manager: true, digest.Executive: false} {
		var all string
		for _, n := range deskFor(staffed(), a).notes() {
			all += n.String()
		}
		if strings.Contains(all, "Amara was ill.") != want {
			t.Errorf("%s reads %q", a, all)
		}
	}
}

func TestAnUnknownAudienceOrSectionIsRefused(t *testing.T) {
	if _, err := (Editor{}).Edit(week(), digest.Brief{Audience: "guest"}, spoken{}); err == nil {
		t.Error("audience guest is served")
	}
	s := week(digest.Section{Key: "weather"})
	if _, err := (Editor{}).Edit(s, digest.Brief{Audience: digest.Admin}, spoken{}); err == nil || !strings.Contains(err.Error(), "weather") {
		t.Errorf("error %v does not name the section", err)
	}
}
