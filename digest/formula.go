package digest

import (
	"strings"
	"unicode"
)

// formula are the letters that make a spreadsheet take a cell for a formula (OWASP, "CSV injection"), with the wide ones that some
// take for the same.
const formula = "=+-@\t\r\n＝＋－＠"

// Guard puts an apostrophe before a text that a spreadsheet would take for a formula, and one more before one that has it already, so
// that Bare gives back what was written.
func Guard(text string) string {
	if runs(text) {
		return "'" + text
	}
	return text
}

// Bare takes off the apostrophe that Guard put before a text.
func Bare(cell string) string {
	if strings.HasPrefix(cell, "'") && runs(cell) {
		return cell[1:]
	}
	return cell
}

// runs tells whether a text is a formula, behind any number of apostrophes and of what is not seen: some programs pass over spaces.
func runs(text string) bool {
	for _, r := range text {
		switch {
		case strings.ContainsRune(formula, r):
			return true
		case r == '\'', unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		default:
			return false
		}
	}
	return false
}
