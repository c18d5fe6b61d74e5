package console

import (
	"net/http"
	"strconv"
	"strings"
)

// deliveriesFile gives all deliveries of an edition as CSV, in the order of the page.
func (c *console) deliveriesFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	head := []string{"name", "address", "audience", "locale", "state", "tries", "code", "status", "answer", "told", "planned_at", "changed_at", "bounce", "message_id"}
	return streamed(w, e.Label, "deliveries", head, func(line func(...string) error) error {
		for d, err := range v.Office.AllDeliveries(r.Context(), e.ID) {
			if err != nil {
				return err
			}
			code, bounce := "", ""
			if d.Code != 0 {
				code = strconv.Itoa(d.Code)
			}
			if d.Bounce != nil {
				bounce = strings.TrimSpace(d.Bounce.Kind + " " + d.Bounce.Status)
			}
			if err := line(d.Subscriber.Name, d.Subscriber.Address, string(d.Subscriber.Audience), orElse(d.Subscriber.Locale, e.Project.Locale), string(d.State), strconv.Itoa(d.Attempts),
				code, d.Status, oneLine(d.LastAnswer), told(clk, d), stamp(clk, d.Date), stamp(clk, d.ChangedAt), bounce, d.MessageID); err != nil {
				return err
			}
		}
		return nil
	})
}
