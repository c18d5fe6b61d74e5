package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"fortnight/digest"
	"fortnight/editor"
	"fortnight/templates"
)

// The letters of the demo week and of what may befall a week, as a subscriber reads them: editor and locale together.

// demoWeek is the snapshot that the design's pictures show.
func demoWeek(t *testing.T) digest.Snapshot {
	t.Helper()
	raw, err := os.ReadFile("../../editor/testdata/demo-week.json")
	if err != nil {
		t.Fatal(err)
	}
	var s digest.Snapshot
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// supportDesk is what the editor is told of the demo week.
func supportDesk(a digest.Audience) digest.Brief {
	return digest.Brief{
		Project: "Support desk", Cadence: "weekly", Edition: "SD-2020-W13", Audience: a, PDF: true, AdminTold: true,
		Platforms: map[string]string{"chatwoot": "Chatwoot", "rasa": "Rasa", "native": "Fortnight"},
	}
}

// written edits in a locale, and in the others too: every case is read in every language for what its file may lack.
func written(t *testing.T, s digest.Snapshot, b digest.Brief, locale string) digest.Letter {
	t.Helper()
	for _, other := range templates.Locales() {
		if other != locale {
			writtenIn(t, s, b, other)
		}
	}
	return writtenIn(t, s, b, locale)
}

func writtenIn(t *testing.T, s digest.Snapshot, b digest.Brief, locale string) digest.Letter {
	t.Helper()
	w, err := templates.Load(locale)
	if err != nil {
		t.Fatal(err)
	}
	l, err := editor.Editor{}.Edit(s, b, w)
	if err != nil {
		t.Fatal(err)
	}
	walkText(reflect.ValueOf(l), "letter", func(where, text string) {
		if strings.ContainsAny(text, "⟨⟩") {
			t.Errorf("%s of the %s letter lacks a phrase or a slot: %q", where, locale, text)
		}
	})
	return l
}

// walkText visits every text of a letter, keys of maps included.
func walkText(v reflect.Value, where string, visit func(where, text string)) {
	switch v.Kind() {
	case reflect.String:
		visit(where, v.String())
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkText(v.Elem(), where, visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walkText(v.Index(i), where, visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walkText(k, where, visit)
			walkText(v.MapIndex(k), where+"."+k.String(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walkText(v.Field(i), where+"."+v.Type().Field(i).Name, visit)
			}
		}
	}
}

// spaced makes non-breaking spaces plain, so that expected texts can be read.
func spaced(s string) string { return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s) }

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got := spaced(got); got != want {
		t.Errorf("%s\n got: %s\nwant: %s", what, got, want)
	}
}

func sameList(t *testing.T, what string, got, want []string) {
	t.Helper()
	same(t, what, strings.Join(got, "\n      "), strings.Join(want, "\n      "))
}

func findingsOf(l digest.Letter) []string {
	var out []string
	for _, f := range l.Findings {
		line := f.Word + ": "
		for _, s := range f.Text {
			if s.Bold {
				line += "**" + s.Text + "**"
			} else {
				line += s.Text
			}
		}
		out = append(out, line+" ["+f.Link+" > "+f.Anchor+"]")
	}
	return out
}

func cardsOf(c digest.Chapter) []string {
	var out []string
	for _, k := range c.Cards {
		number := k.Nil
		for i, p := range k.Parts {
			if i > 0 {
				number += " "
			}
			number += p.Number
			if p.Unit != "" {
				number += " " + p.Unit
			}
		}
		line := k.Label
		if k.Mark != "" {
			line += "^" + k.Mark
		}
		line += ": " + number
		if k.Tone != digest.Plain {
			line += " (" + string(k.Tone) + ")"
		}
		if k.Change != "" {
			line += " |"
			if k.Dot {
				line += " ●"
			}
			line += " " + k.Change
			if k.Colour != digest.Plain {
				line += " (" + string(k.Colour) + ")"
			}
		}
		for _, small := range []string{k.From, k.Under} {
			if small != "" {
				line += " | " + small
			}
		}
		out = append(out, line)
	}
	return out
}

func chapterOf(t *testing.T, l digest.Letter, key string) digest.Chapter {
	t.Helper()
	i := slices.IndexFunc(l.Sections, func(c digest.Chapter) bool { return c.Key == key })
	if i < 0 {
		t.Fatalf("the letter has no chapter %s", key)
	}
	return l.Sections[i]
}

func captionsOf(l digest.Letter) []string {
	var out []string
	for _, c := range l.Sections {
		for _, p := range c.Pictures {
			line := p.Title
			if p.Mark != "" {
				line += "^" + p.Mark
			}
			out = append(out, line+": "+p.Caption)
		}
	}
	return out
}

func captionOf(t *testing.T, l digest.Letter, anchor string) digest.Picture {
	t.Helper()
	for _, c := range l.Sections {
		for _, p := range c.Pictures {
			if p.Anchor == anchor {
				return p
			}
		}
	}
	t.Fatalf("the letter has no picture %s", anchor)
	return digest.Picture{}
}

func notesOf(l digest.Letter) []string {
	var out []string
	for _, n := range l.Notes {
		out = append(out, n.String())
	}
	for _, f := range l.Footnotes {
		out = append(out, f.Mark+". "+f.Text)
	}
	return out
}

// setFigure gives a figure other values.
func setFigure(s *digest.Snapshot, section, key string, value, previous digest.Value) {
	changeFigure(s, section, key, func(f *digest.Figure) { f.Value, f.Previous = value, previous })
}

func changeFigure(s *digest.Snapshot, section, key string, change func(*digest.Figure)) {
	sec := s.Section(section)
	for i := range sec.Figures {
		if sec.Figures[i].Key == key {
			change(&sec.Figures[i])
			return
		}
	}
	panic("no figure " + key)
}

// setDays gives the current and the previous line of a chart other values; nil is a gap.
func setDays(s *digest.Snapshot, section, key string, current, previous []float64) {
	c := s.Section(section).Chart(key)
	set := func(name string, p digest.Period, values []float64) {
		series := c.Find(name)
		if series == nil || values == nil {
			return
		}
		series.Points = nil
		for i, d := range p.Days() {
			series.Points = append(series.Points, digest.Point{At: d.Date, Value: &values[i]})
		}
	}
	set("current", s.Period, current)
	set("previous", s.Previous, previous)
}

func empty(s *digest.Snapshot, section, key string) {
	c := s.Section(section).Chart(key)
	c.State, c.Series, c.Nodes, c.Links = digest.Empty, nil, nil, nil
}

func fail(s *digest.Snapshot, section, reason string) {
	old := s.Section(section)
	*old = digest.Section{Key: section, Source: old.Source, Platform: old.Platform, Status: digest.Broken, Reason: reason}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func n(v float64) digest.Value { return digest.Num(v) }
