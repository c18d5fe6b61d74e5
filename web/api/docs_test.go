package api

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestTheDescriptionIsOpenAPIAndWhole(t *testing.T) {
	t.Parallel()
	s := serve(t)
	got := s.ask(t, "", "GET /openapi.json", "")
	var spec struct {
		OpenAPI    string
		Servers    []struct{ URL string }
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas         map[string]json.RawMessage
			SecuritySchemes map[string]any
		}
	}
	got.into(t, &spec)
	if spec.OpenAPI != "3.1.0" || spec.Servers[0].URL != "https://digests.example/f" || spec.Components.SecuritySchemes["token"] == nil || got.header.Get("Content-Type") != "application/openapi+json" {
		t.Errorf("it is %s, %+v", spec.OpenAPI, spec.Servers)
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(got.body, -1) {
		if spec.Components.Schemas[ref[1]] == nil {
			t.Errorf("it names the shape %s, which it does not have", ref[1])
		}
	}
	for _, own := range []string{"ErrorModel", "ErrorDetail"} {
		if spec.Components.Schemas[own] != nil {
			t.Errorf("it has %s, which no answer is", own)
		}
	}
	var ids []string
	for path, item := range spec.Paths {
		for method, raw := range item {
			var o struct {
				OperationID string
				Summary     string
				Tags        []string
				Security    []map[string][]string
				Parameters  []struct{ Name, In string }
				Responses   map[string]struct {
					Content map[string]any
				}
			}
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatal(err)
			}
			at := method + " " + path
			ids = append(ids, o.OperationID)
			if o.Summary == "" || len(o.Tags) != 1 || len(o.Security) != 1 || len(o.Security[0]["token"]) == 0 {
				t.Errorf("%s: %+v", at, o)
			}
			if o.Responses["default"].Content[problemJSON] == nil {
				t.Errorf("%s does not say what a problem looks like", at)
			}
			for _, slot := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.Name == slot[1] && p.In == "path" }) {
					t.Errorf("%s does not say what %s is", at, slot[1])
				}
			}
			sends := method == "post" && o.Security[0]["token"][0] == "send"
			once := slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.Name == "Idempotency-Key" })
			if sends && !once {
				t.Errorf("%s sends and takes no Idempotency-Key", at)
			}
		}
	}
	slices.Sort(ids)
	if unique := slices.Compact(slices.Clone(ids)); len(unique) != len(ids) || len(ids) < 60 {
		t.Errorf("%d operations, %d names", len(ids), len(unique))
	}

	var asYAML, asJSON any
	if err := yaml.Unmarshal([]byte(s.ask(t, "", "GET /openapi.yaml", "").body), &asYAML); err != nil {
		t.Fatal(err)
	}
	got.into(t, &asJSON)
	a, _ := json.Marshal(asYAML)
	b, _ := json.Marshal(asJSON)
	if string(a) != string(b) {
		t.Error("YAML and JSON differ")
	}
}

func TestThePageOfDocsStandsByItself(t *testing.T) {
	t.Parallel()
	s := serve(t)
	got := s.ask(t, "", "GET /docs", "")
	if got.status != 200 || got.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %v", got.status, got.header)
	}
	if len(got.body) > 120_000 {
		t.Errorf("it has %d octets", len(got.body))
	}
	for _, not := range []string{"<script", "style=", "<img", "<iframe", " src=", "http://", "unpkg"} {
		if strings.Contains(got.body, not) {
			t.Errorf("it holds %s", not)
		}
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(got.body, -1) {
		if ids[id[1]] {
			t.Errorf("the id %s stands there twice", id[1])
		}
		ids[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(got.body, -1) {
		switch to := link[1]; {
		case strings.HasPrefix(to, "#"):
			if !ids[to[1:]] {
				t.Errorf("the link %s leads nowhere", to)
			}
		case to != "/f/assets/fortnight.css" && !strings.HasPrefix(to, "/f"+Root+"/openapi."):
			t.Errorf("it links to %s", to)
		}
	}
	for _, k := range kinds {
		if !ids["problem-"+k.Key] {
			t.Errorf("it does not explain the problem %s", k.Key)
		}
	}
	for method, does := range console {
		if does.operation != "" && !ids[does.operation] {
			t.Errorf("it does not tell of %s, which does %s", does.operation, method)
		}
	}
	t.Logf("the page has %d octets, %d operations", len(got.body), strings.Count(got.body, "Scope: <b>"))
}
