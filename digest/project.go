package digest

import (
	"slices"
	"strings"
	"time"
)

// Project is a tenant: its name, zone, locale, brand and sources.
type Project struct {
	Key       string // short name in commands and files: "desk"
	Name      string // as readers see it: "Support desk"
	Zone      string // IANA
	Locale    string // BCP 47, of its mails where a subscriber has none
	WeekStart time.Weekday
	BiMonthly string // what "bi-monthly" means here: twice-monthly (default) or every-2-months
	Unknown   string // what is done where a server's answer never came: UnknownRetry ("" too) or UnknownHold
	Brand     Brand
	From      Address // the sender; an empty address means the program's own
	ReplyTo   Address
	Hours     Hours    `json:",omitzero"`  // where a conversation's calendar is not known, and for close-of-business
	Shares    []string `json:",omitempty"` // keys of the projects whose digests may sum its numbers up with others'
	Sources   []Source
	Digests   []Config
}

// What a project does with a delivery whose answer never came. Tried once more, it is never lost and may arrive twice, as the same
// message; held, it never arrives twice and may not have arrived.
const (
	UnknownRetry = "retry-once"
	UnknownHold  = "hold"
)

// Source is a database, or Fortnight's own event tables, that numbers come from.
type Source struct {
	Key      string
	Platform string // chatwoot, native …
	DSN      string // secret; sealed at rest, never printed
	Tenant   string // the tenant's id on that platform
	Link     string `json:",omitempty"` // where a conversation is read on the platform, with {tenant} and {conversation}
}

// Config is a digest: a configured report.
type Config struct {
	Key         string // "weekly"
	Name        string // as readers see it where it says more than its cadence; may be empty
	Active      bool   // nothing goes out until a digest is switched on
	Cadence     CadenceSpec
	Sections    []SectionChoice
	Projects    []string      `json:",omitempty"` // keys of the projects that it sums up, in the order of its rows; none: it is of its own
	MissedAfter time.Duration // 0: 24 h
	ExcludeAway bool
	CatchUp     int           // how many missed periods the next mail still tells of; 0 means 2
	Jitter      time.Duration // editions begin somewhere within this after their due, each digest at a place of its own; 0: at it
	Paper       string        // "A4" or "Letter"
	Subject     string        `json:",omitempty"` // with {project}, {digest}, {period} and {finding}; "": the editor's own
	Targets     []Target      `json:",omitempty"` // at most one a figure
	Readers     Readers       `json:",omitzero"`
	Parameters  Parameters    `json:",omitzero"`
	Attachments Attachments   `json:",omitzero"`
	Subscribers []Subscriber
}

// Target is what a figure is held against; missing it is a finding. Which side is good is the figure's direction.
type Target struct {
	Section, Figure string
	Value           float64 // in the figure's unit: seconds, percents of 0..100
}

// Readers is what a digest lets its readers choose for themselves. Language, zone, pause and whether the PDF is attached are always
// theirs.
type Readers struct {
	Cadences   []string `json:",omitempty"` // kinds beside the digest's own, each of longer periods: "monthly"
	Sections   bool     `json:",omitempty"` // which of the digest's sections they get
	Forwarding string   `json:",omitempty"` // whether who was forwarded a mail may subscribe; "" means ForwardingApprove
}

// What becomes of "this was forwarded to me: subscribe me". In each case the address is confirmed by a mail first.
const (
	ForwardingApprove = "approve" // an owner or editor decides
	ForwardingConfirm = "confirm" // the confirmed address is a subscriber
	ForwardingOff     = "off"     // nobody may ask
)

// SectionChoice names a section and the source it comes from.
type SectionChoice struct{ Section, Source string }

// CadenceSpec is a cadence as it is written; scheduler.Parse makes it run.
type CadenceSpec struct {
	Kind      string // weekly, every-2-weeks, twice-monthly, monthly, every-2-months, daily, close-of-business, bi-monthly or a cron expression
	At        string // "mon 08:00" for weekly kinds, "08:00" for the others, "" for a cron expression and, at the last closing, for close-of-business
	Zone      string
	Anchor    Date         `json:",omitzero"` // which weeks every-2-weeks takes; zero: the first matching date
	WeekStart time.Weekday // of the weeks covered
	Covers    string       // day, week, half-month or month: for a cron expression only
	Hours     *Hours       `json:"-"` // of close-of-business: the project's, as they are now (Project.Timed); nil: there are none
}

// CloseOfBusiness is the kind of cadence that follows a calendar: due at the last closing of each open day, or at a set hour of it, and
// covering that day.
const CloseOfBusiness = "close-of-business"

// Closes tells a close-of-business cadence.
func (c CadenceSpec) Closes() bool {
	return strings.EqualFold(strings.TrimSpace(c.Kind), CloseOfBusiness)
}

// Open gives the project's hours with their zone.
func (p Project) Open() Hours {
	h := p.Hours
	if h.Zone == "" && !h.IsZero() {
		h.Zone = p.Zone
	}
	return h
}

// Timed gives a cadence of one of the project's digests with the project's hours, where it follows them.
func (p Project) Timed(c CadenceSpec) CadenceSpec {
	c.Hours = nil
	if hours := p.Open(); c.Closes() && !hours.IsZero() {
		c.Hours = &hours
	}
	return c
}

// Subscriber is a person who gets a digest.
type Subscriber struct {
	ID       int64
	Name     string
	Address  string
	Locale   string
	Zone     string // moves only the hour of sending; "" means the digest's
	Audience Audience
	PDF      bool   // attached
	AddedBy  string // who added them, for "You get this because …"
	AddedAt  time.Time
	Token    string // opaque; names this subscription in links
	Agent    string `json:",omitempty"` // who they are on the platform: of open conversations they get their own alone; "": all

	// What only the reader sets; see Wishes.
	Cadence     string   `json:",omitempty"` // a kind of Readers.Cadences; "": the digest's own
	Sections    []string `json:",omitempty"` // keys of those wanted, in the digest's order; empty: all
	PausedUntil Date     `json:",omitzero"`  // editions that leave before this date are not for them; zero: not paused
}

// Wishes are what a reader has chosen. They stand over what the configuration says of the subscriber, and stay when that is applied
// again; what the digest no longer allows is passed over.
type Wishes struct {
	Locale      string   `json:",omitempty"` // "": as configured
	Zone        string   `json:",omitempty"` // "": as configured
	PDF         *bool    `json:",omitempty"` // nil: as configured
	Cadence     string   `json:",omitempty"`
	Sections    []string `json:",omitempty"`
	PausedUntil Date     `json:",omitzero"`
}

// With gives the subscriber as he wishes to be served by a digest.
func (s Subscriber) With(w Wishes, c Config) Subscriber {
	if w.Locale != "" {
		s.Locale = w.Locale
	}
	if w.Zone != "" {
		s.Zone = w.Zone
	}
	if w.PDF != nil {
		s.PDF = *w.PDF
	}
	if slices.Contains(c.Readers.Cadences, w.Cadence) {
		s.Cadence = w.Cadence
	}
	if c.Readers.Sections {
		s.Sections = c.wanted(w.Sections)
	}
	s.PausedUntil = w.PausedUntil
	return s
}

// wanted gives those of the digest's sections that are among keys, in the digest's order; none where that is all of them, or none.
func (c Config) wanted(keys []string) []string {
	var wanted []string
	for _, chosen := range c.Sections {
		if slices.Contains(keys, chosen.Section) {
			wanted = append(wanted, chosen.Section)
		}
	}
	if len(wanted) == len(c.Sections) {
		return nil
	}
	return wanted
}

// Address is a mail address with a name.
type Address struct{ Name, Address string }
