package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// Edition is one digest for one period.
type Edition struct {
	ID         int64                        `json:"id"`
	Label      string                       `json:"label" doc:"What readers see." example:"SD-2020-W13"`
	Digest     string                       `json:"digest" example:"weekly"`
	Cadence    string                       `json:"cadence,omitempty" doc:"Of the readers it is for, where they chose another than the digest's."`
	State      digest.EditionState          `json:"state" enum:"due,collecting,ready,sending,done,held,parked,archived,discarded"`
	Reason     string                       `json:"reason,omitempty" doc:"Why it is held, parked or archived; what it waits for."`
	Period     Period                       `json:"period"`
	Previous   Period                       `json:"previous"`
	CatchUp    []Period                     `json:"catch_up,omitempty" nullable:"false" doc:"Missed periods that it tells of."`
	Due        time.Time                    `json:"due"`
	Begins     time.Time                    `json:"begins,omitzero" doc:"Its due, or later by the digest's jitter."`
	Opened     time.Time                    `json:"opened_at,omitzero"`
	Ready      time.Time                    `json:"ready_at,omitzero"`
	Finished   time.Time                    `json:"finished_at,omitzero"`
	Revoked    time.Time                    `json:"revoked_at,omitzero" doc:"Since when its links in mails are useless."`
	Subject    string                       `json:"subject,omitempty" doc:"Of its first variant."`
	Hash       string                       `json:"hash,omitempty" doc:"Of its snapshot."`
	Planned    int                          `json:"planned" doc:"Deliveries."`
	Deliveries map[digest.DeliveryState]int `json:"deliveries"`
	Variants   int                          `json:"variants"`
	Missing    []string                     `json:"missing" nullable:"false" doc:"Sections that failed."`
	Archive    bool                         `json:"archive,omitempty" doc:"It is kept, not mailed."`
	Released   bool                         `json:"released,omitempty" doc:"By a person, after it was held."`
}

// EditionWhole is an edition with its numbers.
type EditionWhole struct {
	Edition
	Before   int64           `json:"before,omitempty" doc:"Id of the edition before, of the same digest and cadence."`
	After    int64           `json:"after,omitempty"`
	Copies   []Choice        `json:"copies" nullable:"false" doc:"What was rendered."`
	Snapshot json.RawMessage `json:"snapshot,omitempty" doc:"Its numbers, in the shape of fortnight collect --json; not there before they are collected."`
}

// Choice is what makes one copy of an edition differ from another.
type Choice struct {
	Audience digest.Audience `json:"audience"`
	Locale   string          `json:"locale"`
	PDF      bool            `json:"pdf"`
	Paper    string          `json:"paper"`
	Sections []string        `json:"sections,omitempty" nullable:"false" doc:"All where it is not there."`
}

func editionOf(l digest.EditionLine) Edition {
	e := Edition{
		ID: l.ID, Label: l.Label, Digest: l.Config.Key, Cadence: l.Cadence, State: l.State, Reason: l.Reason, Period: periodOf(l.Period), Previous: periodOf(l.Previous),
		Due: l.Due, Begins: l.Start, Opened: l.OpenedAt, Ready: l.ReadyAt, Finished: l.FinishedAt, Revoked: l.Revoked, Subject: l.Subject, Hash: l.Hash,
		Planned: l.Planned, Deliveries: map[digest.DeliveryState]int{}, Variants: l.Variants, Missing: some(l.Missing), Archive: l.Archive, Released: l.Released,
	}
	for state, n := range l.Deliveries {
		e.Deliveries[state] = n
	}
	for _, p := range l.CatchUp {
		e.CatchUp = append(e.CatchUp, periodOf(p))
	}
	return e
}

func choiceOf(c digest.Choice) Choice {
	out := Choice{Audience: c.Audience, Locale: c.Locale, PDF: c.PDF, Paper: c.Paper}
	if c.Sections != "" {
		out.Sections = strings.Split(c.Sections, ",")
	}
	return out
}

type AtEdition struct {
	Edition int64 `path:"edition" doc:"Its id."`
}

func (a *api) editions() {
	handle(a, op("list-editions", "GET /editions", digest.ScopeRead, tagEditions, "List editions", "The newest first."),
		func(ctx context.Context, v visit, in *struct {
			Digest string `query:"digest" doc:"Key of one; of all digests where it is left out."`
			State  string `query:"state" enum:"due,collecting,ready,sending,done,held,parked,archived,discarded"`
			Paging
		},
		) (*listOut[Edition], error) {
			all, err := v.books.Editions(ctx, digest.EditionsWanted{Digest: in.Digest, State: digest.EditionState(in.State), Page: in.page()})
			return part(a, v, all, editionOf), err
		})
	handle(a, op("get-edition", "GET /editions/{edition}", digest.ScopeRead, tagEditions, "Get an edition with its numbers", ""), a.edition)
	handle(a, op("compare-editions", "GET /editions/{edition}/compare/{other}", digest.ScopeRead, tagEditions, "Compare two editions", "Figure by figure, by section and key."), a.compare)
	a.copies()
	for _, act := range []struct {
		id, path, summary, description string
		scope                          digest.Scope
		do                             func(visit) func(context.Context, digest.Actor, int64) error
	}{
		{"release-edition", "release", "Release a held or parked edition", "It is mailed to whom it was not mailed yet.", digest.ScopeSend, func(v visit) func(context.Context, digest.Actor, int64) error { return v.books.Release }},
		{"discard-edition", "discard", "Give a held or parked edition up", "Nothing more of it is mailed.", digest.ScopeSend, func(v visit) func(context.Context, digest.Actor, int64) error { return v.books.Discard }},
		{"revoke-edition", "revoke", "Revoke the links to an edition", "In all mails; unsubscribing goes on working.", digest.ScopeWrite, func(v visit) func(context.Context, digest.Actor, int64) error { return v.books.RevokeEdition }},
	} {
		handle(a, op(act.id, "POST /editions/{edition}/"+act.path, act.scope, tagEditions, act.summary, act.description),
			func(ctx context.Context, v visit, in *struct {
				AtEdition
				Once
			},
			) (*onceOut[Edition], error) {
				return keyed(ctx, v, act.id, in.Key, in.Edition, func() (Edition, error) {
					if err := act.do(v)(ctx, v.by, in.Edition); err != nil {
						return Edition{}, err
					}
					l, _, err := v.books.Edition(ctx, in.Edition)
					return editionOf(l), err
				})
			})
	}
}

func (a *api) edition(ctx context.Context, v visit, in *AtEdition) (*bodyOf[EditionWhole], error) {
	l, snapshot, err := v.books.Edition(ctx, in.Edition)
	if err != nil {
		return nil, err
	}
	e := EditionWhole{Edition: editionOf(l)}
	if e.Before, e.After, err = v.books.Neighbours(ctx, in.Edition); err != nil {
		return nil, err
	}
	copies, err := v.books.Variants(ctx, in.Edition)
	if err != nil {
		return nil, err
	}
	e.Copies = each(copies, choiceOf)
	if snapshot.Version > 0 {
		if e.Snapshot, err = json.Marshal(snapshot); err != nil {
			return nil, err
		}
	}
	return &bodyOf[EditionWhole]{e}, nil
}

// Comparison is two editions, figure by figure.
type Comparison struct {
	This    Edition  `json:"this"`
	Other   Edition  `json:"other"`
	Figures []Figure `json:"figures" nullable:"false" doc:"Those of either; in the order of this one, then of the other."`
}

// Figure is one figure in two editions.
type Figure struct {
	Section string      `json:"section" example:"activity"`
	Figure  string      `json:"figure" example:"total_messages"`
	Unit    digest.Unit `json:"unit" example:"count"`
	This    Value       `json:"this"`
	Other   Value       `json:"other"`
	Change  *float64    `json:"change,omitempty" doc:"this − other, in the unit; only where both are numbers."`
}

// Value is a number, an instant or a text, or why there is none.
type Value struct {
	State digest.State `json:"state" enum:"value,empty,unavailable,failed,absent" doc:"absent: that edition has no such figure."`
	Value any          `json:"value,omitempty" doc:"Only where state is value: a number (durations in seconds, percents of 0 to 100), an instant or a text."`
}

func (a *api) compare(ctx context.Context, v visit, in *struct {
	AtEdition
	Other int64 `path:"other" doc:"The id of the edition to hold it against."`
},
) (*bodyOf[Comparison], error) {
	this, ours, err := v.books.Edition(ctx, in.Edition)
	if err != nil {
		return nil, err
	}
	other, theirs, err := v.books.Edition(ctx, in.Other)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Comparison]{Comparison{editionOf(this), editionOf(other), compared(ours, theirs)}}, nil
}

// compared joins the figures of two snapshots.
func compared(this, other digest.Snapshot) []Figure {
	all := []Figure{}
	place := func(section string, f digest.Figure) *Figure {
		i := slices.IndexFunc(all, func(o Figure) bool { return o.Section == section && o.Figure == f.Key })
		if i < 0 {
			i = len(all)
			all = append(all, Figure{Section: section, Figure: f.Key, Unit: f.Unit, This: Value{State: "absent"}, Other: Value{State: "absent"}})
		}
		return &all[i]
	}
	for _, s := range this.Sections {
		for _, f := range s.Figures {
			place(s.Key, f).This = valueOf(f)
		}
	}
	for _, s := range other.Sections {
		for _, f := range s.Figures {
			at := place(s.Key, f)
			at.Other = valueOf(f)
			ours, isOurs := at.This.Value.(float64)
			theirs, isTheirs := at.Other.Value.(float64)
			if isOurs && isTheirs {
				change := ours - theirs
				at.Change = &change
			}
		}
	}
	return all
}

func valueOf(f digest.Figure) Value {
	v := Value{State: f.Value.State}
	switch {
	case !f.Value.Is():
	case f.Unit == digest.Instant:
		v.Value = f.Value.Instant
	case f.Unit == digest.Text:
		v.Value = f.Value.Text
	default:
		v.Value = f.Value.Number
	}
	return v
}

// copies serves what was rendered of an edition.
func (a *api) copies() {
	get := op("get-copy", "GET /editions/{edition}/copy", digest.ScopeRead, tagEditions, "Get an edition as it was mailed",
		"One of its copies, without what is a delivery's own: its links lead nowhere. Where several fit, the first.")
	get.Responses["200"] = answers("The copy, in the format that was asked for.", "text/html", "text/plain", "application/pdf")
	handle(a, get, func(ctx context.Context, v visit, in *struct {
		AtEdition
		Audience string `query:"audience" enum:"admin,manager,executive"`
		Locale   string `query:"locale" example:"en"`
		Format   string `query:"format" enum:"html,text,pdf" default:"html"`
	},
	) (*page, error) {
		all, err := v.books.Variants(ctx, in.Edition)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(c digest.Choice) bool {
			return (in.Audience == "" || string(c.Audience) == in.Audience) && (in.Locale == "" || c.Locale == in.Locale) && (in.Format != "pdf" || c.PDF)
		})
		if i < 0 {
			return nil, digest.ErrNotFound
		}
		copied, err := v.books.Variant(ctx, in.Edition, all[i])
		if err != nil {
			return nil, err
		}
		switch in.Format {
		case "text":
			plain, err := digest.Personal(copied.Text, digest.Nowhere("#"), func(s string) string { return s })
			return &page{ContentType: "text/plain; charset=utf-8", Body: plain}, err
		case "pdf":
			return &page{ContentType: "application/pdf", Disposition: `inline; filename="` + copied.PDFName + `"`, Body: copied.PDF}, nil
		}
		body, err := copied.Page(digest.Nowhere("#"))
		return &page{ContentType: "text/html; charset=utf-8", Policy: sandboxed, Body: body}, err
	})
}
