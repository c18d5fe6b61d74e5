package settings

import (
	"fmt"
	"net/mail"
	"strings"
	"time"

	"fortnight/digest"
)

// Write gives the written form of projects, which Read reads to the same. A DSN is never in it: dsnEnv names the variable that is to
// hold it. What readers chose for themselves, a digest's owner and the logo are not of the file.
func Write(projects []digest.Project, dsnEnv func(project, source string) string) File {
	f := File{Projects: map[string]Project{}}
	for _, p := range projects {
		s := WriteProject(p)
		s.Sources, s.Digests = map[string]Source{}, map[string]Digest{}
		for _, one := range p.Sources {
			s.Sources[one.Key] = WriteSource(one)
			named := s.Sources[one.Key]
			named.DSNEnv = dsnEnv(p.Key, one.Key)
			s.Sources[one.Key] = named
		}
		for _, c := range p.Digests {
			d := WriteDigest(c, p)
			for _, one := range c.Subscribers {
				d.Subscribers = append(d.Subscribers, WriteSubscriber(one))
			}
			s.Digests[c.Key] = d
		}
		f.Projects[p.Key] = s
	}
	return f
}

// WriteProject gives a project without its sources and digests.
func WriteProject(p digest.Project) Project {
	s := Project{
		Name: p.Name, Zone: p.Zone, Locale: p.Locale, WeekStart: WriteWeekday(p.WeekStart), BiMonthly: p.BiMonthly, Unknown: p.Unknown,
		Brand: Brand{Footer: p.Brand.Footer}, From: writeAddress(p.From), ReplyTo: writeAddress(p.ReplyTo), Shares: p.Shares,
	}
	s.Hours = writeHours(p.Hours)
	if p.Brand.Accent != 0 {
		s.Brand.Accent = fmt.Sprintf("#%06X", uint32(p.Brand.Accent)>>8)
	}
	return s
}

// WriteWeekday is "mon".
func WriteWeekday(d time.Weekday) string { return strings.ToLower(d.String()[:3]) }

// WriteSource gives a source without its DSN.
func WriteSource(s digest.Source) Source {
	return Source{Platform: s.Platform, Tenant: s.Tenant, Link: s.Link}
}

// WriteDigest gives a digest of a project without its subscribers. What is as the project, or left alone, says so by not being there.
func WriteDigest(c digest.Config, p digest.Project) Digest {
	s := Digest{
		Name: c.Name, Active: c.Active, Cadence: c.Cadence.Kind, At: c.Cadence.At, Covers: c.Cadence.Covers, ExcludeAway: c.ExcludeAway, CatchUp: c.CatchUp,
		Paper: c.Paper, Subject: c.Subject, Readers: Readers{Cadences: c.Readers.Cadences, Sections: c.Readers.Sections, Forwarding: c.Readers.Forwarding},
		Projects: c.Projects, Practices: c.Parameters.Practices, Flows: writeFlows(c.Parameters.Flows), Outreach: writeOutreach(c.Parameters.Outreach),
		Open: writeOpen(c.Parameters.Open),
	}
	s.Attach = WriteAttachments(c.Attachments)
	if c.Cadence.Zone != p.Zone {
		s.Zone = c.Cadence.Zone
	}
	if !c.Cadence.Anchor.IsZero() {
		s.Anchor = c.Cadence.Anchor.String()
	}
	if c.MissedAfter > 0 {
		s.MissedAfter = FormatDuration(c.MissedAfter)
	}
	if c.Jitter > 0 {
		s.Jitter = FormatDuration(c.Jitter)
	}
	for _, one := range c.Sections {
		written := Section(one)
		if len(p.Sources) == 1 && p.Sources[0].Key == one.Source {
			written.Source = ""
		}
		s.Sections = append(s.Sections, written)
	}
	for _, t := range c.Targets {
		s.Targets = append(s.Targets, Target{Section: t.Section, Figure: t.Figure, Value: FormatValue(t.Figure, t.Value)})
	}
	return s
}

// WriteSubscriber gives a subscriber as configured.
func WriteSubscriber(s digest.Subscriber) Subscriber {
	w := Subscriber{Address: s.Address, Name: s.Name, Audience: string(s.Audience), Locale: s.Locale, Zone: s.Zone, AddedBy: s.AddedBy, Agent: s.Agent}
	if !s.PDF {
		w.PDF = new(bool)
	}
	return w
}

// writeAddress is "Dana <dana@example.com>", as a person would write it where that reads to the same.
func writeAddress(a digest.Address) string {
	if a.Name == "" {
		return a.Address
	}
	for _, s := range []string{a.Name + " <" + a.Address + ">", fmt.Sprintf("%q <%s>", a.Name, a.Address)} {
		if address(s) == a {
			return s
		}
	}
	return (&mail.Address{Name: a.Name, Address: a.Address}).String()
}
