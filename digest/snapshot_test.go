package digest

import (
	"strings"
	"testing"
	"time"
)

// counted is a snapshot of one section for each number: its traffic.
func counted(traffic ...float64) Snapshot {
	var s Snapshot
	for i, n := range traffic {
		key := []string{"total_messages", "bot_conversations", "total_conversations"}[i]
		s.Sections = append(s.Sections, Section{Key: key, Status: Complete, Figures: []Figure{
			{Key: key, Value: Num(n)}, {Key: "missed", Value: Num(n)},
		}})
	}
	return s
}

func TestAPeriodWithoutTrafficAfterFourWithIsSilent(t *testing.T) {
	busy := counted(300, 0, 20)
	failed := Section{Key: "activity", Status: Broken}
	absent := Section{Key: "chatbot", Status: Absent}
	unknown := Section{Key: "activity", Status: Complete, Figures: []Figure{{Key: "total_messages", Value: None(Unavailable)}}}
	daily := counted(0, 0, 0)
	sunday, err := NewPeriod(Date{2020, 3, 29}, Date{2020, 3, 30}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	daily.Period = sunday
	for _, c := range []struct {
		name   string
		now    Snapshot
		before []Snapshot
		want   bool
	}{
		{"four busy ones, then nothing", counted(0, 0, 0), []Snapshot{busy, busy, busy, busy}, true},
		{"three are too few to compare", counted(0, 0, 0), []Snapshot{busy, busy, busy}, false},
		{"none", counted(0, 0, 0), nil, false},
		{"one of the four was quiet too", counted(0, 0, 0), []Snapshot{busy, busy, counted(0, 0, 0), busy}, false},
		{"the fifth was quiet: only four count", counted(0, 0, 0), []Snapshot{busy, busy, busy, busy, counted(0, 0, 0)}, true},
		{"one message is traffic", counted(1, 0, 0), []Snapshot{busy, busy, busy, busy}, false},
		{"so is one conversation offered", counted(0, 0, 1), []Snapshot{busy, busy, busy, busy}, false},
		{"a busy one may have had one kind of traffic alone", counted(0, 0, 0), []Snapshot{counted(1, 0, 0), counted(0, 1, 0), counted(0, 0, 1), busy}, true},
		{"a section that failed says nothing, the others speak", Snapshot{Sections: append(counted(0).Sections, failed)}, []Snapshot{busy, busy, busy, busy}, true},
		{"where all failed, nothing is known", Snapshot{Sections: []Section{failed, failed}}, []Snapshot{busy, busy, busy, busy}, false},
		{"a section that the platform cannot fill is no zero", Snapshot{Sections: []Section{absent}}, []Snapshot{busy, busy, busy, busy}, false},
		{"nor is a figure that it cannot know", Snapshot{Sections: []Section{unknown}}, []Snapshot{busy, busy, busy, busy}, false},
		{"one of the four of which nothing is known was not busy", counted(0, 0, 0), []Snapshot{busy, busy, busy, {Sections: []Section{failed}}}, false},
		{"a day after seven busy ones", daily, []Snapshot{busy, busy, busy, busy, busy, busy, busy}, true},
		{"a Sunday after a Sunday", daily, []Snapshot{busy, busy, busy, busy, busy, busy, counted(0, 0, 0)}, false},
		{"no section at all", Snapshot{}, []Snapshot{busy, busy, busy, busy}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.now.Silent(c.before); got != c.want {
				t.Errorf("silent: %t, want %t", got, c.want)
			}
		})
	}
}

func TestASnapshotBeyondReasonHasNoHash(t *testing.T) {
	named := func(octets int) Snapshot {
		s := counted(1)
		s.Sections[0].Charts = []Chart{{Key: "c", Series: []Series{{Key: "current", Points: []Point{{Key: "ana", Label: strings.Repeat("a", octets)}}}}}}
		return s
	}
	if _, err := named(heaviest - 4<<10).Hash(); err != nil {
		t.Errorf("a little less than the limit: %v", err)
	}
	_, err := named(50_000_000).Hash()
	if err == nil || !strings.Contains(err.Error(), "the numbers take 47 MB, more than the 8 of the largest digest") {
		t.Errorf("50 MB: %v", err)
	}
}

func TestASnapshotOfWhichNothingWasReadNamesEachReasonOnce(t *testing.T) {
	broken := func(key, reason string) Section { return Section{Key: key, Status: Broken, Reason: reason} }
	s := Snapshot{Sections: []Section{broken("a", "refused"), broken("b", "refused"), broken("c", "too slow")}}
	if err := s.Unread(); err == nil || err.Error() != "no section could be read\nrefused\ntoo slow" {
		t.Errorf("got %v", err)
	}
	s.Sections = append(s.Sections, Section{Key: "d", Status: Absent})
	if err := s.Unread(); err != nil {
		t.Errorf("a section that the platform cannot fill is no fault: %v", err)
	}
	if err := new(Snapshot).Unread(); err != nil {
		t.Errorf("no section: %v", err)
	}
}
