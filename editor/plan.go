package editor

import (
	"slices"

	"fortnight/digest"
)

// plan is the order of one section: what a reader meets from top to bottom.
type plan struct {
	section string
	cards   []string // figures with a card of their own
	more    []string // figures that stand in a table below: looked up, not watched
	failed  []string // the cards that say "No data" where the section failed
	charts  []chartPlan
	sheets  func(d *desk, sec *digest.Section) []digest.Sheet // its tables besides; nil: none
}

// chartPlan is one picture: its chart, how its caption is found, and whether two of its kind fit side by side on paper.
type chartPlan struct {
	key     string
	caption func(d *desk, sec *digest.Section, c *digest.Chart) string
	half    bool
	pair    string // the chart that is left out together with this one, in one sentence, where neither is available
}

// plans is the table of contents of a digest. Every figure of metrics.md 3 to 5 stands here once, but peak_time, which
// shares the card of peak_volume, and the connection hours' card, which sums its chart.
var plans = []plan{
	{
		section: "activity",
		cards: []string{
			"total_messages", "conversations_total", "new_users", "active_users",
			"messages_per_conversation_mean", "peak_volume",
		},
		failed: []string{"total_messages", "conversations_total", "new_users", "active_users"},
		charts: []chartPlan{
			{key: "incoming_messages", caption: incomingMessages},
			{key: "conversations", caption: conversations},
			{key: "messages_per_conversation", caption: messagesPerConversation, half: true},
			{key: "max_messages_per_minute", caption: maxMessagesPerMinute, half: true},
		},
	},
	{
		section: "chatbot",
		cards:   []string{"bot_conversations", "bot_resolved", "bot_resolution_rate", "fallback_rate"},
		failed:  []string{"bot_conversations", "bot_resolved", "bot_resolution_rate", "fallback_rate"},
		charts: []chartPlan{
			{key: "intents", caption: intents, half: true},
			{key: "languages", caption: languages, half: true},
			{key: "start_flows", caption: startFlows},
		},
	},
	{
		section: "contact_center",
		cards: []string{
			"total_conversations", "handled", "missed", "waiting",
			"transfers", "wait_median", "wait_p90", connectionHours,
		},
		more: []string{
			"wait_mean", "conversation_time_median", "conversation_time_mean",
			"unique_users", "total_messages", "accepted_from_before",
		},
		failed: []string{"total_conversations", "handled", "missed", "wait_median"},
		charts: []chartPlan{
			{key: "handled_vs_missed", caption: handledVsMissed},
			{key: "average_wait_time", caption: averageWaitTime, half: true},
			{key: "average_conversation_time", caption: averageConversationTime, half: true},
			{key: "closing_reasons", caption: closingReasons, half: true},
			{key: "conversations_per_agent", caption: conversationsPerAgent, half: true},
			{key: "conversations_evolution", caption: conversationsEvolution, half: true},
			{key: "conversation_minutes", caption: conversationMinutes, half: true},
			{key: "conversation_minutes_evolution", caption: conversationMinutesEvolution, half: true},
			{key: connectionHours, caption: connectionRanking, half: true, pair: "connection_hours_evolution"},
			{key: "connection_hours_evolution", caption: connectionEvolution, half: true},
			// What agents' charts become where no person is named (privacy.go).
			{key: handledByTeam, caption: byTeamCaption, half: true},
			{key: handledByDay, caption: byDayCaption, half: true},
		},
	},
	{
		section: digest.OpenConversations,
		cards:   []string{"open", "waiting_on_us", "oldest_wait", "unassigned", "urgent", "unread", "pending", "snoozed"},
		failed:  []string{"open", "waiting_on_us", "oldest_wait", "unassigned"},
		sheets:  (*desk).openSheets,
	},
	{
		section: "flows",
		cards: []string{
			"initiated", "completed", "success_rate", "users_assisted",
			"appointments_scheduled", "appointment_rate", "failed_at_first_step", "staff_time_saved",
		},
		more: []string{
			"failed", "failure_rate", "pending", "total_flows", "started", "responsive_success_rate", "mention_share",
			"revenue_scheduled", "appointments_completed", "completion_rate", "revenue_completed",
			"portal_enrollments", "enrollment_rate", "enrollment_value", "recovered_cancellations",
		},
		failed: []string{"initiated", "completed", "success_rate", "users_assisted"},
		charts: []chartPlan{
			{key: "completion", caption: completion, half: true},
			{key: "by_step", caption: byStepCaption},
			{key: "failure_by_step", caption: failureByStep},
			{key: journeyKey, caption: journeyCaption},
			{key: journeyKey + "_2", caption: journeyCaption},
			{key: journeyKey + "_3", caption: journeyCaption},
			{key: journeyKey + "_4", caption: journeyCaption},
		},
		sheets: (*desk).flowSheets,
	},
	{
		section: "outreach",
		cards: []string{
			"total_users", "messages_sent", "responses", "response_rate",
			"in_process", "send_failures", "delivered", "read",
		},
		more:   []string{"unique_users"},
		failed: []string{"total_users", "messages_sent", "responses", "response_rate"},
		charts: []chartPlan{
			{key: "funnel", caption: outreachFunnel},
			{key: "responses", caption: outreachResponses, half: true},
			{key: "failure_reasons", caption: sendFailures, half: true},
		},
		sheets: (*desk).outreachSheets,
	},
	{
		section: "service_levels",
		cards: []string{
			"closed_within_hour", "closed_within_day", "answered_in_10_min", "after_hours_messages",
			"first_response_median", "first_response_p90", "open_to_close_median", "open_to_close_p90",
		},
		more:   []string{"first_response_mean", "open_to_close_mean"},
		failed: []string{"closed_within_hour", "closed_within_day", "answered_in_10_min", "first_response_median"},
		charts: []chartPlan{
			{key: "response_time", caption: responseTime, half: true},
			{key: "open_to_close", caption: openToClose, half: true},
			{key: "by_weekday_hour", caption: byWeekdayHour},
		},
		sheets: (*desk).serviceSheets,
	},
}

// connectionHours is a chart; its card is the sum over agents.
const connectionHours = "connection_hours"

// executiveCards are the key figures of a brief, the first four that the digest has.
var executiveCards = [][2]string{
	{"activity", "total_messages"},
	{"activity", "new_users"},
	{"contact_center", "missed"},
	{"contact_center", "wait_median"},
	{"chatbot", "bot_resolution_rate"},
	{"contact_center", "handled"},
	{"chatbot", "fallback_rate"},
	{"activity", "active_users"},
	{"contact_center", "total_conversations"},
	{"chatbot", "bot_conversations"},
	{"activity", "conversations_total"},
	{"chatbot", "bot_resolved"},
	// Of the others one each, then a second: a brief of several of them tells of all.
	{"flows", "success_rate"},
	{"service_levels", "closed_within_hour"},
	{"outreach", "response_rate"},
	{digest.OpenConversations, "open"},
	{"flows", "initiated"},
	{"outreach", "messages_sent"},
	{digest.OpenConversations, "waiting_on_us"},
	{"service_levels", "answered_in_10_min"},
	{"flows", "appointments_scheduled"},
	{digest.OpenConversations, "oldest_wait"},
	{"outreach", "send_failures"},
	{"service_levels", "first_response_median"},
	{"flows", "completed"},
	{digest.OpenConversations, "unassigned"},
	{"outreach", "total_users"},
	{"service_levels", "closed_within_day"},
}

// executiveCharts are the pictures of a brief. Of each row the first that there is; no more than four in all.
var executiveCharts = [][][2]string{
	{{"activity", "incoming_messages"}},
	{{"contact_center", "handled_vs_missed"}},
	{{"contact_center", "average_wait_time"}},
	{{"chatbot", "intents"}, {"chatbot", "start_flows"}, {"chatbot", "languages"}},
	{{"contact_center", handledByTeam}, {"contact_center", handledByDay}},
	{{"flows", "completion"}},
	{{"outreach", "funnel"}},
	{{"service_levels", "response_time"}},
	{{"flows", "by_step"}},
	{{"service_levels", "by_weekday_hour"}},
	{{"outreach", "responses"}},
	{{"flows", journeyKey}},
	{{"service_levels", "open_to_close"}},
}

func planOf(section string) *plan {
	for i := range plans {
		if plans[i].section == section {
			return &plans[i]
		}
	}
	return nil
}

// watched are the figures with a card, and those that are looked up: what is held against a target is watched.
func (p *plan) watched(sec *digest.Section) (cards, more []string) {
	cards = p.cards[:len(p.cards):len(p.cards)]
	if digest.OfNow(p.section) { // an agent's own list has no figure of what nobody has
		cards = slices.DeleteFunc(slices.Clone(cards), func(key string) bool { _, ok := sec.Figure(key); return !ok })
	}
	for _, key := range p.more {
		if f, ok := sec.Figure(key); ok && f.Target != nil {
			cards = append(cards, key)
		} else {
			more = append(more, key)
		}
	}
	return cards, more
}

func (p *plan) chart(key string) (chartPlan, bool) {
	for _, c := range p.charts {
		if c.key == key {
			return c, true
		}
	}
	return chartPlan{}, false
}
