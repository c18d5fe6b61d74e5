package console

import (
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

// outreach is the section whose recipients are persons.
const outreach = "outreach"

// recipientRoutes are whom an edition's campaigns wrote to, with names and addresses, and what was said: for editors and owners. Each look
// is written to the audit.
func (c *console) recipientRoutes() []route {
	const may = digest.RoleEditor
	return []route{
		{pattern: "GET /editions/{edition}/recipients", role: may, do: c.recipients},
		{pattern: "GET /editions/{edition}/recipients.csv", role: may, do: c.recipientsFile, within: streaming},
		{pattern: "GET /editions/{edition}/recipients/{user}", role: may, do: c.talk},
	}
}

type recipientsPage struct {
	page
	partOf
	Rows                       []recipientRow
	Statuses, Stages, Sessions []option
	Campaign                   string // id, where the page is of one alone
	Filtered                   bool
	Here, CSV                  string
}

// recipientRow is one person of one campaign.
type recipientRow struct {
	Name, Address, Path string // Path "" where the platform names no person
	Campaign, Version   string
	Deployed            string
	State               look.Stated
	Why                 string // it failed, or how often it was tried
	Stage, Session      string
	Answered, Last      string
	Variables           string
}

// wantedRecipients reads the filters of a request.
func wantedRecipients(q url.Values) (w digest.RecipientsWanted) {
	among := func(name string, list []string) string {
		if s := q.Get(name); slices.Contains(list, s) {
			return s
		}
		return ""
	}
	w.Status, w.Stage, w.Session = among("status", digest.RecipientStatuses()), among("stage", digest.RecipientStages()), among("session", digest.RecipientSessions())
	w.Campaign = q.Get("campaign")
	return w
}

// filters are the same as a query.
func filters(w digest.RecipientsWanted) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"status": w.Status, "stage": w.Stage, "session": w.Session, "campaign": w.Campaign} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// askedOutreach gives the edition of a request, where its digest tells of campaigns and its numbers were read.
func (c *console) askedOutreach(r *http.Request, v *visit) (digest.EditionLine, clock, error) {
	e, snap, clk, err := c.asked(r, v)
	if err == nil && !tells(e, snap, outreach) {
		err = digest.ErrNotFound
	}
	return e, clk, err
}

// tells says whether an edition has the people of a section: those of several projects are not one project's to see.
func tells(e digest.EditionLine, snap digest.Snapshot, section string) bool {
	return snap.Version > 0 && len(e.Config.Projects) == 0 && slices.ContainsFunc(e.Config.Sections, func(s digest.SectionChoice) bool { return s.Section == section })
}

// talkPath leads to what was said with a person; "" where the platform names none.
func talkPath(v *visit, e digest.EditionLine, user string) string {
	if user == "" || user == "." || user == ".." { // which an address cannot have as a part
		return ""
	}
	return v.Path("editions", e.ID, "recipients", user)
}

const recipientsAPage = 50

func (c *console) recipients(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, clk, err := c.askedOutreach(r, v)
	if err != nil {
		return err
	}
	wanted := wantedRecipients(r.URL.Query())
	wanted.Most, wanted.Skip = recipientsAPage, skipped(r)
	if err := v.Office.Looked(r.Context(), v.By, e.ID, lookAt("view", "recipients "+e.Label, wanted)); err != nil {
		return err
	}
	found, err := c.Works.Recipients(r.Context(), v.In.Project, e, wanted)
	if err != nil {
		return err
	}
	q := filters(wanted)
	view := &recipientsPage{
		page:     v.page("Recipients", "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Statuses: choicesOf("Every message", digest.RecipientStatuses(), wanted.Status, statusWord), Stages: choicesOf("Every stage", digest.RecipientStages(), wanted.Stage, stageWord),
		Sessions: choicesOf("Every session", digest.RecipientSessions(), wanted.Session, sessionWord), Campaign: wanted.Campaign, Filtered: len(q) > 0,
		Here: v.Path("editions", e.ID, "recipients"), CSV: with(v.Path("editions", e.ID, "recipients.csv"), q),
	}
	view.Lead = "Whom the campaigns of " + clk.span(e.Period) + " wrote to, as the period ended. Names and addresses are whole here: every look is written to the audit."
	for _, l := range found.Lines {
		view.Rows = append(view.Rows, recipientRowOf(v, clk, e, l))
	}
	view.partOf = partFrom(view.Here, q, wanted.Skip, len(found.Lines), found.Total, recipientsAPage, clk, found.ReadAt)
	return c.show(w, r, "recipients", view)
}

// lookAt is a look for the audit, with what was looked for.
func lookAt(verb, what string, w digest.RecipientsWanted) digest.Change {
	look := digest.Change{Verb: verb, What: what}
	for _, f := range []struct{ name, value string }{{"status", w.Status}, {"stage", w.Stage}, {"session", w.Session}, {"campaign", w.Campaign}} {
		if f.value != "" {
			look.Notes = append(look.Notes, f.name+" "+f.value)
		}
	}
	if w.Skip > 0 {
		look.Notes = append(look.Notes, fmt.Sprintf("from %d on", w.Skip+1))
	}
	return look
}

func choicesOf(all string, keys []string, chosen string, word func(string) string) []option {
	list := []option{{"", all, chosen == ""}}
	for _, key := range keys {
		list = append(list, option{key, capital(word(key)), key == chosen})
	}
	return list
}

func statusWord(s string) string {
	if s == "pending" {
		return "not sent yet"
	}
	return s
}

func stageWord(s string) string {
	switch s {
	case "none":
		return "in no flow"
	case "in_flow":
		return "in a flow"
	}
	return s
}

func sessionWord(s string) string {
	if s == "none" {
		return "no session"
	}
	return "session " + s
}

func recipientRowOf(v *visit, clk clock, e digest.EditionLine, l digest.Recipient) recipientRow {
	row := recipientRow{
		Name: orElse(l.Name, orElse(l.Address, orElse(l.User, "unknown"))), Address: l.Address, Campaign: orElse(l.Campaign, "–"), Version: l.Version,
		Deployed: clk.moment(l.DeployedAt), Stage: capital(stageWord(l.Stage)), Session: capital(sessionWord(l.Session)), Answered: "–", Variables: l.Variables,
	}
	if row.Name == l.Address {
		row.Address = ""
	}
	row.Path = talkPath(v, e, l.User)
	row.State = look.Stated{Kind: "plan", Icon: "clock", Word: capital(statusWord(l.Status))}
	switch l.Status {
	case "failed":
		row.State.Kind, row.State.Icon = "no", "cross"
		row.Why = l.Reason
	case "delivered", "read":
		row.State.Kind, row.State.Icon = "ok", "check"
	}
	if l.Attempts > 1 {
		row.Why = strings.TrimSpace(strings.TrimSuffix(row.Why, ".") + listed(" ", fmt.Sprintf("(%d tries)", l.Attempts)))
	}
	if !l.AnsweredAt.IsZero() {
		row.Answered = clk.moment(l.AnsweredAt)
	}
	if !l.LastActivityAt.IsZero() {
		row.Last = clk.moment(l.LastActivityAt)
	}
	return row
}

// recipientsFile gives all recipients, as filtered, as CSV.
func (c *console) recipientsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, clk, err := c.askedOutreach(r, v)
	if err != nil {
		return err
	}
	wanted := wantedRecipients(r.URL.Query())
	if err := v.Office.Looked(r.Context(), v.By, e.ID, lookAt("export", "recipients "+e.Label, wanted)); err != nil {
		return err
	}
	head := []string{"user", "name", "address", "campaign", "version", "deployed_at", "attempts", "status", "reason", "stage", "session_status", "answered_at", "last_activity_at", "variables"}
	return streamed(w, e.Label, "recipients", head, func(line func(...string) error) error {
		return c.Works.EachRecipient(r.Context(), v.In.Project, e, wanted, func(l digest.Recipient) error {
			return line(l.User, l.Name, l.Address, l.Campaign, l.Version, stamp(clk, l.DeployedAt), strconv.Itoa(l.Attempts), l.Status,
				oneLine(l.Reason), l.Stage, l.Session, stamp(clk, l.AnsweredAt), stamp(clk, l.LastActivityAt), l.Variables)
		})
	})
}

type talkPage struct {
	page
	Facts []fact
	Days  []talkDay
	Part  string // "The latest 500 of 1,204 messages."; "" where all are there
}

// talkDay is what was said on one day.
type talkDay struct {
	Day  string
	Said []saidLine
}

type saidLine struct {
	In        bool
	Who, Hour string
	Delivery  string
	Body      string
	Time      time.Time
}

// talk is what was said with one of an edition's recipients, or of the people of its flows.
func (c *console) talk(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, snap, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	from, list := "recipients", Crumb{"Recipients", v.Path("editions", e.ID, "recipients")}
	switch {
	case tells(e, snap, outreach):
	case tells(e, snap, flows):
		from, list = "people in flows", Crumb{"People in flows", v.Path("editions", e.ID, "persons")}
	default:
		return digest.ErrNotFound
	}
	user := r.PathValue("user")
	found, err := c.Works.Talk(r.Context(), v.In.Project, e, user)
	if err != nil {
		return err
	}
	seen := digest.Change{Verb: "view", What: "conversation " + user, Notes: []string{"from the " + from + " of " + e.Label}}
	if err := v.Office.Looked(r.Context(), v.By, e.ID, seen); err != nil { // before anything is shown
		return err
	}
	name := orElse(found.Name, orElse(found.Address, user))
	view := &talkPage{
		page: v.page("Conversation with "+name, "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)},
			list),
		Facts: []fact{{Term: "Person", Lines: []string{name}}, {Term: "Address", Lines: []string{orElse(found.Address, "not known")}}, {Term: "Id on the platform", Lines: []string{user}, Mono: true}, {Term: "Read", Lines: []string{clk.exact(found.ReadAt)}}},
	}
	view.Lead = "What was written to and by this person, up to now. This look is written to the audit."
	if n := len(found.Lines); n < found.Total {
		view.Part = fmt.Sprintf("The latest %s of %s.", look.Thousands(n), look.Count(found.Total, "message", ""))
	}
	for _, s := range found.Lines {
		local := s.At.In(clk.zone())
		day := clk.day(digest.DateOf(local))
		if len(view.Days) == 0 || view.Days[len(view.Days)-1].Day != day {
			view.Days = append(view.Days, talkDay{Day: day})
		}
		d := &view.Days[len(view.Days)-1]
		line := saidLine{In: s.In, Who: whoSaid(s, name), Hour: local.Format("15:04"), Body: s.Body, Time: s.At}
		if !s.In && s.Delivery != "" {
			line.Delivery = statusWord(s.Delivery)
		}
		d.Said = append(d.Said, line)
	}
	return c.show(w, r, "talk", view)
}

// whoSaid names who wrote a message.
func whoSaid(s digest.Said, name string) string {
	switch {
	case s.In:
		return name
	case s.Agent != "":
		return s.Agent
	case s.Author == "bot":
		return "The bot"
	case s.Author == "agent":
		return "An agent"
	case s.Author == "automation":
		return "A campaign or automation"
	case s.Author == "system":
		return "The platform"
	}
	return "Unknown"
}
