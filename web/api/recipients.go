package api

import (
	"context"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
)

// Recipient is one person whom a campaign wrote to, with name and address as the source has them.
type Recipient struct {
	User         string    `json:"user,omitempty" doc:"Id on the platform; not there where it names none."`
	Name         string    `json:"name,omitempty"`
	Address      string    `json:"address,omitempty"`
	Campaign     string    `json:"campaign,omitempty" doc:"Id."`
	CampaignName string    `json:"campaign_name,omitempty"`
	Version      string    `json:"version,omitempty"`
	Deployed     time.Time `json:"deployed_at" doc:"When the person was tried first."`
	Attempts     int       `json:"attempts"`
	Status       string    `json:"status" enum:"pending,sent,delivered,read,failed"`
	Reason       string    `json:"reason,omitempty" doc:"Why it failed, in the platform's words."`
	Stage        string    `json:"stage" enum:"none,in_flow,finished"`
	Session      string    `json:"session_status" enum:"open,closed,expired,none"`
	Answered     time.Time `json:"answered_at,omitzero" doc:"Not there where no answer came in time."`
	LastActivity time.Time `json:"last_activity_at,omitzero"`
	Variables    string    `json:"variables,omitempty" doc:"What the message was filled in with."`
}

// Conversation is what one person wrote and was written to.
type Conversation struct {
	User     string    `json:"user"`
	Name     string    `json:"name,omitempty"`
	Address  string    `json:"address,omitempty"`
	Messages []Said    `json:"messages" nullable:"false" doc:"In order; of many the latest 500."`
	Total    int       `json:"total" doc:"Of all messages."`
	ReadAt   time.Time `json:"read_at"`
}

// Said is one message.
type Said struct {
	At        time.Time `json:"at"`
	Direction string    `json:"direction" enum:"in,out"`
	Author    string    `json:"author,omitempty" enum:"user,agent,bot,automation,system"`
	Agent     string    `json:"agent,omitempty" doc:"The agent's name."`
	Body      string    `json:"body,omitempty" doc:"Not there where the source keeps none."`
	Delivery  string    `json:"delivery,omitempty" doc:"Of one sent."`
}

func recipientOf(r digest.Recipient) Recipient {
	return Recipient{
		r.User, r.Name, r.Address, r.CampaignID, r.Campaign, r.Version, r.DeployedAt, r.Attempts, r.Status, r.Reason, r.Stage, r.Session, r.AnsweredAt, r.LastActivityAt, r.Variables,
	}
}

// RecipientFilter says which recipients are wanted.
type RecipientFilter struct {
	Status   string `query:"status" enum:"pending,sent,delivered,read,failed"`
	Stage    string `query:"stage" enum:"none,in_flow,finished"`
	Session  string `query:"session_status" enum:"open,closed,expired,none"`
	Campaign string `query:"campaign" maxLength:"500" doc:"Id of a campaign."`
}

func (f RecipientFilter) wanted() digest.RecipientsWanted {
	return digest.RecipientsWanted{Status: f.Status, Stage: f.Stage, Session: f.Session, Campaign: f.Campaign}
}

// notes are what a look was for, as the audit has it.
func (f RecipientFilter) notes() (notes []string) {
	for _, x := range []struct{ name, value string }{{"status", f.Status}, {"stage", f.Stage}, {"session", f.Session}, {"campaign", f.Campaign}} {
		if x.value != "" {
			notes = append(notes, x.name+" "+x.value)
		}
	}
	return notes
}

const personsToo = "Names and addresses of end users are whole here: it takes the scopes read and write, and each look is written to the audit. Read from the source now."

func (a *api) recipients() {
	person := func(id, route, summary, description string) huma.Operation {
		return also(op(id, route, digest.ScopeRead, tagEditions, summary, description), digest.ScopeWrite)
	}
	handle(a, person("list-recipients", "GET /editions/{edition}/recipients", "List whom an edition's campaigns wrote to", "As its period ended, the latest first. "+personsToo),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			RecipientFilter
			Paging
		},
		) (*listOut[Recipient], error) {
			w := in.wanted()
			skip, err := in.skip()
			if err != nil {
				return nil, err
			}
			w.Skip, w.Most = skip, in.Limit
			e, err := look(ctx, v, in.Edition, "outreach", digest.Change{Verb: "view", What: "recipients", Notes: in.notes()})
			if err != nil {
				return nil, err
			}
			found, err := a.Works.Recipients(ctx, v.token.Project, e, w)
			if err != nil {
				return nil, err
			}
			return part(a, v, listed(found.Lines, w.Skip, found.Total), recipientOf), nil
		})
	handle(a, person("get-conversation", "GET /editions/{edition}/recipients/{user}", "Get what a recipient wrote and was written to", "Up to now, in order. "+personsToo),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			User string `path:"user" maxLength:"500" doc:"Id on the platform."`
		},
		) (*bodyOf[Conversation], error) {
			e, _, err := v.books.Edition(ctx, in.Edition)
			if err != nil {
				return nil, err
			}
			t, err := a.Works.Talk(ctx, v.token.Project, e, in.User)
			if err != nil {
				return nil, err
			}
			if err := v.books.Looked(ctx, v.by, in.Edition, digest.Change{Verb: "view", What: "conversation " + in.User, Notes: []string{"from the recipients of " + e.Label}}); err != nil {
				return nil, err
			}
			return &bodyOf[Conversation]{Conversation{t.User, t.Name, t.Address, each(t.Lines, saidOf), t.Total, t.ReadAt}}, nil
		})
	export := person("export-recipients", "GET /editions/{edition}/recipients.csv", "Export whom an edition's campaigns wrote to", "All, as filtered. "+personsToo)
	export.Responses["200"] = answers("The file.", "text/csv")
	handle(a, export, a.exportRecipients)
}

func saidOf(s digest.Said) Said {
	direction := "out"
	if s.In {
		direction = "in"
	}
	return Said{s.At, direction, s.Author, s.Agent, s.Body, s.Delivery}
}

// look finds an edition whose digest has a section of persons, and writes the look to the audit; What is followed by its label.
func look(ctx context.Context, v visit, edition int64, section string, c digest.Change) (digest.EditionLine, error) {
	e, _, err := v.books.Edition(ctx, edition)
	if err != nil {
		return e, err
	}
	told := false
	for _, s := range e.Config.Sections {
		told = told || s.Section == section
	}
	if !told || len(e.Config.Projects) > 0 { // whose people are not this project's to see
		return e, digest.ErrNotFound
	}
	c.What += " " + e.Label
	return e, v.books.Looked(ctx, v.by, edition, c)
}

func (a *api) exportRecipients(ctx context.Context, v visit, in *struct {
	AtEdition
	RecipientFilter
},
) (*stream, error) {
	e, err := look(ctx, v, in.Edition, "outreach", digest.Change{Verb: "export", What: "recipients", Notes: in.notes()})
	if err != nil {
		return nil, err
	}
	head := []string{"user", "name", "address", "campaign", "campaign_name", "version", "deployed_at", "attempts", "status", "reason", "stage", "session_status", "answered_at", "last_activity_at", "variables"}
	return a.file(ctx, e, "recipients", head, func(line func(cells ...string) error) error {
		return a.Works.EachRecipient(ctx, v.token.Project, e, in.wanted(), func(r digest.Recipient) error {
			return line(r.User, r.Name, r.Address, r.CampaignID, r.Campaign, r.Version, inUTC(r.DeployedAt), strconv.Itoa(r.Attempts), r.Status, r.Reason,
				r.Stage, r.Session, inUTC(r.AnsweredAt), inUTC(r.LastActivityAt), r.Variables)
		})
	}), nil
}

// inUTC is an instant in a file; "" for none.
func inUTC(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
