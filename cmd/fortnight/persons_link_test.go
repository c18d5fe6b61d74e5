package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/console"
)

// A table of masked persons leads to the page of the console that has them whole: for those who may read such tables at all, from the mail
// in both forms and from the edition's page, and not from the PDF, which is made to be forwarded.
func TestATableOfMaskedPersonsLeadsToThePageThatHasThemWhole(t *testing.T) {
	t.Parallel()
	cfg := Config{BaseURL: "https://digest.desk.example/base/"}
	snap := allSections(t)
	e := digest.Edition{ID: 7, Project: digest.Project{Key: "desk"}}
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	head := letterhead(cfg, digest.Address{Address: "digest@desk.example"}, nil)
	head.Console = func(e digest.Edition) string { return consoleOf(cfg, e) }
	life := digest.Life{Ledger: nothingRestated{}, Letterhead: head, Now: func() time.Time { return time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC) }}
	whole := map[string]string{
		"flows-responses_by_user": "/persons?kind=answered", "flows-recovered_detail": "/persons?kind=recovered", "outreach-individual": "/recipients",
	}
	const at = "https://digest.desk.example/base/p/desk/editions/7"
	for _, locale := range []string{"en", "es"} {
		for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
			brief, err := life.Brief(t.Context(), e, snap)
			if err != nil {
				t.Fatal(err)
			}
			v, err := studio.Variant(snap, brief, digest.Choice{Audience: a, Locale: locale, PDF: true, Paper: "A4"})
			if err != nil {
				t.Fatal(err)
			}
			led := map[string]string{}
			for _, c := range v.Letter.Sections {
				for _, s := range c.Sheets {
					if s.Whole != "" {
						led[s.Anchor] = strings.TrimPrefix(s.Whole, at)
					}
				}
			}
			if a == digest.Executive {
				if len(led) > 0 || strings.Contains(string(v.HTML)+string(v.Text), "/p/desk/") {
					t.Errorf("%s: an executive's copy leads to persons: %v", locale, led)
				}
				continue
			}
			for anchor, want := range whole {
				if led[anchor] != want {
					t.Errorf("%s, %s: %s leads to %q, want %q", locale, a, anchor, led[anchor], want)
				}
			}
			if len(led) != len(whole) || !strings.Contains(string(v.HTML), `href="`+at+`/recipients"`) || !strings.Contains(string(v.Text), ":\n"+at+"/recipients\n") {
				t.Errorf("%s, %s: of %v the mail has\n%s", locale, a, led, v.Text)
			}
			if strings.Contains(string(v.PDF), "/p/desk/") {
				t.Errorf("%s, %s: the PDF leads there", locale, a)
			}
		}
	}
	for _, page := range whole {
		path, _, _ := strings.Cut(page, "?")
		if !slices.ContainsFunc(console.ProjectRoutes(), func(a console.Address) bool { return a.Pattern == "GET /p/{project}/editions/{edition}"+path }) {
			t.Errorf("the console has no page %s", path)
		}
	}

	// Of what is recorded nowhere, and of sums over projects, nobody is to be found.
	for name, e := range map[string]digest.Edition{
		"a preview": {Project: digest.Project{Key: "desk"}},
		"a roll-up": {ID: 7, Project: digest.Project{Key: "desk"}, Config: digest.Config{Projects: []string{"desk", "other"}}},
	} {
		if b, err := life.Brief(t.Context(), e, snap); err != nil || b.Console != "" {
			t.Errorf("%s leads to %q, %v", name, b.Console, err)
		}
	}
}
