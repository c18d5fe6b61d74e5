package collectors

import (
	"strings"
	"time"

	"fortnight/digest"
)

// outreachFunnel is how far messages came: recipients, sent, delivered, read, responded, finished. What no channel tells is a gap.
func outreachFunnel(r *reader, now, before *outreachRaw) digest.Chart {
	c, known := r.chart("funnel", digest.Funnel, digest.Count, "outbound_delivery")
	if !known {
		return c
	}
	steps := func(f *outreachFact) []digest.Point {
		var points []digest.Point
		for _, s := range []struct {
			key   string
			value digest.Value
		}{
			{"recipients", count(f.Users)},
			{"sent", count(f.Sent)},
			{"delivered", f.heard(f.Delivered)},
			{"read", f.heard(f.Read)},
			{"responded", count(f.Responses)},
			{"finished", count(f.Finished)},
		} {
			p := digest.Point{Key: s.key, Label: s.key}
			if s.value.Is() {
				p.Value = &s.value.Number
			}
			points = append(points, p)
		}
		return points
	}
	c.Series = []digest.Series{{Key: "current", Points: steps(&now.all)}}
	if before != nil {
		c.Series = append(c.Series, digest.Series{Key: "previous", Points: steps(&before.all)})
	}
	if now.all.Users == 0 {
		c.State = digest.Empty
	}
	return c
}

// responsesByDay counts answers on the local day they came. Those of the week before are of its own days alone.
func responsesByDay(r *reader, now, before *outreachRaw) digest.Chart {
	return line(r, "responses", digest.Bar, digest.Count, "outbound_delivery", now, before, func(o *outreachRaw, i int) *float64 { return whole(o.days[i]) })
}

// sendFailures ranks why nothing could be sent, by what was said of the last attempt.
func sendFailures(r *reader, now, before *outreachRaw) digest.Chart {
	return rankingOf(r, "failure_reasons", digest.Ranking, "outbound_delivery", now, before, func(o *outreachRaw) (rows []row) {
		for _, f := range o.reasons {
			switch {
			case f.Further:
				other := special(digest.Other, float64(f.Failed))
				other.count = int(f.Things)
				rows = append(rows, other)
			case f.Reason == nil:
				rows = append(rows, special(digest.Unknown, float64(f.Failed)))
			default:
				rows = append(rows, row{key: *f.Reason, label: *f.Reason, value: float64(f.Failed), first: *f.FirstAt})
			}
		}
		return rows
	}, 0)
}

// outreachTables is by_campaign: the section's figures a campaign and version, the largest first; without recipients there is none.
func outreachTables(o *outreachRaw) []digest.Table {
	t := digest.Table{Key: "by_campaign", Columns: []digest.Column{
		{Key: "campaign", Unit: digest.Text},
		{Key: "version", Unit: digest.Text},
		{Key: "channel", Unit: digest.Text},
		{Key: "total_users", Unit: digest.Count},
		{Key: "messages_sent", Unit: digest.Count},
		{Key: "in_process", Unit: digest.Count},
		{Key: "send_failures", Unit: digest.Count},
		{Key: "delivered", Unit: digest.Count},
		{Key: "read", Unit: digest.Count},
		{Key: "responses", Unit: digest.Count},
		{Key: "response_rate", Unit: digest.Percent},
	}}
	for _, f := range o.campaigns {
		name := words(f.Name)
		if f.Further {
			name = digest.Say(string(digest.Other))
		}
		t.Rows = append(t.Rows, []digest.Value{
			name, words(f.Version), words(f.Channel), count(f.Users), count(f.Sent), count(f.InProcess), count(f.Failed),
			f.heard(f.Delivered), f.heard(f.Read), count(f.Responses), share(f.Responses, f.Sent),
		})
	}
	if len(t.Rows) == 0 {
		return []digest.Table{}
	}
	return []digest.Table{t}
}

func outreachNotes(r *reader, o *outreachRaw) []digest.Note {
	a := o.all
	notes := []digest.Note{
		{Key: "balance", Values: map[string]digest.Value{"recipients": count(a.Users), "sent": count(a.Sent), "in_process": count(a.InProcess), "failed": count(a.Failed)}},
		{Key: "response_window", Values: map[string]digest.Value{"hours": count(r.responseWindow())}},
	}
	if a.Receipts > 0 && a.Receipts < a.Users {
		notes = append(notes, digest.Note{Key: "some_receipts", Values: map[string]digest.Value{"known": count(a.Receipts), "count": count(a.Users)}})
	}
	if n := len(o.campaigns); n > 0 && o.campaigns[n-1].Further {
		notes = append(notes, digest.Note{Key: "more_campaigns", Values: map[string]digest.Value{"count": count(o.campaigns[n-1].Things)}})
	}
	if p := r.Ask.Parameters.Practices; len(p) > 0 {
		notes = append(notes, digest.Note{Key: "all_practices", Values: map[string]digest.Value{"practices": digest.Say(strings.Join(p, ", "))}})
	}
	return notes
}

// individualTable is who was written to, persons masked, when first, what it came to and how far they went. What was filled in is n/a: it
// may name whom it is for.
func individualTable(rows []recipientRow, zone *time.Location) digest.Table {
	t := digest.Table{Key: "individual", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text},
		{Key: "address", Unit: digest.Text},
		{Key: "campaign", Unit: digest.Text},
		{Key: "deployed_at", Unit: digest.Instant},
		{Key: "status", Unit: digest.Text},
		{Key: "stage", Unit: digest.Text},
		{Key: "session_status", Unit: digest.Text},
		{Key: "last_activity_at", Unit: digest.Instant},
		{Key: "variables", Unit: digest.Text},
	}}
	for _, x := range rows {
		last := digest.None(digest.Empty)
		if x.LastActivityAt != nil {
			last = digest.At(x.LastActivityAt.In(zone))
		}
		t.Rows = append(t.Rows, []digest.Value{
			masked(x.name, x.UserID), maskedAddress(x.address), words(x.Campaign), digest.At(x.FirstAt.In(zone)), digest.Say(x.Status), digest.Say(x.Stage),
			digest.Say(x.SessionStatus), last, digest.None(digest.Empty),
		})
	}
	return t
}
