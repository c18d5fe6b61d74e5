package ledger

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"fortnight/digest"
)

var keyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`) // a label of a domain name: it stands in List-Id

// Check reports all faults of projects as they are configured, at once: what Apply would refuse, before any connection is made.
// Cadences are the scheduler's to check.
func Check(projects []digest.Project) error {
	var c checker
	c.unique("projects", len(projects), func(i int) string { return projects[i].Key })
	for _, p := range projects {
		c.project(p)
	}
	return errors.Join(c.faults...)
}

type checker struct{ faults []error }

func (c *checker) fault(format string, a ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, a...))
}

func (c *checker) key(what, key string) {
	if !keyForm.MatchString(key) {
		c.fault("%s: the key %q must be lower-case letters, digits and hyphens, at most 63", what, key)
	}
}

func (c *checker) unique(what string, n int, key func(int) string) {
	seen := map[string]bool{}
	for i := range n {
		k := strings.ToLower(key(i))
		if seen[k] {
			c.fault("%s: %q stands there twice", what, key(i))
		}
		seen[k] = true
	}
}

func (c *checker) zone(what, zone string) {
	if zone == "" || zone == "Local" {
		c.fault("%s: the zone %q must be an IANA name, such as Europe/Berlin", what, zone)
	} else if _, err := time.LoadLocation(zone); err != nil {
		c.fault("%s: no zone %q: write an IANA name, such as Europe/Berlin", what, zone)
	}
}

func (c *checker) address(what, address string) {
	if a, err := mail.ParseAddress(address); err != nil || a.Address != strings.TrimSpace(address) || a.Name != "" {
		c.fault("%s: %q is no mail address", what, address)
	}
}

func (c *checker) project(p digest.Project) {
	what := "project " + p.Key
	c.key(what, p.Key)
	if strings.TrimSpace(p.Name) == "" {
		c.fault("%s: name is missing: write it as readers know it", what)
	}
	if p.Locale == "" {
		c.fault("%s: locale is missing: write one such as en", what)
	}
	c.zone(what, p.Zone)
	if p.From.Address != "" {
		c.address(what+", from", p.From.Address)
	}
	if p.ReplyTo.Address != "" {
		c.address(what+", reply to", p.ReplyTo.Address)
	}
	sources := map[string]bool{}
	for _, s := range p.Sources {
		c.key(what+", source "+s.Key, s.Key)
		sources[s.Key] = true
	}
	c.unique(what+", sources", len(p.Sources), func(i int) string { return p.Sources[i].Key })
	c.unique(what+", digests", len(p.Digests), func(i int) string { return p.Digests[i].Key })
	for _, d := range p.Digests {
		c.digest(p, d, sources)
	}
}

func (c *checker) digest(p digest.Project, d digest.Config, sources map[string]bool) {
	what := "digest " + p.Key + "/" + d.Key
	c.key(what, d.Key)
	if len(d.Sections) == 0 {
		c.fault("%s: sections is empty: name at least one", what)
	}
	for _, s := range d.Sections {
		if !sources[s.Source] {
			c.fault("%s: section %s names the source %q, which the project does not have", what, s.Section, s.Source)
		}
	}
	c.unique(what+", sections", len(d.Sections), func(i int) string { return d.Sections[i].Section })
	c.unique(what+", subscribers", len(d.Subscribers), func(i int) string { return strings.TrimSpace(d.Subscribers[i].Address) })
	for _, s := range d.Subscribers {
		c.address(what+", subscriber "+s.Name, s.Address)
		if s.Zone != "" {
			c.zone(what+", subscriber "+s.Address, s.Zone)
		}
		switch s.Audience {
		case "", digest.Admin, digest.Manager, digest.Executive:
		default:
			c.fault("%s, subscriber %s: no audience %q: write admin, manager or executive", what, s.Address, s.Audience)
		}
	}
}
