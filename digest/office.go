package digest

import (
	"errors"
	"time"
)

// What those who run a project see of it: lists, pages of lists and counts. Tokens of subscriptions, DSNs and passwords are never
// in them.

// ErrNotFound is the answer to a name or number that the project does not have, though another may.
var ErrNotFound = errors.New("there is no such thing in this project")

// ErrStale is the answer to who saves what somebody else has changed since it was read.
var ErrStale = errors.New("somebody else has changed it meanwhile")

// Page asks for a part of a list: up to Size lines after the one that After marks, "" for the first ones.
type Page struct {
	After string // opaque: Next of the part before
	Size  int    // 0: 50; at most 500
}

// Listed is a part of a list.
type Listed[T any] struct {
	Lines []T
	Next  string // "" where this is the last part
	Total int    // of the whole list, as filtered
}

// SourceLine is a source in a list, with what the last look at it found.
type SourceLine struct {
	ID       int64
	Source             // DSN is empty
	Host     string    // host:port/database of the DSN, for people
	Checked  time.Time // zero: never
	Fault    string    // why it cannot be read, in words; "" where it can
	Since    time.Time // since when it has that fault
	Checks   []Check   // what a probe tried, in the order they are shown in
	Findings []string  // what a probe says, in words: "Agents' sessions are not recorded: connection hours will be 'not available'."
	Sections []string  // keys that the platform can fill
	Used     []string  // keys of the digests that read it
}

// Probe is what a look at a source found.
type Probe struct {
	Fault    string // why it cannot be read, in words; "" where it can
	Checks   []Check
	Findings []string // what there is to know, in words
	Sections []string // keys that the platform can fill
}

// Check is one thing that a look at a source tried, in English words.
type Check struct {
	Key     string  `json:"key"` // tls, rights, columns, questions, indexes, fresh
	Verdict Verdict `json:"verdict"`
	Title   string  `json:"title"`            // "Connects with TLS"
	Text    string  `json:"text,omitempty"`   // a sentence: "TLS 1.3, and the server's certificate is valid until 3 Nov 2026."
	Remedy  string  `json:"remedy,omitempty"` // a sentence: what to do; "" where there is nothing to
	SQL     string  `json:"sql,omitempty"`    // what the database's owner may run
}

// Verdict tells how a check ended.
type Verdict string

// The verdicts.
const (
	CheckWell Verdict = "well"
	CheckNote Verdict = "note" // it works, and could be better
	CheckMend Verdict = "mend"
)

// DigestLine is a digest in a list.
type DigestLine struct {
	ID        int64
	Config    Config // without subscribers
	Version   int    // counts changes; see ErrStale
	Owner     int64  // an account; 0: nobody
	OwnerName string
	Readers   map[Audience]int // who get the next edition, as of today
	Gone      int              // who do not: unsubscribed, suppressed, paused
	Chosen    []string         // kinds of cadence that readers who have not left chose in place of the digest's own, where it allows them
	Last      *EditionLine     // the latest; nil: none
}

// DigestName is what a digest is called.
type DigestName struct {
	Key    string
	Name   string // may be empty
	Active bool
}

// ReadersZone is a zone that readers of a digest have of their own, chosen or configured.
type ReadersZone struct {
	Zone    string
	Readers int    // who get the next edition, but for a pause
	One     string // the name of one of them, or the address
}

// EditionLine is an edition in a list.
type EditionLine struct {
	Edition
	DigestID   int64
	OpenedAt   time.Time
	ReadyAt    time.Time // zero: not yet
	FinishedAt time.Time // zero: not yet
	Subject    string    // of its first variant; "" where none is made
	Planned    int       // deliveries
	Variants   int
	Deliveries map[DeliveryState]int
	Missing    []string  // keys of sections that failed
	Cadence    string    // of the readers it is for; "": the digest's own
	Revoked    time.Time // its links in mails; zero: not
}

// SubscriberLine is a subscription in a list.
type SubscriberLine struct {
	Project, Digest string        // keys
	Subscriber                    // as configured
	Wishes          Wishes        // what they chose over it
	UnsubscribedAt  time.Time     // zero: not
	RemovedAt       time.Time     // by the configuration; zero: not
	Suppressed      string        // why the project may not write to the address; "" where it may
	LastState       DeliveryState // of the latest delivery; "" where there is none
	LastAt          time.Time
}

// Gets tells whether the subscriber gets the digest's next edition, but for a pause.
func (s SubscriberLine) Gets() bool {
	return s.UnsubscribedAt.IsZero() && s.RemovedAt.IsZero() && s.Suppressed == ""
}

// SubscribersWanted filters subscribers.
type SubscribersWanted struct {
	Digest string // key; "": all of the project
	Search string // part of a name or address
	State  string // "" all but removed, "gets", "unsubscribed", "suppressed", "paused", "removed"
	Page
}

// EditionsWanted filters editions.
type EditionsWanted struct {
	Digest string       // key; "": all of the project
	State  EditionState // "": all
	Page
}

// DeliveriesWanted filters an edition's deliveries.
type DeliveriesWanted struct {
	Edition int64
	State   DeliveryState // "": all
	Search  string        // part of a name or address
	Page                  // those that need somebody first: failed, unknown, deferred, expired, then the others
}

// DeliveryLine is a delivery in a list.
type DeliveryLine struct {
	Delivery
	Code      int    // SMTP reply code of the last attempt; 0: none came
	Status    string // enhanced status code
	ChangedAt time.Time
	Expires   time.Time
	Bounce    *BounceLine   // the worst report that came back by mail, of equals the latest; nil: none did
	Tries     []AttemptLine // in order; nil where they were not asked for
	Why       string        // of a suppressed one: "unsubscribed", "hard bounce 5.1.1"; "" where not known
}

// BounceLine is a report that came back by mail.
type BounceLine struct {
	Kind, Status, Diagnostic string
	At                       time.Time
}

// AttemptLine is one attempt of a delivery.
type AttemptLine struct {
	Number             int
	StartedAt, EndedAt time.Time // EndedAt zero: under way
	Outcome
}

// AuditWanted filters the audit.
type AuditWanted struct {
	What string // part of Change.What or of the actor's name
	Page
}

// Standing is the overview's numbers. What was sent, bounced and was called spam is told of editions opened within 30 days; Before are
// those of the 30 days before.
type Standing struct {
	Week                                        map[DeliveryState]int // of editions due since the week began
	WeekEditions                                int                   // of them, that have deliveries
	Held                                        int                   // open deliveries, or where none was ever planned subscribers, of editions held or parked
	HeldEditions                                int
	Sent, Bounced, Complained                   int
	SentBefore, BouncedBefore, ComplainedBefore int
}

// Needs is what waits for a person, oldest first in each list.
type Needs struct {
	Held     []EditionLine // held or parked
	Failing  []EditionLine // due in the last 14 days, with deliveries that failed, expired or are unknown, and readers who have not left
	Sources  []SourceLine  // that cannot be read
	Requests []Request     // that wait for a decision
}

// Count is how many matters there are.
func (n Needs) Count() int { return len(n.Held) + len(n.Failing) + len(n.Sources) + len(n.Requests) }

// Request is the wish of somebody who was forwarded a mail.
type Request struct {
	ID        int64
	Digest    string // key
	Address   string
	Name      string
	Locale    string
	Forwarder string // whose mail it was
	MadeAt    time.Time
	Confirmed time.Time // zero: not yet
}

// Suppression is an address that a project may not write to.
type Suppression struct {
	Address string // "" where it was erased
	Reason  string
	At      time.Time
}

// Logo is a project's picture, as it is kept: a PNG.
type Logo struct {
	Hash          string
	PNG           []byte
	Width, Height int // pixels
}
