package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/templates"
	"fortnight/web/office"
)

// works is what the console and the API have done beside the books: it joins the trades for them.
type works struct {
	cfg    Config
	b      *books
	life   *digest.Life
	post   carrier
	read   *readings
	drawer func(l digest.Letter, p digest.Picture, width float64) ([]byte, error)
}

var _ office.Works = (*works)(nil)

// Kinds lists the cadences that may be chosen.
func (w *works) Kinds() []string { return scheduler.Kinds() }

// Platforms lists the platforms that there are mappings for.
func (w *works) Platforms() []string { return w.b.mappings.Platforms() }

// Sections lists the sections that there are collectors for.
func (w *works) Sections() []string { return collectors.Sections() }

// Locales lists the languages of mails.
func (w *works) Locales() []string { return templates.Locales() }

// CheckHead finds what a project's head says that there is not: zones, locales, meanings.
func (w *works) CheckHead(p digest.Project) error {
	var faults []error
	refuse := func(field, reason string) {
		faults = append(faults, &digest.RefusedError{Field: field, Reason: reason})
	}
	if !known(p.Zone) {
		refuse("zone", "There is no such zone: write an IANA name, such as Europe/Berlin.")
	}
	if err := knownLocale(p.Locale); err != nil {
		refuse("locale", sentence(err.Error()))
	}
	if _, err := scheduler.Parse(digest.CadenceSpec{Kind: scheduler.BiMonthly, At: "08:00", Zone: "UTC"}, p.BiMonthly); err != nil {
		refuse("bi_monthly", "Choose "+scheduler.TwiceMonthly+" or "+scheduler.Every2Months+".")
	}
	return errors.Join(faults...)
}

// CheckDigest finds what a digest says that there is not: cadences, sections, figures that have no targets, cadences of readers that are
// not longer than its own.
func (w *works) CheckDigest(p digest.Project, c digest.Config) error {
	var faults []error
	refuse := func(field, format string, args ...any) {
		faults = append(faults, &digest.RefusedError{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
	if _, err := cadenceOfDigest(p, c); err != nil {
		faults = append(faults, apart(err)...)
	} else {
		faults = append(faults, faultsOfReaders(p, c)...)
	}
	if err := digest.CheckSubject(c.Subject); err != nil {
		refuse("subject", "%s", sentence(err.Error()))
	}
	for i, t := range c.Targets {
		if _, ok := digest.AimOf(t); !ok {
			refuse(fmt.Sprintf("targets[%d].figure", i), "%s of %s has no good side to aim at: leave its target out.", t.Figure, t.Section)
		}
	}
	if len(c.Sections) == 0 {
		refuse("sections", "Switch at least one section on: a digest without one says nothing.")
	}
	for _, s := range c.Sections {
		if !slices.Contains(collectors.Sections(), s.Section) {
			refuse("sections", "There is no section %s: choose from %s.", s.Section, strings.Join(collectors.Sections(), ", "))
		}
	}
	return errors.Join(faults...)
}

// faultsOfReaders finds the cadences that a digest lets its readers choose and that are not longer than its own.
func faultsOfReaders(p digest.Project, c digest.Config) (faults []error) {
	longer, err := scheduler.Longer(c.Cadence, p.BiMonthly)
	if err != nil {
		return []error{err}
	}
	for i, kind := range c.Readers.Cadences {
		if slices.Contains(longer, kind) {
			continue
		}
		remedy := "no longer one may be chosen: take it out."
		if len(longer) > 0 {
			remedy = fmt.Sprintf("take it out, or choose from %s.", strings.Join(longer, ", "))
		}
		faults = append(faults, &digest.RefusedError{
			Field: fmt.Sprintf("readers.cadences[%d]", i), Reason: fmt.Sprintf("Readers may choose longer periods than the digest's own, and %s is not longer: %s", kind, remedy),
		})
	}
	return faults
}

// Cadence tells what a digest's cadence comes to from now on.
func (w *works) Cadence(p digest.Project, c digest.Config, zone string, n int) (office.Cadence, error) {
	cadence, err := cadenceOfDigest(p, c)
	if err != nil {
		return office.Cadence{}, err
	}
	return comesTo(cadence, zone, w.life.Now(), n)
}

// Between lists what a digest's cadence comes to in [from, to).
func (w *works) Between(p digest.Project, c digest.Config, from, to time.Time) ([]office.Send, error) {
	cadence, err := cadenceOfDigest(p, c)
	if err != nil {
		return nil, err
	}
	before, known := cadence.Last(from.Add(-time.Nanosecond))
	var all []office.Send
	for _, due := range cadence.Between(from.Add(-time.Nanosecond), to.Add(-time.Nanosecond)) {
		all = append(all, sendOf(due, before, known, nil))
		before, known = due, true
	}
	return all, nil
}

// ReadersCadence gives the cadence of those of a digest's readers who chose a kind of longer periods.
func (w *works) ReadersCadence(p digest.Project, c digest.Config, kind string) (digest.CadenceSpec, error) {
	return scheduler.ReaderCadence(c.Cadence, kind, p.BiMonthly)
}

// Periods lists the n latest closed periods of a digest, the newest first.
func (w *works) Periods(p digest.Project, c digest.Config, n int) ([]digest.Period, error) {
	cadence, err := cadenceOfDigest(p, c)
	if err != nil {
		return nil, err
	}
	cadence = cadence.Anchored(digest.DateOf(w.life.Now().In(cadence.Location())))
	due, ok := cadence.Closed(w.life.Now())
	var all []digest.Period
	for ok && len(all) < n {
		if len(all) == 0 || !due.Period.From.Equal(all[len(all)-1].From) { // a cron expression may be due several times for one
			all = append(all, due.Period)
		}
		due, ok = cadence.Last(due.At.Add(-time.Nanosecond))
	}
	return all, nil
}

// Probe looks at a source, and says what it found.
func (w *works) Probe(ctx context.Context, s digest.Source) digest.Probe {
	source, err := w.b.mappings.Open(ctx, s.Key, s.Platform, s.DSN, s.Tenant, w.life.Now)
	if err != nil {
		return digest.Probe{Fault: unreadable(s, err)}
	}
	defer source.Close()
	report, err := source.Probe(ctx)
	if err != nil {
		return digest.Probe{Fault: unreadable(s, err)}
	}
	return w.saidOf(report)
}

// unreadable is an error of a source as a sentence; that it is of this source is known where it stands.
func unreadable(s digest.Source, err error) string {
	return sentence(strings.TrimPrefix(firstLine(err.Error()), "source "+s.Key+": "))
}

// saidOf puts a probe's report into words.
func (w *works) saidOf(r collectors.Report) digest.Probe {
	out := digest.Probe{Checks: r.Checks, Sections: r.Sections}
	say := func(format string, args ...any) { out.Findings = append(out.Findings, fmt.Sprintf(format, args...)) }
	switch {
	case len(r.Missing) > 0:
		out.Fault = fmt.Sprintf("%s missing or not readable: check the platform's version, and grant SELECT.", listed(r.Missing))
	case len(r.Faults) > 0:
		out.Fault = fmt.Sprintf("The server refuses %s: %s.", r.Faults[0].Query, strings.TrimSuffix(r.Faults[0].Reason, "."))
	}
	where := r.Server
	if r.Standby {
		where += ", a read replica"
	}
	if r.Name != "" {
		say("Tenant %s is “%s”, on %s.", r.Tenant, r.Name, where)
	} else {
		say("Tenant %s, on %s.", r.Tenant, where)
	}
	words, err := templates.Load("en")
	for _, c := range r.Capabilities {
		if c.Support == collectors.SupportFull || err != nil {
			continue
		}
		says := whatOf(c) + ": " + map[string]string{
			collectors.SupportNone: "not available, printed so and never as 0", collectors.SupportDerived: "derived", collectors.SupportPartial: "known in part",
		}[c.Support] + "."
		switch { // a note is a phrase of the locales, or the platform's own words
		case words.Has(c.Note):
			says += " " + words.Phrase(c.Note).String()
		case strings.Contains(c.Note, " "):
			says += " " + sentence(c.Note)
		}
		if !slices.Contains(out.Findings, says) {
			out.Findings = append(out.Findings, says)
		}
	}
	return out
}

// whatOf names what a capability is of, as people call it: "Connection hours", "Closing reasons".
func whatOf(c collectors.Capability) string {
	if c.Metric != "*" {
		if c.Metric == "start_flows" {
			return "Where conversations begin"
		}
		return capital(strings.ReplaceAll(c.Metric, "_", " "))
	}
	name, ok := map[string]string{
		"tenant": "The tenant’s name and zone", "end_user": "Users", "agent_session": "Connection hours", "assignment": "Assignments and transfers",
		"episode": "Closings", "intent_hit": "Intents", "flow_session": "Guided flows", "flow_step": "Guided flows", "campaign": "Campaigns",
		"outbound_delivery": "Messages of campaigns", "business_hours": "Opening hours", "business_holiday": "Holidays", "goal_event": "Goals",
	}[c.Relation]
	if !ok {
		return capital(strings.ReplaceAll(c.Relation, "_", " ")) + "s"
	}
	return name
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// listed is "conversations.waiting_since is", "teams and inboxes are".
func listed(items []string) string {
	if len(items) == 1 {
		return items[0] + " is"
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1] + " are"
}

// DrawSVG draws a chart of a letter for a page.
func (w *works) DrawSVG(l digest.Letter, p digest.Picture, width float64) ([]byte, error) {
	return w.drawer(l, p, width)
}

// MailSignIn mails the one-time link of a person who asked for it.
func (w *works) MailSignIn(ctx context.Context, a digest.Account, link string, lasts time.Duration) error {
	return courier{w.life, w.post}.send(ctx, digest.Address{Name: a.Name, Address: a.Address}, notice{
		Subject: "Sign in to Fortnight", Title: "Sign in to Fortnight",
		Text: "Somebody, most likely you, asked to sign in with this address.",
		Link: link, Label: "Sign in",
		After: fmt.Sprintf("The link works once, within %s, in the browser that asked for it. If that was not you, there is nothing to do: without the link nobody comes in.", minutes(lasts)),
	})
}

// MailInvite mails an invitation to a project.
func (w *works) MailInvite(ctx context.Context, a digest.Account, p digest.Project, by, link string, lasts time.Duration) error {
	return courier{w.life, w.post}.send(ctx, digest.Address{Name: a.Name, Address: a.Address}, notice{
		Subject: fmt.Sprintf("%s invites you to %s", by, p.Name),
		Text:    fmt.Sprintf("%s has added you to %s on Fortnight, where its digests are set up: what they say, when they go out, who gets them.", by, p.Name),
		Link:    link, Label: "Accept and sign in",
		After: fmt.Sprintf("The link works once, within %s. Later, the sign-in page mails you another.", minutes(lasts)),
	})
}

// minutes is a length of time in the largest unit that leaves no rest: "15 minutes", "7 days".
func minutes(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return plural(int(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/time.Minute), "minute")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
