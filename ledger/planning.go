package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/readers_of_digest.sql
var readersOfDigestSQL string

//go:embed questions/plan_deliveries.sql
var planDeliveriesSQL string

//go:embed questions/planned.sql
var plannedSQL string

const (
	perBatch = 200  // deliveries that one job works through
	perPage  = 1000 // subscribers that are in memory at a time
	many     = 1000 // deliveries that make what PostgreSQL believes of the table wrong
)

// plan writes a delivery for each subscriber of an edition and says how many.
//
// A delivery's Message-ID and Date are fixed here. A subscriber in another zone than the digest's gets the copy at the digest's
// hour of that zone, or now where that has passed; the Date is the instant it is planned to leave. It expires after one length
// of the period: by then the next edition has taken its place.
func (l *Ledger) plan(ctx context.Context, tx pgx.Tx, r editionRow, e digest.Edition) (planned int, err error) {
	now := l.Now().Truncate(time.Second) // a Date header has no fractions
	hours := map[string]time.Time{}      // of leaving, by the subscriber's zone
	for after := int64(0); ; {
		page, err := ask[subscriberRow](ctx, tx, readersOfDigestSQL, args{"digest": r.DigestID, "after": after, "page": perPage})
		if err != nil {
			return 0, fmt.Errorf("subscribers of digest %d: %w", r.DigestID, err)
		}
		if len(page) > 0 {
			if err := l.planPage(ctx, tx, r, e, page, planned, func(zone string) time.Time {
				at, known := hours[zone]
				if !known {
					at = now
					if hour, ok := sameHour(e, zone); ok && !r.AtOnce && hour.After(now) {
						at = hour
					}
					hours[zone] = at
				}
				return at
			}); err != nil {
				return 0, err
			}
			planned += len(page)
			after = page[len(page)-1].SubscriberID
		}
		if len(page) < perPage {
			break
		}
	}
	if _, err := tx.Exec(ctx, plannedSQL, args{"edition": r.EditionID, "planned": planned}); err != nil {
		return 0, err
	}
	if planned >= many {
		// Sessions that planned their questions while the table was small would read all of it at each turn.
		_, err = tx.Exec(ctx, "ANALYZE fortnight.deliveries")
	}
	return planned, err
}

// planPage plans the deliveries to some subscribers; before is how many were planned already.
func (l *Ledger) planPage(ctx context.Context, tx pgx.Tx, r editionRow, e digest.Edition, page []subscriberRow, before int, leaves func(zone string) time.Time) error {
	n := len(page)
	subscribers, batches := make([]int64, n), make([]int, n)
	recipients, ids, at := make([]string, n), make([]string, n), make([]time.Time, n)
	label := strings.ToLower(e.Label)
	for i, row := range page {
		s := row.subscriber()
		recipient, err := toJSON(s)
		if err != nil {
			return err
		}
		subscribers[i], recipients[i], batches[i], at[i] = s.ID, string(recipient), (before+i)/perBatch, leaves(s.Zone)
		ids[i] = fmt.Sprintf("%s.%d.%s@%s", label, s.ID, strings.ToLower(rand.Text()), l.Domain)
	}
	_, err := tx.Exec(ctx, planDeliveriesSQL, args{
		"project_id": r.ProjectID, "edition": r.EditionID, "lasts": e.Period.To.Sub(e.Period.From), "now": l.Now(),
		"subscribers": subscribers, "recipients": recipients, "batches": batches, "message_ids": ids, "next_at": at,
	})
	return err
}

// sameHour gives the instant at which the digest's hour comes in a subscriber's own zone on the date of the due.
func sameHour(e digest.Edition, zone string) (time.Time, bool) {
	if zone == "" || zone == e.Period.Location().String() {
		return time.Time{}, false
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, false // a zone that this machine does not know moves nothing
	}
	due := e.Due.In(e.Period.Location())
	at, _ := digest.DateOf(due).At(due.Hour(), due.Minute(), loc)
	return at, true
}
