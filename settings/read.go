package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// Known is what only the trades know. A nil function accepts everything; an empty list, too.
type Known struct {
	Kinds     []string // of cadences, expressions apart
	Platforms []string
	Sections  []string // in the order that they are offered
	// Cadence says what is wrong with a cadence; biMonthly is what the project means by bi-monthly.
	Cadence func(c digest.CadenceSpec, biMonthly string) error
	// Longer lists the kinds that readers of a digest of this cadence may choose in its place: those of longer periods.
	Longer func(c digest.CadenceSpec, biMonthly string) ([]string, error)
	// Locale says why there are no words for a locale.
	Locale func(locale string) error
	// DSN gives what a variable holds. Nil: DSNs are taken from where they stand (Source.DSN), which may be nowhere.
	DSN func(variable string) (string, error)
}

// LongestJitter keeps an edition on the day that it is due.
const LongestJitter = 12 * time.Hour

// Read turns the written form into projects, in the order of their keys. All faults are reported at once, joined; each is a
// *digest.RefusedError whose field is a path: projects.desk.digests.weekly.paper.
func Read(projects map[string]Project, known Known) ([]digest.Project, error) {
	r := reading{Known: known}
	var all []digest.Project
	for _, key := range slices.Sorted(maps.Keys(projects)) {
		all = append(all, r.whole("projects."+key, key, projects[key]))
	}
	return all, errors.Join(r.faults...)
}

// Project reads a project without its sources and digests. Fields of faults begin with where, "" for none.
func (k Known) Project(where, key string, s Project) (digest.Project, error) {
	r := reading{Known: k}
	p := r.project(where, key, s)
	return p, errors.Join(r.faults...)
}

// Source reads a source.
func (k Known) Source(where, key string, s Source) (digest.Source, error) {
	r := reading{Known: k}
	read := r.source(where, key, s)
	return read, errors.Join(r.faults...)
}

// Digest reads a digest of a project, without its subscribers.
func (k Known) Digest(where, key string, s Digest, p digest.Project) (digest.Config, error) {
	r := reading{Known: k}
	c := r.digest(where, key, s, p)
	return c, errors.Join(r.faults...)
}

// Subscribers reads subscribers; the field of a fault is where, a number from 0 in brackets, and the name: subscribers[3].zone.
func (k Known) Subscribers(where string, all []Subscriber) ([]digest.Subscriber, error) {
	r := reading{Known: k}
	var read []digest.Subscriber
	for i, s := range all {
		read = append(read, r.subscriber(fmt.Sprintf("%s[%d]", where, i), s))
	}
	return read, errors.Join(r.faults...)
}

// reading collects what cannot be read.
type reading struct {
	Known
	faults []error
}

func (r *reading) fault(where, format string, args ...any) {
	r.faults = append(r.faults, &digest.RefusedError{Field: strings.TrimPrefix(where, "."), Reason: fmt.Sprintf(format, args...)})
}

// among faults a word that is not of a list.
func (r *reading) among(where, word string, list ...string) {
	if len(list) > 0 && !slices.Contains(list, word) {
		choices := strings.Join(list, ", ")
		if i := strings.LastIndex(choices, ", "); i >= 0 {
			choices = choices[:i] + " or " + choices[i+2:]
		}
		r.fault(where, "%q is not known: choose %s", word, choices)
	}
}

func (r *reading) whole(where, key string, s Project) digest.Project {
	p := r.project(where, key, s)
	for _, k := range slices.Sorted(maps.Keys(s.Sources)) {
		p.Sources = append(p.Sources, r.source(where+".sources."+k, k, s.Sources[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(s.Digests)) {
		at := where + ".digests." + k
		d := r.digest(at, k, s.Digests[k], p)
		for i, sub := range s.Digests[k].Subscribers {
			d.Subscribers = append(d.Subscribers, r.subscriber(fmt.Sprintf("%s.subscribers[%d]", at, i), sub))
		}
		p.Digests = append(p.Digests, d)
	}
	return p
}

func (r *reading) project(where, key string, s Project) digest.Project {
	p := digest.Project{
		Key: key, Name: s.Name, Zone: s.Zone, Locale: or(s.Locale, "en"), BiMonthly: s.BiMonthly, WeekStart: time.Monday,
		Unknown: or(s.Unknown, digest.UnknownRetry), Brand: digest.Brand{Footer: s.Brand.Footer}, From: address(s.From), ReplyTo: address(s.ReplyTo),
	}
	p.Shares = r.names(where+".shares", s.Shares)
	p.Hours = r.hours(where+".hours", s.Hours)
	r.among(where+".unknown", p.Unknown, digest.UnknownRetry, digest.UnknownHold)
	r.locale(where+".locale", p.Locale)
	if s.WeekStart != "" {
		p.WeekStart = r.weekday(where+".week_start", s.WeekStart)
	}
	if s.BiMonthly != "" {
		r.among(where+".bi_monthly", s.BiMonthly, twiceMonthly, every2Months)
	}
	if s.Brand.Accent != "" {
		p.Brand.Accent = r.colour(where+".brand.accent", s.Brand.Accent)
	}
	return p
}

func (r *reading) source(where, key string, s Source) digest.Source {
	r.among(where+".platform", s.Platform, r.Platforms...)
	if s.Tenant == "" {
		r.fault(where+".tenant", "is missing: the tenant's id on its platform")
	}
	if r.DSN != nil {
		s.DSN = ""
		if s.DSNEnv == "" {
			r.fault(where+".dsn_env", "is missing: name the variable that holds the source's DSN")
		} else if dsn, err := r.DSN(s.DSNEnv); err != nil {
			r.fault(where+".dsn_env", "%v", err)
		} else {
			s.DSN = dsn
		}
	}
	if err := digest.CheckLink(s.Link); err != nil {
		r.fault(where+".link", "%v", err)
	}
	return digest.Source{Key: key, Platform: s.Platform, DSN: s.DSN, Tenant: s.Tenant, Link: s.Link}
}

func (r *reading) digest(where, key string, s Digest, p digest.Project) digest.Config {
	d := digest.Config{
		Key: key, Name: s.Name, Active: s.Active, ExcludeAway: s.ExcludeAway, CatchUp: s.CatchUp, Paper: or(s.Paper, "A4"), Subject: strings.TrimSpace(s.Subject),
		Cadence: digest.CadenceSpec{Kind: s.Cadence, At: s.At, Zone: or(s.Zone, p.Zone), WeekStart: p.WeekStart, Covers: s.Covers},
	}
	r.among(where+".paper", d.Paper, "A4", "Letter")
	if s.CatchUp < 0 {
		r.fault(where+".catch_up", "%d is not a number of periods", s.CatchUp)
	}
	if s.Anchor != "" {
		anchor, err := digest.ParseDate(s.Anchor)
		if err != nil {
			r.fault(where+".anchor", "%v", err)
		}
		d.Cadence.Anchor = anchor
	}
	d.Cadence = p.Timed(d.Cadence)
	if s.Cadence == "" {
		r.fault(where+".cadence", "is missing: write one of %s, or a cron expression", strings.Join(r.Kinds, ", "))
	} else if r.Cadence != nil && (s.Zone != "" || zoned(p.Zone)) { // a project's zone is at fault once, not again in each digest
		if err := r.Cadence(d.Cadence, p.BiMonthly); err != nil {
			r.fault(where, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if s.MissedAfter != "" {
		wait, err := time.ParseDuration(s.MissedAfter)
		if err != nil || wait <= 0 {
			r.fault(where+".missed_after", "%q is not a time to wait: write one such as 24h", s.MissedAfter)
		}
		d.MissedAfter = wait
	}
	if s.Jitter != "" {
		window, err := time.ParseDuration(s.Jitter)
		if err != nil || window < 0 || window > LongestJitter {
			r.fault(where+".jitter", "%q is not a window: write a time up to %s such as 15m", s.Jitter, FormatDuration(LongestJitter))
		}
		d.Jitter = window
	}
	d.Projects = r.names(where+".projects", s.Projects)
	sources := p.Sources
	if len(d.Projects) > 0 { // each project's own
		sources = nil
	}
	d.Attachments = r.attach(where+".attach", s.Attach)
	d.Sections = r.sections(where+".sections", s.Sections, sources)
	r.subject(where+".subject", d.Subject)
	d.Targets = r.targets(where+".targets", s.Targets, d.Sections)
	d.Readers = r.readers(where+".readers", s.Readers, d.Cadence, p.BiMonthly)
	d.Parameters.Practices = r.names(where+".practices", s.Practices)
	d.Parameters.Flows = r.flows(where+".flows", s.Flows)
	d.Parameters.Outreach = r.outreach(where+".outreach", s.Outreach)
	d.Parameters.Open = r.open(where+".open_conversations", s.Open)
	return d
}

func (r *reading) sections(where string, chosen []Section, sources []digest.Source) []digest.SectionChoice {
	if len(chosen) == 0 {
		for _, s := range digest.Usual(r.Sections) {
			chosen = append(chosen, Section{Section: s})
		}
	}
	var all []digest.SectionChoice
	for _, s := range chosen {
		if len(r.Sections) > 0 && !slices.Contains(r.Sections, s.Section) {
			r.fault(where, "%q is not known: choose from %s", s.Section, strings.Join(r.Sections, ", "))
		}
		if s.Source == "" && len(sources) == 1 {
			s.Source = sources[0].Key
		}
		all = append(all, digest.SectionChoice(s))
	}
	return all
}

func (r *reading) subject(where, s string) {
	if err := digest.CheckSubject(s); err != nil {
		r.fault(where, "%v", err)
	}
}

func (r *reading) targets(where string, written []Target, sections []digest.SectionChoice) []digest.Target {
	var all []digest.Target
	for i, t := range written {
		at := fmt.Sprintf("%s[%d]", where, i)
		if !slices.ContainsFunc(sections, func(s digest.SectionChoice) bool { return s.Section == t.Section }) {
			r.fault(at+".section", "%q is none of the digest's sections", t.Section)
		}
		if _, ok := digest.AimOf(digest.Target{Section: t.Section, Figure: t.Figure}); !ok {
			r.among(at+".figure", t.Figure, aims(t.Section)...)
		}
		if slices.ContainsFunc(all, func(o digest.Target) bool { return o.Section == t.Section && o.Figure == t.Figure }) {
			r.fault(at+".figure", "%s has a target already", t.Figure)
		}
		value, err := ParseValue(t.Figure, t.Value)
		if err != nil {
			r.fault(at+".value", "%v", err)
		}
		all = append(all, digest.Target{Section: t.Section, Figure: t.Figure, Value: value})
	}
	return all
}

// aims are the figures of a section that may have a target; of all sections where it has none.
func aims(section string) (figures []string) {
	for _, a := range digest.Aims() {
		if a.Section == section {
			figures = append(figures, a.Figure)
		}
	}
	if figures == nil {
		for _, a := range digest.Aims() {
			figures = append(figures, a.Section+"."+a.Figure)
		}
	}
	return figures
}

func (r *reading) readers(where string, s Readers, own digest.CadenceSpec, biMonthly string) digest.Readers {
	longer, err := s.Cadences, error(nil)
	if r.Longer != nil {
		longer, err = r.Longer(own, biMonthly)
	}
	for i, kind := range s.Cadences {
		at := fmt.Sprintf("%s.cadences[%d]", where, i)
		switch {
		case err != nil: // the digest's own cadence is at fault
		case !slices.Contains(longer, kind) && len(longer) == 0:
			r.fault(at, "%q is not longer than the digest's own cadence, and nothing is: leave it out", kind)
		case !slices.Contains(longer, kind):
			r.fault(at, "%q is not among the kinds of longer periods than the digest's own: choose from %s, or leave it out", kind, strings.Join(longer, ", "))
		case slices.Contains(s.Cadences[:i], kind):
			r.fault(at, "%s stands there twice", kind)
		}
	}
	if s.Forwarding != "" {
		r.among(where+".forwarding", s.Forwarding, digest.ForwardingApprove, digest.ForwardingConfirm, digest.ForwardingOff)
	}
	return digest.Readers{Cadences: s.Cadences, Sections: s.Sections, Forwarding: s.Forwarding}
}

// The kinds that bi-monthly may mean.
const (
	twiceMonthly = "twice-monthly"
	every2Months = "every-2-months"
)

func (r *reading) subscriber(where string, s Subscriber) digest.Subscriber {
	a := address(s.Address)
	if s.Locale != "" {
		r.locale(where+".locale", s.Locale)
	}
	return digest.Subscriber{
		Name: or(s.Name, a.Name), Address: a.Address, Locale: s.Locale, Zone: s.Zone,
		Audience: digest.Audience(or(s.Audience, string(digest.Manager))), PDF: s.PDF == nil || *s.PDF, AddedBy: s.AddedBy, Agent: strings.TrimSpace(s.Agent),
	}
}

func (r *reading) locale(where, s string) {
	if r.Locale == nil {
		return
	}
	if err := r.Locale(s); err != nil {
		r.fault(where, "%v", err)
	}
}

func (r *reading) weekday(where, s string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()) || strings.EqualFold(s, d.String()[:3]) {
			return d
		}
	}
	r.fault(where, "%q is no weekday: write mon, tue, wed, thu, fri, sat or sun", s)
	return time.Monday
}

func (r *reading) colour(where, s string) digest.Colour {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		r.fault(where, "%q is not a colour: write one such as \"#3F45D6\"", s)
		return 0
	}
	return digest.Colour(v<<8 | 0xFF)
}

// address reads "Dana <dana@example.com>"; what is none stays as it is written, for the ledger to refuse.
func address(s string) digest.Address {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return digest.Address{Address: s}
	}
	return digest.Address{Name: a.Name, Address: a.Address}
}

func zoned(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != ""
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
