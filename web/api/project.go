package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image/png"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/settings"
	"fortnight/web/office"
)

// Project is a project.
type Project struct {
	Key string `json:"key" example:"desk"`
	settings.Project
	Logo string `json:"logo,omitempty" doc:"Hash of its picture; not there where it has none."`
}

// Choices is what there is to choose from.
type Choices struct {
	Cadences  []string `json:"cadences" nullable:"false" doc:"Kinds; a cron expression may stand in their place."`
	Platforms []string `json:"platforms" nullable:"false"`
	Sections  []string `json:"sections" nullable:"false"`
	Locales   []string `json:"locales" nullable:"false"`
	Audiences []string `json:"audiences" nullable:"false"`
	Events    []string `json:"events" nullable:"false" doc:"Of webhooks."`
	Scopes    []string `json:"scopes" nullable:"false" doc:"Of tokens."`
}

type bodyOf[T any] struct{ Body T }

func projectOf(p digest.Project) Project {
	return Project{Key: p.Key, Project: settings.WriteProject(p), Logo: p.Brand.Logo}
}

// head gives the project with its sources, as digests are read against.
func (v visit) head(ctx context.Context) (digest.Project, error) { return v.books.Head(ctx) }

func (a *api) projects() {
	list := op("list-projects", "GET ", digest.ScopeRead, tagProject, "List projects", "The token's project: a token is a key to one.")
	list.Path, list.Parameters = Root+"/projects", nil
	handle(a, list, func(ctx context.Context, v visit, _ *struct{}) (*listOut[Project], error) {
		p, err := v.head(ctx)
		if err != nil {
			return nil, err
		}
		return whole([]digest.Project{p}, projectOf), nil
	})
	handle(a, op("get-project", "GET ", digest.ScopeRead, tagProject, "Get the project", ""),
		func(ctx context.Context, v visit, _ *struct{}) (*bodyOf[Project], error) {
			p, err := v.head(ctx)
			return &bodyOf[Project]{projectOf(p)}, err
		})
	handle(a, op("put-project", "PUT ", digest.ScopeManage, tagProject, "Change the project", "All of it: what is left out goes back to its default. The logo stays."),
		func(ctx context.Context, v visit, in *bodyOf[settings.Project]) (*bodyOf[Changed[Project]], error) {
			p, err := a.known.Project("", v.token.ProjectKey, in.Body)
			if err := errors.Join(err, a.Works.CheckHead(p)); err != nil {
				return nil, err
			}
			before, err := v.head(ctx)
			if err != nil {
				return nil, err
			}
			if err := office.CheckMeaning(ctx, a.Works, v.books, before, p); err != nil {
				return nil, err
			}
			change, err := v.books.SaveHead(ctx, v.by, p)
			if err != nil {
				return nil, err
			}
			saved, err := v.head(ctx)
			return &bodyOf[Changed[Project]]{Changed[Project]{projectOf(saved), changesOf(change)}}, err
		})
	a.logos()
	choices := op("get-choices", "GET /choices", digest.ScopeRead, tagProject, "Get what there is to choose from", "Cadences, platforms, sections, languages, events, scopes.")
	handle(a, choices, func(context.Context, visit, *struct{}) (*bodyOf[Choices], error) {
		return &bodyOf[Choices]{Choices{
			Cadences: a.Works.Kinds(), Platforms: a.Works.Platforms(), Sections: a.Works.Sections(), Locales: a.Works.Locales(),
			Audiences: []string{string(digest.Admin), string(digest.Manager), string(digest.Executive)}, Events: digest.Events(),
			Scopes: each(scopes(), func(s digest.Scope) string { return string(s) }),
		}}, nil
	})
}

// What a logo may be.
const (
	heaviestLogo = 1 << 20 // octets
	widestLogo   = 2000    // pixels, either way
)

type raw struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (a *api) logos() {
	get := op("get-logo", "GET /logo", digest.ScopeRead, tagProject, "Get the project's picture", "")
	get.Responses["200"] = answers("The picture.", "image/png")
	handle(a, get, func(ctx context.Context, v visit, _ *struct{}) (*raw, error) {
		logo, err := v.books.Logo(ctx)
		if err == nil && logo.Hash == "" {
			err = digest.ErrNotFound
		}
		return &raw{"image/png", logo.PNG}, err
	})
	put := op("put-logo", "PUT /logo", digest.ScopeManage, tagProject, "Set the project's picture", "A PNG of at most 1 MiB and 2000 pixels either way.")
	put.MaxBodyBytes = heaviestLogo + 1
	handle(a, put, func(ctx context.Context, v visit, in *struct {
		RawBody []byte `contentType:"image/png"`
	},
	) (*none, error) {
		logo, err := pictureOf(in.RawBody)
		if err != nil {
			return nil, err
		}
		return nil, v.books.SaveLogo(ctx, v.by, &logo)
	})
	handle(a, op("delete-logo", "DELETE /logo", digest.ScopeManage, tagProject, "Take the project's picture away", "Mails then carry the mark that is drawn from its colour."),
		func(ctx context.Context, v visit, _ *struct{}) (*none, error) {
			return nil, v.books.SaveLogo(ctx, v.by, nil)
		})
}

// pictureOf draws a PNG anew, so that nothing but its pixels is kept.
func pictureOf(file []byte) (digest.Logo, error) {
	size, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return digest.Logo{}, refuse("", "This is not a PNG.")
	}
	if size.Width > widestLogo || size.Height > widestLogo {
		return digest.Logo{}, refuse("", "The picture is too large: at most 2000 pixels either way.")
	}
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return digest.Logo{}, refuse("", "The PNG is damaged.")
	}
	var anew bytes.Buffer
	if err := png.Encode(&anew, picture); err != nil {
		return digest.Logo{}, err
	}
	sum := sha256.Sum256(anew.Bytes())
	return digest.Logo{Hash: hex.EncodeToString(sum[:]), PNG: anew.Bytes(), Width: size.Width, Height: size.Height}, nil
}

// answers describes an answer that is a file.
func answers(what string, types ...string) *huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, ContentEncoding: encodingOf(t)}}
	}
	return &huma.Response{Description: what, Content: content}
}

func encodingOf(kind string) string {
	if slices.Contains([]string{"image/png", "application/pdf"}, kind) {
		return "binary"
	}
	return ""
}

// Changed is what was changed, and what that came to.
type Changed[T any] struct {
	Now     T        `json:"now"`
	Changes []Change `json:"changes" nullable:"false" doc:"Empty where nothing was other than asked for."`
}

// Change is one change, as the audit has it.
type Change struct {
	Verb    string              `json:"verb" doc:"add, change, remove, switch on …"`
	What    string              `json:"what" example:"digest desk/weekly"`
	Details []digest.Difference `json:"details" nullable:"false"`
	Notes   []string            `json:"notes" nullable:"false"`
	Text    string              `json:"text" doc:"In one line." example:"~ digest desk/weekly: cadence.at \"mon 08:00\" → \"tue 08:00\""`
}

func changeOf(c digest.Change) Change {
	return Change{
		Verb: c.Verb, What: c.What, Details: append([]digest.Difference{}, c.Details...), Notes: append([]string{}, c.Notes...), Text: c.String(),
	}
}

// changesOf leaves out what changed nothing.
func changesOf(changes ...digest.Change) []Change {
	return each(slices.DeleteFunc(changes, func(c digest.Change) bool { return c.Verb == "" }), changeOf)
}
