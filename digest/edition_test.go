package digest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// oneEdition is a ledger with one edition that is due.
type oneEdition struct {
	digest.Ledger
	edition digest.Edition
	kept    []digest.Snapshot
	hold    string
	off     string // what it was put off for
	before  []digest.Snapshot

	caughtUp bool
}

func (o *oneEdition) StartCollecting(context.Context, int64) (digest.Edition, error) {
	return o.edition, nil
}

func (o *oneEdition) KeepSnapshot(_ context.Context, _ int64, s digest.Snapshot, _, hold string) (int, error) {
	o.kept, o.hold = append(o.kept, s), hold
	return 0, nil
}

func (o *oneEdition) PutOff(_ context.Context, _ int64, _ time.Time, reason string) error {
	o.off = reason
	return nil
}

func (o *oneEdition) Before(context.Context, int64, int) ([]digest.Snapshot, error) {
	return o.before, nil
}

func (o *oneEdition) CaughtUp(context.Context, int64) ([]digest.Snapshot, bool, error) {
	return nil, o.caughtUp, nil
}

func TestACatchUpMailWaitsForThePeriodsThatItListsHoweverLateItIs(t *testing.T) {
	due := time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC)
	week, err := digest.NewPeriod(digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Date{Year: 2020, Month: 3, Day: 30}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ledger := &oneEdition{edition: digest.Edition{
		Period: week, Previous: week.Preceding(), Due: due, Start: due, CatchUp: []digest.Period{week.Preceding()},
		Project: digest.Project{Sources: []digest.Source{{Key: "desk"}}},
		Config:  digest.Config{Sections: []digest.SectionChoice{{Section: "activity", Source: "desk"}}},
	}}
	life := digest.Life{
		Ledger: ledger, Now: func() time.Time { return due.Add(50 * time.Hour) },
		Open: func(context.Context, digest.Source) (digest.Collector, func(), error) {
			return complete{}, func() {}, nil
		},
	}
	var wait *digest.NotYetError
	if _, err := life.Collect(t.Context(), 7); !errors.As(err, &wait) || !wait.Brief || len(ledger.kept) != 0 {
		t.Errorf("%d kept, %v", len(ledger.kept), err)
	}
	ledger.caughtUp = true
	if _, err := life.Collect(t.Context(), 7); err != nil || len(ledger.kept) != 1 {
		t.Errorf("%d kept, %v", len(ledger.kept), err)
	}
}

func TestTheTargetsOfADigestAreCollectedWithItsFigures(t *testing.T) {
	due := time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC)
	week, err := digest.NewPeriod(digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Date{Year: 2020, Month: 3, Day: 30}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ledger := &oneEdition{edition: digest.Edition{
		Period: week, Previous: week.Preceding(), Due: due, Start: due,
		Project: digest.Project{Sources: []digest.Source{{Key: "desk"}}},
		Config: digest.Config{
			Sections: []digest.SectionChoice{{Section: "contact_center", Source: "desk"}},
			Targets:  []digest.Target{{Section: "contact_center", Figure: "missed", Value: 3}},
		},
	}}
	life := digest.Life{
		Ledger: ledger, Now: func() time.Time { return due },
		Open: func(context.Context, digest.Source) (digest.Collector, func(), error) {
			return fiveMissed{}, func() {}, nil
		},
	}
	if _, err := life.Collect(t.Context(), 7); err != nil || len(ledger.kept) != 1 {
		t.Fatalf("%d kept, %v", len(ledger.kept), err)
	}
	read, err := life.Read(t.Context(), ledger.edition) // as a preview does
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]digest.Snapshot{"kept": ledger.kept[0], "previewed": read} {
		if f, ok := s.Sections[0].Figure("missed"); !ok || f.Target == nil || *f.Target != 3 {
			t.Errorf("%s is %+v", name, f)
		}
	}
}

// fiveMissed is a contact center.
type fiveMissed struct{}

func (fiveMissed) Collect(_ context.Context, a digest.Ask) (digest.Snapshot, error) {
	return digest.Snapshot{Period: a.Period, Previous: a.Previous, Sections: []digest.Section{{
		Key: "contact_center", Source: a.Source, Status: digest.Complete,
		Figures: []digest.Figure{{Key: "missed", Unit: digest.Count, Value: digest.Num(5), Previous: digest.Num(0), Direction: digest.Down}},
	}}}, nil
}

// gallery is a ledger that has a picture, or an error.
type gallery struct {
	oneEdition
	logo digest.Logo
	err  error
}

func (g *gallery) Logo(context.Context, digest.Edition) (digest.Logo, error) { return g.logo, g.err }

func (*gallery) Restated(context.Context, int64, digest.Snapshot) ([]digest.Restatement, error) {
	return nil, nil
}

func (*gallery) Printed(context.Context, int64, digest.Period) (*digest.Snapshot, error) {
	return nil, nil
}

func TestALogoThatCannotBeShownStopsNoEdition(t *testing.T) {
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewNRGBA(image.Rect(0, 0, 3000, 300))); err != nil {
		t.Fatal(err)
	}
	away := errors.New("the database does not answer")
	for _, c := range []struct {
		name  string
		hash  string
		kept  gallery
		width int // of the picture that the studio gets; 0: none
		err   error
	}{
		{"no logo", "", gallery{err: away}, 0, nil},
		{"a large one is made as small as it is needed", "9f3c", gallery{logo: digest.Logo{PNG: drawn.Bytes(), Width: 3000, Height: 300}}, 640, nil},
		{"one that is not there any more", "9f3c", gallery{err: digest.ErrNotFound}, 0, nil},
		{"one that is cut", "9f3c", gallery{logo: digest.Logo{PNG: drawn.Bytes()[:100], Width: 3000, Height: 300}}, 0, nil},
		{"a database that is away", "9f3c", gallery{err: away}, 0, away},
	} {
		life := digest.Life{Ledger: &c.kept, Now: func() time.Time { return time.Time{} }}
		b, err := life.Brief(t.Context(), digest.Edition{Project: digest.Project{Brand: digest.Brand{Logo: c.hash}}, Config: digest.Config{Subject: "{finding}"}}, digest.Snapshot{})
		width := 0
		if b.Logo != nil {
			width = b.Logo.Width
		}
		if !errors.Is(err, c.err) || width != c.width || err == nil && b.Subject != "{finding}" {
			t.Errorf("%s: %d wide, the subject %q, %v", c.name, width, b.Subject, err)
		}
	}
}

// complete is a source that fills what it is asked for.
type complete struct{}

func (complete) Collect(_ context.Context, a digest.Ask) (digest.Snapshot, error) {
	s := digest.Snapshot{Period: a.Period, Previous: a.Previous}
	for _, key := range a.Sections {
		s.Sections = append(s.Sections, digest.Section{Key: key, Source: a.Source, Status: digest.Complete})
	}
	return s, nil
}

func TestAnEditionWaitsTwoHoursForSourcesOfWhichNoneCanBeRead(t *testing.T) {
	due := time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC)
	week, err := digest.NewPeriod(digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Date{Year: 2020, Month: 3, Day: 30}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("source desk: connection refused")
	hangs := fmt.Errorf("source bot: %w", digest.ErrHangs)
	for _, c := range []struct {
		name  string
		after time.Duration
		down  string // sources that refuse
		kept  string // statuses of the sections that are kept; "": the edition waits; "fails": the try has failed
	}{
		{"all sources answer", 0, "", "complete complete"},
		{"one of two refuses: the other goes on", 0, "desk", "failed complete"},
		{"both refuse at the due", 0, "desk bot", ""},
		{"both refuse for nearly two hours", 2*time.Hour - time.Second, "desk bot", ""},
		{"both refuse for two hours: it is held", 2 * time.Hour, "desk bot", "failed failed"},
		{"one refuses and one hangs at the due", 0, "desk bot*", ""},
		{"for two hours: a try has failed", 2 * time.Hour, "desk bot*", "fails"},
		{"one hangs for two hours, the other answers", 2 * time.Hour, "bot*", "complete failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ledger := &oneEdition{edition: digest.Edition{
				Label: "SD-2020-W13", Period: week, Previous: week.Preceding(), Due: due, Start: due,
				Project: digest.Project{Key: "desk", Sources: []digest.Source{{Key: "desk"}, {Key: "bot"}}},
				Config: digest.Config{Key: "weekly", Sections: []digest.SectionChoice{
					{Section: "activity", Source: "desk"}, {Section: "chatbot", Source: "bot"},
				}},
			}}
			life := digest.Life{
				Ledger: ledger, Now: func() time.Time { return due.Add(c.after) },
				Open: func(_ context.Context, s digest.Source) (digest.Collector, func(), error) {
					if strings.Contains(c.down, s.Key+"*") {
						return nil, nil, hangs
					}
					if strings.Contains(c.down, s.Key) {
						return nil, nil, refused
					}
					return complete{}, func() {}, nil
				},
			}
			_, err := life.Collect(t.Context(), 7)
			if c.kept == "" {
				var wait *digest.NotYetError
				want := "no section could be read\n" + refused.Error()
				if strings.Contains(c.down, "*") {
					want += "\n" + hangs.Error()
				}
				if len(ledger.kept) != 0 || !errors.As(err, &wait) || wait.Reason != want || ledger.off != want {
					t.Errorf("%d kept, put off for %q, %v", len(ledger.kept), ledger.off, err)
				}
				return
			}
			if c.kept == "fails" {
				if len(ledger.kept) != 0 || ledger.off != "" || !errors.Is(err, digest.ErrHangs) || !strings.Contains(err.Error(), "collect SD-2020-W13 of desk/weekly: source bot") {
					t.Errorf("%d kept, put off for %q, %v", len(ledger.kept), ledger.off, err)
				}
				return
			}
			if err != nil || len(ledger.kept) != 1 {
				t.Fatalf("%d kept, %v", len(ledger.kept), err)
			}
			var got []string
			for _, s := range ledger.kept[0].Sections {
				got = append(got, string(s.Status))
			}
			if strings.Join(got, " ") != c.kept {
				t.Errorf("kept %v", got)
			}
			if held := ledger.hold != ""; held != (c.kept == "failed failed") {
				t.Errorf("held for %q", ledger.hold)
			}
		})
	}
}
