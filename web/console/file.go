package console

import (
	"net/http"
	"strings"
	"time"

	"fortnight/web/cells"
)

// streaming is how long a file of all that there is may take.
const streaming = 5 * time.Minute

// streamed answers with lines as a CSV file (RFC 4180), named after an edition's label and what they are. It begins with a byte order mark,
// by which spreadsheets know UTF-8; what a spreadsheet would take for a formula begins with an apostrophe. Nothing is begun before each
// hands out its first line, so that until then a fault is a page; after it, the answer is cut short, which is the only way left to say so.
func streamed(w http.ResponseWriter, label, what string, head []string, each func(line func(cells ...string) error) error) error {
	var file *cells.Writer // nil: not begun
	begin := func() (err error) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(label)+`-`+what+`.csv"`)
		if file, err = cells.Begin(w); err != nil {
			return err
		}
		return file.Line(head...)
	}
	err := each(func(cells ...string) error {
		if file == nil {
			if err := begin(); err != nil {
				return err
			}
		}
		return file.Line(cells...)
	})
	switch {
	case err != nil && file != nil:
		panic(http.ErrAbortHandler)
	case err != nil:
		return err
	case file == nil:
		if err := begin(); err != nil {
			return err
		}
	}
	_ = file.Flush() // whoever asked may have left
	return nil
}

// stamp is an instant that spreadsheets sort, with its offset: "2026-03-30 08:00:31 +02:00".
func stamp(clk clock, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clk.zone()).Format("2006-01-02 15:04:05 -07:00")
}

// oneLine is a text without the breaks that would end a spreadsheet's row.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fileName is a label that any system takes for a file's name.
func fileName(label string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, label)
	if strings.Trim(name, "-.") == "" {
		return "edition"
	}
	return name
}
