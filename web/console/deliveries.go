package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// deliveryList is a part of an edition's deliveries.
type deliveryList struct {
	Any    bool // there are deliveries at all
	Tabs   []tab
	State  string // filtered by; "" all
	Search string
	Here   string // address without a filter
	Rows   []deliveryRow
	Count  string // "8 of 42 shown, those that need you first"
	Next   string // address of the next part
	NextN  string // "Next 34"
	First  string // address of the first part, where this is a later one
	CSV    string
	Resend string // "Resend to 3 who failed"; "" where nobody did, or one may not
	Again  string // address of that
	Picks  bool   // some of these can be picked, to be sent once more
}

// tab is a filter with its count.
type tab struct {
	Name, Path string
	N          string
	Current    bool
}

// deliveryRow is one delivery.
type deliveryRow struct {
	Name, Address, Path string
	State               look.Stated
	Variant             string // "manager, de"
	Tries               int
	Answer              string // as it came; "" where none did
	Told                string
	Pick                string // its number, where it can be picked to be sent once more
	Again               string // address that asks about sending it once more though it may have arrived
	Last                string // of the last try: "08:00:31"
}

// deliveryStates in the order of the tabs.
func deliveryStates() []digest.DeliveryState {
	return []digest.DeliveryState{
		digest.DeliverySent, digest.DeliveryPlanned, digest.DeliverySending, digest.DeliveryDeferred, digest.DeliveryFailed,
		digest.DeliveryUnknown, digest.DeliveryExpired, digest.DeliverySuppressed,
	}
}

func deliveriesOf(ctx context.Context, r *http.Request, v *visit, clk clock, e digest.EditionLine) (deliveryList, error) {
	asked := r.URL.Query()
	l := deliveryList{Here: v.Path("editions", e.ID), Search: strings.TrimSpace(asked.Get("q"))}
	for _, n := range e.Deliveries {
		l.Any = l.Any || n > 0
	}
	if !l.Any {
		return l, nil
	}
	if s := digest.DeliveryState(asked.Get("state")); slices.Contains(deliveryStates(), s) {
		l.State = string(s)
	}
	l.Tabs = tabsOf(l.Here, l.Search, digest.DeliveryState(l.State), e)
	wanted := digest.DeliveriesWanted{Edition: e.ID, State: digest.DeliveryState(l.State), Search: l.Search, Page: digest.Page{After: asked.Get("after")}}
	list, err := v.Office.Deliveries(ctx, wanted)
	if err != nil {
		return l, err
	}
	for _, d := range list.Lines {
		l.Rows = append(l.Rows, deliveryRowOf(v, clk, e, d))
	}
	l.Count = look.Thousands(list.Total) + " shown, those that need you first"
	if len(list.Lines) < list.Total {
		l.Count = fmt.Sprintf("%s of %s shown, those that need you first", look.Thousands(len(list.Lines)), look.Thousands(list.Total))
	}
	q := filterOf(l.State, l.Search)
	if wanted.After != "" {
		l.First = with(l.Here, q) + "#deliveries"
		l.Count = strings.TrimSuffix(l.Count, ", those that need you first")
	}
	if list.Next != "" {
		q.Set("after", list.Next)
		l.Next, l.NextN = with(l.Here, q)+"#deliveries", "Next"
		if rest := list.Total - len(list.Lines); wanted.After == "" && rest > 0 {
			l.NextN = "Next " + look.Thousands(min(rest, len(list.Lines)))
		}
	}
	for _, row := range l.Rows {
		l.Picks = l.Picks || row.Pick != ""
	}
	l.CSV = v.Path("editions", e.ID, "deliveries.csv")
	l.Again = v.Path("editions", e.ID, "resend")
	if bad := e.Deliveries[digest.DeliveryFailed] + e.Deliveries[digest.DeliveryExpired]; bad > 0 && v.May(digest.RoleEditor) {
		l.Resend = fmt.Sprintf("Resend to %s who failed", look.Thousands(bad))
	}
	return l, nil
}

func filterOf(state, search string) url.Values {
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	if search != "" {
		q.Set("q", search)
	}
	return q
}

// tabsOf are the states that there are deliveries in. The counts are of the whole edition, whatever is searched for.
func tabsOf(here, search string, current digest.DeliveryState, e digest.EditionLine) []tab {
	total := 0
	for _, n := range e.Deliveries {
		total += n
	}
	all := []tab{{"All", with(here, filterOf("", search)) + "#deliveries", look.Thousands(total), current == ""}}
	for _, s := range deliveryStates() {
		if n := e.Deliveries[s]; n > 0 || s == current {
			all = append(all, tab{look.Of(s).Word, with(here, filterOf(string(s), search)) + "#deliveries", look.Thousands(n), s == current})
		}
	}
	return all
}

func deliveryRowOf(v *visit, clk clock, e digest.EditionLine, d digest.DeliveryLine) deliveryRow {
	row := deliveryRow{
		Name: d.Subscriber.Name, Address: d.Subscriber.Address, Path: v.Path("editions", e.ID, "deliveries", d.ID), State: look.Of(d.State),
		Variant: variantName(e, d.Subscriber), Tries: d.Attempts, Told: told(clk, d), Last: "–",
	}
	if row.Name == "" {
		row.Name, row.Address = row.Address, ""
	}
	if row.Name == "" {
		row.Name = "erased"
	}
	if d.Attempts > 0 {
		row.Answer = quoted(d.Code, d.Status, d.LastAnswer)
		row.Last = lastTry(clk, e, d.ChangedAt)
	}
	if d.State == digest.DeliverySuppressed && d.Attempts == 0 {
		row.Told = "Not tried. " + row.Told
	}
	switch d.State {
	case digest.DeliveryFailed, digest.DeliveryExpired, digest.DeliveryUnknown:
		if v.May(digest.RoleEditor) {
			row.Pick = strconv.FormatInt(d.ID, 10)
		}
	}
	if d.State == digest.DeliveryUnknown && v.May(digest.RoleEditor) {
		row.Again = v.Path("editions", e.ID, "resend") + "?delivery=" + strconv.FormatInt(d.ID, 10)
	}
	if d.Bounce != nil && d.State == digest.DeliverySent && (d.Bounce.Kind == "hard" || d.Bounce.Kind == "complaint") {
		row.State = look.Of("bounced")
		if d.Bounce.Kind == "complaint" {
			row.State.Word = "Complaint"
		}
	}
	return row
}

// variantName is what a subscriber reads: "manager, de". Who has no language of their own reads the project's.
func variantName(e digest.EditionLine, s digest.Subscriber) string {
	return string(s.Audience) + ", " + orElse(s.Locale, e.Project.Locale)
}

// lastTry is the hour with its seconds, and the day where that is not the day the edition went out.
func lastTry(clk clock, e digest.EditionLine, at time.Time) string {
	at = at.In(clk.zone())
	if digest.DateOf(at) == digest.DateOf(sentAt(e).In(clk.zone())) {
		return at.Format("15:04:05")
	}
	return clk.exact(at)
}

// --- One delivery ---

type deliveryPage struct {
	page
	Chip     look.Stated
	Facts    []fact
	Attempts []attemptRow
	Bounce   *bounceRow
	Told     string
	Answer   string
	Resend   string // address that plans it once more
	Asks     bool   // Resend leads to a page that asks first
}

// attemptRow is one try.
type attemptRow struct {
	Number int
	At     string // "08:00:31"
	Took   string // "0.4 s"
	State  look.Stated
	Answer string
	Told   string
}

// bounceRow is a report that came back by mail.
type bounceRow struct{ Kind, Status, Diagnostic, At, Told string }

func (c *console) delivery(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, _, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("delivery"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	d, err := v.Office.Delivery(r.Context(), id)
	if err != nil {
		return err
	}
	if d.EditionID != e.ID {
		return digest.ErrNotFound
	}
	row := deliveryRowOf(v, clk, e, d)
	view := &deliveryPage{
		page: v.page("Delivery to "+row.Name, "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Chip: row.State, Told: row.Told, Answer: row.Answer,
		Facts: []fact{
			{Term: "To", Lines: slices.DeleteFunc([]string{row.Name, row.Address}, func(s string) bool { return s == "" })},
			{Term: "Variant", Lines: []string{row.Variant}},
			{Term: "Planned for", Lines: []string{clk.exact(d.Date)}},
			{Term: "Message-ID", Lines: []string{d.MessageID}, Mono: true},
		},
	}
	for _, a := range d.Tries {
		view.Attempts = append(view.Attempts, attemptOf(clk, a))
	}
	if b := d.Bounce; b != nil {
		view.Bounce = &bounceRow{bounceWord(b.Kind), b.Status, strings.Join(strings.Fields(b.Diagnostic), " "), clk.exact(b.At), bounced(clk, b)}
	}
	if v.May(digest.RoleEditor) {
		switch d.State {
		case digest.DeliveryFailed, digest.DeliveryExpired:
			view.Resend = v.Path("editions", e.ID, "resend")
		case digest.DeliveryUnknown:
			view.Resend, view.Asks = row.Again, true
		}
	}
	return c.show(w, r, "delivery", view)
}

// ID is the delivery's number, for the form that resends it.
func (p *deliveryPage) ID() string { return p.r.PathValue("delivery") }

func bounceWord(kind string) string {
	switch kind {
	case "hard":
		return "Came back for good"
	case "soft":
		return "Came back, for now"
	case "delayed":
		return "Delayed"
	case "complaint":
		return "Reported as spam"
	}
	return "A report"
}

func attemptOf(clk clock, a digest.AttemptLine) attemptRow {
	row := attemptRow{Number: a.Number, At: clk.exact(a.StartedAt), State: look.Of(a.State), Answer: quoted(a.Code, a.Status, a.Answer)}
	if a.EndedAt.IsZero() {
		row.State = look.Stated{Kind: "plan", Icon: "editions", Word: "Under way"}
		return row
	}
	row.Took = took(a.EndedAt.Sub(a.StartedAt))
	switch a.State {
	case digest.DeliveryDeferred, digest.DeliveryFailed:
		why := causeOf(a.Code, a.Status, a.Answer).meaning()
		row.Told = strings.TrimSpace(why.told + " " + why.mend)
	case digest.DeliveryUnknown:
		row.Told = "It may have arrived."
	}
	return row
}

// took is a short length of time: "0.4 s", "12 s", "3 min".
func took(d time.Duration) string {
	if d < 10*time.Second {
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', 1, 64) + " s"
	}
	return lasting(d)
}
