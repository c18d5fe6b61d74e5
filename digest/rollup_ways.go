package digest

// way is how a section is summed up over several projects, by the definitions of metrics.md.
type way struct {
	sums    []string        // figures that add up: counts, sums of durations, money
	people  []string        // of these, counts of distinct people: each counts once in each project
	rates   map[string]rate // figures that are made anew of sums
	columns []string        // of the table by_project; the first is its chart
	daily   []string        // charts by day whose values add up
	notes   []summed
}

// rate is what a figure divides: two figures, or two values of the note of its own key where the figure's counts stand in that.
type rate struct{ over, under, note string }

// summed is a note of which values are added up; same are those that are a digest's own.
type summed struct {
	key    string
	values []string
	same   []string
}

func (r rate) part(s *Section) (Figure, bool)  { return r.find(s, r.over) }
func (r rate) whole(s *Section) (Figure, bool) { return r.find(s, r.under) }

func (r rate) find(s *Section, key string) (Figure, bool) {
	if r.note == "" {
		return s.Figure(key)
	}
	n, ok := s.Note(r.note)
	return Figure{Value: n.Values[key], Previous: None(Unavailable)}, ok // notes are of the period alone
}

// ways are the sections that may be summed up. A figure that stands nowhere in its section's way is not added.
var ways = map[string]way{
	"activity": {
		sums:    []string{"new_users", "active_users", "total_messages", "conversations_total"},
		people:  []string{"new_users", "active_users"},
		rates:   map[string]rate{"messages_per_conversation_mean": {over: "total_messages", under: "conversations_total"}},
		columns: []string{"total_messages", "conversations_total", "new_users", "active_users", "messages_per_conversation_mean", "peak_volume"},
		daily:   []string{"incoming_messages", "conversations"},
	},
	"chatbot": {
		sums:    []string{"bot_conversations", "bot_resolved"},
		rates:   map[string]rate{"bot_resolution_rate": {over: "bot_resolved", under: "bot_conversations"}},
		columns: []string{"bot_conversations", "bot_resolved", "bot_resolution_rate", "fallback_rate"},
	},
	"contact_center": {
		sums:    []string{"total_conversations", "handled", "missed", "waiting", "transfers", "accepted_from_before", "total_messages", "unique_users"},
		people:  []string{"unique_users"},
		columns: []string{"total_conversations", "handled", "missed", "waiting", "wait_median", "wait_p90"},
		daily:   []string{"handled_vs_missed"},
		notes:   []summed{{key: "reconciliation", values: []string{"total", "handled", "missed", "waiting", "agents_sum", "transfers", "bot_resolved", "accepted_from_before"}}},
	},
	"flows": {
		sums: []string{
			"initiated", "completed", "failed", "pending", "total_flows", "started", "failed_at_first_step", "users_assisted", "staff_time_saved",
			"appointments_scheduled", "appointments_completed", "portal_enrollments", "recovered_cancellations",
			"revenue_scheduled", "revenue_completed", "enrollment_value",
		},
		people: []string{"users_assisted", "portal_enrollments"},
		rates: map[string]rate{
			"success_rate": {over: "completed", under: "total_flows"}, "failure_rate": {over: "failed", under: "total_flows"},
			"appointment_rate": {over: "appointments_scheduled", under: "initiated"}, "completion_rate": {over: "appointments_completed", under: "initiated"},
			"enrollment_rate": {over: "portal_enrollments", under: "initiated"},
		},
		columns: []string{"initiated", "completed", "success_rate", "appointments_scheduled", "appointment_rate", "revenue_scheduled"},
		notes: []summed{
			{key: "balance", values: []string{"initiated", "completed", "failed", "pending"}},
			{key: "time_saved", values: []string{"messages"}, same: []string{"seconds"}},
			{key: "attribution", same: []string{"days"}},
		},
	},
	"outreach": {
		sums:    []string{"total_users", "unique_users", "messages_sent", "in_process", "send_failures", "delivered", "read", "responses"},
		people:  []string{"unique_users"},
		rates:   map[string]rate{"response_rate": {over: "responses", under: "messages_sent"}},
		columns: []string{"total_users", "messages_sent", "responses", "response_rate", "send_failures"},
		daily:   []string{"responses"},
		notes: []summed{
			{key: "balance", values: []string{"recipients", "sent", "in_process", "failed"}}, {key: "response_window", same: []string{"hours"}},
		},
	},
	"service_levels": {
		sums: []string{"after_hours_messages"},
		rates: map[string]rate{
			"closed_within_hour": {over: "met", under: "judged", note: "closed_within_hour"}, "closed_within_day": {over: "met", under: "judged", note: "closed_within_day"},
			"answered_in_10_min": {over: "met", under: "judged", note: "answered_in_10_min"},
		},
		columns: []string{"closed_within_hour", "closed_within_day", "answered_in_10_min", "first_response_median", "open_to_close_median", "after_hours_messages"},
		notes: []summed{
			{key: "closed_within_hour", values: []string{"met", "judged", "overdue", "on_us", "on_user"}},
			{key: "closed_within_day", values: []string{"met", "judged", "overdue", "on_us", "on_user"}},
			{key: "answered_in_10_min", values: []string{"met", "judged", "overdue", "on_us", "on_user", "left_out"}},
		},
	},
}

// RollsUp tells whether a section can be summed up over several projects. A picture of now, with its list of persons, cannot.
func RollsUp(section string) bool {
	_, ok := ways[section]
	return ok
}

// People tells whether a figure counts distinct people, so that one who is known to two projects counts twice in their sum.
func People(section, figure string) bool {
	for _, key := range ways[section].people {
		if key == figure {
			return true
		}
	}
	return false
}

// RolledUp tells whether a figure is one of a section that sums up several projects; others stand in the table by_project alone, or nowhere.
func RolledUp(section, figure string) bool {
	w := ways[section]
	if _, ok := w.rates[figure]; ok {
		return true
	}
	for _, key := range w.sums {
		if key == figure {
			return true
		}
	}
	return false
}
