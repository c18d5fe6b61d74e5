package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/mark_reader_cadences.sql
var markReaderCadencesSQL string

//go:embed questions/mark_chosen.sql
var markChosenSQL string

//go:embed questions/reader_cadences.sql
var readerCadencesSQL string

// withReaders adds to the digests that are switched on one for each cadence that readers have chosen for themselves and the digest
// allows. The schedule's mark of one that was just chosen is now.
func (l *Ledger) withReaders(ctx context.Context, own []digest.Scheduled) ([]digest.Scheduled, error) {
	if _, err := l.pool.Exec(ctx, markReaderCadencesSQL, args{"now": l.Now()}); err != nil {
		return nil, fmt.Errorf("mark the cadences that readers have chosen: %w", err)
	}
	rows, err := ask[struct {
		DigestID         int64
		Cadence          string
		LastDue, Covered *time.Time
	}](ctx, l.pool, readerCadencesSQL, args{})
	if err != nil {
		return nil, fmt.Errorf("list the cadences that readers have chosen: %w", err)
	}
	byID := map[int64]digest.Scheduled{}
	for _, s := range own {
		byID[s.Digest] = s
	}
	all := own
	for _, r := range rows {
		s, on := byID[r.DigestID]
		if !on {
			continue // switched on just now: the next look has both
		}
		s.Cadence, s.LastDue, s.Covered = r.Cadence, orZero(r.LastDue), orZero(r.Covered)
		all = append(all, s)
	}
	return all, nil
}

// markChosen notes that a reader has chosen a cadence now: its first edition is of the first period to close from here on, whenever the
// schedule looks next.
func (l *Ledger) markChosen(ctx context.Context, tx pgx.Tx, s Subscription, cadence string) error {
	if cadence == "" {
		return nil
	}
	_, err := tx.Exec(ctx, markChosenSQL, args{
		"project_id": s.projectID, "digest": s.digestID, "cadence": cadence, "subscriber": s.Subscriber.ID, "now": l.Now(),
	})
	return err
}
