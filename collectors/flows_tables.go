package collectors

import (
	"maps"
	"slices"
	"strings"

	"fortnight/digest"
)

// flowTables are the section's tables but those of persons and of answers; one without rows is left out.
func flowTables(r *reader, f *flowsRaw) []digest.Table {
	out := []digest.Table{}
	for _, t := range []digest.Table{byFlow(f), failureReasons(f), byPractice(r, f), byStatus(r, f, "scheduled_status"), byStatus(r, f, "appointment_status"), journeyTable(r, f)} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// words is a text, n/a where nobody says.
func words(s *string) digest.Value {
	if s == nil || *s == "" {
		return digest.None(digest.Empty)
	}
	return digest.Say(*s)
}

// byFlow is a row a flow and channel, the most sessions first.
func byFlow(f *flowsRaw) digest.Table {
	t := digest.Table{Key: "by_flow", Columns: []digest.Column{
		{Key: "flow", Unit: digest.Text},
		{Key: "channel", Unit: digest.Text},
		{Key: "initiated", Unit: digest.Count},
		{Key: "completed", Unit: digest.Count},
		{Key: "failed", Unit: digest.Count},
		{Key: "failed_at_first_step", Unit: digest.Count},
		{Key: "success_rate", Unit: digest.Percent},
		{Key: "responsive_success_rate", Unit: digest.Percent},
	}}
	flows := f.listBy("flow")
	for _, s := range f.listBy("flow and channel") {
		name := s.Flow
		if at := slices.IndexFunc(flows, func(x sessionFact) bool { return same(x.Flow, s.Flow) }); at >= 0 {
			name = flows[at].Name
		}
		t.Rows = append(t.Rows, []digest.Value{
			words(name), words(s.Channel), count(s.Initiated), count(s.Completed), count(s.Failed), count(s.FailedAtFirst),
			share(s.Completed, s.ended()), share(s.AnsweredCompleted, s.AnsweredCompleted+s.AnsweredFailed),
		})
	}
	return t
}

func failureReasons(f *flowsRaw) digest.Table {
	t := digest.Table{Key: "failure_reasons", Columns: []digest.Column{
		{Key: "reason", Unit: digest.Text}, {Key: "count", Unit: digest.Count}, {Key: "share", Unit: digest.Percent},
	}}
	for _, s := range f.listBy("reason") {
		if s.Failed > 0 {
			t.Rows = append(t.Rows, []digest.Value{words(s.Reason), count(s.Failed), share(s.Failed, f.all.Failed)})
		}
	}
	return t
}

// byPractice is a row a practice, the most sessions first; left out where no session names one. Goals stand with the practice of the
// session that they came of, which may be one without a session in the period.
func byPractice(r *reader, f *flowsRaw) digest.Table {
	t := digest.Table{Key: "by_practice", Columns: []digest.Column{
		{Key: "practice", Unit: digest.Text},
		{Key: "initiated", Unit: digest.Count},
		{Key: "scheduled", Unit: digest.Count},
		{Key: "appointment_rate", Unit: digest.Percent},
		{Key: "revenue_scheduled", Unit: digest.Money},
		{Key: "completed", Unit: digest.Count},
		{Key: "completion_rate", Unit: digest.Percent},
		{Key: "revenue_completed", Unit: digest.Money},
		{Key: "enrollments", Unit: digest.Count},
		{Key: "enrollment_rate", Unit: digest.Percent},
		{Key: "enrollment_value", Unit: digest.Money},
	}}
	initiated, named := map[string]int64{}, false
	var order []string
	for _, s := range f.listBy("practice") {
		key := textOf(s.Practice)
		initiated[key] = s.Initiated
		order = append(order, key)
		named = named || key != ""
	}
	late := map[string]bool{}
	for _, g := range f.goals {
		key := textOf(g.Practice)
		if _, there := initiated[key]; !there && (g.Fact == "scheduled" || g.Fact == "completed" || g.Fact == "enrolled") {
			late[key] = true
			named = named || key != ""
		}
	}
	if !named {
		return t
	}
	order = append(order, slices.Sorted(maps.Keys(late))...)
	for _, practice := range order {
		of := func(g goalFact) bool { return textOf(g.Practice) == practice }
		row := []digest.Value{words(&practice), count(initiated[practice])}
		for _, x := range []struct{ fact, count, rate, money string }{
			{"scheduled", "appointments_scheduled", "appointment_rate", "revenue_scheduled"},
			{"completed", "appointments_completed", "completion_rate", "revenue_completed"},
			{"enrolled", "portal_enrollments", "enrollment_rate", "enrollment_value"},
		} {
			if support, _ := r.capability("goal_event", x.count); support == SupportNone {
				row = append(row, digest.None(digest.Unavailable), digest.None(digest.Unavailable), digest.None(digest.Unavailable))
				continue
			}
			var n int64
			for _, g := range f.goals {
				if g.Fact == x.fact && of(g) {
					n += g.Goals
				}
			}
			row = append(row, count(n), share(n, initiated[practice]), f.prices.money(f.goals, x.fact, of))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// byStatus is a row a status as of the read: of the appointments scheduled, or of all that something happened to.
func byStatus(r *reader, f *flowsRaw, key string) digest.Table {
	t := digest.Table{Key: key, Columns: []digest.Column{
		{Key: "status", Unit: digest.Text}, {Key: "count", Unit: digest.Count}, {Key: "share", Unit: digest.Percent},
	}}
	if support, _ := r.capability("goal_event", key); support == SupportNone {
		return t
	}
	all := f.goal(key)
	for _, g := range f.goals {
		if g.Fact == key {
			t.Rows = append(t.Rows, []digest.Value{words(g.Status), count(g.Goals), share(g.Goals, all)})
		}
	}
	return t
}

// journeyTable is the journeys in rows: from a step to the next, or to what became of the session (next_position n/a, next one of
// completed, failed, pending). Shares are of the sessions that visited the step.
func journeyTable(r *reader, f *flowsRaw) digest.Table {
	t := digest.Table{Key: "journey", Columns: []digest.Column{
		{Key: "flow", Unit: digest.Text},
		{Key: "position", Unit: digest.Count},
		{Key: "step", Unit: digest.Text},
		{Key: "next_position", Unit: digest.Count},
		{Key: "next", Unit: digest.Text},
		{Key: "sessions", Unit: digest.Count},
		{Key: "share", Unit: digest.Percent},
	}}
	if support, _ := r.capability("flow_step", "journey"); support == SupportNone {
		return t
	}
	list, _ := f.journeys()
	for _, j := range list {
		name := j.flow.name()
		for _, w := range j.ways() {
			row := []digest.Value{words(&name), count(w.from.position), words(&w.from.name), digest.None(digest.Empty), words(&w.end), count(w.sessions), share(w.sessions, w.from.sessions)}
			if w.to != nil {
				row[3], row[4] = count(w.to.position), words(&w.to.name)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func flowNotes(r *reader, f *flowsRaw) []digest.Note {
	notes := []digest.Note{{Key: "balance", Values: map[string]digest.Value{
		"initiated": count(f.all.Initiated), "completed": count(f.all.Completed), "failed": count(f.all.Failed), "pending": count(f.all.Pending),
	}}, {Key: "time_saved", Values: map[string]digest.Value{
		"messages": count(valueOr0(f.all.Outbound)), "seconds": digest.Num(secondsPerMessage(r)),
	}}, {Key: "attribution", Values: map[string]digest.Value{"days": count(r.attributionDays())}}}
	list, rest := f.journeys()
	if len(rest) > 0 && len(list) > 0 {
		notes = append(notes, digest.Note{Key: "journeys", Values: map[string]digest.Value{
			"count": count(len(rest)), "flows": digest.Say(strings.Join(rest, ", ")),
		}})
	}
	var back int64
	for _, j := range list {
		back += j.wentBack()
	}
	if back > 0 {
		notes = append(notes, digest.Note{Key: "went_back", Values: map[string]digest.Value{"count": count(back)}})
	}
	return append(notes, f.prices.notes(f.goals)...)
}
