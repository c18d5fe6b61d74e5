package console

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"fortnight/digest"
)

// flows is the section whose sessions are persons'.
const flows = "flows"

// personsRoutes are the people of an edition's flows, with names, addresses and answers: for editors and owners. Each look is written to
// the audit.
func (c *console) personsRoutes() []route {
	const may = digest.RoleEditor
	return []route{
		{pattern: "GET /editions/{edition}/persons", role: may, do: c.persons},
		{pattern: "GET /editions/{edition}/persons.csv", role: may, do: c.personsFile, within: streaming},
	}
}

type personsPage struct {
	page
	partOf
	Recovered              bool // cancellations taken back, in place of sessions
	Rows                   []personRow
	Kinds, Flows           []option
	Practices              []option
	Filtered               bool
	Here, All, CSV         string
	Head, None, NoneFilter string
}

type personRow struct {
	Name, Address, Path string // Path "" where the platform names no person
	Flow, Practice, At  string
	Answers             []digest.FlowAnswer
	Appointment, For    string // its id, and when it is
	Detail              string
}

func wantedPersons(q url.Values, snap digest.Snapshot) digest.FlowPersonsWanted {
	w := digest.FlowPersonsWanted{Kind: q.Get("kind"), Flow: q.Get("flow"), Practice: q.Get("practice")}
	if slices.Contains(digest.FlowPersonKinds(), w.Kind) {
		return w
	}
	w.Kind = "answered"
	for i := range snap.Sections {
		has := func(key string) bool {
			return slices.ContainsFunc(snap.Sections[i].Tables, func(t digest.Table) bool { return t.Key == key })
		}
		if snap.Sections[i].Key == flows && has("recovered_detail") && !has("responses_by_user") { // where nobody's answers are known
			w.Kind = "recovered"
		}
	}
	return w
}

func personFilters(w digest.FlowPersonsWanted) url.Values {
	q := url.Values{"kind": {w.Kind}}
	for name, value := range map[string]string{"flow": w.Flow, "practice": w.Practice} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// lookAtPersons is a look for the audit, with what was looked for.
func lookAtPersons(verb, label string, w digest.FlowPersonsWanted) digest.Change {
	seen := digest.Change{Verb: verb, What: "flows' people " + label, Notes: []string{w.Kind}}
	for _, f := range []struct{ name, value string }{{"flow", w.Flow}, {"practice", w.Practice}} {
		if f.value != "" {
			seen.Notes = append(seen.Notes, f.name+" "+f.value)
		}
	}
	if w.Skip > 0 {
		seen.Notes = append(seen.Notes, fmt.Sprintf("from %d on", w.Skip+1))
	}
	return seen
}

// askedFlows gives the edition of a request, where its digest tells of flows and its numbers were read, and what is wanted of it.
func (c *console) askedFlows(r *http.Request, v *visit) (digest.EditionLine, clock, digest.FlowPersonsWanted, error) {
	e, snap, clk, err := c.asked(r, v)
	if err == nil && !tells(e, snap, flows) {
		err = digest.ErrNotFound
	}
	return e, clk, wantedPersons(r.URL.Query(), snap), err
}

const personsAPage = 50

func (c *console) persons(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, clk, wanted, err := c.askedFlows(r, v)
	if err != nil {
		return err
	}
	wanted.Most, wanted.Skip = personsAPage, skipped(r)
	if err := v.Office.Looked(r.Context(), v.By, e.ID, lookAtPersons("view", e.Label, wanted)); err != nil {
		return err
	}
	found, err := c.Works.FlowPersons(r.Context(), v.In.Project, e, wanted)
	if err != nil {
		return err
	}
	q := personFilters(wanted)
	view := &personsPage{
		page:      v.page("People in flows", "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Recovered: wanted.Kind == "recovered", Filtered: wanted.Flow != "" || wanted.Practice != "", Here: v.Path("editions", e.ID, "persons"),
		Kinds: []option{{"answered", "Who answered", wanted.Kind == "answered"}, {"recovered", "Cancellations recovered", wanted.Kind == "recovered"}},
		Head:  "Who answered", None: "Nobody answered in a flow that began in this period.", NoneFilter: "Nobody answered in such a flow in this period.",
		CSV: with(v.Path("editions", e.ID, "persons.csv"), q), All: with(v.Path("editions", e.ID, "persons"), url.Values{"kind": {wanted.Kind}}),
	}
	if view.Recovered {
		view.Head, view.None, view.NoneFilter = "Cancellations recovered", "No cancellation was taken back in this period.", "No cancellation of these was taken back in this period."
	}
	view.Lead = "Who was in the flows of " + clk.span(e.Period) + ", the latest first, in their own words. Names and addresses are whole here: every look is written to the audit."
	view.Flows, view.Practices = flowOptions(found.Flows, wanted.Flow), practiceOptions(found.Practices, wanted.Practice)
	for _, l := range found.Lines {
		view.Rows = append(view.Rows, personRowOf(v, clk, e, l))
	}
	view.partOf = partFrom(view.Here, q, wanted.Skip, len(found.Lines), found.Total, personsAPage, clk, found.ReadAt)
	return c.show(w, r, "persons", view)
}

func flowOptions(list []digest.FlowChoice, chosen string) []option {
	all := []option{{"", "Every flow", chosen == ""}}
	for _, f := range list {
		all = append(all, option{f.ID, f.Name, f.ID == chosen})
	}
	return all
}

func practiceOptions(list []string, chosen string) []option {
	if len(list) == 0 {
		return nil
	}
	all := []option{{"", "Every practice", chosen == ""}}
	for _, p := range list {
		all = append(all, option{p, p, p == chosen})
	}
	return all
}

func personRowOf(v *visit, clk clock, e digest.EditionLine, l digest.FlowPerson) personRow {
	row := personRow{
		Name: orElse(l.Name, orElse(l.Address, orElse(l.User, "unknown"))), Address: l.Address, Flow: orElse(l.Flow, "–"), Practice: l.Practice, At: "–",
		Answers: l.Answers, Appointment: l.Appointment, For: "–", Detail: l.Detail,
	}
	if row.Name == l.Address {
		row.Address = ""
	}
	row.Path = talkPath(v, e, l.User)
	if !l.At.IsZero() {
		row.At = clk.moment(l.At)
	}
	if !l.AppointmentAt.IsZero() {
		row.For = clk.moment(l.AppointmentAt)
	}
	return row
}

// personsFile gives all of them, as filtered, as CSV: a row an answer, or a row a cancellation.
func (c *console) personsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, clk, wanted, err := c.askedFlows(r, v)
	if err != nil {
		return err
	}
	if err := v.Office.Looked(r.Context(), v.By, e.ID, lookAtPersons("export", e.Label, wanted)); err != nil {
		return err
	}
	head := []string{"user", "name", "address", "flow", "practice", "started_at", "number", "question", "answer"}
	if wanted.Kind == "recovered" {
		head = []string{"user", "name", "address", "practice", "appointment", "appointment_at", "kept_at", "detail"}
	}
	return streamed(w, e.Label, wanted.Kind, head, func(line func(...string) error) error {
		return c.Works.EachFlowPerson(r.Context(), v.In.Project, e, wanted, func(l digest.FlowPerson) error {
			if wanted.Kind == "recovered" {
				return line(l.User, l.Name, l.Address, l.Practice, l.Appointment, stamp(clk, l.AppointmentAt), stamp(clk, l.At), oneLine(l.Detail))
			}
			if len(l.Answers) == 0 { // who answered what is no question stands there too
				return line(l.User, l.Name, l.Address, l.Flow, l.Practice, stamp(clk, l.At), "", "", "")
			}
			for i, a := range l.Answers {
				if err := line(l.User, l.Name, l.Address, l.Flow, l.Practice, stamp(clk, l.At), strconv.Itoa(i+1), oneLine(a.Question), oneLine(a.Answer)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
