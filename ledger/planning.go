package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/planning_lock.sql
var planningLockSQL string

//go:embed questions/readers_may.sql
var readersMaySQL string

//go:embed questions/sharing_days.sql
var sharingDaysSQL string

//go:embed questions/readers_of_digest.sql
var readersOfDigestSQL string

//go:embed questions/mailed_until.sql
var mailedUntilSQL string

//go:embed questions/plan_deliveries.sql
var planDeliveriesSQL string

//go:embed questions/planned.sql
var plannedSQL string

const (
	perBatch = 200  // deliveries that one job works through
	perPage  = 1000 // subscribers that are in memory at a time
	many     = 1000 // deliveries that make what PostgreSQL believes of the table wrong

	planningLock = 0x706c616e // "plan"
)

// plan writes a delivery for each subscriber of an edition and says how many. Subscribers are taken as they wish to be served, as far
// as the digest lets them now. An edition is for the readers of one cadence: the digest's own, or one that they chose. Left out
// is who has paused beyond the moment at which the copy would leave, and who had, or is to get, a day of the period with another
// edition: they have changed their cadence.
//
// A delivery's Message-ID and Date are fixed here. A subscriber in another zone than the digest's gets the copy at the digest's
// hour of that zone, or now where that has passed; the Date is the instant it is planned to leave. It expires after one length
// of the period: by then the next edition has taken its place.
//
// Of an edition of open conversations alone, an agent of whose nothing is open in its snapshot is left out.
func (l *Ledger) plan(ctx context.Context, tx pgx.Tx, r editionRow, e digest.Edition, s *digest.Snapshot) (planned int, err error) {
	if _, err := tx.Exec(ctx, planningLockSQL, args{"lock": planningLock, "digest": r.DigestID}); err != nil {
		return 0, err
	}
	may, err := askOne[readersMay](ctx, tx, readersMaySQL, args{"edition": r.EditionID})
	if err != nil {
		return 0, fmt.Errorf("what readers of digest %d may choose: %w", r.DigestID, err)
	}
	e.Config.Readers = may.Readers
	others, err := sharingDays(ctx, tx, e)
	if err != nil {
		return 0, err
	}
	p := planning{l, tx, r, e, s, l.Now().Truncate(time.Second), map[string]time.Time{}, 0} // a Date header has no fractions
	for after := int64(0); ; {
		page, err := ask[readerRow](ctx, tx, readersOfDigestSQL, args{
			"digest": r.DigestID, "cadence": may.Cadence, "allowed": append([]string{}, may.Readers.Cadences...), "others": others, "after": after, "page": perPage,
		})
		if err != nil {
			return 0, fmt.Errorf("subscribers of digest %d: %w", r.DigestID, err)
		}
		n, err := p.page(ctx, page, planned)
		if err != nil {
			return 0, err
		}
		planned += n
		if len(page) < perPage {
			break
		}
		after = page[len(page)-1].SubscriberID
	}
	if _, err := tx.Exec(ctx, plannedSQL, args{"edition": r.EditionID, "planned": planned, "reason": p.sparedAll(planned)}); err != nil {
		return 0, err
	}
	if planned >= many {
		_, err = tx.Exec(ctx, analyzeDeliveriesSQL)
	}
	return planned, err
}

// readersMay is for whom an edition is, and what the readers of its digest may choose now.
type readersMay struct {
	Cadence string
	Readers digest.Readers
}

// sharingDays lists the other editions of the same digest whose mails tell, or are to tell, of a day of an edition's period. Days are
// dates, each edition's in its own zone.
func sharingDays(ctx context.Context, tx pgx.Tx, e digest.Edition) ([]int64, error) {
	rows, err := ask[struct {
		EditionID              int64
		Zone                   string
		PeriodStart, PeriodEnd time.Time
		CatchUp                []digest.Period
	}](ctx, tx, sharingDaysSQL, args{"edition": e.ID, "from": e.Period.From.Add(-zonesApart), "to": e.Period.To.Add(zonesApart)})
	if err != nil {
		return nil, fmt.Errorf("editions that share days with %s: %w", e.Label, err)
	}
	sharing := []int64{}
	for _, r := range rows {
		own, err := period(r.PeriodStart, r.PeriodEnd, r.Zone)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(append(r.CatchUp, own), func(p digest.Period) bool { _, _, ok := shared(p, e.Period); return ok }) {
			sharing = append(sharing, r.EditionID)
		}
	}
	return sharing, nil
}

// MailedUntil is the end of the days that a subscriber had, or is to get, with an edition; the zero time where there are none. No edition
// with a day before it comes to him.
func (l *Ledger) MailedUntil(ctx context.Context, subscriber int64) (time.Time, error) {
	until, err := scalar[*time.Time](ctx, l.pool, mailedUntilSQL, args{"subscriber": subscriber})
	if err != nil {
		return time.Time{}, fmt.Errorf("what subscriber %d was mailed: %w", subscriber, err)
	}
	return orZero(until), nil
}

// readerRow is a subscriber, and what he wishes.
type readerRow struct {
	SubscriberID                                 int64
	Name, Address, Locale, Zone, Audience, Agent string
	PDF                                          bool
	AddedBy                                      string
	AddedAt                                      time.Time
	Wishes                                       digest.Wishes
}

func (r readerRow) served(c digest.Config) digest.Subscriber {
	s := digest.Subscriber{
		ID: r.SubscriberID, Name: r.Name, Address: r.Address, Locale: r.Locale, Zone: r.Zone, Audience: digest.Audience(r.Audience), Agent: r.Agent,
		PDF: r.PDF, AddedBy: r.AddedBy, AddedAt: r.AddedAt.UTC(),
	}
	return s.With(r.Wishes, c)
}

// planning is an edition whose deliveries are being planned.
type planning struct {
	*Ledger
	tx    pgx.Tx
	r     editionRow
	e     digest.Edition
	s     *digest.Snapshot
	now   time.Time
	hours map[string]time.Time // of leaving, by the subscriber's zone

	spared int // subscribers left out for nothing of theirs is open
}

// page plans the deliveries to some subscribers and says how many; before is how many were planned already.
func (p *planning) page(ctx context.Context, page []readerRow, before int) (planned int, err error) {
	var subscribers []int64
	var batches []int
	var recipients, ids []string
	var at []time.Time
	label := strings.ToLower(p.e.Label)
	for _, row := range page {
		s := row.served(p.e.Config)
		leaves, paused := p.leaves(s)
		if paused {
			continue
		}
		if p.e.Config.Spares(p.s, s) {
			p.spared++
			continue
		}
		recipient, err := toJSON(s)
		if err != nil {
			return 0, err
		}
		batches = append(batches, (before+len(subscribers))/perBatch)
		subscribers, recipients, at = append(subscribers, s.ID), append(recipients, string(recipient)), append(at, leaves)
		ids = append(ids, fmt.Sprintf("%s.%d.%s@%s", label, s.ID, strings.ToLower(rand.Text()), p.Domain))
	}
	if len(subscribers) == 0 {
		return 0, nil
	}
	_, err = p.tx.Exec(ctx, planDeliveriesSQL, args{
		"project_id": p.r.ProjectID, "edition": p.r.EditionID, "lasts": p.e.Period.To.Sub(p.e.Period.From), "now": p.Now(),
		"subscribers": subscribers, "recipients": recipients, "batches": batches, "message_ids": ids, "next_at": at,
	})
	return len(subscribers), err
}

// sparedAll is why nobody is mailed, where all who could be have nothing open; "" otherwise.
func (p *planning) sparedAll(planned int) string {
	if planned > 0 || p.spared == 0 {
		return ""
	}
	return "none of those who get it had anything open: nobody was mailed"
}

// leaves gives the instant at which a subscriber's copy leaves, and whether he has paused beyond it: his days are those of his zone.
func (p *planning) leaves(s digest.Subscriber) (at time.Time, paused bool) {
	at, known := p.hours[s.Zone]
	if !known {
		at = p.now
		if hour, ok := sameHour(p.e, s.Zone); ok && !p.r.AtOnce && hour.After(p.now) {
			at = hour
		}
		if loc, err := p.zones.load(cmp.Or(s.Zone, p.e.Period.Location().String())); err == nil {
			at = at.In(loc)
		} else {
			at = at.In(p.e.Period.Location())
		}
		p.hours[s.Zone] = at
	}
	return at, !s.PausedUntil.IsZero() && digest.DateOf(at).Before(s.PausedUntil)
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
