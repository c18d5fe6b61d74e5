package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"fortnight/web/cells"
)

// deliveriesFile gives all deliveries of an edition as CSV (RFC 4180), in the order of the page. It begins with a byte order mark, by
// which spreadsheets know UTF-8; what a spreadsheet would take for a formula begins with an apostrophe.
func (c *console) deliveriesFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	var file *cells.Writer // nil: not begun
	begin := func(head ...string) (err error) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(e.Label)+`-deliveries.csv"`)
		if file, err = cells.Begin(w); err != nil {
			return err
		}
		return file.Line(head...)
	}
	head := []string{"name", "address", "audience", "locale", "state", "tries", "code", "status", "answer", "told", "planned_at", "changed_at", "bounce", "message_id"}
	for d, err := range v.Office.AllDeliveries(r.Context(), e.ID) {
		if err != nil {
			if file != nil { // the answer is on its way: cut short is the only way to say so
				panic(http.ErrAbortHandler)
			}
			return err
		}
		if file == nil {
			if err := begin(head...); err != nil {
				return err
			}
		}
		code, bounce := "", ""
		if d.Code != 0 {
			code = strconv.Itoa(d.Code)
		}
		if d.Bounce != nil {
			bounce = strings.TrimSpace(d.Bounce.Kind + " " + d.Bounce.Status)
		}
		if err := file.Line(d.Subscriber.Name, d.Subscriber.Address, string(d.Subscriber.Audience), orElse(d.Subscriber.Locale, e.Project.Locale), string(d.State), strconv.Itoa(d.Attempts),
			code, d.Status, strings.Join(strings.Fields(d.LastAnswer), " "), told(clk, d), stamp(clk, d.Date), stamp(clk, d.ChangedAt), bounce, d.MessageID); err != nil {
			return nil // whoever asked has left
		}
	}
	if file == nil {
		if err := begin(head...); err != nil {
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
