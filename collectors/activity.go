package collectors

import (
	"context"
	"fmt"
	"time"

	"fortnight/digest"
)

// activityRaw is the activity of one period.
type activityRaw struct {
	activityFigures
	days []activityDay // one a local day
}

type activityFigures struct {
	NewUsers                int64      `db:"new_users"`
	ActiveUsers             int64      `db:"active_users"`
	TotalMessages           int64      `db:"total_messages"`
	Conversations           int64      `db:"conversations"`
	MessagesPerConversation *float64   `db:"messages_per_conversation"`
	PeakVolume              *int64     `db:"peak_volume"`
	PeakTime                *time.Time `db:"peak_time"`
	PeakTied                int64      `db:"peak_tied"` // minutes with as many messages as the peak, itself included
}

type activityDay struct {
	Incoming                int64    `db:"incoming"`
	Conversations           int64    `db:"conversations"`
	MessagesPerConversation *float64 `db:"messages_per_conversation"`
	MaxPerMinute            int64    `db:"max_per_minute"`
}

// collectActivity tells how much was written, by whom and when (metrics.md 3): relations message and end_user. Seven figures,
// four charts by local day; messages_per_conversation has a gap on a day without a conversation. No tables. Notes:
//
//	peak_tied        count: the minutes with as many messages as the peak, the earliest of them; only where there are several
//	new_over_active  new, active: more users were new than active, so messages are missing, since whoever is new has written
//
// Numbers that contradict each other otherwise are an error.
func collectActivity(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherActivity)
	if err != nil {
		return digest.Section{}, err
	}
	return digest.Section{
		Figures: figures(r, now, before, []number[activityRaw]{
			{"new_users", digest.Count, digest.Up, "end_user", func(a *activityRaw) digest.Value { return count(a.NewUsers) }},
			{"active_users", digest.Count, digest.Up, "message", func(a *activityRaw) digest.Value { return count(a.ActiveUsers) }},
			{"total_messages", digest.Count, digest.Neutral, "message", func(a *activityRaw) digest.Value { return count(a.TotalMessages) }},
			{"conversations_total", digest.Count, digest.Neutral, "message", func(a *activityRaw) digest.Value { return count(a.Conversations) }},
			{"messages_per_conversation_mean", digest.Ratio, digest.Neutral, "message", func(a *activityRaw) digest.Value { return digest.NumOrEmpty(a.MessagesPerConversation) }},
			{"peak_volume", digest.MessagesPerMinute, digest.Neutral, "message", (*activityRaw).peakVolume},
			{"peak_time", digest.Instant, digest.Neutral, "message", func(a *activityRaw) digest.Value { return a.peakTime(r.Period.Location()) }},
		}),
		Charts: []digest.Chart{
			line(r, "incoming_messages", digest.Line, digest.Count, "message", now, before, func(a *activityRaw, i int) *float64 { return whole(a.days[i].Incoming) }),
			line(r, "conversations", digest.Line, digest.Count, "message", now, before, func(a *activityRaw, i int) *float64 { return whole(a.days[i].Conversations) }),
			line(r, "messages_per_conversation", digest.Line, digest.Ratio, "message", now, before, func(a *activityRaw, i int) *float64 { return a.days[i].MessagesPerConversation }),
			line(r, "max_messages_per_minute", digest.Bar, digest.MessagesPerMinute, "message", now, before, func(a *activityRaw, i int) *float64 { return whole(a.days[i].MaxPerMinute) }),
		},
		Tables: []digest.Table{},
		Notes:  activityNotes(now),
	}, nil
}

func gatherActivity(ctx context.Context, r *reader) (a activityRaw, err error) {
	if a.activityFigures, err = queryOne[activityFigures](ctx, r, "activity/figures"); err != nil {
		return a, err
	}
	if a.days, err = query[activityDay](ctx, r, "activity/days"); err != nil {
		return a, err
	}
	var peak, highest int64
	if a.PeakVolume != nil {
		peak = *a.PeakVolume
	}
	for _, d := range a.days {
		highest = max(highest, d.MaxPerMinute)
	}
	return a, check(identity{"peak = the highest day's maximum", peak == highest, fmt.Sprintf("%d, %d", peak, highest)})
}

func activityNotes(a *activityRaw) []digest.Note {
	notes := []digest.Note{}
	if a.PeakTied > 1 {
		notes = append(notes, digest.Note{Key: "peak_tied", Values: map[string]digest.Value{"count": count(a.PeakTied)}})
	}
	if a.NewUsers > a.ActiveUsers {
		notes = append(notes, digest.Note{Key: "new_over_active", Values: map[string]digest.Value{"new": count(a.NewUsers), "active": count(a.ActiveUsers)}})
	}
	return notes
}

func (a *activityRaw) peakVolume() digest.Value {
	if a.PeakVolume == nil {
		return digest.None(digest.Empty)
	}
	return count(*a.PeakVolume)
}

func (a *activityRaw) peakTime(loc *time.Location) digest.Value {
	if a.PeakTime == nil {
		return digest.None(digest.Empty)
	}
	return digest.At(a.PeakTime.In(loc))
}
