// Package api is what programs may ask of a project and have done in it, as JSON over HTTP under /api/v1: everything that the console
// does. A token is a key to one project; what it may do its scopes say. The description (OpenAPI 3.1) comes from the code that
// answers, and is served beside it, as a document and as a page.
//
// It knows no database: it asks the interfaces of web/office.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"fortnight/digest"
	"fortnight/settings"
	"fortnight/web/hooks"
	"fortnight/web/office"
)

// Config is what the API needs.
type Config struct {
	House   House
	Project func(id int64) office.Project // the books of one project
	Works   office.Works
	BaseURL string // where the service is reached, with or without a path
	Version string // of the program
	Style   string // path of the stylesheet for the page of docs; "": none
	// Networks are those of one's own that webhooks may post to, as the poster has them.
	Networks []netip.Prefix
	Intake   Intake // takes events; nil: there is no way in
	Rate     int    // requests a minute and token; 0: 600
	Now      func() time.Time
	Log      *slog.Logger
}

// House is what the API asks of the house.
type House interface {
	TokenOf(ctx context.Context, key string) (digest.Token, error)
	AskIn(ctx context.Context, address, browser string, lasts time.Duration) (token string, a digest.Account, err error)
}

// Root is where the API is, below the base path.
const Root = "/api/v1"

type api struct {
	Config
	base  string // path of BaseURL, as links spell it
	huma  huma.API
	rates *rates
	known settings.Known
}

// New makes the handler for everything below Root; paths come with Root, without the base path.
func New(c Config) http.Handler {
	if c.Rate == 0 {
		c.Rate = 600
	}
	a := &api{Config: c, rates: newRates(c.Rate, c.Now)}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if u, err := url.Parse(c.BaseURL); err == nil {
		a.base = strings.TrimRight(u.EscapedPath(), "/")
	}
	a.known = settings.Known{Kinds: c.Works.Kinds(), Platforms: c.Works.Platforms(), Sections: c.Works.Sections(), Locale: spoken(c.Works.Locales())}
	mux := http.NewServeMux()
	a.huma = humago.New(mux, a.description(c.BaseURL))
	a.huma.UseMiddleware(a.admit)
	a.projects()
	a.sources()
	a.digests()
	a.previews()
	a.subscribers()
	a.wishers()
	a.editions()
	a.deliveries()
	a.recipients()
	a.flowPersons()
	a.people()
	a.webhooks()
	a.records()
	a.events()
	a.finish()
	a.documents(mux)
	return a.guarded(mux)
}

// description is the head of the OpenAPI document; the operations add themselves.
func (a *api) description(baseURL string) huma.Config {
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Fortnight", Version: a.Version,
				Description: "Everything that the console does, for programs. A token is a key to one project, made under Settings › Tokens; send it as " +
					"`Authorization: Bearer fn_…`. Its scopes say what it may do: read, write (configuration), send (tests, editions, resends), manage " +
					"(people, tokens, webhooks) and events (what numbers are made of). Lists come in parts: `limit` and `after`, with the next part's address in `Link`. Errors are problem+json (RFC 9457). " +
					"What another project has is 404. No cookie is set or read.",
			},
			Servers: []*huma.Server{{URL: baseURL}},
			Tags:    tags(),
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", named),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "A project's token, with the scopes that an operation names."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.problems},
	}
}

// The groups of operations, in the order of the page.
const (
	tagProject     = "Project"
	tagSources     = "Sources"
	tagDigests     = "Digests"
	tagPreviews    = "Previews"
	tagSubscribers = "Subscribers"
	tagEditions    = "Editions"
	tagDeliveries  = "Deliveries"
	tagPeople      = "People and tokens"
	tagWebhooks    = "Webhooks"
	tagRecords     = "Records"
	tagEvents      = "Events"
)

func tags() (all []*huma.Tag) {
	for _, name := range []string{tagProject, tagSources, tagDigests, tagPreviews, tagSubscribers, tagEditions, tagDeliveries, tagPeople, tagWebhooks, tagRecords, tagEvents} {
		all = append(all, &huma.Tag{Name: name})
	}
	return all
}

// visit is a request of a token to its project.
type visit struct {
	token digest.Token
	books office.Project
	by    digest.Actor
	url   url.URL
}

type visitKey struct{}

// op describes an operation of a project: id is its name, route "GET /digests/{digest}" below the project's address.
func op(id, route string, scope digest.Scope, tag, summary, description string) huma.Operation {
	method, path, _ := strings.Cut(route, " ")
	return huma.Operation{
		OperationID: id, Method: method, Path: Root + "/projects/{project}" + path, Summary: summary, Description: description, Tags: []string{tag},
		Security:   []map[string][]string{{"token": {string(scope)}}},
		Parameters: []*huma.Param{{Name: "project", In: "path", Required: true, Description: "The project's key.", Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"desk"}}}},
		Responses:  map[string]*huma.Response{"default": {Description: "A problem.", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}}}},
	}
}

// also has an operation need a scope more: what it gives away is that one's.
func also(o huma.Operation, scope digest.Scope) huma.Operation {
	o.Security = []map[string][]string{{"token": append(slices.Clone(o.Security[0]["token"]), string(scope))}}
	return o
}

// handle answers an operation. Whatever do answers as an error becomes a Problem.
func handle[I, O any](a *api, op huma.Operation, do func(ctx context.Context, v visit, in *I) (*O, error)) {
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		v, ok := ctx.Value(visitKey{}).(visit)
		if !ok {
			return nil, a.problemOf(ctx, digest.ErrNotFound)
		}
		out, err := do(ctx, v, in)
		if err != nil {
			return nil, a.problemOf(ctx, err)
		}
		return out, nil
	})
}

// none is the answer of what has nothing to say.
type none struct{}

// finish takes what no operation uses out of the description: huma's own shape of errors, which problems replaces.
func (a *api) finish() {
	schemas := a.huma.OpenAPI().Components.Schemas
	schemas.Schema(problemType, true, "")
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
}

// spoken accepts the locales that there are words for, whatever their territory.
func spoken(locales []string) func(string) error {
	language := func(tag string) string {
		first, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
		return strings.ToLower(first)
	}
	return func(locale string) error {
		if slices.ContainsFunc(locales, func(l string) bool { return language(l) == language(locale) }) {
			return nil
		}
		return &digest.RefusedError{Reason: "There are no words for this language: choose from " + strings.Join(locales, ", ") + "."}
	}
}

// checkURL refuses an address that no webhook may have.
func (a *api) checkURL(address string) error { return hooks.Check(address, a.Networks) }
