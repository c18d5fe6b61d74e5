package digest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
)

// desks answer for the sources of several projects, and remember what they were asked.
type desks struct {
	mu    sync.Mutex
	asked []digest.Ask
	open  int // at a time
	most  int
}

func (d *desks) Open(_ context.Context, s digest.Source) (digest.Collector, func(), error) {
	if s.DSN == "down" {
		return nil, nil, errDown
	}
	if s.DSN == "hangs" {
		return nil, nil, fmt.Errorf("source %s: %w", s.Key, digest.ErrHangs)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open++
	d.most = max(d.most, d.open)
	return desk{d, s}, func() { d.mu.Lock(); d.open--; d.mu.Unlock() }, nil
}

type desk struct {
	all *desks
	of  digest.Source
}

func (d desk) Collect(_ context.Context, a digest.Ask) (digest.Snapshot, error) {
	time.Sleep(5 * time.Millisecond)
	d.all.mu.Lock()
	d.all.asked = append(d.all.asked, a)
	d.all.mu.Unlock()
	s := digest.Snapshot{Period: a.Period, Previous: a.Previous, ReadAt: a.Period.To.Add(time.Hour)}
	for _, key := range a.Sections {
		section := activityOf(d.of.Platform, 100, 80, 20, 10, 30, 20)
		section.Key = key
		if d.of.Platform == "bare" && key != "activity" {
			section = digest.Section{Key: key, Status: digest.Absent}
		}
		s.Sections = append(s.Sections, section)
	}
	return s, nil
}

func several(t *testing.T, sharing ...digest.Sharing) (digest.Edition, *desks, *digest.Life) {
	t.Helper()
	week, err := digest.NewPeriod(digest.Date{Year: 2026, Month: 3, Day: 23}, digest.Date{Year: 2026, Month: 3, Day: 30}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	e := digest.Edition{
		Project: digest.Project{Key: "group", Name: "Group"}, Period: week, Previous: week.Preceding(), Due: week.To, Start: week.To, Sharing: sharing,
		Config: digest.Config{Key: "weekly", Sections: []digest.SectionChoice{{Section: "activity"}, {Section: "chatbot"}}, MissedAfter: 3 * time.Hour},
	}
	for _, s := range sharing {
		e.Config.Projects = append(e.Config.Projects, s.Project.Key)
	}
	all := &desks{}
	return e, all, &digest.Life{Open: all.Open, Now: func() time.Time { return week.To.Add(2 * time.Hour) }}
}

func sharing(key string, sources ...digest.Source) digest.Sharing {
	hours := digest.Hours{Zone: key + "/zone"}
	return digest.Sharing{Project: digest.Project{Key: key, Name: strings.ToUpper(key[:1]) + key[1:], Hours: hours, Sources: sources}}
}

func TestEachProjectIsReadFromItsOwnSourceWithItsOwnTenantAndHoursForTheSameInstants(t *testing.T) {
	e, all, life := several(t,
		sharing("north", digest.Source{Key: "n", Tenant: "1"}), sharing("south", digest.Source{Key: "s", Tenant: "2"}), sharing("east", digest.Source{Key: "e", Tenant: "3"}))
	snap, err := life.Read(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	tenants := map[string]digest.Ask{}
	for _, a := range all.asked {
		tenants[a.Tenant] = a
	}
	south := tenants["2"]
	if len(tenants) != 3 || south.Source != "s" || !south.Period.From.Equal(e.Period.From) || south.Period.Location() != e.Period.Location() || south.MissedAfter != 3*time.Hour {
		t.Errorf("%+v", all.asked)
	}
	if all.most > 2 {
		t.Errorf("%d were read at a time", all.most)
	}
	if f := figure(t, snap.Sections[0], "total_messages"); f.Value.Number != 300 || snap.Name != "Group" || !snap.ReadAt.Equal(e.Period.To.Add(time.Hour)) {
		t.Errorf("%+v", snap)
	}
}

func TestASectionIsReadFromTheFirstSourceThatCanFillIt(t *testing.T) {
	e, all, life := several(t, sharing("north", digest.Source{Key: "bare", Platform: "bare"}, digest.Source{Key: "full", Platform: "native"}))
	snap, err := life.Read(t.Context(), e)
	if err != nil || snap.Sections[1].Status != digest.Complete {
		t.Fatalf("%v, %+v", err, snap.Sections)
	}
	if len(all.asked) != 2 || !slices.Equal(all.asked[1].Sections, []string{"chatbot"}) {
		t.Errorf("%+v", all.asked)
	}
}

func TestASourceThatIsDownHurtsNoOtherProjectAndTellsNothingOfItself(t *testing.T) {
	e, _, life := several(t, sharing("north", digest.Source{Key: "n"}), sharing("south", digest.Source{Key: "s", DSN: "down"}), digest.Closed("west", "group"))
	snap, err := life.Read(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	s := snap.Sections[0]
	if s.Status != digest.Partial || *s.Projects != (digest.Tally{All: 3, Read: 1}) {
		t.Errorf("%s %+v", s.Status, s.Projects)
	}
	want := "South: its source could not be read\nwest does not share its numbers with group: its owner adds group under `shares`"
	if s.Reason != want {
		t.Errorf("%q", s.Reason)
	}
	if rows := s.Tables[0].Rows; rows[0][1].Text != "complete" || rows[1][1].Text != "failed" || rows[2][1].Text != digest.NotShared || rows[2][0].Text != "west" {
		t.Errorf("%+v", rows)
	}
	if unread := snap.Unread(); unread != nil {
		t.Error(unread)
	}
}

func TestAProjectWhoseSourceHangsLeavesTheOthersAsTheyAre(t *testing.T) {
	e, all, life := several(t, sharing("north", digest.Source{Key: "n"}), sharing("south", digest.Source{Key: "s", DSN: "hangs"}), sharing("east", digest.Source{Key: "e"}))
	ledger := &oneEdition{edition: e}
	life.Ledger = ledger
	if _, err := life.Collect(t.Context(), 7); err != nil || len(ledger.kept) != 1 {
		t.Fatalf("%v, %d kept", err, len(ledger.kept))
	}
	if s := ledger.kept[0].Sections[0]; *s.Projects != (digest.Tally{All: 3, Read: 2}) || figure(t, s, "total_messages").Value.Number != 200 || len(all.asked) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestADigestOfProjectsThatNobodySharesSaysWhoMayMendIt(t *testing.T) {
	e, all, life := several(t, digest.Closed("north", "group"), digest.Closed("nowhere", "group"))
	snap, err := life.Read(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if unread := snap.Unread(); unread == nil || !strings.Contains(unread.Error(), "nowhere does not share its numbers with group: its owner adds group under `shares`") || len(all.asked) != 0 {
		t.Errorf("%v, %d asked", unread, len(all.asked))
	}
}
