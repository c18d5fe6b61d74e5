package editor

import (
	"slices"
	"strings"

	"fortnight/digest"
)

// moreFigures is the table of figures without a card: value, value before, change; nil where the section has none.
func (d *desk) moreFigures(sec *digest.Section, keys []string) *digest.Sheet {
	s := &digest.Sheet{
		Anchor: sec.Key + "-more", Title: d.text("sheet.more.title"), Text: 1,
		Head: []string{d.text("sheet.more.figure"), d.text("period." + d.span + ".current")},
	}
	if d.compared() {
		s.Head = append(s.Head, d.text("period."+d.span+".previous"), d.text("sheet.more.change"))
	}
	for _, key := range keys {
		f, ok := sec.Figure(key)
		if !ok {
			continue
		}
		label := d.text("figure." + sec.Key + "." + key + ".label")
		if mark := d.foot.mark(sentences(d.definition(sec, f), d.footnote(sec, f.Footnote))); mark != "" {
			label += superscript(mark)
		}
		value := d.value(f.Unit, f.Value)
		if f.Provisional && f.Value.Is() {
			value += "*"
		}
		row := []string{label, value}
		if d.compared() {
			change := ""
			if c, ok := changeOf(f); ok && !f.Provisional { // whose window is still open, while the one before has closed
				change = d.signedChange(f, c)
			}
			row = append(row, d.value(f.Unit, f.Previous), change)
		}
		s.Rows = append(s.Rows, row)
	}
	if len(s.Rows) == 0 {
		return nil
	}
	return s
}

// superscript writes a footnote number where a cell holds text only.
func superscript(mark string) string {
	const thin = "\u202f" // where a line does not break
	return thin + strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
	}, mark)
}

// byTeam is the section's table of teams; nil where the platform has none.
func (d *desk) byTeam(sec *digest.Section) *digest.Sheet {
	i := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == "by_team" })
	if i < 0 || len(sec.Tables[i].Rows) == 0 {
		return nil
	}
	t := sec.Tables[i]
	s := &digest.Sheet{Anchor: sec.Key + "-by_team", Title: d.text("sheet.by_team.title"), Text: 1}
	for _, c := range t.Columns {
		s.Head = append(s.Head, d.text("sheet.by_team."+c.Key))
	}
	teams := len(t.Rows)
	for _, row := range t.Rows {
		var cells []string
		for j, v := range row {
			switch {
			case t.Columns[j].Unit == digest.Text && (!v.Is() || v.Text == ""):
				teams-- // the row of what no team was given
				cells = append(cells, d.text("sheet.by_team.no_team"))
			default:
				cells = append(cells, d.value(t.Columns[j].Unit, v))
			}
		}
		s.Rows = append(s.Rows, cells)
	}
	s.Caption = d.text("sheet.by_team.caption", digest.N("n", float64(teams)))
	return s
}
