package api

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/web/cells"
)

// Entry is a change that was made.
type Entry struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`
	Actor Actor     `json:"actor"`
	Change
}

// Actor is who made a change.
type Actor struct {
	Account int64  `json:"account,omitempty" doc:"Not there: nobody who signs in."`
	Name    string `json:"name"`
	Via     string `json:"via" example:"console"`
}

// Needs is what waits for a person.
type Needs struct {
	Held     []Edition `json:"held" nullable:"false" doc:"Held or parked."`
	Failing  []Edition `json:"failing" nullable:"false" doc:"With deliveries that failed or are unknown and that nobody has dealt with."`
	Sources  []Source  `json:"sources" nullable:"false" doc:"That cannot be read."`
	Requests []Request `json:"requests" nullable:"false"`
	Count    int       `json:"count"`
}

// Standing is how things stand. Sent, bounced and complained are of 30 days, those before of the 30 days before.
type Standing struct {
	WeekBegan        time.Time                    `json:"week_began"`
	Week             map[digest.DeliveryState]int `json:"week" doc:"Deliveries of editions that were due since."`
	WeekEditions     int                          `json:"week_editions"`
	Held             int                          `json:"held" doc:"Deliveries of held editions."`
	HeldEditions     int                          `json:"held_editions"`
	Sent             int                          `json:"sent"`
	Bounced          int                          `json:"bounced"`
	Complained       int                          `json:"complained"`
	SentBefore       int                          `json:"sent_before"`
	BouncedBefore    int                          `json:"bounced_before"`
	ComplainedBefore int                          `json:"complained_before"`
}

func entryOf(l digest.AuditLine) Entry {
	return Entry{l.ID, l.At, Actor{l.Account, l.Name, l.Via}, changeOf(l.Change)}
}

type Seeking struct {
	What string `query:"what" maxLength:"200" doc:"Part of what was changed, or of who did it." example:"digest desk/weekly"`
}

func (a *api) records() {
	handle(a, op("list-audit", "GET /audit", digest.ScopeRead, tagRecords, "List changes", "Who changed what, from what to what. The newest first. Secrets are never in it."),
		func(ctx context.Context, v visit, in *struct {
			Seeking
			Paging
		},
		) (*listOut[Entry], error) {
			all, err := v.books.Audit(ctx, digest.AuditWanted{What: in.What, Page: in.page()})
			return part(a, v, all, entryOf), err
		})
	export := op("export-audit", "GET /audit.csv", digest.ScopeRead, tagRecords, "Export changes", "")
	export.Responses["200"] = answers("The file.", "text/csv")
	handle(a, export, a.exportAudit)
	handle(a, op("get-needs", "GET /needs", digest.ScopeRead, tagRecords, "Get what waits for a person", "Held editions, failing deliveries, sources that cannot be read, requests."),
		func(ctx context.Context, v visit, _ *struct{}) (*bodyOf[Needs], error) {
			n, err := v.books.Needs(ctx)
			return &bodyOf[Needs]{Needs{
				each(n.Held, editionOf), each(n.Failing, editionOf), each(n.Sources, sourceOf), each(n.Requests, requestOf), n.Count(),
			}}, err
		})
	handle(a, op("get-standing", "GET /standing", digest.ScopeRead, tagRecords, "Get how things stand", "What went out this week, what is held, and what came back within 30 days."), a.standing)
}

func (a *api) standing(ctx context.Context, v visit, _ *struct{}) (*bodyOf[Standing], error) {
	p, err := v.head(ctx)
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, err
	}
	today := digest.DateOf(a.Now().In(loc))
	began := startOf(today.AddDays(-int(today.Weekday()-p.WeekStart+7)%7), loc)
	s, err := v.books.Standing(ctx, began)
	if err != nil {
		return nil, err
	}
	out := Standing{
		began,
		map[digest.DeliveryState]int{},
		s.WeekEditions, s.Held, s.HeldEditions,
		s.Sent, s.Bounced, s.Complained, s.SentBefore, s.BouncedBefore, s.ComplainedBefore,
	}
	for state, n := range s.Week {
		out.Week[state] = n
	}
	return &bodyOf[Standing]{out}, nil
}

func (a *api) exportAudit(ctx context.Context, v visit, in *struct{ Seeking }) (*stream, error) {
	wanted := digest.AuditWanted{What: in.What, Page: digest.Page{Size: 500}}
	part, err := v.books.Audit(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return &stream{func(hc huma.Context) {
		hc.SetHeader("Content-Type", textCSV)
		hc.SetHeader("Content-Disposition", `attachment; filename="`+v.token.ProjectKey+`-audit.csv"`)
		var b bytes.Buffer
		out, _ := cells.Begin(&b) // a buffer refuses nothing
		_ = out.Line("at", "who", "via", "verb", "what", "from_to", "notes")
		for {
			for _, l := range part.Lines {
				var details []string
				for _, d := range l.Details {
					details = append(details, d.String())
				}
				_ = out.Line(l.At.UTC().Format(time.RFC3339), l.Name, l.Via, l.Verb, l.What, strings.Join(details, "; "), strings.Join(l.Notes, "; "))
			}
			if !flush(hc, out, &b) || part.Next == "" {
				return
			}
			wanted.After = part.Next
			if part, err = v.books.Audit(ctx, wanted); err != nil {
				a.Log.Error("export of the audit broke off", "error", err)
				panic(http.ErrAbortHandler)
			}
		}
	}}, nil
}
