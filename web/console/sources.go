package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
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

// platformName is how the console calls a platform.
func platformName(key string) string {
	switch key {
	case nativePlatform:
		return "Fortnight’s own events"
	case "":
		return "the platform"
	}
	return capital(key)
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
	Key, Platform, Tenant string
	Platforms             []platformHelp
	New                   bool
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
	case nativePlatform:
		h.DSN = "postgres://fortnight_reader:PASSWORD@db.example.com:5432/events?sslmode=verify-full"
		h.Tenant = "The tenant_id that your events are written with."
		h.Grant = "The database that has Fortnight’s tables of events, and a user that may only read them."
	}
	return h
}

func (c *console) formOf(s digest.Source, isNew bool) *sourceForm {
	f := &sourceForm{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant, New: isNew}
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
	digests, err := v.Office.Digests(ctx)
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
	Checked  string // "looked at Wed 25 Mar 10:31"
	Sections []capability
	Summary  string // "2 available, 1 not available"
	Findings []finding
	Access   []fact
	Form     *sourceForm // nil: one may not
	Probe    string      // address that looks again
	Remove   string
}

// capability is what a source can tell of a section.
type capability struct {
	Name  string
	State look.Stated
	Why   string
	Used  string // by which digests
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
	digests, err := v.Office.Digests(ctx)
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
		row := capability{Name: sectionName(key), State: look.Stated{Kind: "ok", Icon: "check", Word: "Available"}, Why: "Can be filled from here. What is derived or not recorded stands below."}
		var names []string
		for _, d := range digests {
			if slices.Contains(d.Config.Sections, digest.SectionChoice{Section: key, Source: s.Key}) {
				names = append(names, d.Config.Key)
			}
		}
		row.Used = usedBy(names, digests)
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

// --- Adding and changing ---

var sourceKeyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// readSource reads what was filled in. With no new password or address the kept one stays.
func (c *console) readSource(r *http.Request, key string) (digest.Source, Faults) {
	s := digest.Source{
		Key: key, Platform: r.PostFormValue("platform"), DSN: strings.TrimSpace(r.PostFormValue("dsn")), Tenant: strings.TrimSpace(r.PostFormValue("tenant")),
	}
	faults := Faults{}
	isNew := key == ""
	if isNew {
		s.Key = strings.TrimSpace(r.PostFormValue("key"))
		if !sourceKeyForm.MatchString(s.Key) {
			faults["key"] = "Use small letters, digits and hyphens, at most 63: chatwoot-eu."
		}
	}
	if !slices.Contains(c.Works.Platforms(), s.Platform) {
		faults["platform"] = "Choose one of the platforms."
	}
	if s.Tenant == "" {
		faults["tenant"] = "Say which tenant: one database may have several."
	}
	switch {
	case isNew && s.DSN == "":
		faults["dsn"] = "Without an address there is nothing to read."
	case s.DSN != "" && !looksLikeDSN(s.DSN):
		faults["dsn"] = "This is not an address of PostgreSQL: it begins with postgres:// or has the form host=… dbname=… user=…."
	}
	if len(faults) == 0 {
		return s, nil
	}
	return s, faults
}

// looksLikeDSN tells the two forms that PostgreSQL's clients take.
func looksLikeDSN(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") || strings.Contains(s, "host=")
}

func (c *console) addSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, faults := c.readSource(r, "")
	if faults == nil {
		_, err := c.sourceOf(r.Context(), v, s.Key)
		switch {
		case err == nil:
			faults = Faults{"key": "There is a source of this name already."}
		case !errors.Is(err, digest.ErrNotFound):
			return err
		}
	}
	if faults == nil {
		if _, err := v.Office.SaveSource(r.Context(), v.By, s); err != nil {
			if faults = faultsOf(err); faults == nil {
				return err
			}
		}
	}
	if faults != nil {
		s.DSN = "" // a secret is not printed back
		return c.listSources(w, r, v, s, faults)
	}
	return c.lookAndTell(w, r, v, s.Key, "Source "+s.Key+" is added")
}

func (c *console) saveSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	line, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	s, faults := c.readSource(r, line.Key)
	var change digest.Change
	if faults == nil {
		if change, err = v.Office.SaveSource(r.Context(), v.By, s); err != nil {
			if faults = faultsOf(err); faults == nil {
				return err
			}
		}
	}
	if faults != nil {
		s.DSN = ""
		return c.showSource(w, r, v, line, s, faults)
	}
	if len(change.Details)+len(change.Notes) == 0 && s.DSN == "" {
		return c.done(w, r, v.Path("sources", s.Key), "Nothing was changed.")
	}
	return c.lookAndTell(w, r, v, s.Key, "Source "+s.Key+" is saved")
}

func (c *console) probeSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	return c.lookAndTell(w, r, v, s.Key, "")
}

// lookAndTell probes a source, keeps what was found, and says it on the source's page.
func (c *console) lookAndTell(w http.ResponseWriter, r *http.Request, v *visit, key, done string) error {
	ctx := r.Context()
	to := v.Path("sources", key)
	s, err := v.Office.SourceSecret(ctx, key)
	if err != nil {
		return err
	}
	fault, findings, sections := c.Works.Probe(ctx, s)
	if err := v.Office.Probed(ctx, key, fault, findings, sections); err != nil {
		return err
	}
	if fault != "" {
		said := "It cannot be read. " + sentence(fault)
		if done != "" {
			said = done + ", and cannot be read. " + sentence(fault)
		}
		c.flash(r, Flash{Kind: "fail", Text: said})
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	said := "It can be read, and can fill " + look.Count(len(sections), "section", "") + "."
	if done != "" {
		said = done + ". " + said
	}
	return c.done(w, r, to, said)
}

// --- Removing ---

func (c *console) askRemoveSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	s, err := c.sourceOf(r.Context(), v, r.PathValue("source"))
	if err != nil {
		return err
	}
	digests, err := v.Office.Digests(r.Context())
	if err != nil {
		return err
	}
	a := &question{
		page:   v.page("Remove source "+s.Key+"?", "sources", Crumb{"Sources", v.Path("sources")}, Crumb{s.Key, v.Path("sources", s.Key)}),
		Action: v.Path("sources", s.Key, "remove"), Label: "Remove " + s.Key, Class: "stop", Back: v.Path("sources", s.Key), BackTo: "Keep it",
		Text:    []string{"Its address and password are forgotten. Editions that were made from it keep their figures."},
		Warning: "To have it back, its password has to be set again.",
	}
	if len(s.Used) > 0 {
		a.Label, a.Warning = "", ""
		a.Text = []string{usedBy(s.Used, digests) + " " + map[bool]string{true: "reads", false: "read"}[len(s.Used) == 1] + " it. Choose another source for their sections first, or switch those off."}
		a.Title = s.Key + " cannot be removed"
	}
	return c.show(w, r, "ask", a)
}

func (c *console) removeSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	key := r.PathValue("source")
	if err := v.Office.RemoveSource(r.Context(), v.By, key); err != nil {
		if faultsOf(err) == nil {
			return err
		}
		http.Redirect(w, r, v.Path("sources", key, "remove"), http.StatusSeeOther) // it says who reads it
		return nil
	}
	return c.done(w, r, v.Path("sources"), "Source "+key+" is removed.")
}
