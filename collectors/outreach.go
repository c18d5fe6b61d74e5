package collectors

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// outreachRaw is the campaigns of one period.
type outreachRaw struct {
	all       outreachFact
	campaigns []outreachFact // the largest first; the last may stand for all further ones
	reasons   []outreachFact // the most frequent first; likewise
	days      []int64        // answers a local day
}

// outreachFact counts recipients by one of all, campaign, reason, day; see outreach/recipients.
type outreachFact struct {
	By        string     `db:"by"`
	Campaign  *string    `db:"campaign"`
	Name      *string    `db:"name"`
	Version   *string    `db:"version"`
	Channel   *string    `db:"channel"`
	Reason    *string    `db:"reason"`
	Further   bool       `db:"further"`
	Day       *int       `db:"day"` // from 1
	Persons   int64      `db:"persons"`
	Users     int64      `db:"users"`
	Sent      int64      `db:"sent"`
	InProcess int64      `db:"in_process"`
	Failed    int64      `db:"failed"`
	Receipts  int64      `db:"receipts"` // of users, whose channel tells what became of a message
	Delivered int64      `db:"delivered"`
	Read      int64      `db:"read"`
	Responses int64      `db:"responses"`
	Finished  int64      `db:"finished"`
	IsOpen    int64      `db:"is_open"` // who may still answer in time
	Things    int64      `db:"things"`  // how many campaigns or reasons it stands for
	FirstAt   *time.Time `db:"first_at"`
}

const (
	mostCampaigns   = 100 // that an edition lists; further ones are one row
	mostReasons     = 8   // that the ranking shows; further ones are one bar
	comparedReasons = 100 // of the previous period, among which those shown are found
)

// otherSends is how long before the period a recipient may have been tried first for a further send to them in it to be known: an answer
// behind it is one to that send.
const otherSends = 7 * 24 * time.Hour

// collectOutreach tells how campaigns went whose recipients were first tried in the period (metrics.md 7): relations outbound_delivery,
// campaign and, where the digest wants the persons, person. A recipient is one person of one campaign; what it came to is the best of the
// attempts: read, delivered, sent; of pending and failed the latest. Nine figures; the charts funnel, responses, failure_reasons; the tables
// by_campaign and, where asked for, individual with the latest shownPersons rows.
//
// Delivered are those that were read too. Responses, with their rate, are provisional while somebody may still answer in time; of the
// previous period they are told as of this period's end, by when its windows have closed: so the next edition restates them.
// Campaigns name no practice: where the digest is one of some practices, a note says that these are of all.
// Notes, each only where it counts something:
//
//	balance          recipients, sent, in_process, failed: always there, as is the next
//	response_window  hours: within which an answer is one to a send
//	some_receipts    known, count: recipients whose channel tells what became of a message, of all; not where that is all or none
//	more_campaigns   count: campaigns that the table has in one row
//	all_practices    practices: those of the digest
//	individual       count, shown: how many rows the table would have, and of how many latest it has them
//
// Numbers that contradict each other are an error.
func collectOutreach(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherOutreach)
	if err != nil {
		return digest.Section{}, err
	}
	out := digest.Section{
		Figures: figures(r, now, before, outreachFigures()),
		Charts:  []digest.Chart{outreachFunnel(r, now, before), responsesByDay(r, now, before), sendFailures(r, now, before)},
		Tables:  outreachTables(now),
		Notes:   outreachNotes(r, now),
	}
	for i := range out.Figures {
		switch f := &out.Figures[i]; f.Key {
		case "responses", "response_rate":
			f.Provisional = now.all.IsOpen > 0 && f.Value.Is()
		case "delivered", "read":
			if f.Value.State == digest.Unavailable && f.Footnote == "" {
				f.Footnote = "no_receipts"
			}
		}
	}
	if !r.Ask.Parameters.Outreach.Individual {
		return out, nil
	}
	rows, err := individualRows(ctx, r, digest.RecipientsWanted{}, 0, shownPersons)
	if err != nil {
		return digest.Section{}, err
	}
	if len(rows) > 0 {
		if err := nameRecipients(ctx, r, rows); err != nil {
			return digest.Section{}, err
		}
		out.Tables = append(out.Tables, individualTable(rows, r.Period.Location()))
		out.Notes = append(out.Notes, digest.Note{Key: "individual", Values: map[string]digest.Value{"count": count(rows[0].AllOfThem), "shown": count(len(rows))}})
	}
	return out, nil
}

func outreachFigures() []number[outreachRaw] {
	counted := func(value func(*outreachFact) int64) func(*outreachRaw) digest.Value {
		return func(o *outreachRaw) digest.Value { return count(value(&o.all)) }
	}
	const relation = "outbound_delivery"
	return []number[outreachRaw]{
		{"total_users", digest.Count, digest.Neutral, relation, counted(func(f *outreachFact) int64 { return f.Users })},
		{"unique_users", digest.Count, digest.Neutral, relation, counted(func(f *outreachFact) int64 { return f.Persons })},
		{"messages_sent", digest.Count, digest.Neutral, relation, counted(func(f *outreachFact) int64 { return f.Sent })},
		{"in_process", digest.Count, digest.Neutral, relation, counted(func(f *outreachFact) int64 { return f.InProcess })},
		{"send_failures", digest.Count, digest.Down, relation, counted(func(f *outreachFact) int64 { return f.Failed })},
		{"delivered", digest.Count, digest.Neutral, relation, func(o *outreachRaw) digest.Value { return o.all.heard(o.all.Delivered) }},
		{"read", digest.Count, digest.Neutral, relation, func(o *outreachRaw) digest.Value { return o.all.heard(o.all.Read) }},
		{"responses", digest.Count, digest.Neutral, relation, counted(func(f *outreachFact) int64 { return f.Responses })},
		{"response_rate", digest.Percent, digest.Up, relation, func(o *outreachRaw) digest.Value { return share(o.all.Responses, o.all.Sent) }},
	}
}

// heard is a count that rests on receipts: not known where no recipient's channel gives any.
func (f *outreachFact) heard(n int64) digest.Value {
	if f.Users > 0 && f.Receipts == 0 {
		return digest.None(digest.Unavailable)
	}
	return count(n)
}

func gatherOutreach(ctx context.Context, r *reader) (o outreachRaw, err error) {
	reasons := mostReasons
	if r.Period.To.Before(r.edition().To) {
		reasons = comparedReasons
	}
	facts, err := query[outreachFact](ctx, r, "outreach/recipients", r.sends(), pgx.NamedArgs{"most": mostCampaigns, "reasons": reasons})
	if err != nil {
		return o, err
	}
	o.days = make([]int64, len(r.Days))
	var campaigns, sent, responses, failed, answered int64
	for _, f := range facts {
		switch f.By {
		case "all":
			o.all = f
		case "campaign":
			o.campaigns = append(o.campaigns, f)
			campaigns, sent, responses = campaigns+f.Users, sent+f.Sent, responses+f.Responses
		case "reason":
			o.reasons = append(o.reasons, f)
			failed += f.Failed
		case "day":
			o.days[*f.Day-1] = f.Responses
			answered += f.Responses
		}
	}
	a := o.all
	// Of the previous period answers are known that came after its last day.
	daysHold := answered == a.Responses || r.Period.To.Before(r.edition().To) && answered <= a.Responses
	return o, check(
		identity{
			"recipients = sent + in process + failed", a.Users == a.Sent+a.InProcess+a.Failed,
			fmt.Sprintf("%d, %d + %d + %d", a.Users, a.Sent, a.InProcess, a.Failed),
		},
		identity{"responses <= sent", a.Responses <= a.Sent, fmt.Sprintf("%d > %d", a.Responses, a.Sent)},
		identity{"read <= delivered <= sent", a.Read <= a.Delivered && a.Delivered <= a.Sent, fmt.Sprintf("%d, %d, %d", a.Read, a.Delivered, a.Sent)},
		identity{"distinct users <= recipients", a.Persons <= a.Users, fmt.Sprintf("%d > %d", a.Persons, a.Users)},
		identity{
			"the campaigns' sums = all", campaigns == a.Users && sent == a.Sent && responses == a.Responses,
			fmt.Sprintf("%d %d %d, %d %d %d", campaigns, sent, responses, a.Users, a.Sent, a.Responses),
		},
		identity{"the reasons' sum = failed", failed == a.Failed, fmt.Sprintf("%d, %d", failed, a.Failed)},
		identity{"the days' sum = responses", daysHold, fmt.Sprintf("%d, %d", answered, a.Responses)},
	)
}

// sends are the arguments that lead to a period's recipients.
func (r *reader) sends() pgx.NamedArgs {
	return pgx.NamedArgs{
		"from": r.Period.From.Add(-otherSends), "first": r.Period.From, "until": r.Period.To, "to": r.edition().To,
		"window": float64(r.responseWindow()) * time.Hour.Seconds(),
	}
}

// responseWindow is in hours.
func (r *reader) responseWindow() int {
	if n := r.Ask.Parameters.Outreach.ResponseWindow; n > 0 {
		return n
	}
	return digest.DefaultResponseWindow
}
