package sheets

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"fortnight/digest"
)

// workbook is one XLSX with a sheet a leaf. Each table is one that spreadsheets can sort and filter, and whose head stays in sight.
func workbook(b digest.Book) (data []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // there is nothing on disk
	w := &writer{f: f, book: b, styles: map[style]int{}, tables: map[string]bool{}}
	names := map[string]bool{}
	for i, leaf := range b.Leaves {
		name := sheetName(leaf.Title, names)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = w.leaf(name, leaf)
		}
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", leaf.Key, err)
		}
	}
	made := b.Made.UTC().Format(time.RFC3339)
	props := &excelize.DocProperties{Title: b.Title, Creator: "Fortnight", LastModifiedBy: "Fortnight", Created: made, Modified: made, Language: b.Locale}
	if err := f.SetDocProps(props); err != nil {
		return nil, err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "Fortnight"}); err != nil {
		return nil, err
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// writer writes sheets, one after another.
type writer struct {
	f      *excelize.File
	book   digest.Book
	styles map[style]int
	tables map[string]bool // names taken

	sheet  string
	row    int // the next, from 1
	widths []float64
}

// leaf writes a sheet: what it is, its figures, its tables, the values of its charts.
func (w *writer) leaf(name string, leaf digest.Leaf) error {
	w.sheet, w.row, w.widths = name, 1, nil
	if err := w.line(leaf.Title+" · "+w.book.Title, style{title: true}); err != nil {
		return err
	}
	for _, line := range leaf.Lines {
		if err := w.line(line, style{quiet: true}); err != nil {
			return err
		}
	}
	if leaf.Figures != nil {
		if err := w.grid(leaf.Key, *leaf.Figures); err != nil {
			return err
		}
	}
	for _, g := range leaf.Grids {
		if err := w.grid(leaf.Key, g); err != nil {
			return err
		}
	}
	for _, g := range leaf.Charts {
		if err := w.grid(leaf.Key+"_chart", g); err != nil {
			return err
		}
	}
	return w.finish()
}

// finish lays the sheet out: widths, what stays in sight, how it is printed.
func (w *writer) finish() error {
	for i, width := range w.widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := w.f.SetColWidth(w.sheet, column, column, min(max(width+3, 10), widest)); err != nil {
			return err
		}
	}
	if err := w.f.SetPanes(w.sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	rtl, lines := w.book.Dir == "rtl", false
	if err := w.f.SetSheetView(w.sheet, -1, &excelize.ViewOptions{RightToLeft: &rtl, ShowGridLines: &lines}); err != nil {
		return err
	}
	yes, landscape, one, any := true, "landscape", 1, 0
	if err := w.f.SetSheetProps(w.sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return w.f.SetPageLayout(w.sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &one, FitToHeight: &any})
}

// widest is how wide a column gets, in digits; what is longer goes on in the line below.
const widest = 64

// line writes a line of text over the columns.
func (w *writer) line(text string, s style) error {
	if err := w.text(1, text, s); err != nil {
		return err
	}
	if s.title {
		if err := w.f.SetRowHeight(w.sheet, w.row, 22); err != nil {
			return err
		}
	}
	w.row++
	return nil
}

// grid writes a table under its title.
func (w *writer) grid(section string, g digest.Grid) error {
	w.row++
	if g.Title != "" {
		if err := w.line(g.Title, style{heading: true}); err != nil {
			return err
		}
	}
	if g.Caption != "" {
		if err := w.line(g.Caption, style{quiet: true}); err != nil {
			return err
		}
	}
	first := w.row
	for i, h := range heads(g) {
		right := h.Unit != digest.Text && h.Unit != digest.LocalDay && h.Unit != digest.Instant
		if err := w.text(i+1, h.Text, style{head: true, right: right, indent: !right && i > 0}); err != nil {
			return err
		}
		w.wide(i, utf8.RuneCountInString(h.Text)+2) // the button that sorts
	}
	w.row++
	for n, row := range g.Rows {
		lines := 1
		for i, e := range row {
			if e.Unit == digest.Text && i == len(row)-1 && i > 0 { // it goes on over the empty cells beside it
				if err := w.text(i+1, e.Value.Text, style{text: true, indent: true}); err != nil {
					return err
				}
				continue
			}
			link := ""
			if i == 0 && n < len(g.Links) {
				link = g.Links[n]
			}
			if err := w.entry(i+1, e, link); err != nil {
				return err
			}
			if e.Unit == digest.Text {
				lines = max(lines, linesOf(e.Value.Text))
			}
		}
		if lines > 1 {
			if err := w.f.SetRowHeight(w.sheet, w.row, float64(15*min(lines, 20))); err != nil {
				return err
			}
		}
		w.row++
	}
	from, err := excelize.CoordinatesToCellName(1, first)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(len(g.Head), w.row-1)
	if err != nil {
		return err
	}
	stripes := true
	return w.f.AddTable(w.sheet, &excelize.Table{Range: from + ":" + to, Name: w.tableName(section + "_" + g.Key), StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
}

// linesOf is about how many lines a text takes in the widest column.
func linesOf(text string) int { return (utf8.RuneCountInString(text) + widest - 5) / (widest - 4) }

// heads are a grid's with a name for each column, which a table must have.
func heads(g digest.Grid) []digest.GridHead {
	taken := map[string]bool{}
	out := make([]digest.GridHead, len(g.Head))
	for i, h := range g.Head {
		base := h.Text
		if strings.TrimSpace(base) == "" {
			base = fmt.Sprint(i + 1)
		}
		h.Text = base
		for n := 2; taken[strings.ToLower(h.Text)]; n++ {
			h.Text = fmt.Sprintf("%s %d", base, n)
		}
		taken[strings.ToLower(h.Text)] = true
		out[i] = h
	}
	return out
}

// entry writes a value with its format; where there is none, the word for that.
func (w *writer) entry(column int, e digest.Entry, link string) error {
	s := style{format: format(e, w.book.Words), left: e.Unit == digest.LocalDay || e.Unit == digest.Instant, indent: column > 1}
	at, err := excelize.CoordinatesToCellName(column, w.row)
	if err != nil {
		return err
	}
	switch {
	case e.Unit == digest.Text && e.Value.Is():
		if err := w.text(column, e.Value.Text, style{text: true, wraps: linesOf(e.Value.Text) > 1, link: safe(link), indent: column > 1}); err != nil {
			return err
		}
		w.wide(column-1, utf8.RuneCountInString(e.Value.Text))
		if safe(link) {
			return w.f.SetCellHyperLink(w.sheet, at, link, "External")
		}
		return nil
	case (e.Unit == digest.Instant || e.Unit == digest.LocalDay) && e.Value.Is():
		day := e.Value.Instant
		if e.Unit == digest.Instant {
			day = wall(day, w.book.Zone)
		}
		w.wide(column-1, len(s.format))
		return w.number(at, serial(day), s)
	case number(e):
		w.wide(column-1, len(fmt.Sprintf("%.2f", e.Value.Number))+4)
		return w.number(at, scaled(e), s)
	case e.Word != "":
		w.wide(column-1, utf8.RuneCountInString(e.Word))
		return w.text(column, e.Word, style{quiet: true, right: true})
	}
	return nil
}

func (w *writer) number(at string, v float64, s style) error {
	id, err := w.style(s)
	if err != nil {
		return err
	}
	if err := w.f.SetCellFloat(w.sheet, at, v, -1, 64); err != nil {
		return err
	}
	return w.f.SetCellStyle(w.sheet, at, at, id)
}

// text writes a string, which no program takes for a formula: the cell's type says so.
func (w *writer) text(column int, text string, s style) error {
	at, err := excelize.CoordinatesToCellName(column, w.row)
	if err != nil {
		return err
	}
	id, err := w.style(s)
	if err != nil {
		return err
	}
	text = escape.ReplaceAllString(cut(text, excelize.TotalCellChars), "_x005F$0")
	if err := w.f.SetCellStr(w.sheet, at, text); err != nil {
		return err
	}
	return w.f.SetCellStyle(w.sheet, at, at, id)
}

// escape finds what readers of XLSX take for a letter by its number: _x0041_ is an A. The library (v2.11.0) reads it so and does not write it so.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// cut shortens a text to so many of the units that spreadsheets count in.
func cut(text string, most int) string {
	n := 0
	for i, r := range text {
		if n += utf16.RuneLen(r); n > most {
			return text[:i]
		}
	}
	return text
}

func (w *writer) wide(column, letters int) {
	for len(w.widths) <= column {
		w.widths = append(w.widths, 0)
	}
	w.widths[column] = max(w.widths[column], float64(letters))
}

// tableName is a name that formulas may use: letters of the keys, each once.
func (w *writer) tableName(key string) string {
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, strings.ToLower(key))
	name := base
	for n := 2; w.tables[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	w.tables[name] = true
	return name
}

// sheetName is a title as a sheet may be called: 31 letters, none of []:*?/\, each once in any case, and not "History", which Excel keeps for itself.
func sheetName(title string, taken map[string]bool) string {
	base := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`[]:*?/\`, r):
			return '-'
		case r < ' ' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069': // turns the direction of the names beside it
			return -1
		}
		return r
	}, title)
	const longest = 31
	fit := func(s string, most int) string { return strings.Trim(strings.TrimSpace(cut(s, most)), "'") }
	base = fit(base, longest)
	if base == "" || strings.EqualFold(base, "History") {
		base += "-"
	}
	name := base
	for n := 2; taken[strings.ToLower(name)]; n++ {
		end := fmt.Sprintf(" %d", n)
		name = fit(base, longest-len(end)) + end
	}
	taken[strings.ToLower(name)] = true
	return name
}

// safe tells a link that leads to a page.
func safe(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(link) <= 2000
}
