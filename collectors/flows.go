package collectors

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// flowsRaw is the guided conversations of one period.
type flowsRaw struct {
	all    sessionFact
	by     []sessionFact // by flow, by flow and channel, by practice, by reason; the most sessions first
	steps  []step        // of this period alone: what is said of the previous one does not need them
	goals  []goalFact
	prices prices
}

// sessionFact counts sessions by one of all, flow, flow and channel, practice, reason; what it is not by is nil, as is what is not known.
type sessionFact struct {
	By                string     `db:"by"`
	Flow              *string    `db:"flow"`
	Channel           *string    `db:"channel"`
	Practice          *string    `db:"practice"`
	Reason            *string    `db:"reason"`
	Name              *string    `db:"name"`  // of the flow
	Users             *int64     `db:"users"` // of all: who was assisted
	Initiated         int64      `db:"initiated"`
	Completed         int64      `db:"completed"`
	Failed            int64      `db:"failed"`
	Pending           int64      `db:"pending"`
	Started           int64      `db:"started"`
	AnsweredCompleted int64      `db:"answered_completed"`
	AnsweredFailed    int64      `db:"answered_failed"`
	FailedAtFirst     int64      `db:"failed_at_first"`
	Mentions          int64      `db:"mentions"`
	MentionsKnown     int64      `db:"mentions_known"` // ended sessions of which it is known whether they have one
	Outbound          *int64     `db:"outbound"`
	OutboundKnown     int64      `db:"outbound_known"`
	Open              int64      `db:"open"` // whose window reaches past the period's end
	FirstAt           *time.Time `db:"first_at"`
}

// ended is how many sessions were completed or failed.
func (f sessionFact) ended() int64 { return f.Completed + f.Failed }

// stepFact counts sessions at a step; see flows/steps.
type stepFact struct {
	Fact     string  `db:"fact"`
	Flow     *string `db:"flow"`
	Step     *string `db:"step"`
	Name     *string `db:"name"`
	Position int64   `db:"position"`
	Next     *string `db:"next"`
	State    string  `db:"state"`
	Reason   *string `db:"reason"`
	Sessions int64   `db:"sessions"`
}

// goalFact counts what came of sessions, or is one cancellation that was not kept up; see flows/goals.
type goalFact struct {
	Fact     string  `db:"fact"`
	Practice *string `db:"practice"`
	Currency *string `db:"currency"`
	Status   *string `db:"status"`
	Goals    int64   `db:"goals"`
	Priced   int64   `db:"priced"` // with an amount of their own
	Amount   float64 `db:"amount"`

	UserID        *string    `db:"user_id"`
	Name          *string    `db:"name"`
	Address       *string    `db:"address"`
	AppointmentID *string    `db:"appointment_id"`
	AppointmentAt *time.Time `db:"appointment_at"`
	OccurredAt    *time.Time `db:"occurred_at"`
	Detail        *string    `db:"detail"`
}

// answeredWindow is how long after its start a session's appointments may be made.
const answeredWindow = 72 * time.Hour

// collectFlows tells how guided conversations went that started in the period, what came of them and what people answered (metrics.md
// 6): relations flow_session, flow_step, flow_session_history, goal_event, goal_history, end_user. Twenty-three figures; the charts
// completion, by_step, failure_by_step and a journey of each of the four largest flows; the tables by_flow, failure_reasons,
// by_practice, scheduled_status, appointment_status, responses, responses_by_user, recovered_detail, journey, each where it has rows.
// Money is in one currency: the digest's, else the one that most goals have; goals in another are left out of it.
//
// Appointments scheduled, with their rate and revenue, are provisional while a session's 72 hours reach past the period's end. Of the
// previous period they are told as of this period's end, by when its windows have closed: so the next edition restates them.
// Notes, each only where it counts something:
//
//	balance         initiated, completed, failed, pending: always there, as are the two below
//	time_saved      messages: that flows sent; seconds: of staff time that each counts as
//	attribution     days: how long a session may lie before what came of it
//	journeys        count: flows beyond the four; flows: their names
//	went_back       count: sessions that came to an earlier step after a later one, which a journey's picture cannot show
//	other_currency  count: goals left out of money, being in another currency or in none
//	no_amount       count: goals without an amount, of which no value is set
//	free_text       count: answers that only one person gave, which are counted and not listed
//	responses_by_user, recovered_detail
//	                count, shown: how many rows the table of persons would have, and of how many latest it has them
//
// Numbers that contradict each other are an error.
func collectFlows(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherFlows)
	if err != nil {
		return digest.Section{}, err
	}
	now.prices = pricesOf(r.Ask.Parameters.Flows, now, before)
	if before != nil {
		before.prices = now.prices
	}
	out := digest.Section{
		Figures: figures(r, now, before, flowFigures(r)),
		Charts:  append([]digest.Chart{completion(r, now, before), byStep(r, now), failureByStep(r, now)}, journeys(r, now)...),
		Tables:  flowTables(r, now),
		Notes:   flowNotes(r, now),
	}
	if err := tellAnswers(ctx, r, now, &out); err != nil {
		return digest.Section{}, err
	}
	for i := range out.Figures {
		if f := &out.Figures[i]; f.Unit == digest.Money && f.Value.State == digest.Empty {
			f.Footnote = "no_value"
		}
	}
	if now.all.Open > 0 {
		for i := range out.Figures {
			switch f := &out.Figures[i]; f.Key {
			case "appointments_scheduled", "appointment_rate", "revenue_scheduled":
				f.Provisional = f.Value.Is()
			}
		}
	}
	return out, nil
}

// flowFigures are the section's numbers. What no sender counts, and so is not known of any session, is unavailable.
func flowFigures(r *reader) []number[flowsRaw] {
	seconds := secondsPerMessage(r)
	p := r.Ask.Parameters.Flows
	kept := "goal_event"
	if p.Kept != nil {
		kept = "flow_step"
	}
	goals := func(fact string) func(*flowsRaw) digest.Value {
		return func(f *flowsRaw) digest.Value { return count(f.goal(fact)) }
	}
	rate := func(fact string) func(*flowsRaw) digest.Value {
		return func(f *flowsRaw) digest.Value { return share(f.goal(fact), f.all.Initiated) }
	}
	return []number[flowsRaw]{
		{"initiated", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.Initiated) }},
		{"completed", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.Completed) }},
		{"failed", digest.Count, digest.Down, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.Failed) }},
		{"pending", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.Pending) }},
		{"total_flows", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.ended()) }},
		{"success_rate", digest.Percent, digest.Up, "flow_session", func(f *flowsRaw) digest.Value { return share(f.all.Completed, f.all.ended()) }},
		{"failure_rate", digest.Percent, digest.Down, "flow_session", func(f *flowsRaw) digest.Value { return share(f.all.Failed, f.all.ended()) }},
		{"started", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.Started) }},
		{"responsive_success_rate", digest.Percent, digest.Up, "flow_session", func(f *flowsRaw) digest.Value {
			return share(f.all.AnsweredCompleted, f.all.AnsweredCompleted+f.all.AnsweredFailed)
		}},
		{"failed_at_first_step", digest.Count, digest.Down, "flow_session", func(f *flowsRaw) digest.Value { return count(f.all.FailedAtFirst) }},
		{"users_assisted", digest.Count, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value { return count(*f.all.Users) }},
		{"staff_time_saved", digest.Duration, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value {
			if f.all.Initiated > 0 && f.all.OutboundKnown == 0 {
				return digest.None(digest.Unavailable)
			}
			return digest.Num(float64(valueOr0(f.all.Outbound)) * seconds)
		}},
		{"mention_share", digest.Percent, digest.Neutral, "flow_session", func(f *flowsRaw) digest.Value {
			if f.all.ended() > 0 && f.all.MentionsKnown == 0 {
				return digest.None(digest.Unavailable)
			}
			return share(f.all.Mentions, f.all.ended())
		}},
		{"appointments_scheduled", digest.Count, digest.Neutral, "goal_event", goals("scheduled")},
		{"appointment_rate", digest.Percent, digest.Up, "goal_event", rate("scheduled")},
		{"appointments_completed", digest.Count, digest.Neutral, "goal_event", goals("completed")},
		{"completion_rate", digest.Percent, digest.Up, "goal_event", rate("completed")},
		{"portal_enrollments", digest.Count, digest.Neutral, "goal_event", goals("enrolled")},
		{"enrollment_rate", digest.Percent, digest.Up, "goal_event", rate("enrolled")},
		{"recovered_cancellations", digest.Count, digest.Neutral, kept, func(f *flowsRaw) digest.Value { return count(f.goal("recovered")) }},
		{"revenue_scheduled", digest.Money, digest.Neutral, "goal_event", func(f *flowsRaw) digest.Value { return f.prices.money(f.goals, "scheduled", nil) }},
		{"revenue_completed", digest.Money, digest.Neutral, "goal_event", func(f *flowsRaw) digest.Value { return f.prices.money(f.goals, "completed", nil) }},
		{"enrollment_value", digest.Money, digest.Neutral, "goal_event", func(f *flowsRaw) digest.Value { return f.prices.money(f.goals, "enrolled", nil) }},
	}
}

// secondsPerMessage is how much staff time a message counts as.
func secondsPerMessage(r *reader) float64 {
	if s := r.Ask.Parameters.Flows.SecondsPerMessage; s > 0 {
		return s
	}
	return digest.DefaultSecondsPerMessage
}

func gatherFlows(ctx context.Context, r *reader) (f flowsRaw, err error) {
	sessions, err := query[sessionFact](ctx, r, "flows/sessions", r.chosenFlows())
	if err != nil {
		return f, err
	}
	for _, s := range sessions {
		if s.By == "all" {
			f.all = s
		} else {
			f.by = append(f.by, s)
		}
	}
	if r.Period.To.Equal(r.edition().To) {
		ways, err := query[stepFact](ctx, r, "flows/steps", r.chosenFlows())
		if err != nil {
			return f, err
		}
		f.steps = stepsOf(ways)
	}
	if f.goals, err = query[goalFact](ctx, r, "flows/goals", r.chosenFlows(), r.goalArguments(0, shownPersons)); err != nil {
		return f, err
	}
	var reasons, failedSteps, practices, flows int64
	for _, s := range f.by {
		switch s.By {
		case "reason":
			reasons += s.Failed
		case "practice":
			practices += s.Initiated
		case "flow":
			flows += s.Initiated
		}
	}
	for _, s := range f.steps {
		for _, n := range s.failed {
			failedSteps += n
		}
	}
	return f, check(
		identity{
			"initiated = completed + failed + pending", f.all.Initiated == f.all.Completed+f.all.Failed+f.all.Pending,
			fmt.Sprintf("%d, %d + %d + %d", f.all.Initiated, f.all.Completed, f.all.Failed, f.all.Pending),
		},
		identity{"the reasons' sum = failed", reasons == f.all.Failed, fmt.Sprintf("%d, %d", reasons, f.all.Failed)},
		identity{"the steps' sum = failed", f.steps == nil || failedSteps == f.all.Failed, fmt.Sprintf("%d, %d", failedSteps, f.all.Failed)},
		identity{"the practices' sum = initiated", practices == f.all.Initiated, fmt.Sprintf("%d, %d", practices, f.all.Initiated)},
		identity{"the flows' sum = initiated", flows == f.all.Initiated, fmt.Sprintf("%d, %d", flows, f.all.Initiated)},
		identity{
			"failed at first step <= failed", f.all.FailedAtFirst <= f.all.Failed, fmt.Sprintf("%d > %d", f.all.FailedAtFirst, f.all.Failed),
		},
	)
}

// goal is how many of a fact there are.
func (f *flowsRaw) goal(fact string) (n int64) {
	for _, g := range f.goals {
		if g.Fact == fact {
			n += g.Goals
		}
	}
	return n
}

// listBy gives the facts by something, the most sessions first.
func (f *flowsRaw) listBy(by string) (list []sessionFact) {
	for _, s := range f.by {
		if s.By == by {
			list = append(list, s)
		}
	}
	return list
}

// chosenFlows are the arguments that choose sessions.
func (r *reader) chosenFlows() pgx.NamedArgs {
	p := r.Ask.Parameters
	return pgx.NamedArgs{
		"flows": append([]string{}, p.Flows.Flows...), "practices": append([]string{}, p.Practices...), "channels": append([]string{}, p.Flows.Channels...),
	}
}

// goalArguments are those of flows/goals; most is how many of the cancellations recovered are told one by one, after skip of them.
func (r *reader) goalArguments(skip, most int) pgx.NamedArgs {
	args := pgx.NamedArgs{
		"to": r.edition().To, "until": r.Period.To, "since": r.Period.From.Add(-max(answeredWindow, r.attribution())),
		"attribution_days": r.attributionDays(), "skip": skip, "most": most, "kept_flow": nil, "kept_step": nil, "kept_answer": nil,
	}
	if kept := r.Ask.Parameters.Flows.Kept; kept != nil {
		args["kept_flow"], args["kept_step"], args["kept_answer"] = kept.Flow, kept.Step, kept.Answer
	}
	return args
}

// edition is the period that the edition is about, whichever of both is read.
func (r *reader) edition() digest.Period { return r.Ask.Period }

func (r *reader) attributionDays() int {
	if n := r.Ask.Parameters.Flows.AttributionDays; n > 0 {
		return n
	}
	return digest.DefaultAttributionDays
}

func (r *reader) attribution() time.Duration {
	return time.Duration(r.attributionDays()) * 24 * time.Hour
}

func valueOr0(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
