package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fortnight/digest"
	"fortnight/web/office"
	"fortnight/web/zones"
)

// settingsRoutes are the project's own page and its brand.
func (c *console) settingsRoutes() []route {
	return append([]route{
		{pattern: "GET /settings", role: digest.RoleViewer, do: c.settingsPage},
		{pattern: "POST /settings", role: digest.RoleOwner, do: c.saveSettings},
	}, c.brandRoutes()...)
}

// settingsTabs are the pages of the settings; those with secrets are their owners' alone.
func (v *visit) settingsTabs(current string) []Tab {
	tabs := []Tab{{Name: "Project", Path: v.Path("settings")}, {Name: "Brand", Path: v.Path("settings", "brand")}, {Name: "People", Path: v.Path("settings", "people")}}
	if v.May(digest.RoleOwner) {
		tabs = append(tabs, Tab{Name: "API keys", Path: v.Path("settings", "tokens")}, Tab{Name: "Webhooks", Path: v.Path("settings", "webhooks")})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Name == current
	}
	return tabs
}

// Tab is one of a row of pages.
type Tab struct {
	Name, Path string
	Current    bool
}

// settled is what pages of the settings share.
type settled struct {
	page
	Tabs []Tab
	Mine bool // the visitor may change what is here
}

func (v *visit) settled(title, tab string) settled {
	s := settled{page: v.page(title, "settings"), Tabs: v.settingsTabs(tab), Mine: v.May(digest.RoleOwner)}
	if tab != "Project" {
		s.Crumbs = []Crumb{{"Settings", v.Path("settings")}}
	}
	return s
}

type settingsPage struct {
	settled
	P         digest.Project
	Zones     []optionGroup
	Locales   []option
	Weekdays  []option
	BiMonthly []biMonthly
	Hours     []openingDay
	Weekly    string     // how long a week is open; "" without hours
	Holidays  string     // a date a line
	typed     url.Values // nil: nothing was
}

// optionGroup is part of a long choice.
type optionGroup struct {
	Name    string
	Options []option
}

// biMonthly is one meaning of "bi-monthly", with what it comes to.
type biMonthly struct {
	option
	Says string
}

func (c *console) settingsPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	return c.showSettings(w, r, v, p, nil)
}

func (c *console) showSettings(w http.ResponseWriter, r *http.Request, v *visit, p digest.Project, faults Faults) error {
	s := &settingsPage{settled: v.settled("Settings", "Project"), P: p}
	if faults != nil && r.PostForm.Has("hours.1") {
		s.typed = r.PostForm
	}
	s.Lead = "What holds for the whole project. Digests may have a cadence of their own, subscribers a language and a zone."
	s.fill(c, v, faults)
	return c.show(w, r, "settings", s)
}

// Shares are the keys of the projects that may sum this one up, as they are typed.
func (s *settingsPage) Shares() string { return strings.Join(s.P.Shares, ", ") }

// fill makes the choices of the form; faults are of what was filled in before.
func (s *settingsPage) fill(c *console, v *visit, faults Faults) {
	if faults != nil {
		s.Faults, s.Status = faults, http.StatusUnprocessableEntity
	}
	s.Zones = zoneChoices(s.P.Zone)
	for _, tag := range c.Works.Locales() {
		s.Locales = append(s.Locales, option{Value: tag, Name: languageName(tag), Chosen: tag == s.P.Locale})
	}
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		s.Weekdays = append(s.Weekdays, option{Value: strconv.Itoa(int(d)), Name: d.String(), Chosen: d == s.P.WeekStart})
	}
	s.hours()
	at := clockOf(s.P, c.Now())
	for _, m := range []option{{Value: "twice-monthly", Name: "Twice a month"}, {Value: "every-2-months", Name: "Every two months"}} {
		m.Chosen = m.Value == s.P.BiMonthly || m.Value == "twice-monthly" && s.P.BiMonthly == ""
		says := ""
		if cadence, err := c.Works.Cadence(s.P, digest.Config{Cadence: digest.CadenceSpec{Kind: m.Value, At: "08:00", Zone: s.P.Zone, WeekStart: s.P.WeekStart}}, "", 2); err == nil {
			var next []string
			for _, send := range cadence.Next {
				next = append(next, at.day(digest.DateOf(send.Due.In(at.zone())))+" for "+at.span(send.Period))
			}
			says = sentence(cadence.Words)
			if len(next) > 0 {
				says += " Next: " + listing(next) + "."
			}
		}
		s.BiMonthly = append(s.BiMonthly, biMonthly{m, says})
	}
}

func (c *console) saveSettings(w http.ResponseWriter, r *http.Request, v *visit) error {
	p, err := v.Project(r.Context())
	if err != nil {
		return err
	}
	before := p
	faults := headFrom(r.PostForm, &p)
	if len(faults) == 0 {
		if faults, err = refusedOr(c.Works.CheckHead(p)); err != nil {
			return err
		}
	}
	if len(faults) == 0 {
		if faults, err = refusedOr(office.CheckMeaning(r.Context(), c.Works, v.Office, before, p)); err != nil {
			return err
		}
	}
	var change digest.Change
	if len(faults) == 0 {
		change, err = v.Office.SaveHead(r.Context(), v.By, p)
		if faults, err = refusedOr(err); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return c.showSettings(w, r, v, p, faults)
	}
	return c.done(w, r, v.Path("settings"), savedWords(change))
}

// refusedOr parts an error: what somebody can mend, and what is to be passed on.
func refusedOr(err error) (Faults, error) {
	if err == nil {
		return nil, nil
	}
	if f := faultsOf(err); f != nil {
		return f, nil
	}
	return nil, err
}

// headFrom reads the project's own form into what there is. What is no head at all is a fault; the rest others check.
func headFrom(f url.Values, p *digest.Project) Faults {
	faults := Faults{}
	text := func(field string) string { return strings.TrimSpace(f.Get(field)) }
	p.Name, p.Zone, p.Locale = text("name"), text("zone"), text("locale")
	switch n := utf8.RuneCountInString(p.Name); {
	case n == 0:
		faults["name"] = "The name is missing. Write it as readers know it."
	case n > 100:
		faults["name"] = "The name has " + strconv.Itoa(n) + " letters; 100 are the most."
	}
	if !zones.Known(p.Zone) {
		faults["zone"] = "No such zone."
		if near := zones.Nearest(p.Zone); near != "" {
			faults["zone"] += " Did you mean " + near + "?"
		}
	}
	if day, err := strconv.Atoi(f.Get("week_start")); err == nil && day >= 0 && day < 7 {
		p.WeekStart = time.Weekday(day)
	} else {
		faults["week_start"] = "Choose a day of the week."
	}
	if f.Has("hours.1") {
		p.Hours = hoursFrom(f, p.Hours, faults)
	}
	if f.Has("bi_monthly") {
		p.BiMonthly = f.Get("bi_monthly")
	}
	if f.Has("shares") {
		p.Shares = commaList(f.Get("shares"))
	}
	if f.Has("unknown") {
		p.Unknown = f.Get("unknown")
	}
	for field, a := range map[string]*digest.Address{"from": &p.From, "reply_to": &p.ReplyTo} {
		if !f.Has(field) {
			continue
		}
		*a = digest.Address{Name: text(field + "_name"), Address: text(field)}
		if a.Address == "" && a.Name != "" {
			faults[field] = "A name needs an address beside it."
		}
		if a.Address != "" {
			if fault := faultOfAddress(a.Address); fault != "" {
				faults[field] = fault
			}
		}
	}
	return faults
}

// savedWords says what was changed, in a line.
func savedWords(change digest.Change) string {
	if len(change.Details) == 0 && len(change.Notes) == 0 {
		return "Nothing was different, so nothing was saved."
	}
	var names []string
	for _, d := range change.Details {
		names = append(names, strings.ReplaceAll(strings.ReplaceAll(d.What, "_", " "), ".", " "))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 4 {
		return "Saved: " + strings.Join(names[:4], ", ") + " and more. The audit has it all."
	}
	if len(names) == 0 {
		return "Saved."
	}
	return "Saved: " + listing(names) + "."
}

// zoneChoices are the zones by continent. One that is chosen stays a choice though it is not among them.
func zoneChoices(chosen string) (groups []optionGroup) {
	found := false
	for _, zone := range zones.All() {
		part, place, ok := strings.Cut(zone, "/")
		if !ok {
			part, place = "Everywhere", zone
		}
		if n := len(groups); n == 0 || groups[n-1].Name != part {
			groups = append(groups, optionGroup{Name: part})
		}
		g := &groups[len(groups)-1]
		g.Options = append(g.Options, option{Value: zone, Name: strings.ReplaceAll(place, "_", " "), Chosen: zone == chosen})
		found = found || zone == chosen
	}
	if !found && chosen != "" {
		groups = append([]optionGroup{{Name: "As it is", Options: []option{{Value: chosen, Name: chosen, Chosen: true}}}}, groups...)
	}
	return groups
}
