package digest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MemberRole is what a person may do in a project.
type MemberRole string

// A viewer reads everything but secrets; an editor also changes digests, subscribers and sources, and sends; an owner also the
// project itself, its people, tokens and webhooks.
const (
	RoleOwner  MemberRole = "owner"
	RoleEditor MemberRole = "editor"
	RoleViewer MemberRole = "viewer"
)

// Includes tells whether a role may do all that another may.
func (r MemberRole) Includes(other MemberRole) bool {
	rank := map[MemberRole]int{RoleViewer: 1, RoleEditor: 2, RoleOwner: 3}
	return rank[r] > 0 && rank[r] >= rank[other]
}

// Account is a person who signs in.
type Account struct {
	ID        int64
	Address   string
	Name      string // may be empty
	Operator  bool   // runs the installation: an owner of every project, and may add projects
	CreatedAt time.Time
	SeenAt    time.Time // zero: never signed in
}

// Called is the name to print.
func (a Account) Called() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Address
}

// Membership is one person's part in a project.
type Membership struct {
	Project int64
	Key     string
	Name    string // of the project
	Accent  Colour
	Role    MemberRole
}

// Member is a project's person.
type Member struct {
	Account
	Role    MemberRole // of an operator who is no member: owner
	AddedAt time.Time
	Digests []string // keys of those whose owner they are
}

// Session is one browser that somebody is signed in with.
type Session struct {
	ID      int64
	Account int64
	Agent   string // the browser's own words
	From    string // the address it was last seen at
	MadeAt  time.Time
	SeenAt  time.Time
	Ends    time.Time
	Current bool // the one that asks
}

// Actor is who makes a change.
type Actor struct {
	Account int64  // 0: nobody who signs in
	Token   int64  // the key to the API by which it is made; 0: none
	Name    string // as the audit prints it: a person, a token's name, "fortnight apply", a reader
	Via     string // console, api, command, reader or schedule
}

// Difference is a change of one value, as the audit prints it. A secret's values are never in it: From and To are then "set" or "".
type Difference struct {
	What string `json:"what"` // cadence.at
	From string `json:"from"` // JSON; "" where there was nothing
	To   string `json:"to"`
}

// String is "cadence.at "mon 08:00" → "tue 08:00"".
func (d Difference) String() string {
	or := func(s string) string {
		if s == "" {
			return "nothing"
		}
		return s
	}
	return d.What + " " + or(d.From) + " → " + or(d.To)
}

// Change is one difference between what was asked for and what was there. It never holds a DSN or a token.
type Change struct {
	Verb    string       // add, change, remove, switch on, switch off, release, discard, resend, invite …
	What    string       // "project desk", "source desk/chat", "digest desk/weekly", "subscriber desk/weekly ana@example.org"
	Details []Difference // of a change
	Notes   []string     // what else there is to say: "stays unsubscribed"
}

// String is "~ digest desk/weekly: cadence.at "mon 08:00" → "tue 08:00"".
func (c Change) String() string {
	sign := map[string]string{"add": "+", "remove": "-"}[c.Verb]
	if sign == "" {
		sign = "~"
	}
	var said []string
	if sign == "~" && c.Verb != "change" {
		said = append(said, c.Verb)
	}
	for _, d := range c.Details {
		said = append(said, d.String())
	}
	said = append(said, c.Notes...)
	s := sign + " " + c.What
	if len(said) > 0 {
		s += ": " + strings.Join(said, ", ")
	}
	return s
}

// AuditLine is one change that was made.
type AuditLine struct {
	ID int64
	At time.Time
	Actor
	Change
}

// Token is a key to a project's API. The key itself is told once, when it is made.
type Token struct {
	ID         int64
	Project    int64
	ProjectKey string
	Name       string
	Scopes     []Scope
	Hint       string // its first letters
	MadeBy     string
	MadeAt     time.Time
	UsedAt     time.Time // zero: never; exact to a minute
	Ends       time.Time // zero: never
	Revoked    time.Time // zero: not
	Lost       []Scope   // of Scopes those that the one who made it may no longer do, and so it may not either
}

// Scope is what a token may do.
type Scope string

// The scopes: to read all but secrets, to change the configuration, to send (test, send now, resend, release), to manage people,
// tokens and webhooks, to send events.
const (
	ScopeRead   Scope = "read"
	ScopeWrite  Scope = "write"
	ScopeSend   Scope = "send"
	ScopeManage Scope = "manage"
	ScopeEvents Scope = "events"
)

// May tells whether the token has a scope, and has not lost it.
func (t Token) May(s Scope) bool { return slices.Contains(t.Scopes, s) && !slices.Contains(t.Lost, s) }

// Gives tells whether the role lets its people do what a scope lets a token do.
func (r MemberRole) Gives(s Scope) bool {
	switch s {
	case ScopeRead:
		return r.Includes(RoleViewer)
	case ScopeWrite, ScopeSend, ScopeEvents:
		return r.Includes(RoleEditor)
	case ScopeManage:
		return r.Includes(RoleOwner)
	}
	return false
}

// ErrNotByToken is what only a person may do: a token that could make owners would reach further than the one who made it, and stay
// after it is revoked.
var ErrNotByToken = errors.New("a token neither makes, changes nor removes an owner; an owner may, who signs in to the console")

// Webhook is an address that a project's events are posted to.
type Webhook struct {
	ID     int64
	URL    string   // https, or http where the installation allows it
	Events []string // kinds of Event; empty: all
	Active bool
	Secret string // signs what is posted; told once, when it is made, then ""
	MadeAt time.Time
	Last   *Posting // the latest; nil: none yet
}

// The kinds of event.
const (
	EventEditionReady    = "edition.ready"
	EventEditionHeld     = "edition.held"
	EventEditionParked   = "edition.parked"
	EventEditionDone     = "edition.done"
	EventEditionArchived = "edition.archived"
	EventDeliverySent    = "delivery.sent"
	EventDeliveryFailed  = "delivery.failed"
	EventDeliveryUnknown = "delivery.unknown"
	EventDeliveryExpired = "delivery.expired"
	EventDeliveryBounced = "delivery.bounced"
)

// EventTest is what is posted where somebody asks whether a webhook works: none of Events, and no matter which of these it wants.
const EventTest = "test"

// Events lists the kinds of event.
func Events() []string {
	return []string{
		EventEditionReady, EventEditionHeld, EventEditionParked, EventEditionDone, EventEditionArchived,
		EventDeliverySent, EventDeliveryFailed, EventDeliveryUnknown, EventDeliveryExpired, EventDeliveryBounced,
	}
}

// Posting is one event on its way to a webhook.
type Posting struct {
	ID      int64
	Webhook int64
	Kind    string
	Body    []byte // JSON
	MadeAt  time.Time
	Tries   int
	NextAt  time.Time // zero: it has come to an end
	Done    time.Time // zero: not
	Status  int       // HTTP; 0: no answer
	Answer  string    // what went wrong; "" where nothing did
}

// DuePosting is a posting whose time has come: where it goes, and the secret that signs it. The books hand it out once, until its
// lease ends (TakePostings), and keep what became of it (PostingEnded). Tries counts the try that it is taken for.
type DuePosting struct {
	Posting
	URL    string
	Secret string
}

// RefusedError is what a change answers that cannot be made as it is asked for: somebody who reads it can do something about it.
type RefusedError struct {
	Field  string // of a form or document: "cadence.at"; "" where no field is at fault
	Reason string // "This is not a full address: the part after @ has no dot."
}

// Error is the reason, after its field.
func (e *RefusedError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return fmt.Sprintf("%s: %s", e.Field, e.Reason)
}
