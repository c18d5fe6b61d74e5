package templates

import (
	"regexp"
	"strings"
	texttemplate "text/template"
	"unicode"

	"golang.org/x/text/width"

	"fortnight/digest"
)

// textWidth is how many columns a line of plain text has at most (RFC 5322 asks for 78, replies add two).
const textWidth = 74

func textFuncs() texttemplate.FuncMap {
	return texttemplate.FuncMap{
		"para":     func(s string) string { return wrap(s, "") },
		"hang":     func(lead, s string) string { return wrap(lead+s, "  ") },
		"under":    underline,
		"rule":     func() string { return strings.Repeat("-", textWidth) },
		"say":      func(s digest.Spans) string { return s.String() },
		"join":     strings.Join,
		"mark":     superscript,
		"columns":  columns,
		"cardLine": cardLine,
	}
}

// wrap breaks a paragraph at ordinary spaces; non-breaking ones hold. Lines after the first begin with indent.
func wrap(s, indent string) string {
	var out strings.Builder
	at := 0
	for i, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		w := columnsOf(word)
		switch {
		case i == 0:
		case at+1+w > textWidth:
			out.WriteString("\n" + indent)
			at = columnsOf(indent)
		default:
			out.WriteByte(' ')
			at++
		}
		out.WriteString(word)
		at += w
	}
	return out.String()
}

func underline(with, s string) string {
	s = wrap(s, "")
	longest := 0
	for line := range strings.SplitSeq(s, "\n") {
		longest = max(longest, columnsOf(line))
	}
	return s + "\n" + strings.Repeat(with, longest)
}

// columnsOf is how many columns a text takes in a fixed-width font: marks and format characters none, wide ones two.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// cardLine says a card in one line: "Messages: 307 (+60 % from 192)".
func cardLine(c card) string {
	value := c.Nil
	if len(c.Parts) > 0 {
		var parts []string
		for _, p := range c.Parts {
			part := p.Number
			if p.Unit != "" {
				part += nbsp + p.Unit
			}
			parts = append(parts, part)
		}
		value = strings.Join(parts, nbsp)
		if c.Provisional {
			value += "*"
		}
	}
	line := c.Label + superscript(c.Mark) + ": " + value
	var aside []string
	if c.Change != "" {
		aside = append(aside, strings.TrimSpace(c.Change+" "+c.From))
	}
	if c.Under != "" {
		aside = append(aside, c.Under)
	}
	if len(aside) > 0 {
		line += " (" + strings.Join(aside, "; ") + ")"
	}
	return line
}

// columns sets a table in fixed columns. One that is too wide says each row in lines instead: "Amara Osei" and then
// "Handled: 28" below.
func columns(s digest.Sheet) string {
	widths := make([]int, len(s.Head))
	for _, row := range append([][]string{s.Head}, s.Rows...) {
		for i, cell := range row {
			if i < len(widths) {
				widths[i] = max(widths[i], columnsOf(cell))
			}
		}
	}
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if total > textWidth {
		return stacked(s)
	}
	var out strings.Builder
	write := func(row []string) {
		var cells []string
		for i, cell := range row {
			if i >= len(widths) {
				break
			}
			pad := strings.Repeat(" ", widths[i]-columnsOf(cell))
			if i < s.Text {
				cells = append(cells, cell+pad)
			} else {
				cells = append(cells, pad+cell)
			}
		}
		out.WriteString(strings.TrimRight(strings.Join(cells, "  "), " ") + "\n")
	}
	write(s.Head)
	var rules []string
	for _, w := range widths {
		rules = append(rules, strings.Repeat("-", w))
	}
	write(rules)
	for i, row := range s.Rows {
		write(row)
		out.WriteString(below(s, i))
	}
	out.WriteString(more(s))
	return out.String()
}

// stacked says a wide table row by row. The heads stand once in each row.
func stacked(s digest.Sheet) string {
	var out strings.Builder
	for at, row := range s.Rows {
		for i, cell := range row {
			switch {
			case i >= len(s.Head):
			case i == 0:
				out.WriteString(wrap(s.Head[0]+": "+cell, "  ") + "\n")
			default:
				out.WriteString("  " + wrap(s.Head[i]+": "+cell, "    ") + "\n")
			}
		}
		out.WriteString(below(s, at) + "\n")
	}
	out.WriteString(more(s))
	return out.String()
}

// below is what stands under a row: what its other columns say, and the address that it leads to.
func below(s digest.Sheet, row int) (out string) {
	if row < len(s.Under) && s.Under[row] != "" {
		out = "  " + wrap(s.Under[row], "  ") + "\n"
	}
	if row < len(s.Links) && s.Links[row] != "" {
		out += "  " + s.Links[row] + "\n"
	}
	return out
}

// more says what a mail has no room for; "" where it has all.
func more(s digest.Sheet) string {
	if s.More == "" {
		return ""
	}
	return "\n" + wrap(s.More, "") + "\n"
}

var (
	trailing = regexp.MustCompile(`[ \t]+\n`)
	blanks   = regexp.MustCompile(`\n{3,}`)
)

// tidyText leaves one blank line where the layout's blocks left several.
func tidyText(s []byte) []byte {
	s = trailing.ReplaceAll(s, []byte("\n"))
	s = blanks.ReplaceAll(s, []byte("\n\n"))
	return append([]byte(strings.TrimSpace(string(s))), '\n')
}
