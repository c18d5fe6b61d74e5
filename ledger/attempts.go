package ledger

import (
	"context"
	_ "embed"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/turn_settings.sql
var turnSettingsSQL string

//go:embed questions/end_attempts.sql
var endAttemptsSQL string

//go:embed questions/suppress_refused.sql
var suppressRefusedSQL string

//go:embed questions/hold_refused.sql
var holdRefusedSQL string

//go:embed questions/begin_attempts.sql
var beginAttemptsSQL string

// begunRow is a delivery whose attempt was begun.
type begunRow struct {
	listedDelivery
	Key         string
	TokenSealed []byte
}

// begun gives a delivery as its sender needs it, with the token.
func (l *Ledger) begun(r *begunRow) (digest.Delivery, error) {
	loc, err := l.zones.load(r.Zone)
	if err != nil {
		return digest.Delivery{}, err
	}
	d, err := r.deliveryIn(loc)
	if err != nil {
		return d, err
	}
	d.Subscriber.Token, _, err = l.Keys.open(r.TokenSealed, ofToken)
	return d, err
}

// writeGroup writes turns in one transaction and one round trip, and answers each. Where it gives an error, none was answered.
//
// What ended is written first; its deliveries and those to be begun are locked there in the order of their numbers. What was refused for
// good may suppress an address or hold an edition, which the begins see: each question sees what those before it have done, and
// what others had committed until it got its locks.
func (l *Ledger) writeGroup(ctx context.Context, group []*turn) error {
	ctx, cancel := context.WithTimeout(ctx, l.Lease/4)
	defer cancel()
	now := l.Now()
	ended, begins := gather(group)
	batch := &pgx.Batch{}
	batch.Queue(turnSettingsSQL)
	batch.Queue(endAttemptsSQL, args{
		"deliveries": ended.deliveries, "numbers": ended.numbers, "outcomes": ended.outcomes, "codes": ended.codes, "statuses": ended.statuses,
		"answers": ended.answers, "begins": begins.deliveries, "keys": begins.keys, "retry": l.Retry, "now": now,
	})
	if len(ended.unknown.deliveries) > 0 {
		batch.Queue(suppressRefusedSQL, args{"deliveries": ended.unknown.deliveries, "numbers": ended.unknown.numbers, "now": now})
	}
	if len(ended.failed) > 0 {
		batch.Queue(holdRefusedSQL, args{"deliveries": ended.failed, "now": now})
	}
	begun := map[string]*begunRow{}
	if len(begins.deliveries) > 0 {
		batch.Queue(beginAttemptsSQL, args{
			"begins": begins.deliveries, "keys": begins.keys, "fresh": begins.fresh, "lease_until": now.Add(l.Lease), "now": now,
		}).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				r := &begunRow{}
				if err := rows.Scan(&r.DeliveryID, &r.EditionID, &r.Recipient, &r.State, &r.Attempts, &r.MessageID, &r.Dated, &r.NextAt,
					&r.Answer, &r.Zone, &r.Key, &r.TokenSealed); err != nil {
					return err
				}
				begun[r.Key] = r
			}
			return rows.Err()
		})
	}
	if err := l.pool.SendBatch(ctx, batch).Close(); err != nil { // it commits
		return err
	}
	for _, t := range group {
		t.done <- answer{begun: begun[t.key]}
	}
	return nil
}

// endings are the attempts that ended, a column each.
type endings struct {
	deliveries []int64
	numbers    []int
	outcomes   []string
	codes      []int
	statuses   []string
	answers    []string

	failed  []int64 // of deliveries
	unknown struct {
		deliveries []int64
		numbers    []int
	} // whose address is not known there
}

type beginnings struct {
	deliveries []int64
	keys       []string
	fresh      []bool
}

func gather(group []*turn) (e endings, b beginnings) {
	for _, t := range group {
		if a := t.ended; a != nil {
			e.deliveries = append(e.deliveries, a.Delivery)
			e.numbers = append(e.numbers, a.Number)
			e.outcomes = append(e.outcomes, string(a.State))
			e.codes = append(e.codes, a.Code)
			e.statuses = append(e.statuses, clean(a.Status))
			e.answers = append(e.answers, clean(a.Answer))
			if a.State == digest.DeliveryFailed {
				e.failed = append(e.failed, a.Delivery)
				if addressIsWrong(a.Status) {
					e.unknown.deliveries = append(e.unknown.deliveries, a.Delivery)
					e.unknown.numbers = append(e.unknown.numbers, a.Number)
				}
			}
		}
		if t.next != 0 {
			b.deliveries = append(b.deliveries, t.next)
			b.keys = append(b.keys, t.key)
			b.fresh = append(b.fresh, t.fresh)
		}
	}
	return e, b
}

// addressIsWrong tells whether an enhanced status code (RFC 3463) says that mail to the address is in vain: X.1 is about addresses, but
// for 7 and 8, which are about the sender's; 2.1 is a mailbox that is switched off. A full mailbox or a policy is no such thing.
func addressIsWrong(status string) bool {
	switch status {
	case "5.1.7", "5.1.8":
		return false
	case "5.2.1":
		return true
	}
	return strings.HasPrefix(status, "5.1.")
}

// clean makes a server's words storable: they may hold anything, PostgreSQL takes neither broken UTF-8 nor NUL.
func clean(answer string) string {
	answer = strings.ReplaceAll(strings.ToValidUTF8(answer, "�"), "\x00", "")
	const enough = 2000
	if len(answer) > enough {
		answer = strings.ToValidUTF8(answer[:enough], "") + " …"
	}
	return answer
}
