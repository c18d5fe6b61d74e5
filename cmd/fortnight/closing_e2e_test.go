package main

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
	"fortnight/scheduler"
)

// The desk is open Monday to Friday, 9 to 17 in New York, on Thursdays until 20:00, and closed on Wednesday 25 March 2020. Its digest leaves
// as it closes, before the day that it covers is over, to Ana in New York and to Bo in Berlin at the same instant. The schedule looks
// every half hour from Friday the 20th at noon to Friday the 27th at noon.
func TestADigestAtTheCloseOfBusinessLeavesAsTheDayCloses(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	clock := &turning{t: time.Date(2020, 3, 20, 12, 0, 0, 0, zone)}
	b, err := openBooks(t.Context(), demoConfig(pgtest.New(t), r.Addr()), clock.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	post, err := newMailer(b.cfg)
	if err != nil {
		t.Fatal(err)
	}
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	life, err := newLife(b.cfg, b, studio, post, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	planner, err := newPlanner(b.cfg, b, life, &admin{b: b.Ledger, life: life, post: post, log: log}, newMetrics(), log)
	if err != nil {
		t.Fatal(err)
	}
	desk := demoProject(b.cfg)
	desk.Sources[0] = digest.Source{Key: "desk", Platform: "chatwoot", DSN: lively(t), Tenant: "1"}
	for d := time.Monday; d <= time.Friday; d++ {
		desk.Hours.Windows = append(desk.Hours.Windows, digest.Window{Weekday: d, Opens: 9 * 60, Closes: 17 * 60})
	}
	desk.Hours.Windows = append(desk.Hours.Windows, digest.Window{Weekday: time.Thursday, Opens: 18 * 60, Closes: 20 * 60})
	desk.Hours.Holidays = []digest.Date{{Year: 2020, Month: time.March, Day: 25}}
	desk.Digests = desk.Digests[:1]
	evening := &desk.Digests[0]
	evening.Key, evening.Cadence = "evening", digest.CadenceSpec{Kind: digest.CloseOfBusiness, Zone: desk.Zone}
	evening.Sections, evening.Targets, evening.Readers = []digest.SectionChoice{{Section: "activity", Source: "desk"}}, nil, digest.Readers{}
	evening.Subscribers = []digest.Subscriber{
		{Name: "Ana", Address: "ana@desk.example", Audience: digest.Manager}, {Name: "Bo", Address: "bo@desk.example", Audience: digest.Manager, Zone: "Europe/Berlin"},
	}
	if _, err := b.Apply(t.Context(), []digest.Project{desk}); err != nil {
		t.Fatal(err)
	}
	maker := scheduler.Maker{Leases: b.Ledger, Now: clock.now, Log: log, Renewal: time.Hour, Work: makingOf(life, b)}
	var made []string
	for end := time.Date(2020, 3, 27, 12, 0, 0, 0, zone); clock.now().Before(end); clock.pass(30 * time.Minute) {
		if err := planner.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		editions, err := b.Editions(t.Context(), "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range editions {
			if e.State != digest.EditionDue {
				continue
			}
			if _, err := maker.Make(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
			whole, snap, err := b.Edition(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			sent := 0
			for d, err := range b.Deliveries(t.Context(), e.ID) {
				if err != nil {
					t.Fatal(err)
				}
				if d.State == digest.DeliverySent {
					sent++
				}
			}
			made = append(made, fmt.Sprintf("%s after %s, made %s, read %s, %d sent", whole.Period.First(), whole.Previous.First(),
				clock.now().In(zone).Format("Mon 15:04"), snap.ReadAt.In(zone).Format("15:04"), sent))
		}
	}
	if want := []string{
		"2020-03-19 after 2020-03-18, made Fri 12:00, read 12:00, 2 sent", // just switched on: the latest day, which is over
		"2020-03-20 after 2020-03-19, made Fri 17:00, read 17:00, 2 sent",
		"2020-03-23 after 2020-03-20, made Mon 17:00, read 17:00, 2 sent",
		"2020-03-24 after 2020-03-23, made Tue 17:00, read 17:00, 2 sent",
		"2020-03-26 after 2020-03-24, made Thu 20:00, read 20:00, 2 sent",
	}; !slices.Equal(made, want) {
		t.Errorf("made\n%q\nwant\n%q", made, want)
	}
}
