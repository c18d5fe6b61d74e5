package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/deliveries.sql
var deliveriesSQL string

//go:embed questions/ended.sql
var endedSQL string

//go:embed questions/ended_badly.sql
var endedBadlySQL string

//go:embed questions/attempts.sql
var attemptsSQL string

// DeliveryLine is a delivery in a list.
type DeliveryLine = digest.DeliveryLine

// Deliveries lists what became of an edition's deliveries, one after another, however many they are; the list ends with the first
// error. Tokens are left out. It takes a connection of the pool until the last was given.
func (l *Ledger) Deliveries(ctx context.Context, edition int64) iter.Seq2[DeliveryLine, error] {
	return func(yield func(DeliveryLine, error) bool) {
		if err := l.eachDelivery(ctx, l.pool, edition, func(d DeliveryLine) bool { return yield(d, nil) }); err != nil {
			yield(DeliveryLine{}, fmt.Errorf("list the deliveries of edition %d: %w", edition, err))
		}
	}
}

// eachDelivery gives an edition's deliveries one after another, until one is not wanted any more.
func (l *Ledger) eachDelivery(ctx context.Context, db asker, edition int64, give func(DeliveryLine) bool) error {
	rows, err := db.Query(ctx, deliveriesSQL, args{"edition": edition})
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := pgx.RowToStructByName[deliveryLineRow](rows)
		if err != nil {
			return err
		}
		line, err := l.line(r)
		if err != nil {
			return err
		}
		if !give(line) {
			return nil
		}
	}
	return rows.Err()
}

// Ending is how an edition's deliveries have ended, or stand.
type Ending struct {
	Counts map[digest.DeliveryState]int
	Bad    []DeliveryLine // failed, unknown or expired: the first twenty
}

// Ended counts an edition's deliveries by their state, and names some of those that were not made or may not have been.
func (l *Ledger) Ended(ctx context.Context, edition int64) (Ending, error) {
	fail := func(err error) (Ending, error) {
		return Ending{}, fmt.Errorf("count the deliveries of edition %d: %w", edition, err)
	}
	counts, err := ask[struct {
		State string
		N     int
	}](ctx, l.pool, endedSQL, args{"edition": edition})
	if err != nil {
		return fail(err)
	}
	end := Ending{Counts: map[digest.DeliveryState]int{}}
	for _, c := range counts {
		end.Counts[digest.DeliveryState(c.State)] = c.N
	}
	const most = 20
	bad, err := ask[deliveryLineRow](ctx, l.pool, endedBadlySQL, args{"edition": edition, "most": most})
	if err != nil {
		return fail(err)
	}
	for _, r := range bad {
		line, err := l.line(r)
		if err != nil {
			return fail(err)
		}
		end.Bad = append(end.Bad, line)
	}
	return end, nil
}

// AttemptLine is one attempt of a delivery.
type AttemptLine = digest.AttemptLine

// Attempts lists the attempts of a delivery in order, with the one under way.
func (l *Ledger) Attempts(ctx context.Context, delivery int64) ([]AttemptLine, error) {
	return attempts(ctx, l.pool, delivery)
}

func attempts(ctx context.Context, db asker, delivery int64) ([]AttemptLine, error) {
	rows, err := ask[struct {
		Number    int
		StartedAt time.Time
		EndedAt   *time.Time
		State     string
		Code      int
		Status    string
		Answer    string
	}](ctx, db, attemptsSQL, args{"delivery": delivery})
	if err != nil {
		return nil, fmt.Errorf("list the attempts of delivery %d: %w", delivery, err)
	}
	var all []AttemptLine
	for _, r := range rows {
		all = append(all, AttemptLine{
			Number: r.Number, StartedAt: r.StartedAt.UTC(), EndedAt: orZero(r.EndedAt),
			Outcome: digest.Outcome{State: digest.DeliveryState(r.State), Code: r.Code, Status: r.Status, Answer: r.Answer},
		})
	}
	return all, nil
}

// listedDelivery is a delivery as it is shown.
type listedDelivery struct {
	DeliveryID, EditionID int64
	Recipient             json.RawMessage
	State                 string
	Attempts              int
	MessageID             string
	Dated, NextAt         time.Time
	Answer                string
	Zone                  string // of the digest
}

type deliveryLineRow struct {
	listedDelivery
	bounceRow
	Code                 int
	Status               string
	ChangedAt, ExpiresAt time.Time
}

func (l *Ledger) line(r deliveryLineRow) (DeliveryLine, error) {
	loc, err := l.zones.load(r.Zone)
	if err != nil {
		return DeliveryLine{}, err
	}
	d, err := r.deliveryIn(loc)
	return DeliveryLine{
		Delivery: d, Code: r.Code, Status: r.Status, ChangedAt: r.ChangedAt.UTC(), Expires: r.ExpiresAt.In(loc), Bounce: r.line(), Why: r.why(),
	}, err
}

// why says what keeps a suppressed delivery from being made; where its person was erased, no answer is kept.
func (r deliveryLineRow) why() string {
	switch {
	case digest.DeliveryState(r.State) != digest.DeliverySuppressed:
		return ""
	case r.Answer == "":
		return "erased"
	}
	return strings.TrimPrefix(r.Answer, "suppressed: ")
}

func (r listedDelivery) delivery() (digest.Delivery, error) {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return digest.Delivery{}, fmt.Errorf("zone of delivery %d: %w", r.DeliveryID, err)
	}
	return r.deliveryIn(loc)
}

func (r listedDelivery) deliveryIn(zone *time.Location) (digest.Delivery, error) {
	d := digest.Delivery{
		ID: r.DeliveryID, EditionID: r.EditionID, State: digest.DeliveryState(r.State), Attempts: r.Attempts,
		MessageID: r.MessageID, Date: r.Dated.In(zone), NextAt: r.NextAt.In(zone), LastAnswer: r.Answer,
	}
	if err := json.Unmarshal(r.Recipient, &d.Subscriber); err != nil {
		return d, fmt.Errorf("recipient of delivery %d: %w", r.DeliveryID, err)
	}
	return d, nil
}

// zones keeps the locations that were loaded: the standard library reads them anew each time.
type zones struct{ byName sync.Map }

func (z *zones) load(name string) (*time.Location, error) {
	if loc, ok := z.byName.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	z.byName.Store(name, loc)
	return loc, nil
}
