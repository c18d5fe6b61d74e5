package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
)

// settings is fortnight.yaml: projects, sources, digests and subscribers as code.
type settings struct {
	Projects map[string]projectSettings `yaml:"projects"`
}

type projectSettings struct {
	Name      string                    `yaml:"name"`
	Zone      string                    `yaml:"zone"`
	Locale    string                    `yaml:"locale"`
	WeekStart string                    `yaml:"week_start"`
	BiMonthly string                    `yaml:"bi_monthly"`
	Unknown   string                    `yaml:"unknown"`
	Brand     brandSettings             `yaml:"brand"`
	From      string                    `yaml:"from"`
	ReplyTo   string                    `yaml:"reply_to"`
	Sources   map[string]sourceSettings `yaml:"sources"`
	Digests   map[string]digestSettings `yaml:"digests"`
}

type brandSettings struct {
	Accent string `yaml:"accent"`
	Footer string `yaml:"footer"`
}

type sourceSettings struct {
	Platform string `yaml:"platform"`
	DSNEnv   string `yaml:"dsn_env"` // the variable that holds the DSN: never the DSN itself
	Tenant   string `yaml:"tenant"`
}

type digestSettings struct {
	Name        string               `yaml:"name"`
	Active      bool                 `yaml:"active"`
	Cadence     string               `yaml:"cadence"`
	At          string               `yaml:"at"`
	Zone        string               `yaml:"zone"`
	Anchor      string               `yaml:"anchor"`
	Covers      string               `yaml:"covers"`
	Sections    []sectionSettings    `yaml:"sections"`
	MissedAfter string               `yaml:"missed_after"`
	ExcludeAway bool                 `yaml:"exclude_away"`
	CatchUp     int                  `yaml:"catch_up"`
	Jitter      string               `yaml:"jitter"`
	Paper       string               `yaml:"paper"`
	Subscribers []subscriberSettings `yaml:"subscribers"`
}

// sectionSettings is "activity", or "activity: desk" where a project has several sources.
type sectionSettings struct{ Section, Source string }

// UnmarshalYAML reads a name, or a map of one section to its source.
func (s *sectionSettings) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.Section = n.Value
		return nil
	}
	var m map[string]string
	if err := n.Decode(&m); err != nil || len(m) != 1 {
		return fmt.Errorf("line %d: write a section as \"activity\" or as \"activity: SOURCE\"", n.Line)
	}
	for section, source := range m {
		s.Section, s.Source = section, source
	}
	return nil
}

type subscriberSettings struct {
	Name     string `yaml:"name"`
	Address  string `yaml:"address"`
	Locale   string `yaml:"locale"`
	Zone     string `yaml:"zone"`
	Audience string `yaml:"audience"`
	PDF      *bool  `yaml:"pdf"`
	AddedBy  string `yaml:"added_by"`
}

// readSettings reads and checks a file. All faults are reported at once. lookup gives the variables that dsn_env names.
func readSettings(file string, lookup func(string) (string, bool)) ([]digest.Project, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var s settings
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", file, yamlFault(err))
	}
	if err := decoder.Decode(&settings{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: write one document, without a line of ---", file)
	}
	if len(s.Projects) == 0 {
		return nil, fmt.Errorf("%s has no projects: begin with \"projects:\"", file)
	}
	read := reader{lookup: lookup}
	var projects []digest.Project
	for _, key := range sorted(s.Projects) {
		projects = append(projects, read.project(key, s.Projects[key]))
	}
	if err := errors.Join(append(read.faults, ledger.Check(projects))...); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return projects, nil
}

// yamlFault puts the decoder's words, which speak of Go's types, into those of the file.
func yamlFault(err error) string {
	var types *yaml.TypeError
	if !errors.As(err, &types) {
		return strings.TrimPrefix(err.Error(), "yaml: ")
	}
	var faults []string
	for _, fault := range types.Errors {
		fault = unknownField.ReplaceAllString(fault, `$1: "$2" is no setting there`)
		faults = append(faults, wrongKind.ReplaceAllString(fault, `$1: $2 does not belong there`))
	}
	return strings.NewReplacer("!!seq", "a list", "!!map", "a map", "!!str", "a text", "!!int", "a number", "!!bool", "a yes or no",
		"!!null", "nothing").Replace(strings.Join(faults, "; "))
}

var (
	unknownField = regexp.MustCompile(`^(line \d+): field (\S+) not found in type \S+$`)
	wrongKind    = regexp.MustCompile(`^(line \d+): cannot unmarshal (!!\w+(?: .*)?) into \S+$`)
)

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// reader turns settings into the words of package digest and collects what cannot be read: words that only the trades know,
// variables that are not set. What the ledger refuses it says itself (ledger.Check).
type reader struct {
	lookup func(string) (string, bool)
	faults []error
}

func (r *reader) fault(where, format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (r *reader) project(key string, s projectSettings) digest.Project {
	where := "projects." + key
	p := digest.Project{
		Key: key, Name: s.Name, Zone: s.Zone, Locale: orElse(s.Locale, "en"), BiMonthly: s.BiMonthly,
		WeekStart: time.Monday, Brand: digest.Brand{Footer: s.Brand.Footer},
		From: address(s.From), ReplyTo: address(s.ReplyTo),
	}
	switch s.Unknown {
	case "", digest.UnknownRetry, digest.UnknownHold:
		p.Unknown = orElse(s.Unknown, digest.UnknownRetry)
	default:
		r.fault(where+".unknown", "%q is not known: choose %s or %s", s.Unknown, digest.UnknownRetry, digest.UnknownHold)
	}
	r.locale(where+".locale", p.Locale)
	if s.WeekStart != "" {
		day, err := scheduler.ParseWeekday(s.WeekStart)
		if err != nil {
			r.fault(where+".week_start", "%v", err)
		}
		p.WeekStart = day
	}
	if _, err := scheduler.Parse(digest.CadenceSpec{Kind: scheduler.BiMonthly, At: "08:00", Zone: "UTC"}, s.BiMonthly); err != nil {
		r.fault(where, "%v", err)
	}
	if s.Brand.Accent != "" {
		p.Brand.Accent = r.colour(where+".brand.accent", s.Brand.Accent)
	}
	for _, k := range sorted(s.Sources) {
		p.Sources = append(p.Sources, r.source(where+".sources."+k, k, s.Sources[k]))
	}
	for _, k := range sorted(s.Digests) {
		p.Digests = append(p.Digests, r.digest(where+".digests."+k, k, s.Digests[k], p))
	}
	return p
}

func (r *reader) source(where, key string, s sourceSettings) digest.Source {
	if !slices.Contains(collectors.Platforms(), s.Platform) {
		r.fault(where+".platform", "%q is not known: choose %s", s.Platform, strings.Join(collectors.Platforms(), " or "))
	}
	if s.Tenant == "" {
		r.fault(where+".tenant", "is missing: the tenant's id on its platform")
	}
	dsn := ""
	switch {
	case s.DSNEnv == "":
		r.fault(where+".dsn_env", "is missing: name the variable that holds the source's DSN")
	case strings.HasPrefix(s.DSNEnv, prefix+"_"):
		r.fault(where+".dsn_env", "%s is among the program's own settings: choose a name without %s_", s.DSNEnv, prefix)
	default:
		var ok bool
		if dsn, ok = r.lookup(s.DSNEnv); !ok || dsn == "" {
			r.fault(where+".dsn_env", "the variable %s is not set", s.DSNEnv)
		}
	}
	return digest.Source{Key: key, Platform: s.Platform, DSN: dsn, Tenant: s.Tenant}
}

func (r *reader) digest(where, key string, s digestSettings, p digest.Project) digest.Config {
	d := digest.Config{
		Key: key, Name: s.Name, Active: s.Active, ExcludeAway: s.ExcludeAway, CatchUp: s.CatchUp,
		Paper:   orElse(s.Paper, "A4"),
		Cadence: digest.CadenceSpec{Kind: s.Cadence, At: s.At, Zone: orElse(s.Zone, p.Zone), WeekStart: p.WeekStart, Covers: s.Covers},
	}
	if d.Paper != "A4" && d.Paper != "Letter" {
		r.fault(where+".paper", "%q is not known: choose A4 or Letter", s.Paper)
	}
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
	if s.Cadence == "" {
		r.fault(where+".cadence", "is missing: write one of %s, or a cron expression", strings.Join(scheduler.Kinds(), ", "))
	} else if _, err := scheduler.Parse(d.Cadence, p.BiMonthly); err != nil && (s.Zone != "" || known(p.Zone)) {
		r.fault(where, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
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
		if err != nil || window < 0 || window > longestJitter {
			r.fault(where+".jitter", "%q is not a window: write a time up to %s such as 15m", s.Jitter, longestJitter)
		}
		d.Jitter = window
	}
	d.Sections = r.sections(where+".sections", s.Sections, p.Sources)
	for i, sub := range s.Subscribers {
		d.Subscribers = append(d.Subscribers, r.subscriber(fmt.Sprintf("%s.subscribers[%d]", where, i), sub))
	}
	return d
}

// longestJitter keeps an edition on the day that it is due.
const longestJitter = 12 * time.Hour

func (r *reader) sections(where string, chosen []sectionSettings, sources []digest.Source) []digest.SectionChoice {
	if len(chosen) == 0 {
		for _, s := range collectors.Sections() {
			chosen = append(chosen, sectionSettings{Section: s})
		}
	}
	var out []digest.SectionChoice
	for _, s := range chosen {
		if !slices.Contains(collectors.Sections(), s.Section) {
			r.fault(where, "%q is not known: choose from %s", s.Section, strings.Join(collectors.Sections(), ", "))
		}
		if s.Source == "" && len(sources) == 1 {
			s.Source = sources[0].Key
		}
		out = append(out, digest.SectionChoice(s))
	}
	return out
}

func (r *reader) subscriber(where string, s subscriberSettings) digest.Subscriber {
	a := address(s.Address)
	p := digest.Subscriber{
		Name: orElse(s.Name, a.Name), Address: a.Address, Locale: s.Locale, Zone: s.Zone,
		Audience: digest.Audience(orElse(s.Audience, string(digest.Manager))), PDF: s.PDF == nil || *s.PDF, AddedBy: s.AddedBy,
	}
	if s.Locale != "" {
		r.locale(where+".locale", s.Locale)
	}
	return p
}

func audiences() []string {
	return []string{string(digest.Admin), string(digest.Manager), string(digest.Executive)}
}

// address reads "Dana <dana@example.com>"; what is none stays as it is written, for the ledger to refuse.
func address(s string) digest.Address {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return digest.Address{Address: s}
	}
	return digest.Address{Name: a.Name, Address: a.Address}
}

func known(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != ""
}

func (r *reader) locale(where, s string) {
	if err := knownLocale(s); err != nil {
		r.fault(where, "%v", err)
	}
}

func (r *reader) colour(where, s string) digest.Colour {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		r.fault(where, "%q is not a colour: write one such as \"#3F45D6\"", s)
		return 0
	}
	return digest.Colour(v<<8 | 0xFF)
}
