package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// answered is an answer to a question of a flow; Answer is nil for those that one person alone gave, and those beyond the ten most frequent.
type answered struct {
	Flow     *string `db:"flow"`
	Number   int64   `db:"number"` // of the question in its flow, from 1
	Step     string  `db:"step"`
	Question string  `db:"question"`
	Answered int64   `db:"answered"` // all answers to it
	Answer   *string `db:"answer"`
	Sessions int64   `db:"sessions"`
}

// answerOf is one answer of a session, with its person: personal data.
type answerOf struct {
	SessionID string    `db:"flow_session_id"`
	UserID    *string   `db:"user_id"`
	Person    *string   `db:"person"`
	Address   *string   `db:"address"`
	Flow      *string   `db:"flow"`
	Name      *string   `db:"name"` // of the flow
	Practice  *string   `db:"practice"`
	StartedAt time.Time `db:"started_at"`
	AllOfThem int64     `db:"all_of_them"` // sessions that answered
	Step      *string   `db:"step"`
	Position  int64     `db:"position"` // of the step
	Question  *string   `db:"question"`
	Answer    *string   `db:"answer"`
}

// shownPersons is how many rows of persons an edition holds; the others are on a page behind a sign-in alone.
const shownPersons = 20

// questions is how many of a flow's questions have a column.
const questions = 8

// tellAnswers adds the tables of answers, and those of persons with their latest rows.
func tellAnswers(ctx context.Context, r *reader, f *flowsRaw, out *digest.Section) error {
	if support, _ := r.capability("flow_step", "responses"); support != SupportNone {
		given, err := askedAnswers(ctx, r, r.Ask.Parameters.Flows.FreeText)
		if err != nil {
			return err
		}
		if t, own := responses(f, given); len(t.Rows) > 0 {
			out.Tables = append(out.Tables, t)
			if own > 0 {
				out.Notes = append(out.Notes, digest.Note{Key: "free_text", Values: map[string]digest.Value{"count": count(own)}})
			}
		}
		t, err := answersByUser(ctx, r, given, r.Ask.Parameters.Flows.FreeText)
		if err != nil {
			return err
		}
		tellPersons(out, t, f.all.Started)
	}
	tellPersons(out, recoveredDetail(f.goals, r.Period.Location()), f.goal("recovered"))
	return nil
}

// tellPersons adds a table of persons, where it has rows, and how many it would have.
func tellPersons(out *digest.Section, t digest.Table, all int64) {
	if len(t.Rows) > 0 {
		out.Tables = append(out.Tables, t)
		out.Notes = append(out.Notes, digest.Note{Key: t.Key, Values: map[string]digest.Value{"count": count(all), "shown": count(len(t.Rows))}})
	}
}

func askedAnswers(ctx context.Context, r *reader, freeText bool) ([]answered, error) {
	return query[answered](ctx, r, "flows/responses", r.chosenFlows(), pgx.NamedArgs{"free_text": freeText})
}

// responses is a row an answer, in the order of flows and questions; an answer that is n/a stands for those that one person alone gave and
// those beyond the ten most frequent. Shares are of all answers to the question. own counts the former.
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

// answersByUser is responses_by_user: who, in which flow, when, and the answers to its first eight questions; the latest shownPersons
// sessions, persons masked. An answer that is not listed in given (see responses) is n/a, unless all are wanted.
func answersByUser(ctx context.Context, r *reader, given []answered, all bool) (digest.Table, error) {
	t := digest.Table{Key: "responses_by_user", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text}, {Key: "address", Unit: digest.Text}, {Key: "flow", Unit: digest.Text}, {Key: "started_at", Unit: digest.Instant},
	}}
	for i := range questions {
		t.Columns = append(t.Columns, digest.Column{Key: fmt.Sprintf("answer_%d", i+1), Unit: digest.Text})
	}
	rows, err := query[answerOf](ctx, r, "flows/answers", r.chosenFlows(), pgx.NamedArgs{"most": shownPersons, "skip": 0})
	if err != nil {
		return t, err
	}
	type question struct{ flow, step string }
	number, told := map[question]int64{}, map[question][]string{}
	for _, g := range given {
		q := question{flowKey(g.Flow), g.Step}
		number[q] = g.Number
		if g.Answer != nil {
			told[q] = append(told[q], strings.ToLower(*g.Answer))
		}
	}
	session := ""
	for _, a := range rows {
		if session != a.SessionID || len(t.Rows) == 0 {
			row := []digest.Value{masked(a.Person, a.UserID), maskedAddress(a.Address), words(a.Name), digest.At(a.StartedAt.In(r.Period.Location()))}
			for range questions {
				row = append(row, digest.None(digest.Empty))
			}
			t.Rows, session = append(t.Rows, row), a.SessionID
		}
		q := question{flowKey(a.Flow), textOf(a.Step)}
		if n := number[q]; n > 0 && a.Answer != nil && (all || slices.Contains(told[q], strings.ToLower(*a.Answer))) {
			t.Rows[len(t.Rows)-1][3+n] = words(a.Answer)
		}
	}
	return t, nil
}

// recoveredDetail is recovered_detail: whose appointment was kept, persons masked, when it is and when that was said. What was said is n/a:
// it may name who said it.
func recoveredDetail(goals []goalFact, zone *time.Location) digest.Table {
	t := digest.Table{Key: "recovered_detail", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text},
		{Key: "address", Unit: digest.Text},
		{Key: "practice", Unit: digest.Text},
		{Key: "appointment", Unit: digest.Text},
		{Key: "appointment_at", Unit: digest.Instant},
		{Key: "kept_at", Unit: digest.Instant},
		{Key: "detail", Unit: digest.Text},
	}}
	instant := func(at *time.Time) digest.Value {
		if at == nil {
			return digest.None(digest.Empty)
		}
		return digest.At(at.In(zone))
	}
	for _, x := range goals {
		if x.Fact == "recovered_detail" {
			t.Rows = append(t.Rows, []digest.Value{
				masked(x.Name, x.UserID), maskedAddress(x.Address), words(x.Practice), words(x.AppointmentID), instant(x.AppointmentAt), instant(x.OccurredAt),
				digest.None(digest.Empty),
			})
		}
	}
	return t
}

// masked is a person as a snapshot keeps one: the name's initials, else the end of the id on the platform.
func masked(name, id *string) digest.Value {
	if v := words(name); v.Is() {
		return digest.Say(digest.MaskedName(v.Text))
	}
	return maskedAddress(id)
}

func maskedAddress(s *string) digest.Value {
	if v := words(s); v.Is() {
		return digest.Say(digest.MaskedAddress(v.Text))
	}
	return digest.None(digest.Empty)
}
