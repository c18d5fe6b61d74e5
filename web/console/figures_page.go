package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
)

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
