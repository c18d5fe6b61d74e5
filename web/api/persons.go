package api

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
)

// FlowPerson is a session that somebody answered in, or a cancellation that was taken back, with name and address as the source has them.
type FlowPerson struct {
	User          string       `json:"user,omitempty" doc:"Id on the platform; not there where it names none."`
	Name          string       `json:"name,omitempty"`
	Address       string       `json:"address,omitempty"`
	Flow          string       `json:"flow,omitempty" doc:"Its name."`
	Practice      string       `json:"practice,omitempty"`
	At            time.Time    `json:"at,omitzero" doc:"When the session began, or the cancellation was taken back."`
	Answers       []FlowAnswer `json:"answers,omitempty" doc:"Of a session, in order."`
	Appointment   string       `json:"appointment,omitempty" doc:"Id; of a cancellation."`
	AppointmentAt time.Time    `json:"appointment_at,omitzero"`
	Detail        string       `json:"detail,omitempty" doc:"What was said; of a cancellation."`
}

// FlowAnswer is the last answer to a question.
type FlowAnswer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

func flowPersonOf(p digest.FlowPerson) FlowPerson {
	return FlowPerson{
		p.User, p.Name, p.Address, p.Flow, p.Practice, p.At, each(p.Answers, func(a digest.FlowAnswer) FlowAnswer { return FlowAnswer(a) }),
		p.Appointment, p.AppointmentAt, p.Detail,
	}
}

// FlowPersonFilter says which people of flows are wanted.
type FlowPersonFilter struct {
	Kind     string `query:"kind" enum:"answered,recovered" default:"answered" doc:"Sessions that people answered in, or cancellations that they took back."`
	Flow     string `query:"flow" maxLength:"500" doc:"Id of a flow."`
	Practice string `query:"practice" maxLength:"500"`
}

func (f FlowPersonFilter) wanted() digest.FlowPersonsWanted {
	return digest.FlowPersonsWanted{Kind: f.Kind, Flow: f.Flow, Practice: f.Practice}
}

// notes are what a look was for, as the audit has it.
func (f FlowPersonFilter) notes() []string {
	notes := []string{f.Kind}
	for _, x := range []struct{ name, value string }{{"flow", f.Flow}, {"practice", f.Practice}} {
		if x.value != "" {
			notes = append(notes, x.name+" "+x.value)
		}
	}
	return notes
}

func (a *api) flowPersons() {
	person := func(id, route, summary, description string) huma.Operation {
		return also(op(id, route, digest.ScopeRead, tagEditions, summary, description), digest.ScopeWrite)
	}
	handle(a, person("list-flow-persons", "GET /editions/{edition}/persons", "List who was in an edition's flows", "The latest first. "+personsToo),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			FlowPersonFilter
			Paging
		},
		) (*listOut[FlowPerson], error) {
			w := in.wanted()
			skip, err := in.skip()
			if err != nil {
				return nil, err
			}
			w.Skip, w.Most = skip, in.Limit
			e, err := look(ctx, v, in.Edition, "flows", digest.Change{Verb: "view", What: "flows' people", Notes: in.notes()})
			if err != nil {
				return nil, err
			}
			found, err := a.Works.FlowPersons(ctx, v.token.Project, e, w)
			if err != nil {
				return nil, err
			}
			return part(a, v, listed(found.Lines, w.Skip, found.Total), flowPersonOf), nil
		})
	export := person("export-flow-persons", "GET /editions/{edition}/persons.csv", "Export who was in an edition's flows", "All, as filtered: a line an answer, or a line a cancellation. "+personsToo)
	export.Responses["200"] = answers("The file.", "text/csv")
	handle(a, export, a.exportFlowPersons)
}

func (a *api) exportFlowPersons(ctx context.Context, v visit, in *struct {
	AtEdition
	FlowPersonFilter
},
) (*stream, error) {
	e, err := look(ctx, v, in.Edition, "flows", digest.Change{Verb: "export", What: "flows' people", Notes: in.notes()})
	if err != nil {
		return nil, err
	}
	head := []string{"user", "name", "address", "flow", "practice", "started_at", "number", "question", "answer"}
	if in.Kind == "recovered" {
		head = []string{"user", "name", "address", "practice", "appointment", "appointment_at", "kept_at", "detail"}
	}
	return a.file(ctx, e, in.Kind, head, func(line func(cells ...string) error) error {
		return a.Works.EachFlowPerson(ctx, v.token.Project, e, in.wanted(), func(p digest.FlowPerson) error {
			if in.Kind == "recovered" {
				return line(p.User, p.Name, p.Address, p.Practice, p.Appointment, inUTC(p.AppointmentAt), inUTC(p.At), p.Detail)
			}
			if len(p.Answers) == 0 { // who answered what is no question stands there too
				return line(p.User, p.Name, p.Address, p.Flow, p.Practice, inUTC(p.At), "", "", "")
			}
			for i, answer := range p.Answers {
				if err := line(p.User, p.Name, p.Address, p.Flow, p.Practice, inUTC(p.At), strconv.Itoa(i+1), answer.Question, answer.Answer); err != nil {
					return err
				}
			}
			return nil
		})
	}), nil
}
