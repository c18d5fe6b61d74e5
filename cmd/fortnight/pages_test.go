package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/templates"
	"fortnight/web/reader"
)

// snapshots are those of the demo, and of the sections that its desk does not fill: together they have all that collectors give.
func snapshots(t *testing.T) (all digest.Snapshot) {
	t.Helper()
	files, err := filepath.Glob("testdata/*-snapshot.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		snap := snapshotOf(t, file)
		all.Sections = append(all.Sections, snap.Sections...)
	}
	return all
}

// TestEveryFigureChartAndTableIsDefinedInEveryLocale holds the definitions to what collectors give.
func TestEveryFigureChartAndTableIsDefinedInEveryLocale(t *testing.T) {
	snap := snapshots(t)
	all := reader.Defined()
	defined := func(section string) reader.SectionDefined {
		i := slices.IndexFunc(all, func(d reader.SectionDefined) bool { return d.Section == section })
		if i < 0 {
			t.Fatalf("%s is not defined", section)
		}
		return all[i]
	}
	for _, section := range collectors.Sections() {
		if snap.Section(section) == nil {
			t.Errorf("the snapshot has no section %s: it does not show what that one gives", section)
		}
	}
	for _, s := range snap.Sections {
		d := defined(s.Key)
		for _, f := range s.Figures {
			if !slices.Contains(d.Figures, reader.FigureDefined{Key: f.Key, Unit: f.Unit}) {
				t.Errorf("figure %s of %s, in %s, is not defined", f.Key, s.Key, f.Unit)
			}
		}
		for _, c := range s.Charts {
			key := c.Key
			if before, _, several := strings.Cut(key, "_"); several && c.Of != nil { // one of several: journey_2
				key = before
			}
			if !slices.Contains(d.Charts, key) {
				t.Errorf("chart %s of %s is not defined", c.Key, s.Key)
			}
		}
		for _, c := range s.Tables {
			if !slices.Contains(d.Tables, c.Key) {
				t.Errorf("table %s of %s is not defined", c.Key, s.Key)
			}
		}
	}
	for _, locale := range templates.Locales() {
		words, err := templates.Load(locale)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range reader.Phrases() {
			if !words.Has(key) {
				t.Errorf("%s has no %s", locale, key)
			}
		}
		named := func(keys ...string) {
			if !slices.ContainsFunc(keys, words.Has) {
				t.Errorf("%s has none of %s", locale, keys)
			}
		}
		for _, d := range all {
			named("section." + d.Section + ".title")
			for _, f := range d.Figures {
				named("figure."+d.Section+"."+f.Key+".label", "web.define."+d.Section+".figure."+f.Key+".name")
			}
			for _, c := range d.Charts {
				named("chart." + c + ".title")
			}
			for _, c := range d.Tables {
				named("sheet." + c + ".title")
			}
		}
		for _, key := range []string{"subject", "text", "button", "after"} {
			named("notice.confirm." + key)
		}
	}
}
