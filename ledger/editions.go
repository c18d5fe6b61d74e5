package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/edition.sql
var editionSQL string

//go:embed questions/printed.sql
var printedSQL string

//go:embed questions/before.sql
var beforeSQL string

//go:embed questions/caught_up.sql
var caughtUpSQL string

// Edition gives an edition, with its sources' DSNs left out, and its snapshot; the snapshot's Version is 0 where nothing is
// collected yet.
func (l *Ledger) Edition(ctx context.Context, edition int64) (digest.Edition, digest.Snapshot, error) {
	var s digest.Snapshot
	r, e, err := l.edition(ctx, l.pool, edition)
	if err != nil || len(r.Snapshot) == 0 {
		return e, s, err
	}
	if err := json.Unmarshal(r.Snapshot, &s); err != nil {
		return e, s, fmt.Errorf("snapshot of edition %s: %w", e.Label, err)
	}
	return e, s, nil
}

// ErrNoEdition is the error of an edition's id that the ledger does not know.
var ErrNoEdition = errors.New("no such edition")

type editionRow struct {
	EditionID, ProjectID, DigestID                     int64
	Label, Zone                                        string
	PeriodStart, PeriodEnd, PreviousStart, PreviousEnd time.Time
	Due, StartAt, NextAt                               time.Time
	State, Reason, WhyArchived                         string
	Tries                                              int
	Archive, AtOnce, HoldUnknown                       bool
	CatchUp                                            json.RawMessage
	ReleasedAt, RenderedAt                             *time.Time
	Project, Config                                    json.RawMessage
	Hash                                               string
	LeaseUntil                                         time.Time
	Snapshot                                           json.RawMessage
}

func (l *Ledger) edition(ctx context.Context, db asker, edition int64) (editionRow, digest.Edition, error) {
	r, err := askOne[editionRow](ctx, db, editionSQL, args{"edition": edition})
	if errors.Is(err, pgx.ErrNoRows) {
		return r, digest.Edition{}, fmt.Errorf("%w: %d", ErrNoEdition, edition)
	}
	if err != nil {
		return r, digest.Edition{}, fmt.Errorf("edition %d: %w", edition, err)
	}
	e, err := r.edition()
	return r, e, err
}

func (r editionRow) edition() (digest.Edition, error) {
	return (&editionReader{zones: &zones{}}).edition(r)
}

// editionReader reads many editions: the zones, projects and configurations that they share it reads once.
type editionReader struct {
	zones    *zones
	projects map[string]digest.Project // by their JSON
	configs  map[string]digest.Config
}

func (x *editionReader) edition(r editionRow) (e digest.Edition, err error) {
	e = digest.Edition{
		ID: r.EditionID, Label: r.Label, State: digest.EditionState(r.State), Reason: r.Reason, Tries: r.Tries, Hash: r.Hash,
		Archive: r.Archive, AtOnce: r.AtOnce, Released: r.ReleasedAt != nil,
	}
	if e.Reason == "" {
		e.Reason = r.WhyArchived
	}
	zone, err := x.zones.load(r.Zone)
	if err != nil {
		return e, fmt.Errorf("zone of edition %s: %w", r.Label, err)
	}
	e.Period = digest.Period{From: r.PeriodStart.In(zone), To: r.PeriodEnd.In(zone)}
	e.Previous = digest.Period{From: r.PreviousStart.In(zone), To: r.PreviousEnd.In(zone)}
	e.Due, e.Start = r.Due.In(zone), r.StartAt.In(zone)
	if err := json.Unmarshal(r.CatchUp, &e.CatchUp); err != nil {
		return e, fmt.Errorf("missed periods of edition %s: %w", r.Label, err)
	}
	if e.Project, err = once(&x.projects, r.Project); err != nil {
		return e, fmt.Errorf("project of edition %s: %w", r.Label, err)
	}
	if e.Config, err = once(&x.configs, r.Config); err != nil {
		return e, fmt.Errorf("configuration of edition %s: %w", r.Label, err)
	}
	return e, nil
}

// once reads a JSON document unless it was read before.
func once[T any](read *map[string]T, raw json.RawMessage) (v T, err error) {
	if v, ok := (*read)[string(raw)]; ok {
		return v, nil
	}
	if err = json.Unmarshal(raw, &v); err != nil {
		return v, err
	}
	if *read == nil {
		*read = map[string]T{}
	}
	(*read)[string(raw)] = v
	return v, nil
}

// Printed gives what the edition of the same digest for another period had collected; nil where there was none.
func (l *Ledger) Printed(ctx context.Context, edition int64, p digest.Period) (*digest.Snapshot, error) {
	data, err := scalar[json.RawMessage](ctx, l.pool, printedSQL, args{"edition": edition, "from": p.From, "to": p.To})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what was printed before edition %d: %w", edition, err)
	}
	var then digest.Snapshot
	if err := json.Unmarshal(data, &then); err != nil {
		return nil, fmt.Errorf("what was printed before edition %d: %w", edition, err)
	}
	return &then, nil
}

// Before gives the snapshots of the digest's n latest periods before this edition's, newest first; fewer where there are fewer. What
// was held and not released, or was discarded, is left out: nobody believed it.
func (l *Ledger) Before(ctx context.Context, edition int64, n int) ([]digest.Snapshot, error) {
	fail := func(err error) ([]digest.Snapshot, error) {
		return nil, fmt.Errorf("snapshots before edition %d: %w", edition, err)
	}
	rows, err := l.pool.Query(ctx, beforeSQL, args{"edition": edition, "n": n})
	if err != nil {
		return fail(err)
	}
	stored, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	if err != nil {
		return fail(err)
	}
	all := make([]digest.Snapshot, len(stored))
	for i, data := range stored {
		if err := json.Unmarshal(data, &all[i]); err != nil {
			return fail(err)
		}
	}
	return all, nil
}

// CaughtUp gives the snapshots of the missed periods that an edition is to tell of, newest first; whole is false while one is yet
// to be collected. One that was parked, held or discarded, or was mailed by itself after all, is not waited for and left out.
func (l *Ledger) CaughtUp(ctx context.Context, edition int64) (listed []digest.Snapshot, whole bool, err error) {
	rows, err := ask[struct {
		State    string
		Archive  bool
		Snapshot json.RawMessage
	}](ctx, l.pool, caughtUpSQL, args{"edition": edition})
	if err != nil {
		return nil, false, fmt.Errorf("missed periods of edition %d: %w", edition, err)
	}
	whole = true
	for _, r := range rows {
		if !r.Archive {
			continue
		}
		switch digest.EditionState(r.State) {
		case "", digest.EditionDue, digest.EditionCollecting:
			whole = false
		case digest.EditionArchived:
			var s digest.Snapshot
			if err := json.Unmarshal(r.Snapshot, &s); err != nil {
				return nil, false, fmt.Errorf("missed periods of edition %d: %w", edition, err)
			}
			listed = append(listed, s)
		}
	}
	return listed, whole, nil
}

// Restated compares the previous values of a snapshot with those that the digest's edition for that period had printed. It
// lists the figures whose number now differs; a figure that had no value then, or has none now, is not restated.
func (l *Ledger) Restated(ctx context.Context, edition int64, s digest.Snapshot) ([]digest.Restatement, error) {
	then, err := l.Printed(ctx, edition, s.Previous)
	if then == nil {
		return nil, err
	}
	var all []digest.Restatement
	for _, section := range s.Sections {
		printed := then.Section(section.Key)
		if printed == nil || !section.SameProjects(*printed) {
			continue
		}
		for _, f := range section.Figures {
			p, ok := printed.Figure(f.Key)
			if ok && p.Unit == f.Unit && p.Value.Is() && f.Previous.Is() && !same(p.Value, f.Previous) {
				all = append(all, digest.Restatement{
					Section: section.Key, Figure: f.Key, Unit: f.Unit, Printed: p.Value, Now: f.Previous, Period: s.Previous,
				})
			}
		}
	}
	return all, nil
}

func same(a, b digest.Value) bool {
	const rounding = 1e-9 // of numbers that were added up in another order
	near := math.Abs(a.Number-b.Number) <= rounding*math.Max(1, math.Max(math.Abs(a.Number), math.Abs(b.Number)))
	return near && a.Text == b.Text && a.Instant.Equal(b.Instant)
}
