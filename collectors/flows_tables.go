package collectors

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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
	list, _ := f.journeyList()
	for _, j := range list {
		byStep := map[string]stepFact{}
		for _, n := range j.nodes {
			byStep[*n.Step] = n
		}
		name := j.flow.name()
		for _, n := range j.nodes {
			for _, l := range j.links {
				if *l.Step != *n.Step {
					continue
				}
				row := []digest.Value{words(&name), count(*n.Position), words(n.Name), digest.None(digest.Empty), words(l.Outcome), count(l.Sessions), share(l.Sessions, n.Sessions)}
				if l.Next != nil {
					next := byStep[*l.Next]
					row[3], row[4] = count(*next.Position), words(next.Name)
				}
				t.Rows = append(t.Rows, row)
			}
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
	list, rest := f.journeyList()
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

// --- Answers and persons ---------------------------------------------------------------------------------------------

// answered is an answer to a question of a flow; Answer is nil for those in people's own words, and those beyond the ten most frequent.
type answered struct {
	Flow     *string `db:"flow"`
	Number   int64   `db:"number"` // of the question in its flow, from 1
	Question string  `db:"question"`
	Answered int64   `db:"answered"` // all answers to it
	Answer   *string `db:"answer"`
	Sessions int64   `db:"sessions"`
	Answers  int64   `db:"answers"` // how many different ones
}

// AnsweredBy is a session that answered, with its person: personal data.
type AnsweredBy struct {
	UserID    *string   `db:"user_id"`
	Person    *string   `db:"person"`
	Address   *string   `db:"address"`
	Flow      *string   `db:"flow"`
	StartedAt time.Time `db:"started_at"`
	Answers   []*string `db:"answers"` // to the first eight questions of the flow; nil: not asked, not answered, or in their own words
	AllOfThem int64     `db:"all_of_them"`
}

// Recovered is a cancellation that was not kept up, with its person: personal data.
type Recovered struct {
	UserID        *string    `db:"user_id"`
	Name          *string    `db:"name"`
	Address       *string    `db:"address"`
	Practice      *string    `db:"practice"`
	AppointmentID *string    `db:"appointment_id"`
	AppointmentAt *time.Time `db:"appointment_at"`
	OccurredAt    time.Time  `db:"occurred_at"`
	Detail        *string    `db:"detail"`
	AllOfThem     int64      `db:"all_of_them"`
}

// shownPersons is how many rows of persons an edition holds; the others are on a page behind a sign-in alone.
const shownPersons = 20

const questions = 8

func recoveredRows(ctx context.Context, r *reader, most int) ([]Recovered, error) {
	kept := r.Ask.Parameters.Flows.Kept
	args := pgx.NamedArgs{
		"since": r.Period.From.Add(-r.attribution()), "attribution_days": r.attributionDays(), "most": most,
		"kept_flow": nil, "kept_step": nil, "kept_answer": nil,
	}
	if kept != nil {
		args["kept_flow"], args["kept_step"], args["kept_answer"] = kept.Flow, kept.Step, kept.Answer
	}
	return query[Recovered](ctx, r, "flows/recovered", r.chosenFlows(), args)
}

func answerRows(ctx context.Context, r *reader, most int, whole bool) ([]AnsweredBy, error) {
	return query[AnsweredBy](ctx, r, "flows/answers", r.chosenFlows(), pgx.NamedArgs{"most": most, "free_text": whole || r.Ask.Parameters.Flows.FreeText})
}

// tellPersons adds the tables of answers, and those of persons with their latest rows.
func tellPersons(ctx context.Context, r *reader, f *flowsRaw, out *digest.Section) error {
	if support, _ := r.capability("flow_step", "responses"); support != SupportNone {
		given, err := query[answered](ctx, r, "flows/responses", r.chosenFlows(), pgx.NamedArgs{"free_text": r.Ask.Parameters.Flows.FreeText})
		if err != nil {
			return err
		}
		if t, own := responses(f, given); len(t.Rows) > 0 {
			out.Tables = append(out.Tables, t)
			if own > 0 {
				out.Notes = append(out.Notes, digest.Note{Key: "free_text", Values: map[string]digest.Value{"count": count(own)}})
			}
		}
		by, err := answerRows(ctx, r, shownPersons, false)
		if err != nil {
			return err
		}
		if len(by) > 0 {
			out.Tables = append(out.Tables, AnswersTable(by, r.Period.Location()))
			out.Notes = append(out.Notes, digest.Note{Key: "responses_by_user", Values: map[string]digest.Value{"count": count(by[0].AllOfThem), "shown": count(len(by))}})
		}
	}
	if len(f.kept) > 0 {
		out.Tables = append(out.Tables, RecoveredTable(f.kept, r.Period.Location()))
		out.Notes = append(out.Notes, digest.Note{Key: "recovered_detail", Values: map[string]digest.Value{"count": count(f.recovered), "shown": count(len(f.kept))}})
	}
	return nil
}

// responses is a row an answer, in the order of flows and questions; an answer that is n/a stands for those in people's own words and those
// beyond the ten most frequent. Shares are of all answers to the question. own counts the former.
func responses(f *flowsRaw, given []answered) (t digest.Table, own int64) {
	t = digest.Table{Key: "responses", Columns: []digest.Column{
		{Key: "flow", Unit: digest.Text},
		{Key: "question_number", Unit: digest.Count},
		{Key: "question", Unit: digest.Text},
		{Key: "answer", Unit: digest.Text},
		{Key: "count", Unit: digest.Count},
		{Key: "share", Unit: digest.Percent},
	}}
	for _, a := range given {
		if a.Answer == nil {
			own += a.Sessions
		}
		name := a.Flow
		if at := slices.IndexFunc(f.by, func(x sessionFact) bool { return x.By == "flow" && same(x.Flow, a.Flow) }); at >= 0 {
			name = f.by[at].Name
		}
		t.Rows = append(t.Rows, []digest.Value{words(name), count(a.Number), words(&a.Question), words(a.Answer), count(a.Sessions), share(a.Sessions, a.Answered)})
	}
	return t, own
}

// AnswersTable is responses_by_user: who, in which flow, when, and the answers to its first eight questions. It holds personal data.
func AnswersTable(rows []AnsweredBy, zone *time.Location) digest.Table {
	t := digest.Table{Key: "responses_by_user", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text}, {Key: "address", Unit: digest.Text}, {Key: "flow", Unit: digest.Text}, {Key: "started_at", Unit: digest.Instant},
	}}
	for i := range questions {
		t.Columns = append(t.Columns, digest.Column{Key: "answer_" + string(rune('1'+i)), Unit: digest.Text})
	}
	for _, a := range rows {
		row := []digest.Value{person(a.Person, a.UserID), words(a.Address), words(a.Flow), digest.At(a.StartedAt.In(zone))}
		for i := range questions {
			var answer *string
			if i < len(a.Answers) {
				answer = a.Answers[i]
			}
			row = append(row, words(answer))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// RecoveredTable is recovered_detail: whose appointment was kept, when it is, when that was said, and how. It holds personal data.
func RecoveredTable(rows []Recovered, zone *time.Location) digest.Table {
	t := digest.Table{Key: "recovered_detail", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text},
		{Key: "address", Unit: digest.Text},
		{Key: "practice", Unit: digest.Text},
		{Key: "appointment", Unit: digest.Text},
		{Key: "appointment_at", Unit: digest.Instant},
		{Key: "kept_at", Unit: digest.Instant},
		{Key: "detail", Unit: digest.Text},
	}}
	for _, x := range rows {
		at := digest.None(digest.Empty)
		if x.AppointmentAt != nil {
			at = digest.At(x.AppointmentAt.In(zone))
		}
		t.Rows = append(t.Rows, []digest.Value{
			person(x.Name, x.UserID), words(x.Address), words(x.Practice), words(x.AppointmentID), at, digest.At(x.OccurredAt.In(zone)), words(x.Detail),
		})
	}
	return t
}

// person is a person's name, else the id on the platform.
func person(name, id *string) digest.Value {
	if v := words(name); v.Is() {
		return v
	}
	return words(id)
}
