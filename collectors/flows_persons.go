package collectors

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// flowPersonsAtOnce is how many rows of persons are read at once for a file.
const flowPersonsAtOnce = 5000

// flowChoice counts the sessions of a flow and practice; see flows/choices.
type flowChoice struct {
	Flow     *string `db:"flow"`
	Name     *string `db:"name"`
	Practice *string `db:"practice"`
	Sessions int64   `db:"sessions"`
}

// FlowPersons reads a part of whoever answered in the guided conversations of ask's period, with all answers in people's own words too, or
// of whoever took back a cancellation, with ask's parameters, the latest first. It is for who is signed in and may see them. A filter
// narrows what the digest tells of, never widens it. ErrNoRecipients where the platform does not tell.
func (s *Source) FlowPersons(ctx context.Context, ask digest.Ask, w digest.FlowPersonsWanted) (out digest.FlowPersons, err error) {
	if w.Most <= 0 {
		w.Most = 50
	}
	err = s.look(ctx, ask, toldBy(w), func(ctx context.Context, r *reader) error {
		if err := flowChoices(ctx, r, &out); err != nil {
			return err
		}
		out.ReadAt = r.Now
		if out.Lines, out.Total, err = flowPersons(ctx, r, w, max(w.Skip, 0), w.Most); err != nil || len(out.Lines) > 0 || w.Skip <= 0 {
			return err
		}
		_, out.Total, err = flowPersons(ctx, r, w, 0, 1) // past the end: how many there are is still to be told
		return err
	})
	return out, err
}

// EachFlowPerson hands all of them to yield, in the same order, all of one instant; an error of yield ends it and is given back.
func (s *Source) EachFlowPerson(ctx context.Context, ask digest.Ask, w digest.FlowPersonsWanted, yield func(digest.FlowPerson) error) error {
	return s.look(ctx, ask, toldBy(w), func(ctx context.Context, r *reader) error {
		for skip := 0; ; skip += flowPersonsAtOnce {
			lines, _, err := flowPersons(ctx, r, w, skip, flowPersonsAtOnce)
			if err != nil {
				return err
			}
			for _, l := range lines {
				if err := yield(l); err != nil {
					return err
				}
			}
			if len(lines) < flowPersonsAtOnce {
				return nil
			}
		}
	})
}

// toldBy is the relation that the people wanted stand in.
func toldBy(w digest.FlowPersonsWanted) string {
	if w.Kind == "recovered" {
		return "flow_session"
	}
	return "flow_step"
}

func flowPersons(ctx context.Context, r *reader, w digest.FlowPersonsWanted, skip, most int) (lines []digest.FlowPerson, total int, err error) {
	chosen := r.chosenFlows()
	for key, wanted := range map[string]string{"flows": w.Flow, "practices": w.Practice} {
		if list, _ := chosen[key].([]string); wanted != "" {
			if len(list) > 0 && !slices.Contains(list, wanted) {
				return nil, 0, nil
			}
			chosen[key] = []string{wanted}
		}
	}
	if w.Kind == "recovered" {
		return recoveredPersons(ctx, r, chosen, skip, most)
	}
	rows, err := query[answerOf](ctx, r, "flows/answers", chosen, pgx.NamedArgs{"skip": skip, "most": most})
	if err != nil {
		return nil, 0, err
	}
	for len(rows) > 0 {
		first, n := rows[0], 1
		for n < len(rows) && rows[n].SessionID == first.SessionID {
			n++
		}
		total = int(first.AllOfThem)
		l := digest.FlowPerson{
			User: textOf(first.UserID), Name: textOf(first.Person), Address: textOf(first.Address), Flow: textOf(first.Name), Practice: textOf(first.Practice),
			At: first.StartedAt,
		}
		slices.SortStableFunc(rows[:n], func(a, b answerOf) int { return cmp.Compare(a.Position, b.Position) })
		for _, a := range rows[:n] {
			if a.Answer != nil {
				l.Answers = append(l.Answers, digest.FlowAnswer{Question: textOf(a.Question), Answer: *a.Answer})
			}
		}
		lines, rows = append(lines, l), rows[n:]
	}
	return lines, total, nil
}

func recoveredPersons(ctx context.Context, r *reader, chosen pgx.NamedArgs, skip, most int) (lines []digest.FlowPerson, total int, err error) {
	goals, err := query[goalFact](ctx, r, "flows/goals", chosen, r.goalArguments(skip, most))
	for _, x := range goals {
		switch x.Fact {
		case "recovered":
			total = int(x.Goals)
		case "recovered_detail":
			lines = append(lines, digest.FlowPerson{
				User: textOf(x.UserID), Name: textOf(x.Name), Address: textOf(x.Address), Practice: textOf(x.Practice), At: instantOf(x.OccurredAt),
				Appointment: textOf(x.AppointmentID), AppointmentAt: instantOf(x.AppointmentAt), Detail: textOf(x.Detail),
			})
		}
	}
	return lines, total, err
}

func flowChoices(ctx context.Context, r *reader, out *digest.FlowPersons) error {
	rows, err := query[flowChoice](ctx, r, "flows/choices", r.chosenFlows())
	for _, x := range rows {
		if id := textOf(x.Flow); id != "" && !slices.ContainsFunc(out.Flows, func(f digest.FlowChoice) bool { return f.ID == id }) {
			name := textOf(x.Name)
			if name == "" {
				name = id
			}
			out.Flows = append(out.Flows, digest.FlowChoice{ID: id, Name: name})
		}
		if p := textOf(x.Practice); p != "" && !slices.Contains(out.Practices, p) {
			out.Practices = append(out.Practices, p)
		}
	}
	slices.Sort(out.Practices)
	return err
}
