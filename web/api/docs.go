package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.gohtml
var docsHTML string

// documents serves the description: as JSON, as YAML, and as a page. None of them needs a token. Each is written when it is first
// asked for: that takes a tenth of a second, which no start should wait for.
func (a *api) documents(mux *http.ServeMux) {
	spec := a.huma.OpenAPI()
	for path, d := range map[string]struct {
		kind  string
		write func() ([]byte, error)
	}{
		"/openapi.json": {"application/openapi+json", func() ([]byte, error) { return json.MarshalIndent(spec, "", " ") }},
		"/openapi.yaml": {"application/openapi+yaml", spec.YAML},
		"/docs":         {"text/html; charset=utf-8", func() ([]byte, error) { return a.docs(spec) }},
	} {
		once := sync.OnceValues(d.write)
		mux.HandleFunc("GET "+Root+path, func(w http.ResponseWriter, _ *http.Request) {
			body, err := once()
			if err != nil {
				a.Log.Error("API description cannot be written", "path", path, "error", err)
				http.Error(w, "the description cannot be written", http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", d.kind)
			_, _ = w.Write(body)
		})
	}
	mux.HandleFunc("GET "+Root+"/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, a.base+Root+"/docs", http.StatusSeeOther)
	})
}

// docs prints the description as a page: without script, from what the description says alone.
func (a *api) docs(spec *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs").Option("missingkey=error").Parse(docsHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, map[string]any{
		"Style": a.Style, "Version": spec.Info.Version, "Root": Root, "Base": a.base, "URL": spec.Servers[0].URL,
		"Groups": groups(spec), "Shapes": shapes(spec.Components.Schemas.Map()), "Problems": kinds, "Rate": a.Rate,
	})
	return b.Bytes(), err
}

// group is a tag's operations.
type group struct {
	Name, Anchor string
	Operations   []operation
}

// operation is one operation as the page has it.
type operation struct {
	ID, Method, Summary, Description, Scope string
	Steps                                   []string // of its path, below Root
	Once                                    bool     // takes Idempotency-Key
	Parts                                   bool     // answers a list in parts
	Parameters                              []parameter
	Takes, Gives                            kind
	Status                                  string
}

// parameter is one of an address or a head, but for those that are told once for all.
type parameter struct{ Name, In, Type, Says string }

// kind is what a body is: a shape, with its name, or a media type.
type kind struct{ Name, Shape string }

func groups(spec *huma.OpenAPI) []group {
	byTag := map[string][]operation{}
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		item := spec.Paths[path]
		for _, o := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if o != nil {
				byTag[o.Tags[0]] = append(byTag[o.Tags[0]], described(o))
			}
		}
	}
	var all []group
	for _, t := range spec.Tags {
		all = append(all, group{t.Name, strings.ToLower(strings.ReplaceAll(t.Name, " ", "-")), byTag[t.Name]})
	}
	return all
}

func described(o *huma.Operation) operation {
	d := operation{
		ID: o.OperationID, Method: o.Method, Summary: o.Summary, Description: o.Description, Scope: strings.Join(o.Security[0]["token"], " and "),
		Steps: strings.Split(strings.TrimPrefix(o.Path, Root+"/"), "/"),
	}
	for _, p := range o.Parameters {
		switch p.Name {
		case "project":
		case "Idempotency-Key":
			d.Once = true
		case "after", "limit":
			d.Parts = true
		default:
			d.Parameters = append(d.Parameters, parameter{p.Name, p.In, typed(p.Schema).Name, p.Description})
		}
	}
	if o.RequestBody != nil {
		d.Takes = content(o.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		if status < "3" {
			d.Status = status
			if r := o.Responses[status]; len(r.Content) > 0 {
				d.Gives = content(r.Content)
			}
		}
	}
	return d
}

func content(media map[string]*huma.MediaType) kind {
	types := slices.Sorted(maps.Keys(media))
	if m := media["application/json"]; m != nil && len(types) == 1 {
		return typed(m.Schema)
	}
	return kind{Name: strings.Join(types, ", ")}
}

// shape is an object as the page has it.
type shape struct {
	Name   string
	Fields []field
}

type field struct {
	Name     string
	Required bool
	Type     kind
	Says     string
}

func shapes(schemas map[string]*huma.Schema) []shape {
	var all []shape
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := shape{Name: name}
		for _, key := range slices.Sorted(maps.Keys(schemas[name].Properties)) {
			p := schemas[name].Properties[key]
			says := p.Description
			if len(p.Examples) > 0 {
				says = strings.TrimSpace(says + " " + fmt.Sprintf("Such as %v.", p.Examples[0]))
			}
			s.Fields = append(s.Fields, field{key, slices.Contains(schemas[name].Required, key), typed(p), says})
		}
		all = append(all, s)
	}
	return all
}

// typed names what a schema admits.
func typed(s *huma.Schema) kind {
	switch {
	case s == nil:
		return kind{}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return kind{name, name}
	case s.Type == huma.TypeArray:
		of := typed(s.Items)
		return kind{"list of " + of.Name, of.Shape}
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			words[i] = fmt.Sprint(e)
		}
		return kind{Name: strings.Join(words, " | ")}
	case s.Type == huma.TypeObject:
		if of, ok := s.AdditionalProperties.(*huma.Schema); ok {
			return kind{Name: "map of " + typed(of).Name}
		}
	case s.Type == "":
		return kind{Name: "any"}
	case s.Format != "" && s.Type == huma.TypeString:
		return kind{Name: s.Format}
	}
	return kind{Name: s.Type}
}
