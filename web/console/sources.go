package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// probing is how long a look at a source may take.
const probing = 90 * time.Second

// nativePlatform is Fortnight's own event tables.
const nativePlatform = "native"

// sourceRoutes are sources and their probes.
func (c *console) sourceRoutes() []route {
	const read, change = digest.RoleViewer, digest.RoleEditor
	return []route{
		{pattern: "GET /sources", role: read, do: c.sources},
		{pattern: "POST /sources", role: change, do: c.addSource, within: probing},
		{pattern: "GET /sources/{source}", role: read, do: c.source},
		{pattern: "POST /sources/{source}", role: change, do: c.saveSource, within: probing},
		{pattern: "POST /sources/{source}/probe", role: change, do: c.probeSource, within: probing},
		{pattern: "GET /sources/{source}/remove", role: change, do: c.askRemoveSource},
		{pattern: "POST /sources/{source}/remove", role: change, do: c.removeSource},
	}
}

// platformName is how the console calls a platform; one's own is called as the folder of its mapping: acme-desk is Acme desk.
func platformName(key string) string {
	switch key {
	case nativePlatform:
		return "Fortnight’s own events"
	case "":
		return "the platform"
	}
	return capital(strings.NewReplacer("-", " ", "_", " ").Replace(key))
}

// sourceRow is a source in a list.
type sourceRow struct {
	Key, Path, Platform, Host string
	State                     look.Stated
	Fault                     string
	Used                      string // "Support desk, Contact center"
	Checked                   string
}

type sourcesPage struct {
	page
	Rows []sourceRow
	Form *sourceForm // nil: one may not
}

// sourceForm is what is filled in about a source.
type sourceForm struct {
	Key, Platform, Tenant, Link string
	Platforms                   []platformHelp
	New                         bool
}

// platformHelp tells how a platform is reached.
type platformHelp struct {
	Key, Name string
	Chosen    bool
	DSN       string // what an address looks like
	Tenant    string // what its tenant is
	Grant     string // what its user needs
}

// helpFor tells how to reach a platform: by an address as PostgreSQL's clients take it.
func helpFor(key string) platformHelp {
	h := platformHelp{
		Key: key, Name: platformName(key),
		DSN:    "postgres://fortnight_reader:PASSWORD@db.example.com:5432/" + key + "?sslmode=verify-full",
		Tenant: "The number or name of the tenant, as the platform’s own tables have it.",
		Grant:  "A user of its own that may only read: GRANT SELECT on the platform’s tables. A read replica will do.",
	}
	switch key {
	case "chatwoot":
		h.DSN = "postgres://fortnight_reader:PASSWORD@db.example.com:5432/chatwoot_production?sslmode=verify-full"
		h.Tenant = "The account’s number: the one after /accounts/ in Chatwoot’s addresses."
	case "whatomate":
		h.Tenant = "The organization’s id: a UUID, which a test of the connection lists."
	case "rasa":
		h.Tenant = "default: a tracker store has one bot."
		h.Grant = "A user of its own that may only read: GRANT SELECT ON events. A read replica will do."
	case "typebot":
		h.Tenant = "The workspace’s id, which a test of the connection lists."
	case "libredesk":
		h.Tenant = "default: a database has one desk."
	case nativePlatform:
		h.DSN = "postgres://fortnight_reader:PASSWORD@db.example.com:5432/events?sslmode=verify-full"
		h.Tenant = "The tenant_id that your events are written with."
		h.Grant = "The database that has Fortnight’s tables of events, and a user that may only read them."
	}
	return h
}

func (c *console) formOf(s digest.Source, isNew bool) *sourceForm {
	f := &sourceForm{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant, Link: s.Link, New: isNew}
	for _, key := range c.Works.Platforms() {
		h := helpFor(key)
		h.Chosen = key == s.Platform
		f.Platforms = append(f.Platforms, h)
	}
	return f
}

func (c *console) sources(w http.ResponseWriter, r *http.Request, v *visit) error {
	return c.listSources(w, r, v, digest.Source{}, nil)
}

func (c *console) listSources(w http.ResponseWriter, r *http.Request, v *visit, filled digest.Source, faults Faults) error {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	clk := clockOf(p, v.Now())
	all, err := v.Office.Sources(ctx)
	if err != nil {
		return err
	}
	digests, err := v.Office.DigestsToCome(ctx)
	if err != nil {
		return err
	}
	view := &sourcesPage{page: v.page("Sources", "sources")}
	view.Lead = "Databases that this project’s numbers come from. Fortnight only reads there."
	slices.SortStableFunc(all, func(a, b digest.SourceLine) int { // what cannot be read first
		if (a.Fault != "") != (b.Fault != "") {
			if a.Fault != "" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Key, b.Key)
	})
	for _, s := range all {
		view.Rows = append(view.Rows, sourceRowOf(v, clk, s, digests))
	}
	if v.May(digest.RoleEditor) {
		view.Form = c.formOf(filled, true)
	}
	if view.Faults = faults; faults != nil {
		view.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "sources", view)
}

func sourceRowOf(v *visit, clk clock, s digest.SourceLine, digests []digest.DigestLine) sourceRow {
	row := sourceRow{Key: s.Key, Path: v.Path("sources", s.Key), Platform: platformName(s.Platform), Host: s.Host, State: sourceState(s), Used: usedBy(s.Used, digests), Checked: "not yet"}
	if s.Fault != "" {
		row.Fault = faultWords(clk, s)
	}
	if !s.Checked.IsZero() {
		row.Checked = clk.moment(s.Checked)
	}
	return row
}

func sourceState(s digest.SourceLine) look.Stated {
	switch {
	case s.Fault != "":
		return look.Of("unreadable")
	case s.Checked.IsZero():
		return look.Stated{Kind: "out", Icon: "ring", Word: "Not looked at"}
	}
	return look.Of("readable")
}

// usedBy names the digests that read a source: the first three, and how many more.
func usedBy(keys []string, digests []digest.DigestLine) string {
	var names []string
	for _, key := range keys {
		name := capital(key)
		for _, d := range digests {
			if d.Config.Key == key {
				name = digestName(d.Config)
			}
		}
		names = append(names, name)
	}
	if len(names) > 4 {
		names = append(names[:3:3], look.Thousands(len(keys)-3)+" more")
	}
	return listing(names)
}

// --- One source ---

type sourcePage struct {
	page
	Key      string
	Chip     look.Stated
	Banner   *banner
	Mend     []digest.Check // that say what to run
	Checks   []checkRow
	Checked  string // "looked at Wed 25 Mar 10:31"
	Sections []capability
	Summary  string // "2 available, 1 not available"
	Findings []finding
	Access   []fact
	Form     *sourceForm // nil: one may not
	Probe    string      // address that looks again
	Remove   string
}

// checkRow is one thing that a look tried.
type checkRow struct{ Tone, Icon, Says, Title, Text, Remedy string }

func checkRowOf(c digest.Check) checkRow {
	row := checkRow{Tone: "good", Icon: "check", Says: "Well", Title: c.Title, Text: c.Text, Remedy: c.Remedy}
	switch c.Verdict {
	case digest.CheckMend:
		row.Tone, row.Icon, row.Says = "warn", "warning", "To mend"
	case digest.CheckNote:
		row.Tone, row.Icon, row.Says = "mute", "info", "To know"
	}
	if c.SQL != "" {
		row.Text, row.Remedy = "What to run stands above.", ""
	}
	return row
}

// capability is what a source can tell of a section.
type capability struct {
	Name  string
	State look.Stated
	Why   string
}

// finding is one thing that a look found.
type finding struct{ Tone, Icon, Text string }

// findingOf shows a finding by what it says: what a platform does not record is a dash, what is derived or partial has its sign,
// what should be mended is a warning, and the rest are facts.
func findingOf(text string) finding {
	low := strings.ToLower(text)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(low, w) })
	}
	switch {
	case has("could write", "is missing", "missing or not readable", "refuses"):
		return finding{"warn", "warning", sentence(text)}
	case has("not available", "does not record", "not recorded", "not there"):
		return finding{"mute", "dash", sentence(text)}
	case has("derived"):
		return finding{"", "derived", sentence(text)}
	case has("in part"):
		return finding{"warn", "half", sentence(text)}
	}
	return finding{"good", "check", sentence(text)}
}

// sourceOf gives the source of a request's path.
func (c *console) sourceOf(ctx context.Context, v *visit, key string) (digest.SourceLine, error) {
	all, err := v.Office.Sources(ctx)
	if err != nil {
		return digest.SourceLine{}, err
	}
	for _, s := range all {
		if s.Key == key {
			return s, nil
		}
	}
	return digest.SourceLine{}, digest.ErrNotFound
}

func (c *console) source(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	return c.showSource(w, r, v, s, s.Source, nil)
}

func (c *console) showSource(w http.ResponseWriter, r *http.Request, v *visit, s digest.SourceLine, filled digest.Source, faults Faults) error {
	ctx := r.Context()
	p, err := v.Project(ctx)
	if err != nil {
		return err
	}
	clk := clockOf(p, v.Now())
	digests, err := v.Office.DigestsToCome(ctx)
	if err != nil {
		return err
	}
	view := &sourcePage{page: v.page(s.Key, "sources", Crumb{"Sources", v.Path("sources")}), Key: s.Key, Chip: sourceState(s)}
	view.Lead = platformName(s.Platform) + ". Feeds no digest yet."
	if len(s.Used) > 0 {
		view.Lead = platformName(s.Platform) + ". Feeds " + usedBy(s.Used, digests) + "."
	}
	if s.Fault != "" {
		view.Banner = &banner{Kind: "fail", Icon: "sources", Title: "It cannot be read", Text: faultWords(clk, s)}
		if effect := suffers(ctx, v, clk, s.Key, s.Used, digests); effect != "" {
			view.Banner.Text += " " + effect
		}
	}
	if !s.Checked.IsZero() {
		view.Checked = "looked at " + clk.moment(s.Checked)
	}
	view.Sections, view.Summary = capabilities(c.Works.Sections(), s, digests)
	for _, check := range s.Checks {
		view.Checks = append(view.Checks, checkRowOf(check))
		if check.SQL != "" {
			view.Mend = append(view.Mend, check)
		}
	}
	for _, text := range s.Findings {
		view.Findings = append(view.Findings, findingOf(text))
	}
	view.Access = []fact{
		{Term: "Address", Lines: []string{orElse(s.Host, "not set")}, Mono: true},
		{Term: "Tenant", Lines: []string{orElse(s.Tenant, "not set")}},
		{Term: "User and password", Lines: []string{"Kept sealed. They cannot be shown, only replaced."}},
	}
	if v.May(digest.RoleEditor) {
		view.Form = c.formOf(filled, false)
		view.Probe, view.Remove = v.Path("sources", s.Key, "probe"), v.Path("sources", s.Key, "remove")
	}
	if view.Faults = faults; faults != nil {
		view.Status = http.StatusUnprocessableEntity
	}
	return c.show(w, r, "source", view)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// capabilities is what a source can fill of the sections there are; what it was never asked is not known.
func capabilities(sections []string, s digest.SourceLine, digests []digest.DigestLine) (all []capability, summary string) {
	if s.Checked.IsZero() || s.Fault != "" && len(s.Sections) == 0 {
		return nil, ""
	}
	some, none := 0, 0
	for _, key := range sections {
		row := capability{Name: sectionName(key), State: look.Stated{Kind: "ok", Icon: "check", Word: "Available"}, Why: "In no digest yet."}
		var names []string
		for _, d := range digests {
			if slices.Contains(d.Config.Sections, digest.SectionChoice{Section: key, Source: s.Key}) {
				names = append(names, d.Config.Key)
			}
		}
		if len(names) > 0 {
			row.Why = "In " + usedBy(names, digests) + "."
		}
		if slices.Contains(s.Sections, key) {
			some++
		} else {
			none++
			row.State = look.Of("not available")
			row.Why = fmt.Sprintf("%s has none. Printed as “not available on this platform”, never as 0.", platformName(s.Platform))
		}
		all = append(all, row)
	}
	var parts []string
	if some > 0 {
		parts = append(parts, fmt.Sprintf("%d available", some))
	}
	if none > 0 {
		parts = append(parts, fmt.Sprintf("%d not available", none))
	}
	return all, strings.Join(parts, ", ")
}
