package console

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

// english gives the words that figures are called by and written in.
func (c *console) english() (digest.Words, error) { return c.Words("en") }

// sectionName is how the console calls a section: "Contact center".
func sectionName(key string) string { return capital(strings.ReplaceAll(key, "_", " ")) }

// figureName is a figure's label in the mails, else its key in plain words.
func figureName(w digest.Words, section, key string) string {
	if at := "figure." + section + "." + key + ".label"; w.Has(at) {
		return w.Phrase(at).String()
	}
	return capital(strings.ReplaceAll(key, "_", " "))
}

// valueOf writes a value in its unit: "1,240", "8.1 %", "1 h 40 min", "n/a".
func valueOf(w digest.Words, clk clock, u digest.Unit, v digest.Value) string {
	switch v.State {
	case digest.HasValue:
	case digest.Unavailable:
		return "not available"
	case digest.Failed:
		return "no data"
	default:
		return "n/a"
	}
	switch u {
	case digest.Duration:
		return lengthOf(w, v.Number)
	case digest.Percent:
		return w.Percent(v.Number)
	case digest.Ratio:
		return w.Decimal(v.Number, 1)
	case digest.Instant:
		return clk.moment(v.Instant)
	case digest.Text:
		return v.Text
	}
	return w.Count(v.Number)
}

// lengthOf is a duration in seconds: "1 h 40 min", "−5 min".
func lengthOf(w digest.Words, seconds float64) string {
	var parts []string
	for _, p := range w.Duration(math.Abs(seconds)) {
		parts = append(parts, p.Number+"\u00a0"+p.Unit)
	}
	if seconds < 0 {
		return "−" + strings.Join(parts, "\u00a0")
	}
	return strings.Join(parts, "\u00a0")
}

// shift is how a value differs from an earlier one.
type shift struct {
	Diff    string // "+115", "−5 min", "+4 pts"; "" where one of the two is missing
	Percent string // "+60 %"; "" where it says nothing: of percents, and under 10 before
	Tone    string // good, bad or ""
}

// fewBefore is the value under which a percentage of it says nothing.
const fewBefore = 10

// movement compares two values of one figure. A count's change of one or two is chance and has no tone; neither has one of a figure
// that may still move.
func movement(w digest.Words, f digest.Figure, now, before digest.Value) shift {
	if !now.Is() || !before.Is() || f.Unit == digest.Instant || f.Unit == digest.Text {
		return shift{}
	}
	diff := now.Number - before.Number
	m := shift{}
	switch f.Unit {
	case digest.Percent:
		m.Diff = w.Points(math.Round(diff*10) / 10)
	case digest.Duration:
		m.Diff = "±0"
		if math.Abs(diff) >= .5 {
			m.Diff = sign(diff) + lengthOf(w, math.Abs(diff))
		}
	case digest.Ratio:
		m.Diff = w.Signed(diff, 1)
	default:
		m.Diff = w.Signed(diff, 0)
	}
	if f.Unit != digest.Percent && before.Number >= fewBefore && diff != 0 {
		m.Percent = sign(diff) + w.Percent(math.Abs(diff)/before.Number*100)
	}
	switch {
	case diff == 0, f.Provisional, f.Direction == digest.Neutral, f.Direction == "":
	case f.Unit == digest.Count && math.Abs(diff) <= 2:
	case (diff > 0) == (f.Direction == digest.Up):
		m.Tone = "good"
	default:
		m.Tone = "bad"
	}
	return m
}

func sign(n float64) string {
	if n < 0 {
		return "−"
	}
	return "+"
}

// remark is a footnote of a section in words: the phrase of its key, else the platform's own.
func remark(w digest.Words, clk clock, sec *digest.Section, key string) string {
	if key == "" {
		return ""
	}
	n, _ := sec.Note(key)
	for _, k := range []string{"note." + sec.Key + "." + key, "note." + key, key} {
		if w.Has(k) {
			return w.Phrase(k, append(noteSlots(w, clk, n), digest.S("platform", platformName(sec.Platform)))...).String()
		}
	}
	if n.Text != "" {
		return n.Text
	}
	return capital(strings.ReplaceAll(key, "_", " "))
}

// noteSlots are a note's values; one called count chooses the plural form.
func noteSlots(w digest.Words, clk clock, n digest.Note) (slots []digest.Slot) {
	for _, k := range slices.Sorted(maps.Keys(n.Values)) {
		v := n.Values[k]
		var slot digest.Slot
		switch {
		case !v.Is():
			slot = digest.S(k, valueOf(w, clk, digest.Count, v))
		case v.Text != "":
			slot = digest.S(k, v.Text)
		case !v.Instant.IsZero():
			slot = digest.S(k, clk.moment(v.Instant))
		case v.Number != math.Trunc(v.Number):
			slot = digest.S(k, w.Decimal(v.Number, 1))
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

// --- Sections of an edition ---

// sectionRow is a section in the page of an edition.
type sectionRow struct {
	Name, Source string
	State        look.Stated
	Figures      string // "9 of 11"
	Told         []string
}

func sectionRowOf(w digest.Words, clk clock, snap *digest.Snapshot, sec *digest.Section) sectionRow {
	row := sectionRow{Name: sectionName(sec.Key), Source: sec.Source, State: sectionState(sec), Told: toldTheReader(w, clk, snap, sec)}
	have := 0
	for _, f := range sec.Figures {
		if f.Value.Is() || f.Value.State == digest.Empty {
			have++
		}
	}
	row.Figures = fmt.Sprintf("%d of %d", have, len(sec.Figures))
	if len(sec.Figures) == 0 {
		row.Figures = "–"
	}
	return row
}

// sectionState tells a section whose numbers the platform keeps from one of which some are derived.
func sectionState(sec *digest.Section) look.Stated {
	switch sec.Status {
	case digest.Broken:
		return look.Of("failed")
	case digest.Absent:
		return look.Of("not available")
	case digest.Partial:
		return look.Of("partial")
	}
	for _, f := range sec.Figures {
		if f.Value.Is() && sec.Platform != "" && strings.HasPrefix(f.Footnote, sec.Platform+".") {
			return look.Of("derived")
		}
	}
	return look.Stated{Kind: "ok", Icon: "check", Word: "Complete"}
}

// toldTheReader is what the digest says of a section beside its numbers, each thing once.
func toldTheReader(w digest.Words, clk clock, snap *digest.Snapshot, sec *digest.Section) []string {
	switch sec.Status {
	case digest.Broken:
		return []string{"This section could not be made: " + strings.TrimSuffix(lowered(sentence(sec.Reason)), ".")}
	case digest.Absent:
		return []string{"Not available on " + platformName(sec.Platform)}
	}
	var all []string
	say := func(s string) {
		if s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	if sec.Status == digest.Partial && !snap.DataUpTo.IsZero() {
		say("Data up to " + clk.moment(snap.DataUpTo))
	}
	provisional := 0
	for _, f := range sec.Figures {
		if f.Provisional {
			provisional++
		}
		say(remark(w, clk, sec, f.Footnote))
	}
	for _, ch := range sec.Charts {
		say(remark(w, clk, sec, ch.Footnote))
	}
	if provisional > 0 {
		say(capital(spelled(provisional)) + map[bool]string{true: " figure is", false: " figures are"}[provisional == 1] + " provisional: what is still open may change it")
	}
	if len(all) == 0 {
		return []string{"Nothing to add"}
	}
	return all
}

// lowered makes the first letter small, where the word is no name of one letter or of capitals.
func lowered(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToLower(string(r[1])) == string(r[1]) {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}
