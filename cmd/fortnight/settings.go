package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/templates"
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
		return nil, fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(s.Projects) == 0 {
		return nil, fmt.Errorf("%s has no projects: begin with \"projects:\"", file)
	}
	check := checker{lookup: lookup}
	var projects []digest.Project
	for _, key := range sorted(s.Projects) {
		projects = append(projects, check.project(key, s.Projects[key]))
	}
	if len(check.faults) > 0 {
		return nil, fmt.Errorf("%s: %w", file, errors.Join(check.faults...))
	}
	return projects, nil
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// checker turns settings into the words of package digest and collects what is wrong with them.
type checker struct {
	lookup func(string) (string, bool)
	faults []error
}

func (c *checker) fault(where, format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (c *checker) project(key string, s projectSettings) digest.Project {
	where := "projects." + key
	c.key(where, key)
	if s.Name == "" {
		c.fault(where, "name is missing")
	}
	p := digest.Project{Key: key, Name: s.Name, Zone: s.Zone, Locale: orElse(s.Locale, "en"), BiMonthly: s.BiMonthly,
		WeekStart: time.Monday, Brand: digest.Brand{Footer: s.Brand.Footer},
		From: c.address(where+".from", s.From), ReplyTo: c.address(where+".reply_to", s.ReplyTo)}
	c.zone(where+".zone", s.Zone)
	c.locale(where+".locale", p.Locale)
	if s.WeekStart != "" {
		day, err := scheduler.ParseWeekday(s.WeekStart)
		if err != nil {
			c.fault(where+".week_start", "%v", err)
		}
		p.WeekStart = day
	}
	if s.Brand.Accent != "" {
		p.Brand.Accent = c.colour(where+".brand.accent", s.Brand.Accent)
	}
	for _, k := range sorted(s.Sources) {
		p.Sources = append(p.Sources, c.source(where+".sources."+k, k, s.Sources[k]))
	}
	for _, k := range sorted(s.Digests) {
		p.Digests = append(p.Digests, c.digest(where+".digests."+k, k, s.Digests[k], p))
	}
	return p
}

func (c *checker) key(where, key string) {
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			c.fault(where, "write names in small letters, digits, - and _")
			return
		}
	}
}

func (c *checker) source(where, key string, s sourceSettings) digest.Source {
	c.key(where, key)
	if !slices.Contains(collectors.Platforms(), s.Platform) {
		c.fault(where+".platform", "%q is not known: choose %s", s.Platform, strings.Join(collectors.Platforms(), " or "))
	}
	if s.Tenant == "" {
		c.fault(where+".tenant", "is missing: the tenant's id on its platform")
	}
	dsn := ""
	switch {
	case s.DSNEnv == "":
		c.fault(where+".dsn_env", "is missing: name the variable that holds the source's DSN")
	case strings.HasPrefix(s.DSNEnv, prefix+"_"):
		c.fault(where+".dsn_env", "%s is among the program's own settings: choose a name without %s_", s.DSNEnv, prefix)
	default:
		var ok bool
		if dsn, ok = c.lookup(s.DSNEnv); !ok || dsn == "" {
			c.fault(where+".dsn_env", "the variable %s is not set", s.DSNEnv)
		}
	}
	return digest.Source{Key: key, Platform: s.Platform, DSN: dsn, Tenant: s.Tenant}
}

func (c *checker) digest(where, key string, s digestSettings, p digest.Project) digest.Config {
	c.key(where, key)
	d := digest.Config{Key: key, Name: s.Name, Active: s.Active, ExcludeAway: s.ExcludeAway, CatchUp: s.CatchUp,
		Paper:   orElse(s.Paper, "A4"),
		Cadence: digest.CadenceSpec{Kind: s.Cadence, At: s.At, Zone: orElse(s.Zone, p.Zone), WeekStart: p.WeekStart, Covers: s.Covers}}
	if d.Paper != "A4" && d.Paper != "Letter" {
		c.fault(where+".paper", "%q is not known: choose A4 or Letter", s.Paper)
	}
	if s.CatchUp < 0 {
		c.fault(where+".catch_up", "%d is not a number of periods", s.CatchUp)
	}
	if s.Anchor != "" {
		anchor, err := digest.ParseDate(s.Anchor)
		if err != nil {
			c.fault(where+".anchor", "%v", err)
		}
		d.Cadence.Anchor = anchor
	}
	if s.Cadence == "" {
		c.fault(where+".cadence", "is missing: write one of %s, or a cron expression", strings.Join(scheduler.Kinds(), ", "))
	} else if _, err := scheduler.Parse(d.Cadence, p.BiMonthly); err != nil && p.Zone != "" {
		c.fault(where, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if s.MissedAfter != "" {
		wait, err := time.ParseDuration(s.MissedAfter)
		if err != nil || wait <= 0 {
			c.fault(where+".missed_after", "%q is not a time to wait: write one such as 24h", s.MissedAfter)
		}
		d.MissedAfter = wait
	}
	d.Sections = c.sections(where+".sections", s.Sections, p.Sources)
	seen := map[string]bool{}
	for i, sub := range s.Subscribers {
		at := fmt.Sprintf("%s.subscribers[%d]", where, i)
		person := c.subscriber(at, sub)
		if seen[strings.ToLower(person.Address)] {
			c.fault(at, "%s is there twice", person.Address)
		}
		seen[strings.ToLower(person.Address)] = true
		d.Subscribers = append(d.Subscribers, person)
	}
	return d
}

func (c *checker) sections(where string, chosen []sectionSettings, sources []digest.Source) []digest.SectionChoice {
	if len(chosen) == 0 {
		for _, s := range collectors.Sections() {
			chosen = append(chosen, sectionSettings{Section: s})
		}
	}
	var out []digest.SectionChoice
	for _, s := range chosen {
		if !slices.Contains(collectors.Sections(), s.Section) {
			c.fault(where, "%q is not known: choose from %s", s.Section, strings.Join(collectors.Sections(), ", "))
		}
		if s.Source == "" && len(sources) == 1 {
			s.Source = sources[0].Key
		}
		if !slices.ContainsFunc(sources, func(x digest.Source) bool { return x.Key == s.Source }) {
			c.fault(where, "%s: name one of the project's sources, as in \"%s: SOURCE\"", s.Section, s.Section)
		}
		out = append(out, digest.SectionChoice(s))
	}
	return out
}

func (c *checker) subscriber(where string, s subscriberSettings) digest.Subscriber {
	p := digest.Subscriber{Name: s.Name, Address: c.address(where+".address", s.Address).Address, Locale: s.Locale, Zone: s.Zone,
		Audience: digest.Audience(orElse(s.Audience, string(digest.Manager))), PDF: s.PDF == nil || *s.PDF, AddedBy: s.AddedBy}
	if s.Address == "" {
		c.fault(where, "address is missing")
	}
	if s.Locale != "" {
		c.locale(where+".locale", s.Locale)
	}
	if s.Zone != "" {
		c.zone(where+".zone", s.Zone)
	}
	if !slices.Contains(audiences(), string(p.Audience)) {
		c.fault(where+".audience", "%q is not known: choose %s", s.Audience, strings.Join(audiences(), ", "))
	}
	return p
}

func audiences() []string {
	return []string{string(digest.Admin), string(digest.Manager), string(digest.Executive)}
}

func (c *checker) address(where, s string) digest.Address {
	if s == "" {
		return digest.Address{}
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		c.fault(where, "%q is not an address: write one such as dana@example.com", s)
		return digest.Address{}
	}
	return digest.Address{Name: a.Name, Address: a.Address}
}

func (c *checker) zone(where, s string) {
	if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
		c.fault(where, "%q is not a time zone: write one such as Europe/Berlin", s)
	}
}

func (c *checker) locale(where, s string) {
	if _, err := templates.Load(s); err != nil {
		c.fault(where, "%v", err)
	}
}

func (c *checker) colour(where, s string) digest.Colour {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		c.fault(where, "%q is not a colour: write one such as \"#3F45D6\"", s)
		return 0
	}
	return digest.Colour(v<<8 | 0xFF)
}
