package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/start_collecting.sql
var startCollectingSQL string

//go:embed questions/edition.sql
var editionSQL string

//go:embed questions/edition_collected.sql
var editionCollectedSQL string

//go:embed questions/keep_snapshot.sql
var keepSnapshotSQL string

//go:embed questions/plan_delivery.sql
var planDeliverySQL string

//go:embed questions/printed.sql
var printedSQL string

// StartCollecting moves a due edition to collecting, under a lease, and gives it with its project's sources. An edition whose
// collector was killed is given again once the lease has run out; until then the answer is a *HeldError. An edition that is
// further already is digest.ErrNotDue.
func (l *Ledger) StartCollecting(ctx context.Context, edition int64) (digest.Edition, error) {
	now := l.Now()
	_, started := scalar[int64](ctx, l.pool, startCollectingSQL, args{"edition": edition, "lease_until": now.Add(l.Lease), "now": now})
	if started != nil && !errors.Is(started, pgx.ErrNoRows) {
		return digest.Edition{}, fmt.Errorf("start collecting edition %d: %w", edition, started)
	}
	r, e, err := l.edition(ctx, l.pool, edition)
	switch {
	case err != nil:
		return digest.Edition{}, err
	case started != nil && e.State == digest.EditionCollecting:
		return digest.Edition{}, fmt.Errorf("start collecting %s: %w", e.Label, &HeldError{r.LeaseUntil})
	case started != nil:
		return digest.Edition{}, fmt.Errorf("start collecting %s, which is %s: %w", e.Label, e.State, digest.ErrNotDue)
	}
	e.Project.Sources, err = l.sources(ctx, l.pool, r.ProjectID, e.Project.Key)
	return e, err
}

// KeepSnapshot stores what was collected and plans a delivery for each subscriber, in one transaction; the edition is then
// ready. An edition that is only to be kept becomes archived, without deliveries. digest.ErrNotDue where it is not being
// collected.
//
// A delivery's Message-ID and Date are fixed here. A subscriber in another zone than the digest's gets the copy at the digest's
// hour of that zone, or now where that has passed; the Date is the instant it is planned to leave. It expires after one length
// of the period: by then the next edition has taken its place.
func (l *Ledger) KeepSnapshot(ctx context.Context, edition int64, s digest.Snapshot, hash string) (planned []digest.Delivery, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		now := l.Now()
		_, err := scalar[int64](ctx, tx, editionCollectedSQL, args{"edition": edition, "hash": hash, "now": now, "lease_until": now.Add(l.Lease)})
		if errors.Is(err, pgx.ErrNoRows) {
			return digest.ErrNotDue
		}
		if err != nil {
			return err
		}
		r, e, err := l.edition(ctx, tx, edition)
		if err != nil {
			return err
		}
		data, err := toJSON(s)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, keepSnapshotSQL, args{
			"edition": edition, "project_id": r.ProjectID, "version": s.Version, "hash": hash, "read_at": s.ReadAt, "data": data,
		}); err != nil {
			return err
		}
		if e.State == digest.EditionArchived {
			return nil
		}
		planned, err = l.plan(ctx, tx, r, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep the snapshot of edition %d: %w", edition, err)
	}
	return planned, nil
}

// plan writes a delivery for each subscriber of an edition.
func (l *Ledger) plan(ctx context.Context, tx pgx.Tx, r editionRow, e digest.Edition) ([]digest.Delivery, error) {
	subscribers, err := l.subscribers(ctx, tx, r.DigestID)
	if err != nil {
		return nil, err
	}
	now := l.Now().Truncate(time.Second) // a Date header has no fractions
	var all []digest.Delivery
	batch := &pgx.Batch{}
	for i, s := range subscribers {
		d := digest.Delivery{
			EditionID: e.ID, Subscriber: s, State: digest.DeliveryPlanned,
			MessageID: fmt.Sprintf("%s.%d.%s@%s", strings.ToLower(e.Label), s.ID, strings.ToLower(rand.Text()), l.Domain),
			NextAt:    now,
		}
		if hour, ok := sameHour(e, s); ok && !r.AtOnce && hour.After(now) {
			d.NextAt = hour
		}
		d.Date = d.NextAt.In(e.Period.Location())
		all = append(all, d)
		s.Token = ""
		recipient, err := toJSON(s)
		if err != nil {
			return nil, err
		}
		batch.Queue(planDeliverySQL, args{
			"project_id": r.ProjectID, "edition": e.ID, "subscriber": s.ID, "recipient": recipient, "batch": i / perBatch,
			"message_id": d.MessageID, "dated": d.Date, "next_at": d.NextAt, "expires_at": d.NextAt.Add(e.Period.To.Sub(e.Period.From)), "now": now,
		})
	}
	results := tx.SendBatch(ctx, batch)
	for i := range all {
		if err := results.QueryRow().Scan(&all[i].ID); err != nil {
			_ = results.Close() // the scan says what went wrong
			return nil, err
		}
	}
	return all, results.Close()
}

// sameHour gives the instant at which the digest's hour comes in a subscriber's own zone on the date of the due.
func sameHour(e digest.Edition, s digest.Subscriber) (time.Time, bool) {
	if s.Zone == "" || s.Zone == e.Period.Location().String() {
		return time.Time{}, false
	}
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.Time{}, false // a zone that this machine does not know moves nothing
	}
	due := e.Due.In(e.Period.Location())
	at, _ := digest.DateOf(due).At(due.Hour(), due.Minute(), loc)
	return at, true
}

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
	Due                                                time.Time
	State                                              string
	Archive, AtOnce                                    bool
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

func (r editionRow) edition() (e digest.Edition, err error) {
	e = digest.Edition{ID: r.EditionID, Label: r.Label, State: digest.EditionState(r.State), Hash: r.Hash}
	if e.Period, err = period(r.PeriodStart, r.PeriodEnd, r.Zone); err != nil {
		return e, err
	}
	if e.Previous, err = period(r.PreviousStart, r.PreviousEnd, r.Zone); err != nil {
		return e, err
	}
	e.Due = r.Due.In(e.Period.Location())
	if err := json.Unmarshal(r.Project, &e.Project); err != nil {
		return e, fmt.Errorf("project of edition %s: %w", r.Label, err)
	}
	if err := json.Unmarshal(r.Config, &e.Config); err != nil {
		return e, fmt.Errorf("configuration of edition %s: %w", r.Label, err)
	}
	return e, nil
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
		if printed == nil {
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
