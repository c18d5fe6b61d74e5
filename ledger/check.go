package ledger

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

var keyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`) // a label of a domain name: it stands in List-Id

// longestJitter is how late a digest may begin by its own wish: on the day of its due.
const longestJitter = 12 * time.Hour

// Check reports all faults of projects as they are configured, at once: what Apply would refuse, before any connection is made.
// Each is a *digest.RefusedError whose field is its place, such as projects.desk.digests.weekly. Platforms, sections, locales and
// cadences are others' to know.
func Check(projects []digest.Project) error {
	var c checker
	c.unique("projects", len(projects), func(i int) string { return projects[i].Key })
	for _, p := range projects {
		c.project("projects."+p.Key, p)
	}
	return c.err()
}

// under gives the place of a field; a document of its own has the place "".
func under(where, field string) string {
	if where == "" {
		return field
	}
	return where + "." + field
}

type checker struct{ faults []error }

func (c *checker) fault(where, format string, a ...any) {
	c.faults = append(c.faults, &digest.RefusedError{Field: where, Reason: fmt.Sprintf(format, a...)})
}

// err joins the faults that were found; nil where none was.
func (c *checker) err() error { return errors.Join(c.faults...) }

func (c *checker) key(where, key string) {
	if !keyForm.MatchString(key) {
		c.fault(where, "the key %q must be lower-case letters, digits and hyphens, at most 63", key)
	}
}

func (c *checker) unique(where string, n int, key func(int) string) {
	seen := map[string]bool{}
	for i := range n {
		k := strings.ToLower(key(i))
		if seen[k] {
			c.fault(where, "%q stands there twice", key(i))
		}
		seen[k] = true
	}
}

// line refuses what would break a line of a mail's head, a list or a page.
func (c *checker) line(where, text string) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.fault(where, "%q holds a line break or another control character: write it as one line", text)
	}
}

// within refuses what is longer than anybody writes.
func (c *checker) within(where, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		c.fault(where, "it has %d characters: %d are the most", n, most)
	}
}

func (c *checker) zone(where, zone string) {
	if zone == "" || zone == "Local" {
		c.fault(where, "the zone %q must be an IANA name, such as Europe/Berlin", zone)
	} else if _, err := time.LoadLocation(zone); err != nil {
		c.fault(where, "no zone %q: write an IANA name, such as Europe/Berlin", zone)
	}
}

func (c *checker) address(where, address string) {
	if a, err := mail.ParseAddress(address); err != nil || a.Address != strings.TrimSpace(address) || a.Name != "" {
		c.fault(where, "%q is no mail address: write one such as dana@example.com", address)
	}
}

func (c *checker) project(where string, p digest.Project) {
	c.head(where, p)
	sources := map[string]bool{}
	for _, s := range p.Sources {
		c.key(under(where, "sources."+s.Key), s.Key)
		sources[s.Key] = true
	}
	c.unique(under(where, "sources"), len(p.Sources), func(i int) string { return p.Sources[i].Key })
	c.unique(under(where, "digests"), len(p.Digests), func(i int) string { return p.Digests[i].Key })
	for _, d := range p.Digests {
		c.digest(under(where, "digests."+d.Key), d, sources)
	}
}

// head checks a project but for its sources and digests.
func (c *checker) head(where string, p digest.Project) {
	c.key(under(where, "key"), p.Key)
	if strings.TrimSpace(p.Name) == "" {
		c.fault(under(where, "name"), "the name is missing: write it as readers know it")
	}
	c.line(under(where, "name"), p.Name)
	c.line(under(where, "brand.footer"), p.Brand.Footer)
	if p.Locale == "" {
		c.fault(under(where, "locale"), "the locale is missing: write one such as en")
	}
	c.zone(under(where, "zone"), p.Zone)
	for _, a := range []struct {
		field string
		digest.Address
	}{{"from", p.From}, {"reply_to", p.ReplyTo}} {
		c.line(under(where, a.field), a.Name)
		if a.Address.Address != "" {
			c.address(under(where, a.field), a.Address.Address)
		}
	}
	if err := p.Hours.Check(); err != nil {
		c.fault(under(where, "hours"), "%v", err)
	}
	c.projects(under(where, "shares"), p.Shares)
	switch p.Unknown {
	case "", digest.UnknownRetry, digest.UnknownHold:
	default:
		c.fault(under(where, "unknown"), "no answer to doubt %q: write %s or %s", p.Unknown, digest.UnknownRetry, digest.UnknownHold)
	}
}

func (c *checker) digest(where string, d digest.Config, sources map[string]bool) {
	c.key(under(where, "key"), d.Key)
	c.line(under(where, "name"), d.Name)
	if d.Jitter < 0 || d.Jitter > longestJitter {
		c.fault(under(where, "jitter"), "%s is not within 0 to %s", d.Jitter, plainly(longestJitter))
	}
	if len(d.Sections) == 0 {
		c.fault(under(where, "sections"), "there is none: name at least one")
	}
	c.projects(under(where, "projects"), d.Projects)
	for _, s := range d.Sections {
		switch {
		case len(d.Projects) > 0:
			c.summed(under(where, "sections"), s)
		case s.Source == "":
			c.fault(under(where, "sections"), "%s: name one of the project's sources, as in \"%s: SOURCE\"", s.Section, s.Section)
		case !sources[s.Source]:
			c.fault(under(where, "sections"), "%s names the source %q, which the project does not have", s.Section, s.Source)
		}
	}
	c.unique(under(where, "sections"), len(d.Sections), func(i int) string { return d.Sections[i].Section })
	c.unique(under(where, "subscribers"), len(d.Subscribers), func(i int) string { return strings.TrimSpace(d.Subscribers[i].Address) })
	for i, s := range d.Subscribers {
		c.subscriber(fmt.Sprintf("%s.subscribers[%d]", where, i), s)
	}
}

// mostProjects is how many projects a digest sums up at most: rows that one reads.
const mostProjects = 50

// projects checks the keys of projects, which need not exist: whether they do is not for everybody to know.
func (c *checker) projects(where string, keys []string) {
	for _, key := range keys {
		c.key(where, key)
	}
	c.unique(where, len(keys), func(i int) string { return keys[i] })
	if len(keys) > mostProjects {
		c.fault(where, "it names %d projects: %d are the most", len(keys), mostProjects)
	}
}

// summed checks a section of a digest of several projects.
func (c *checker) summed(where string, s digest.SectionChoice) {
	switch {
	case digest.OfNow(s.Section):
		c.fault(where, "%s lists who waits now, and is not summed up over projects: give each project a digest of its own with it", s.Section)
	case s.Source != "":
		c.fault(where, "%s names the source %q: a digest of several projects reads each project's own, so write \"%s\" alone", s.Section, s.Source, s.Section)
	}
}

func (c *checker) subscriber(where string, s digest.Subscriber) {
	c.address(under(where, "address"), s.Address)
	c.line(under(where, "name"), s.Name)
	c.line(under(where, "added_by"), s.AddedBy)
	c.line(under(where, "agent"), s.Agent)
	if s.Zone != "" {
		c.zone(under(where, "zone"), s.Zone)
	}
	switch s.Audience {
	case "", digest.Admin, digest.Manager, digest.Executive:
	default:
		c.fault(under(where, "audience"), "no audience %q: write admin, manager or executive", s.Audience)
	}
}
