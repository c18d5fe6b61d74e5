package console

import (
	"cmp"
	"errors"
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
	Missed      bool // it has the parameters of waiting and connection
	Said        string
	Open        bool
	First, Last bool
}

type targetControl struct {
	Field, Label, Hint, Value, Unit string
}

// faultLink leads from the head of the page to a field at fault.
type faultLink struct{ Field, Label, Reason string }

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

// saveDigest saves the form ("do" is save), or shows what it comes to: with the preview's subject (update, and a section moved up or
// down), or at once without (look, which the script asks).
func (c *console) saveDigest(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	d, err := v.Office.Digest(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	project, sources, err := c.headAndSources(r, v)
	if err != nil {
		return err
	}
	f := readFilled(r.PostForm)
	do, key, _ := strings.Cut(r.PostForm.Get("do"), ":")
	switch do {
	case "up":
		f.move(key, -1)
	case "down":
		f.move(key, 1)
	}
	now, faults := f.config(d.Config, project)
	if err := c.Works.CheckDigest(project, now); err != nil {
		more := faultsOf(err)
		if more == nil {
			return err
		}
		for field, reason := range more {
			field = controlOf(field, f)
			if faults[field] == "" {
				faults[field] = reason
			}
		}
	}
	stale := []string(nil)
	if do == "save" && len(faults) == 0 {
		changes := unsaved(d.Config, now, project)
		_, _, err := v.Office.SaveDigest(r.Context(), v.By, now, f.Version)
		switch {
		case err == nil:
			text := "Saved: " + strings.Join(changes, "; ") + "."
			if len(changes) == 0 {
				text = "Saved; nothing was changed."
			}
			if lost := lostBy(d, f, now, project); lost != "" {
				text += " " + lost
			}
			return c.done(w, r, with(v.Path("digests", d.Config.Key), c.looked(r, project)), text)
		case errors.Is(err, digest.ErrStale):
			if d, err = v.Office.Digest(r.Context(), d.Config.Key); err != nil {
				return err
			}
			if stale, err = c.whoChanged(r, v, project, d, f.Version); err != nil {
				return err
			}
			f.Version = d.Version
		default:
			if faults = faultsOf(err); faults == nil {
				return err
			}
			atControls := Faults{}
			for field, reason := range faults {
				atControls[controlOf(field, f)] = sentence(reason)
			}
			faults = atControls
		}
	}
	view, err := c.editorPage(r, v, p, project, sources, d, f, now, faults, r.PostForm, do != "save" && do != "look")
	if err != nil {
		return err
	}
	view.Stale, view.Tried = stale, do == "save"
	switch {
	case stale != nil:
		view.Status = http.StatusConflict
	case len(faults) > 0:
		view.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "editor", view)
}

// looked is the query that brings the editor back as it was looked at.
func (c *console) looked(r *http.Request, project digest.Project) url.Values {
	q := lookingOf(r.Form, project, c.Works.Locales()).query()
	if zone := r.Form.Get("compare"); zone != "" {
		q.Set("compare", zone)
	}
	return q
}

// backToEditor is the editor's address with what was typed and is not saved.
func (c *console) backToEditor(r *http.Request, v *visit, d digest.DigestLine) (string, error) {
	project, err := v.Project(r.Context())
	if err != nil {
		return "", err
	}
	q := c.looked(r, project)
	if r.PostForm.Has("kind") {
		now, _ := readFilled(r.PostForm).config(d.Config, project)
		if len(unsaved(d.Config, now, project)) > 0 {
			draft, err := draftOf(now)
			if err != nil {
				return "", err
			}
			q.Set("draft", draft)
		}
	} else if draft := r.PostForm.Get("draft"); draft != "" {
		q.Set("draft", draft)
	}
	return with(v.Path("digests", d.Config.Key), q), nil
}

// whoChanged tells of the changes that came between: one for each version, the latest last.
func (c *console) whoChanged(r *http.Request, v *visit, project digest.Project, d digest.DigestLine, read int) ([]string, error) {
	what := "digest " + v.In.Key + "/" + d.Config.Key
	lines, err := v.Office.Audit(r.Context(), digest.AuditWanted{What: what, Page: digest.Page{Size: 50}})
	if err != nil {
		return nil, err
	}
	var since []digest.AuditLine
	for _, l := range lines.Lines {
		if l.What == what && len(since) < d.Version-read {
			since = append(since, l)
		}
	}
	slices.Reverse(since)
	told := changedBy(since, clockOf(project, c.Now()))
	if len(told) == 0 {
		told = []string{"Somebody changed it."}
	}
	return told, nil
}

// controlOf is the control that a fault's field stands for.
func controlOf(field string, f filled) string {
	_, last, nested := strings.Cut(field, "cadence.")
	if nested {
		field = last
	}
	switch field {
	case "cadence", "kind":
		return "cadence"
	case "at", "zone", "anchor", "covers", "sections", "missed_after", "catch_up", "jitter", "paper", "subject", "name", "forwarding":
		return field
	}
	if strings.HasPrefix(field, "readers") {
		return "reader_cadence"
	}
	if figure, ok := strings.CutPrefix(field, "targets."); ok && aimIsListed(figure) {
		return "target." + figure
	}
	return ""
}

func aimIsListed(name string) bool {
	return slices.ContainsFunc(targetable(), func(a aim) bool { return a.section+"."+a.figure == name })
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
			if src.Key == s.Source && src.Fault != "" && s.On {
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

// faultLinks leads to each field at fault, in the order of the form.
func faultLinks(faults Faults) (all []faultLink) {
	order := []struct{ field, label string }{
		{"name", "Name"},
		{"cadence", "Cadence"},
		{"at", "Hour"},
		{"anchor", "First week"},
		{"covers", "Covers"},
		{"zone", "Zone"},
		{"sections", "Sections"},
		{"missed_after", "Missed after"},
	}
	for _, t := range targetable() {
		order = append(order, struct{ field, label string }{"target." + t.section + "." + t.figure, "Target for " + t.name})
	}
	order = append(order, []struct{ field, label string }{
		{"subject", "Subject"},
		{"reader_cadence", "What readers may choose"},
		{"forwarding", "Forwarded mails"},
		{"catch_up", "Missed periods"},
		{"jitter", "Begins within"},
		{"paper", "Paper"},
	}...)
	for _, o := range order {
		if faults[o.field] != "" {
			all = append(all, faultLink{o.field, o.label, faults[o.field]})
		}
	}
	return all
}

// AllZones are the zones to choose from.
func (p *editorPage) AllZones() []string { return zones.All() }
