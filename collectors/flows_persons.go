package collectors

import (
	"context"
	"fmt"

	"fortnight/digest"
)

// FlowPersons gives a table of persons of the section flows as it is for who may see them: responses_by_user with all answers, in people's
// own words too, or recovered_detail; of the period of ask, with its parameters, the latest most rows (0: 10,000). It holds personal
// data. Other keys are an error, and so is a source that has no flows (ErrNoRecipients).
func (s *Source) FlowPersons(ctx context.Context, ask digest.Ask, table string, most int) (out digest.Table, err error) {
	if most <= 0 {
		most = wholePersons
	}
	switch table {
	case "responses_by_user":
		err = s.look(ctx, ask, "flow_step", func(ctx context.Context, r *reader) error {
			asked, err := askedAnswers(ctx, r, true)
			if err == nil {
				out, err = answersByUser(ctx, r, asked, most, true)
			}
			return err
		})
	case "recovered_detail":
		err = s.look(ctx, ask, "flow_session", func(ctx context.Context, r *reader) error {
			goals, err := query[goalFact](ctx, r, "flows/goals", r.chosenFlows(), r.goalArguments(most))
			out = recoveredDetail(goals, r.Period.Location())
			return err
		})
	default:
		err = fmt.Errorf("section flows has no table of persons called %q", table)
	}
	return out, err
}

// wholePersons is how many rows of persons are read at once.
const wholePersons = 10_000
