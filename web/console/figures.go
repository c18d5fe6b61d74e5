package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"maps"
	"math"
	"net/http"
	"net/url"
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

// --- The page of figures ---

type figuresPage struct {
	page
	Tabs    []tab
	Section figureSection
	Sheet   string // address of the charts' colours
	Of      string // "admin, en": whose charts these are; "" where there are none
	Back    string
}

// figureSection is one section with its figures and charts.
type figureSection struct {
	Name    string
	State   look.Stated
	Rows    []figureRow
	Balance *balance
	Charts  []chartView
	Told    []string
	Notes   []string // of most of its figures
	NoChart string   // why there is none
	Heads   [2]string
}

// saidOnce is how many figures must rest on one remark for it to be told once, of the section.
const saidOnce = 3

// figureRow is one figure of a snapshot.
type figureRow struct {
	Name        string
	Value, Was  string
	Change      shift
	Absent      bool // it has no value
	NoWas       bool // it had none
	Under       string
	Provisional bool
}

// balance is the reconciliation of the contact center: what was offered is what was handled, missed or waits.
type balance struct {
	Text string
	Off  bool // it does not add up
}

// chartView is a chart as readers see it.
type chartView struct {
	Anchor, Title, Caption, Values string
	Wide, Narrow                   template.HTML // "" where nothing is drawn
}

func (c *console) figures(w http.ResponseWriter, r *http.Request, v *visit) error {
	ctx := r.Context()
	e, snap, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	if len(snap.Sections) == 0 {
		return digest.ErrNotFound
	}
	words, err := c.english()
	if err != nil {
		return err
	}
	here := v.Path("editions", e.ID, "figures")
	view := &figuresPage{
		page: v.page("Figures of "+editionName(clk, e), "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Back: v.Path("editions", e.ID),
	}
	view.Lead = "As they were read on " + clk.moment(snap.ReadAt) + ", beside " + clk.span(snap.Previous) + ". They are stored and never computed again."
	if snap.First {
		view.Lead = "As they were read on " + clk.moment(snap.ReadAt) + ". This is the first edition: there is nothing before to compare with."
	}
	sec := snap.Section(r.URL.Query().Get("section"))
	if sec == nil {
		sec = &snap.Sections[0]
	}
	for _, s := range snap.Sections {
		view.Tabs = append(view.Tabs, tab{Name: sectionName(s.Key), Path: with(here, url.Values{"section": {s.Key}}), N: fmt.Sprint(len(s.Figures)), Current: s.Key == sec.Key})
	}
	view.Section = figureSectionOf(words, clk, &snap, sec)
	view.Section.Heads = [2]string{clk.span(snap.Period), clk.span(snap.Previous)}
	choice, stored, err := c.storedChoice(r, v, e)
	if err != nil {
		return err
	}
	if !stored {
		view.Section.NoChart = "Charts are drawn when the edition is made for its readers, which it has not been."
		return c.show(w, r, "figures", view)
	}
	variant, err := v.Office.Variant(ctx, e.ID, choice)
	if err != nil {
		return err
	}
	if view.Section.Charts, err = c.chartsOf(variant.Letter, sec.Key); err != nil {
		return err
	}
	view.Sheet = c.chartSheetAt(v, v.In.Accent)
	view.Of = string(choice.Audience) + ", " + choice.Locale
	return c.show(w, r, "figures", view)
}

func figureSectionOf(w digest.Words, clk clock, snap *digest.Snapshot, sec *digest.Section) figureSection {
	s := figureSection{Name: sectionName(sec.Key), State: sectionState(sec), Balance: balanceOf(w, sec)}
	uses := map[string]int{}
	for _, f := range sec.Figures {
		if uses[f.Footnote]++; uses[f.Footnote] == saidOnce {
			if note := remark(w, clk, sec, f.Footnote); note != "" {
				s.Notes = append(s.Notes, sentence(note))
			}
		}
	}
	for _, f := range sec.Figures {
		row := figureRow{Name: figureName(w, sec.Key, f.Key), Value: valueOf(w, clk, f.Unit, f.Value), Absent: !f.Value.Is(), NoWas: !f.Previous.Is(), Provisional: f.Provisional}
		if snap.First && !f.Previous.Is() {
			row.Was = "–"
		} else {
			row.Was = valueOf(w, clk, f.Unit, f.Previous)
			row.Change = movement(w, f, f.Value, f.Previous)
		}
		var under []string
		if f.Target != nil {
			under = append(under, targetWords(w, clk, f))
		}
		if f.Provisional {
			under = append(under, "Provisional: may still change.")
		}
		if note := remark(w, clk, sec, f.Footnote); note != "" && uses[f.Footnote] < saidOnce {
			under = append(under, sentence(note))
		}
		row.Under = strings.Join(under, " ")
		s.Rows = append(s.Rows, row)
	}
	if len(s.Rows) == 0 {
		s.Told = toldTheReader(w, clk, snap, sec)
	}
	return s
}

// targetWords says what a figure is held against, and on which side it is.
func targetWords(w digest.Words, clk clock, f digest.Figure) string {
	target := "Target " + valueOf(w, clk, f.Unit, digest.Num(*f.Target))
	if !f.Value.Is() || f.Direction == digest.Neutral || f.Direction == "" {
		return target + "."
	}
	met := f.Value.Number >= *f.Target
	if f.Direction == digest.Down {
		met = f.Value.Number <= *f.Target
	}
	if met {
		return target + ", met."
	}
	return target + ", missed."
}

// balanceOf holds what was offered to agents against what became of it; nil where one of the four is not known.
func balanceOf(w digest.Words, sec *digest.Section) *balance {
	var n [4]float64
	for i, key := range []string{"total_conversations", "handled", "missed", "waiting"} {
		f, ok := sec.Figure(key)
		if !ok || !f.Value.Is() {
			return nil
		}
		n[i] = f.Value.Number
	}
	sum := n[1] + n[2] + n[3]
	b := &balance{Off: sum != n[0]}
	b.Text = fmt.Sprintf("%s offered = %s handled + %s missed + %s waiting", w.Count(n[0]), w.Count(n[1]), w.Count(n[2]), w.Count(n[3]))
	if b.Off {
		b.Text = fmt.Sprintf("%s offered, but %s handled + %s missed + %s waiting make %s", w.Count(n[0]), w.Count(n[1]), w.Count(n[2]), w.Count(n[3]), w.Count(sum))
	}
	return b
}

// The widths that charts are drawn for, CSS pixels: half the column, and a phone.
const (
	chartWidth  = 440
	narrowWidth = 296
)

// mostDrawn bounds the charts of a page that are drawn for both widths, bytes: a page stays under 100 kB.
const mostDrawn = 70_000

// chartsOf draws a section's charts as a letter has them.
func (c *console) chartsOf(l digest.Letter, section string) ([]chartView, error) {
	var all []chartView
	for _, chapter := range l.Sections {
		if chapter.Key != section {
			continue
		}
		for _, p := range chapter.Pictures {
			one := chartView{Anchor: p.Anchor, Title: p.Title, Caption: p.Caption, Values: p.Alt}
			for _, d := range []struct {
				width float64
				into  *template.HTML
			}{{chartWidth, &one.Wide}, {narrowWidth, &one.Narrow}} {
				if !p.Drawn {
					continue
				}
				svg, err := c.Works.DrawSVG(l, p, d.width)
				if err != nil {
					return nil, fmt.Errorf("draw %s: %w", p.Anchor, err)
				}
				*d.into = template.HTML(svg) //nolint:gosec // drawn by our own charts, which escape what stands in them
			}
			all = append(all, one)
		}
	}
	size := 0
	for _, one := range all {
		size += len(one.Wide) + len(one.Narrow)
	}
	if size > mostDrawn { // phones then shrink the wide ones
		for i := range all {
			all[i].Narrow = ""
		}
	}
	return all, nil
}

// chartSheetAt is where the colours of a brand's charts are loaded from; "" where there are none.
func (c *console) chartSheetAt(v *visit, accent digest.Colour) string {
	if c.Colours == nil {
		return ""
	}
	sum := sha256.Sum256(c.Colours(accent))
	return v.Path("charts", hex.EncodeToString(sum[:6])+".css")
}

// chartSheet answers with the colours of the project's charts. Its name changes with what is in it, so that browsers keep it.
func (c *console) chartSheet(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c.chartSheetAt(v, v.In.Accent) != v.Path("charts", r.PathValue("sheet")) {
		return digest.ErrNotFound
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(c.Colours(v.In.Accent))
	return nil
}
