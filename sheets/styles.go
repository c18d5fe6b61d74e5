package sheets

import (
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"fortnight/digest"
)

// style is how a cell looks.
type style struct {
	title, heading, head, quiet, left, right, indent, wraps, link bool
	text                                                          bool   // it stays a text when somebody types over it
	format                                                        string // of a number
}

// style gives the workbook's number of a style, made when it is first asked for.
func (w *writer) style(s style) (int, error) {
	if id, ok := w.styles[s]; ok {
		return id, nil
	}
	x := &excelize.Style{Font: &excelize.Font{Size: 11, Family: "Calibri"}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: s.wraps}}
	switch {
	case s.title:
		x.Font.Bold, x.Font.Size = true, 14
	case s.heading:
		x.Font.Bold, x.Font.Size = true, 12
	case s.head:
		x.Font.Bold = true
	case s.quiet:
		x.Font.Color = "5F6472"
	case s.link:
		x.Font.Color, x.Font.Underline = "3F45D6", "single"
	}
	if s.left || s.text || s.head {
		x.Alignment.Horizontal = "left"
	}
	if s.indent && x.Alignment.Horizontal != "" {
		x.Alignment.Indent = 1
	}
	if s.right {
		x.Alignment.Horizontal = "right"
	}
	if s.text {
		x.NumFmt = 49 // "@"
	}
	if s.format != "" {
		x.CustomNumFmt = &s.format
	}
	id, err := w.f.NewStyle(x)
	if err == nil {
		w.styles[s] = id
	}
	return id, err
}

// format is how a number is shown. A difference has its sign; one of durations is in minutes, as Excel shows no negative times.
func format(e digest.Entry, words digest.BookWords) string {
	signed := func(f string) string {
		if e.Signed {
			return "+" + f + ";-" + f + ";" + f
		}
		return f
	}
	switch e.Unit {
	case digest.Text:
		return ""
	case digest.LocalDay:
		return "yyyy-mm-dd"
	case digest.Instant:
		return "yyyy-mm-dd hh:mm:ss"
	case digest.Duration:
		if e.Signed {
			return signed(`#,##0.0 "` + letters(words.Minutes) + `"`)
		}
		return "[h]:mm:ss"
	case digest.Percent:
		return signed("0.0%")
	case digest.Points:
		return signed(`0.0 "` + letters(words.Units[digest.Points]) + `"`)
	case digest.Ratio:
		return signed("0.0##")
	case digest.Money:
		return signed(`#,##0.00 "` + letters(e.Value.Currency) + `"`)
	}
	return signed("#,##0")
}

// letters takes out of a unit what would end it in a format.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

const daySeconds = 24 * 60 * 60

// scaled is a number as its format counts: percents of one, durations in days, their differences in minutes.
func scaled(e digest.Entry) float64 {
	switch {
	case e.Unit == digest.Percent:
		return e.Value.Number / 100
	case e.Unit == digest.Duration && e.Signed:
		return e.Value.Number / 60
	case e.Unit == digest.Duration:
		return e.Value.Number / daySeconds
	}
	return e.Value.Number
}

// serial is a time of the clock as spreadsheets count it: days since 30 December 1899.
func serial(wall time.Time) float64 {
	return float64(wall.Unix()-time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()) / daySeconds
}
