package sheets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"fortnight/digest"
)

// tables are the files of comma-separated values (RFC 4180): the figures of all sections in one, the values of all charts in one, and one a
// table. They begin with the mark by which spreadsheets know UTF-8: without it Excel reads names in its own code page. Numbers are plain,
// with a point; what has no value is empty.
func tables(b digest.Book) ([]digest.File, error) {
	var all []digest.File
	add := func(name string, lines [][]string) error {
		if len(lines) < 2 {
			return nil
		}
		data, err := written(lines)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		all = append(all, digest.File{Name: b.Name + "-" + name + ".csv", Type: TypeCSV, Data: data})
		return nil
	}
	if err := add("figures", figureLines(b)); err != nil {
		return nil, err
	}
	for _, leaf := range b.Leaves[min(1, len(b.Leaves)):] { // the first says what the edition is
		for _, g := range leaf.Grids {
			if err := add(leaf.Key+"-"+g.Key, gridLines(b, g)); err != nil {
				return nil, err
			}
		}
	}
	if err := add("charts", chartLines(b)); err != nil {
		return nil, err
	}
	return all, nil
}

func written(lines [][]string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.WriteAll(lines); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// figureLines are the figures of all sections, each with its unit. Why one has no value stands in its note.
func figureLines(b digest.Book) [][]string {
	var lines [][]string
	for _, leaf := range b.Leaves {
		if leaf.Figures == nil {
			continue
		}
		if lines == nil {
			head := []string{text(b.Words.Section)}
			for i, h := range leaf.Figures.Head {
				head = append(head, text(h.Text))
				if i == 0 {
					head = append(head, text(b.Words.Unit))
				}
			}
			lines = append(lines, head)
		}
		for _, row := range leaf.Figures.Rows {
			line := []string{text(leaf.Title)}
			for i, e := range row {
				cell := plain(b, e)
				if last := len(row) - 1; i == last && len(row) > 1 && row[1].Word != "" {
					cell = text(strings.TrimSpace(row[1].Word + ". " + e.Value.Text))
				}
				line = append(line, cell)
				if i == 0 && len(row) > 1 {
					line = append(line, unitOf(b, row[1]))
				}
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// unitOf names what a figure is counted in; "" for plain numbers.
func unitOf(b digest.Book, e digest.Entry) string {
	switch e.Unit {
	case digest.Money:
		return text(e.Value.Currency)
	case digest.Instant:
		return b.Zone.String()
	}
	return text(b.Words.Units[e.Unit])
}

// gridLines are a table, the units in its head.
func gridLines(b digest.Book, g digest.Grid) [][]string {
	var head []string
	mixed := map[int]bool{} // columns of money in several currencies: each amount has its own beside it
	for i, h := range g.Head {
		name := h.Text
		switch h.Unit {
		case digest.Duration, digest.Percent:
			name += " (" + b.Words.Units[h.Unit] + ")"
		case digest.Instant:
			name += " (" + b.Zone.String() + ")"
		case digest.Money:
			if currency, one := currencyOf(g, i); one {
				name += " (" + currency + ")"
			} else {
				mixed[i] = true
			}
		}
		head = append(head, text(name))
		if mixed[i] {
			head = append(head, text(h.Text+" ("+b.Words.Unit+")"))
		}
	}
	lines := [][]string{head}
	for _, row := range g.Rows {
		var line []string
		for i, e := range row {
			line = append(line, plain(b, e))
			if mixed[i] {
				line = append(line, text(e.Value.Currency))
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// currencyOf is the one currency of a column; one is false where there are several, or none.
func currencyOf(g digest.Grid, column int) (currency string, one bool) {
	for _, row := range g.Rows {
		if e := row[column]; e.Value.Is() {
			if one && e.Value.Currency != currency {
				return "", false
			}
			currency, one = e.Value.Currency, true
		}
	}
	return currency, one
}

// chartLines are the values of all charts, one a line, whatever the shape of their tables: which chart, row and column.
func chartLines(b digest.Book) [][]string {
	lines := [][]string{{text(b.Words.Section), text(b.Words.Chart), text(b.Words.Row), text(b.Words.Column), text(b.Words.Unit), text(b.Words.Value)}}
	for _, leaf := range b.Leaves {
		for _, g := range leaf.Charts {
			named := 0 // columns that name the row
			for named < len(g.Head) && (g.Head[named].Unit == digest.Text || g.Head[named].Unit == digest.LocalDay) {
				named++
			}
			for i, row := range g.Rows {
				var names []string
				for _, e := range row[:min(named, len(row))] {
					names = append(names, bare(b, e))
				}
				if named == 0 { // a bin: its bounds are its columns
					names = append(names, strconv.Itoa(i+1))
				}
				for k := named; k < len(row); k++ {
					lines = append(lines, []string{text(leaf.Title), text(g.Title), text(strings.Join(names, " / ")), text(g.Head[k].Text), unitOf(b, row[k]), plain(b, row[k])})
				}
			}
		}
	}
	return lines
}

// plain is a value as a cell.
func plain(b digest.Book, e digest.Entry) string {
	if number(e) || e.Unit != digest.Text {
		return bare(b, e)
	}
	return text(e.Value.Text)
}

// bare is plain without the guard of texts.
func bare(b digest.Book, e digest.Entry) string {
	switch {
	case !e.Value.Is():
		return ""
	case e.Unit == digest.Text:
		return e.Value.Text
	case e.Unit == digest.LocalDay:
		return e.Value.Instant.Format("2006-01-02")
	case e.Unit == digest.Instant:
		return wall(e.Value.Instant, b.Zone).Format("2006-01-02 15:04:05")
	case !number(e):
		return ""
	case e.Unit == digest.Money:
		return strconv.FormatFloat(e.Value.Number, 'f', 2, 64)
	}
	return strconv.FormatFloat(e.Value.Number, 'f', -1, 64)
}

// text guards a text, and takes the spaces that do not break for what they are to a reader of files.
func text(s string) string {
	return digest.Guard(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s))
}
