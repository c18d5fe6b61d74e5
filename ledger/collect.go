package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/start_collecting.sql
var startCollectingSQL string

//go:embed questions/park_vanished.sql
var parkVanishedSQL string

//go:embed questions/put_off.sql
var putOffSQL string

//go:embed questions/edition_collected.sql
var editionCollectedSQL string

//go:embed questions/edition_unmailed.sql
var editionUnmailedSQL string

//go:embed questions/keep_snapshot.sql
var keepSnapshotSQL string

// StartCollecting moves a due edition to collecting, under a lease, and gives it with its project's sources. An edition whose
// collector was killed is given again once the lease has run out; until then, and until an edition's start has come, the answer is
// a *HeldError. An edition that is further already is digest.ErrNotDue; one that was taken up three times without a word from its
// collectors is parked, and the answer is a *ParkedError.
func (l *Ledger) StartCollecting(ctx context.Context, edition int64) (digest.Edition, error) {
	now := l.Now()
	with := args{"edition": edition, "now": now, "most": mostTries, "vanished": vanished}
	_, parked := scalar[int64](ctx, l.pool, parkVanishedSQL, with)
	if parked != nil && !errors.Is(parked, pgx.ErrNoRows) {
		return digest.Edition{}, fmt.Errorf("start collecting edition %d: %w", edition, parked)
	}
	with["lease_until"] = now.Add(l.Lease)
	_, started := scalar[int64](ctx, l.pool, startCollectingSQL, with)
	if started != nil && !errors.Is(started, pgx.ErrNoRows) {
		return digest.Edition{}, fmt.Errorf("start collecting edition %d: %w", edition, started)
	}
	r, e, err := l.edition(ctx, l.pool, edition)
	switch {
	case err != nil:
		return digest.Edition{}, err
	case parked == nil:
		return digest.Edition{}, fmt.Errorf("start collecting %s: %w", e.Label, &ParkedError{e.Reason})
	case started != nil && e.State == digest.EditionDue:
		return digest.Edition{}, fmt.Errorf("start collecting %s, which waits: %w", e.Label, &HeldError{r.NextAt})
	case started != nil && e.State == digest.EditionCollecting:
		return digest.Edition{}, fmt.Errorf("start collecting %s: %w", e.Label, &HeldError{r.LeaseUntil})
	case started != nil:
		return digest.Edition{}, fmt.Errorf("start collecting %s, which is %s: %w", e.Label, e.State, digest.ErrNotDue)
	}
	if len(e.Config.Projects) > 0 {
		e.Sharing, err = l.Sharing(ctx, r.ProjectID, e.Config.Projects)
		return e, err
	}
	e.Project.Sources, err = l.sources(ctx, l.pool, r.ProjectID, e.Project.Key)
	return e, err
}

// PutOff makes an edition that is being collected due again, not to be taken up before an instant. Its start stays what it was, and
// the try does not count. digest.ErrNotDue where it is not being collected.
func (l *Ledger) PutOff(ctx context.Context, edition int64, until time.Time, reason string) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	_, err := scalar[int64](ctx, l.pool, putOffSQL, args{
		"edition": edition, "until": until, "lease_until": until.Add(l.Lease), "reason": clean(reason),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = digest.ErrNotDue
	}
	if err != nil {
		return fmt.Errorf("put off edition %d: %w", edition, err)
	}
	return nil
}

// KeepSnapshot stores what was collected. Where hold is empty it plans a delivery for each subscriber in the same transaction and
// says how many; the edition is then ready. An edition that is only to be kept becomes archived, without deliveries. Else hold is
// why the edition is held, with nothing planned. digest.ErrNotDue where it is not being collected.
func (l *Ledger) KeepSnapshot(ctx context.Context, edition int64, s digest.Snapshot, hash, hold string) (planned int, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		now := l.Now()
		_, err := scalar[int64](ctx, tx, editionCollectedSQL, args{
			"edition": edition, "hash": hash, "hold": clean(hold), "now": now, "lease_until": now.Add(l.Lease),
		})
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
		if err := l.keepSnapshot(ctx, tx, edition, s, hash); err != nil {
			return err
		}
		if e.State != digest.EditionReady {
			return nil
		}
		planned, err = l.plan(ctx, tx, r, e, &s)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keep the snapshot of edition %d: %w", edition, err)
	}
	return planned, nil
}

// KeepUnmailed stores what was collected of an edition that nobody is mailed, for a reason in words: it is done. digest.ErrNotDue where it
// is not being collected.
func (l *Ledger) KeepUnmailed(ctx context.Context, edition int64, s digest.Snapshot, hash, why string) error {
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		_, err := scalar[int64](ctx, tx, editionUnmailedSQL, args{"edition": edition, "hash": hash, "why": clean(why), "now": l.Now()})
		if errors.Is(err, pgx.ErrNoRows) {
			return digest.ErrNotDue
		}
		if err != nil {
			return err
		}
		return l.keepSnapshot(ctx, tx, edition, s, hash)
	})
	if err != nil {
		return fmt.Errorf("keep the snapshot of edition %d: %w", edition, err)
	}
	return nil
}

// keepSnapshot writes what was collected of an edition.
func (l *Ledger) keepSnapshot(ctx context.Context, tx pgx.Tx, edition int64, s digest.Snapshot, hash string) error {
	r, _, err := l.edition(ctx, tx, edition)
	if err != nil {
		return err
	}
	data, err := toJSON(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, keepSnapshotSQL, args{
		"edition": edition, "project_id": r.ProjectID, "version": s.Version, "hash": hash, "read_at": s.ReadAt, "missing": missing(s), "data": data,
	})
	return err
}

// missing lists the keys of a snapshot's sections that failed.
func missing(s digest.Snapshot) []string {
	all := []string{}
	for _, section := range s.Sections {
		if section.Status == digest.Broken {
			all = append(all, section.Key)
		}
	}
	return all
}
