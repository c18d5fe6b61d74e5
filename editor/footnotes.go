package editor

import (
	"maps"
	"slices"
	"strconv"

	"fortnight/digest"
)

// footnotes are numbered in the order in which a reader meets their marks. The same text has one number.
type footnotes struct {
	list []digest.Footnote
}

// mark gives the number of a text, "" for none.
func (f *footnotes) mark(text string) string {
	if text == "" {
		return ""
	}
	for _, n := range f.list {
		if n.Text == text {
			return n.Mark
		}
	}
	m := strconv.Itoa(len(f.list) + 1)
	f.list = append(f.list, digest.Footnote{Mark: m, Text: text})
	return m
}

// wideFrom is how many figures and charts of a section must rest on one remark for it to be told once, of the section,
// in place of a mark on each of them.
const wideFrom = 4

// wideRemarks finds the footnotes that are said of nearly all that a section shows.
func wideRemarks(s *digest.Snapshot) map[string][]string {
	wide := map[string][]string{}
	for _, sec := range s.Sections {
		uses := map[string]int{}
		var order []string
		use := func(key string, state digest.State) {
			if key == "" || state != digest.HasValue && state != digest.Empty {
				return
			}
			if uses[key]++; uses[key] == 1 {
				order = append(order, key)
			}
		}
		for _, f := range sec.Figures {
			use(f.Footnote, f.Value.State)
		}
		for _, c := range sec.Charts {
			use(c.Footnote, c.State)
		}
		for _, key := range order {
			if uses[key] >= wideFrom {
				wide[sec.Key] = append(wide[sec.Key], key)
			}
		}
	}
	return wide
}

// footnote is remark for a mark: what is told of the whole section has none.
func (d *desk) footnote(sec *digest.Section, key string) string {
	if slices.Contains(d.wide[sec.Key], key) {
		return ""
	}
	return d.remark(sec, key)
}

// remark puts a footnote's key into words: the locale's phrase, else the note's own text, else the key as it stands,
// which is then a platform's own words.
func (d *desk) remark(sec *digest.Section, key string) string {
	if key == "" {
		return ""
	}
	n, _ := sec.Note(key)
	for _, k := range []string{"note." + sec.Key + "." + key, "note." + key, key} {
		if d.w.Has(k) {
			return d.text(k, append(d.noteSlots(n), digest.S("platform", d.platform(sec)))...)
		}
	}
	if n.Text != "" {
		return n.Text
	}
	return key
}

// noteSlots fills a phrase with a note's values. A value called "count" chooses the plural, else the first by name.
func (d *desk) noteSlots(n digest.Note) []digest.Slot {
	var slots []digest.Slot
	for _, k := range slices.Sorted(maps.Keys(n.Values)) {
		v := n.Values[k]
		var slot digest.Slot
		switch {
		case !v.Is():
			slot = digest.S(k, d.value(digest.Count, v))
		case v.Text != "":
			slot = digest.S(k, v.Text)
		case !v.Instant.IsZero():
			slot = digest.S(k, d.value(digest.Instant, v))
		case v.Number != float64(int64(v.Number)):
			slot = digest.S(k, d.w.Decimal(v.Number, 1))
		default:
			slot = digest.N(k, v.Number)
		}
		if k == "count" {
			slots = slices.Insert(slots, 0, slot)
		} else {
			slots = append(slots, slot)
		}
	}
	return slots
}

// noted gives a number that a section states in a note.
func noted(sec *digest.Section, note, value string) (float64, bool) {
	n, ok := sec.Note(note)
	if !ok {
		return 0, false
	}
	v, ok := n.Values[value]
	return v.Number, ok && v.Is()
}
