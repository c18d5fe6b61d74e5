package api

import (
	"context"
	"slices"
	"time"

	"fortnight/digest"
	"fortnight/settings"
)

// Source is a source, with what the last look at it found.
type Source struct {
	Key string `json:"key" example:"chat"`
	settings.Source
	Host     string         `json:"host,omitempty" doc:"Of its connection string: host:port/database." example:"db.example.com:5432/chatwoot"`
	Checked  time.Time      `json:"checked,omitzero" doc:"When it was last looked at."`
	Fault    string         `json:"fault,omitempty" doc:"Why it cannot be read; not there where it can."`
	Since    time.Time      `json:"since,omitzero" doc:"Since when it has that fault."`
	Checks   []digest.Check `json:"checks" nullable:"false" doc:"What the last look tried: TLS, rights, columns, questions, indexes, freshness."`
	Findings []string       `json:"findings" nullable:"false" doc:"What there is to know of it, in words."`
	Sections []string       `json:"sections" nullable:"false" doc:"That its platform can fill."`
	Used     []string       `json:"used" nullable:"false" doc:"Keys of the digests that read it."`
}

// Probed is what a look at a source found.
type Probed struct {
	Fault    string         `json:"fault,omitempty" doc:"Why it cannot be read; not there where it can."`
	Checks   []digest.Check `json:"checks" nullable:"false" doc:"What was tried, with what to do in \"remedy\", and SQL for the database's owner in \"sql\"; \"verdict\" is well, note or mend."`
	Findings []string       `json:"findings" nullable:"false" doc:"What there is to know of it, in words."`
	Sections []string       `json:"sections" nullable:"false" doc:"That its platform can fill."`
}

func sourceOf(l digest.SourceLine) Source {
	return Source{
		Key: l.Key, Source: settings.WriteSource(l.Source), Host: l.Host, Checked: l.Checked, Fault: l.Fault, Since: l.Since,
		Checks: some(l.Checks), Findings: some(l.Findings), Sections: some(l.Sections), Used: some(l.Used),
	}
}

// some is a list that is never null.
func some[T any](list []T) []T { return append([]T{}, list...) }

type AtSource struct {
	Source string `path:"source" doc:"Its key." example:"chat"`
}

func (a *api) sources() {
	handle(a, op("list-sources", "GET /sources", digest.ScopeRead, tagSources, "List sources", ""),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Source], error) {
			all, err := v.books.Sources(ctx)
			return whole(all, sourceOf), err
		})
	handle(a, op("get-source", "GET /sources/{source}", digest.ScopeRead, tagSources, "Get a source", "Without its connection string, which is never shown."),
		func(ctx context.Context, v visit, in *AtSource) (*bodyOf[Source], error) {
			s, err := a.source(ctx, v, in.Source)
			return &bodyOf[Source]{s}, err
		})
	handle(a, op("put-source", "PUT /sources/{source}", digest.ScopeWrite, tagSources, "Add or change a source", "A connection string that is left out stays as it is; where platform or tenant change, it is written anew. It names a host, a user and a password, and no file."),
		func(ctx context.Context, v visit, in *struct {
			AtSource
			Body settings.Source
		},
		) (*bodyOf[Changed[Source]], error) {
			s, err := a.known.Source("", in.Source, in.Body)
			if err != nil {
				return nil, err
			}
			change, err := v.books.SaveSource(ctx, v.by, s)
			if err != nil {
				return nil, err
			}
			saved, err := a.source(ctx, v, in.Source)
			return &bodyOf[Changed[Source]]{Changed[Source]{saved, changesOf(change)}}, err
		})
	handle(a, op("delete-source", "DELETE /sources/{source}", digest.ScopeWrite, tagSources, "Remove a source", "One that a digest reads stays, and the answer says which."),
		func(ctx context.Context, v visit, in *AtSource) (*none, error) {
			return nil, v.books.RemoveSource(ctx, v.by, in.Source)
		})
	handle(a, op("probe-source", "POST /sources/{source}/probe", digest.ScopeWrite, tagSources, "Look at a source", "Connects to it, and says in words what it can and cannot tell. The source's list keeps that."),
		func(ctx context.Context, v visit, in *AtSource) (*bodyOf[Probed], error) {
			s, err := v.books.SourceSecret(ctx, in.Source)
			if err != nil {
				return nil, err
			}
			found := a.Works.Probe(ctx, s)
			if err := ctx.Err(); err != nil {
				return nil, err // the caller is gone: what was found of that is not the source's fault
			}
			if err := v.books.Probed(ctx, in.Source, found); err != nil {
				return nil, err
			}
			return &bodyOf[Probed]{Probed{found.Fault, some(found.Checks), some(found.Findings), some(found.Sections)}}, nil
		})
}

func (a *api) source(ctx context.Context, v visit, key string) (Source, error) {
	all, err := v.books.Sources(ctx)
	if err != nil {
		return Source{}, err
	}
	i := slices.IndexFunc(all, func(l digest.SourceLine) bool { return l.Key == key })
	if i < 0 {
		return Source{}, digest.ErrNotFound
	}
	return sourceOf(all[i]), nil
}
