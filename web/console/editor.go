package console

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/zones"
)

// editorPage is a digest as it is filled in, beside what it comes to.
type editorPage struct {
	page
	Line     digest.DigestLine
	Form     filled
	May      bool // the visitor may change it
	Zone     string
	Covering string
	Kinds    []option
	Weekdays []option
	Covers   []option
	Sends    sends
	Compare  []zoneChoice
	Controls []sectionControl
	On       int
	Readers  string
	Gone     string
	Cadences []option // that readers may be let choose
	Lost     string   // what they could choose and no longer can, as the digest's own cadence is not faster any more; "" nothing
	Members  []option
	Unsaved  []string
	Draft    string
	Undo     string
	Stale    []string // what others changed meanwhile
	Tried    bool     // it was to be saved
	Pane     previewPane
	Errors   []faultLink
}

// sectionControl is one section of the form.
type sectionControl struct {
	filledSection
	Name, Tells string
	Sources     []option
	Fault       string // of its source
	Targets     []targetControl
	Params      []paramControl
	Missed      bool // it has the parameters of waiting and connection
	Said        string
	Open        bool
	First, Last bool
}

type targetControl struct {
	Field, Label, Hint, Value, Unit string
}

func (c *console) editor(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	d, now, err := c.filledIn(r, v)
	if err != nil {
		return err
	}
	project, sources, err := c.headAndSources(r, v)
	if err != nil {
		return err
	}
	f := fillOf(now, project, c.Works.Sections(), sources)
	f.Version, f.Compare = d.Version, r.URL.Query().Get("compare")
	view, err := c.editorPage(r, v, p, project, sources, d, f, now, Faults{}, r.URL.Query(), false)
	if err != nil {
		return err
	}
	return c.show(w, r, "editor", view)
}

func (c *console) headAndSources(r *http.Request, v *visit) (digest.Project, []digest.SourceLine, error) {
	project, err := v.Project(r.Context())
	if err != nil {
		return project, nil, err
	}
	sources, err := v.Office.Sources(r.Context())
	return project, sources, err
}

// editorPage makes the page of a form as it is filled in; now is what it means. q says what is looked at.
func (c *console) editorPage(r *http.Request, v *visit, p *previews, project digest.Project, sources []digest.SourceLine, d digest.DigestLine, f filled, now digest.Config, faults Faults, q url.Values, render bool) (*editorPage, error) {
	view := &editorPage{
		page: v.page(digestName(d.Config), "digests", Crumb{"Digests", v.Path("digests")}), Line: d, Form: f, May: v.May(digest.RoleEditor),
		Zone: cmp.Or(f.Zone, project.Zone), Covering: covering(f.Kind, project), Undo: v.Path("digests", d.Config.Key),
	}
	view.Faults = faults
	at := clockOf(project, c.Now())
	for _, k := range append(c.Works.Kinds(), kindCron) {
		if k == kindBiMonthly && f.Kind != kindBiMonthly { // an alias: twice a month, or every 2 months, stand there already
			continue
		}
		view.Kinds = append(view.Kinds, option{k, kindName(k), k == f.Kind})
	}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		view.Weekdays = append(view.Weekdays, option{day, weekdayNamed(day), day == f.Weekday})
	}
	for _, k := range []string{"day", "week", "half-month", "month"} {
		view.Covers = append(view.Covers, option{k, strings.ReplaceAll(k, "-", " "), k == f.Covers})
	}
	if err := c.sendsInto(r, v, view, project, now); err != nil {
		return nil, err
	}
	view.Lead = c.leadOf(project, d, at)
	view.Readers = look.Count(readersOf(d), "subscriber", "")
	if by := byAudience(d); by != "" {
		view.Readers += ": " + by
	}
	if d.Gone > 0 {
		view.Gone = fmt.Sprintf("%s more get nothing: unsubscribed, suppressed or paused.", capital(spelled(d.Gone)))
	}
	for _, k := range readerKinds() {
		if offered(k, now.Cadence.Kind, project) {
			view.Cadences = append(view.Cadences, option{k, kindName(k), slices.Contains(f.Cadences, k)})
		}
	}
	view.Lost = lostBy(d, f, now, project)
	view.Controls, view.On = controlsOf(f, sources, at, faults)
	view.Unsaved = unsaved(d.Config, now, project)
	if len(view.Unsaved) > 0 {
		draft, err := draftOf(now)
		if err != nil {
			return nil, err
		}
		view.Draft = draft
	}
	if view.May {
		members, err := v.Office.Members(r.Context())
		if err != nil {
			return nil, err
		}
		view.Members = ownersOf(members, d)
	}
	view.Pane = c.paneOf(r, v, p, project, d, now, lookingOf(q, project, c.Works.Locales()), view.Draft, render && len(faults) == 0)
	view.Errors = faultLinks(faults)
	return view, nil
}

// sendsInto fills in the next six sends, and the zones that they may be compared with.
func (c *console) sendsInto(r *http.Request, v *visit, view *editorPage, project digest.Project, now digest.Config) error {
	readers, err := v.Office.ReadersZones(r.Context(), now.Key)
	if err != nil {
		return err
	}
	view.Compare = zonesOf(readers, now.Cadence.Zone, view.Form.Compare)
	there := view.Form.Compare
	if !slices.ContainsFunc(view.Compare, func(z zoneChoice) bool { return z.On }) {
		there = ""
		if len(view.Compare) > 0 && view.Form.Compare == "" {
			there, view.Compare[0].On = view.Compare[0].Zone, true
		}
	}
	comes, err := c.Works.Cadence(project, now, there, 6)
	if err == nil {
		view.Sends = sendsOf(comes, now.Cadence, there, c.Now())
		return nil
	}
	faults := faultsOf(err)
	if faults == nil {
		return err
	}
	for field, reason := range faults {
		if field = controlOf(field, view.Form); view.Faults[field] == "" {
			view.Faults[field] = reason
		}
	}
	return nil
}

// leadOf is what is to be known first: whether it is on, and what comes next.
func (c *console) leadOf(p digest.Project, d digest.DigestLine, at clock) string {
	readers := "to " + look.Count(readersOf(d), "subscriber", "")
	next, fault := c.nextOf(p, d.Config, at)
	switch {
	case fault != "":
		return fault
	case !d.Config.Active:
		return "Draft: nothing goes out. Switched on now, the first would go out " + next + " in " + at.place() + ", " + readers
	}
	return "On: next edition " + next + " in " + at.place() + ", " + readers
}

func controlsOf(f filled, sources []digest.SourceLine, at clock, faults Faults) (all []sectionControl, on int) {
	for i, s := range f.Sections {
		if s.Source == "" { // as it would be, were the projects taken out
			s.Source = sourceFor(s.Key, sources)
		}
		name, tells := sectionWords(s.Key)
		ctl := sectionControl{filledSection: s, Name: name, Tells: tells, First: i == 0, Last: i == len(f.Sections)-1, Missed: s.Key == "contact_center"}
		if s.On {
			on++
		}
		for _, src := range sources {
			label := src.Key
			if len(src.Sections) > 0 && !slices.Contains(src.Sections, s.Key) {
				label += " (cannot fill it)"
			}
			ctl.Sources = append(ctl.Sources, option{src.Key, label, src.Key == s.Source})
			if src.Key == s.Source && src.Fault != "" && s.On && f.Projects == "" {
				ctl.Fault = src.Key + " cannot be read"
				if !src.Since.IsZero() {
					ctl.Fault += " since " + at.lately(src.Since)
				}
			}
		}
		var said []string
		for _, t := range targetable() {
			if t.section != s.Key {
				continue
			}
			field := "target." + t.section + "." + t.figure
			tc := targetControl{Field: field, Label: "Target for " + t.name, Hint: "at least", Value: f.Targets[t.section+"."+t.figure], Unit: unitOf(t.section, t.figure).word}
			if t.atMost {
				tc.Hint = "at most"
			}
			if tc.Value != "" {
				said = append(said, t.name+" "+tc.Hint+" "+strings.TrimSpace(tc.Value+" "+tc.Unit))
			}
			ctl.Open = ctl.Open || faults[field] != ""
			ctl.Targets = append(ctl.Targets, tc)
		}
		if ctl.Missed {
			said = append([]string{"missed after " + f.MissedAfter + " hours"}, said...)
			ctl.Open = ctl.Open || faults["missed_after"] != ""
		}
		params, set, wrong := f.paramControls(s.Key, faults)
		ctl.Params, ctl.Open, said = params, ctl.Open || wrong, append(set, said...)
		ctl.Said = strings.Join(said, ", ")
		all = append(all, ctl)
	}
	return all, on
}

func ownersOf(members []digest.Member, d digest.DigestLine) []option {
	all := []option{{"0", "Nobody", d.Owner == 0}}
	for _, m := range members {
		if m.Role == digest.RoleViewer {
			continue
		}
		all = append(all, option{fmt.Sprint(m.ID), m.Called(), m.ID == d.Owner})
	}
	if d.Owner != 0 && !slices.ContainsFunc(all, func(o option) bool { return o.Chosen }) {
		all = append(all, option{fmt.Sprint(d.Owner), cmp.Or(d.OwnerName, "Somebody who left"), true})
	}
	return all
}

// AllZones are the zones to choose from.
func (p *editorPage) AllZones() []string { return zones.All() }
