// Package office is what the console and the API ask, and have done: the questions of one project, those of the house that all
// projects are in, and the works that need more than the books. cmd hands them in; the ledger implements Project and House.
//
// Every call of a Project is under the database's own walls: what another project has is digest.ErrNotFound. A change names its
// actor and is written to the audit in its transaction. A change that cannot be made as it is asked for is one or more
// *digest.RefusedError (joined by errors.Join); one of what somebody else has changed meanwhile is digest.ErrStale; an act that an
// edition's state does not allow is digest.ErrNotDue, with that state in words.
package office

import (
	"context"
	"iter"
	"time"

	"fortnight/digest"
)

// Project is the books of one project.
type Project interface {
	Settings
	Digests
	Readers
	Editions
	People
	Hooks
	// Audit lists changes, the newest first.
	Audit(ctx context.Context, w digest.AuditWanted) (digest.Listed[digest.AuditLine], error)
	// Needs gathers what waits for a person.
	Needs(ctx context.Context) (digest.Needs, error)
	// Standing counts for the overview; week is when the project's current week began.
	Standing(ctx context.Context, week time.Time) (digest.Standing, error)
}

// Settings are the project itself and its sources.
type Settings interface {
	// Head gives the project, with its sources (without DSNs) and without its digests.
	Head(ctx context.Context) (digest.Project, error)
	// SaveHead changes name, zone, locale, week start, meaning of bi-monthly, unknown, brand (but not the logo), sender and reply address.
	SaveHead(ctx context.Context, by digest.Actor, p digest.Project) (digest.Change, error)
	// Logo gives the project's picture; its Hash is "" where there is none.
	Logo(ctx context.Context) (digest.Logo, error)
	// SaveLogo keeps a picture; nil takes it away.
	SaveLogo(ctx context.Context, by digest.Actor, logo *digest.Logo) error
	Sources(ctx context.Context) ([]digest.SourceLine, error)
	// SaveSource adds or changes the source of its key. An empty DSN leaves the one that is kept, where platform and tenant stay as they are.
	SaveSource(ctx context.Context, by digest.Actor, s digest.Source) (digest.Change, error)
	// RemoveSource refuses where a digest reads it.
	RemoveSource(ctx context.Context, by digest.Actor, key string) error
	// SourceSecret gives a source with its DSN, for a probe or a preview; never to be shown.
	SourceSecret(ctx context.Context, key string) (digest.Source, error)
	// Probed keeps what a look at a source found.
	Probed(ctx context.Context, key string, found digest.Probe) error
}

// Digests are the project's digests.
type Digests interface {
	Digests(ctx context.Context) ([]digest.DigestLine, error)
	// DigestsToCome lists them without their latest editions and owners' names: all that a calendar needs, sooner.
	DigestsToCome(ctx context.Context) ([]digest.DigestLine, error)
	// DigestNames lists what they are called, by their keys: all that a choice among them needs.
	DigestNames(ctx context.Context) ([]digest.DigestName, error)
	Digest(ctx context.Context, key string) (digest.DigestLine, error)
	// ReadersZones lists the zones that readers of a digest have of their own, those of most readers first.
	ReadersZones(ctx context.Context, key string) ([]digest.ReadersZone, error)
	// SaveDigest adds (version 0) or changes the digest of its key, without its subscribers; digest.ErrStale where the version is
	// no longer the one. The new version is in the line.
	SaveDigest(ctx context.Context, by digest.Actor, c digest.Config, version int) (digest.DigestLine, digest.Change, error)
	// SwitchDigest switches it on or off.
	SwitchDigest(ctx context.Context, by digest.Actor, key string, on bool) error
	// RemoveDigest refuses where it has editions that were mailed.
	RemoveDigest(ctx context.Context, by digest.Actor, key string) error
	// Reassign makes a member its owner; 0: nobody.
	Reassign(ctx context.Context, by digest.Actor, key string, account int64) error
}

// Readers are the subscribers of all digests, and those who would be.
type Readers interface {
	Subscribers(ctx context.Context, w digest.SubscribersWanted) (digest.Listed[digest.SubscriberLine], error)
	Subscriber(ctx context.Context, id int64) (digest.SubscriberLine, error)
	// SaveSubscribers adds those of new addresses to a digest and changes the others, all or none; what readers chose stays.
	// With only, those who are not among them are taken out. It says what it did; with dry nothing is done.
	SaveSubscribers(ctx context.Context, by digest.Actor, key string, all []digest.Subscriber, only, dry bool) ([]digest.Change, error)
	RemoveSubscriber(ctx context.Context, by digest.Actor, id int64) error
	// RevokeLinks makes the links of all editions opened so far useless in this subscriber's mails; unsubscribing goes on working.
	RevokeLinks(ctx context.Context, by digest.Actor, subscriber int64) error
	Suppressions(ctx context.Context, p digest.Page) (digest.Listed[digest.Suppression], error)
	// Unsuppress lets the project write to an address again.
	Unsuppress(ctx context.Context, by digest.Actor, address string) error
	Requests(ctx context.Context) ([]digest.Request, error)
	// Decide approves or refuses one; approved, its person is a subscriber.
	Decide(ctx context.Context, by digest.Actor, request int64, approve bool) error
}

// Editions are what was made.
type Editions interface {
	Editions(ctx context.Context, w digest.EditionsWanted) (digest.Listed[digest.EditionLine], error)
	// Edition gives one with its snapshot; the snapshot's Version is 0 where nothing is collected.
	Edition(ctx context.Context, id int64) (digest.EditionLine, digest.Snapshot, error)
	// EditionsBetween lists those due in [from, to), the earliest first.
	EditionsBetween(ctx context.Context, from, to time.Time) ([]digest.EditionLine, error)
	// Neighbours gives the editions of the same digest and cadence before and after, 0 where there is none.
	Neighbours(ctx context.Context, id int64) (before, after int64, err error)
	// Variants lists the choices that were rendered; Variant gives one.
	Variants(ctx context.Context, edition int64) ([]digest.Choice, error)
	Variant(ctx context.Context, edition int64, c digest.Choice) (digest.Variant, error)
	Deliveries(ctx context.Context, w digest.DeliveriesWanted) (digest.Listed[digest.DeliveryLine], error)
	// AllDeliveries gives them one after another, for a file.
	AllDeliveries(ctx context.Context, edition int64) iter.Seq2[digest.DeliveryLine, error]
	// Delivery gives one with its attempts.
	Delivery(ctx context.Context, id int64) (digest.DeliveryLine, error)
	// Release lets a held or parked edition go; Discard gives it up.
	Release(ctx context.Context, by digest.Actor, edition int64) error
	Discard(ctx context.Context, by digest.Actor, edition int64) error
	// Resend plans deliveries that failed, expired or (where they are named) are unknown once more, with the same message; it says
	// how many. Empty deliveries: all that failed or expired. Suppressed addresses stay suppressed, and
	// who had a day of the period with another edition since gets it no second time.
	Resend(ctx context.Context, by digest.Actor, edition int64, deliveries []int64) (int, error)
	// Looked writes to the audit that somebody looked at persons whom an edition's campaigns wrote to, or who were in its flows.
	Looked(ctx context.Context, by digest.Actor, edition int64, look digest.Change) error
	// RevokeEdition makes the links to an edition useless in all mails.
	RevokeEdition(ctx context.Context, by digest.Actor, edition int64) error
}

// People are those who sign in, and the keys of programs.
type People interface {
	Members(ctx context.Context) ([]digest.Member, error)
	// SetMember adds the account of an address (made where there is none) or changes its role. The last owner stays one.
	SetMember(ctx context.Context, by digest.Actor, address, name string, role digest.MemberRole) (digest.Account, error)
	// RemoveMember takes a person out. Digests that they own are handed to another member first, or the answer is a *digest.RefusedError.
	RemoveMember(ctx context.Context, by digest.Actor, account int64) error
	Tokens(ctx context.Context) ([]digest.Token, error)
	// AddToken makes one and gives its secret, once: "fn_" and 130 random bits in base32.
	AddToken(ctx context.Context, by digest.Actor, name string, scopes []digest.Scope, ends time.Time) (digest.Token, string, error)
	RevokeToken(ctx context.Context, by digest.Actor, id int64) error
	// Keyed runs an act once for an idempotency key: where the key was used with the same request, the first answer is given again
	// (again is true); with another, the answer is a *digest.RefusedError; while the first is under way, digest.ErrNotDue. Keys are kept a day.
	Keyed(ctx context.Context, key string, request []byte, act func() (status int, body []byte, err error)) (status int, body []byte, again bool, err error)
}

// Hooks are the project's webhooks.
type Hooks interface {
	Webhooks(ctx context.Context) ([]digest.Webhook, error)
	// AddWebhook makes one, with its secret, which is told once.
	AddWebhook(ctx context.Context, by digest.Actor, w digest.Webhook) (digest.Webhook, error)
	// SaveWebhook changes address, events and whether it is active.
	SaveWebhook(ctx context.Context, by digest.Actor, w digest.Webhook) error
	RemoveWebhook(ctx context.Context, by digest.Actor, id int64) error
	// TestWebhook has a test posted once; its answer stands among the postings.
	TestWebhook(ctx context.Context, by digest.Actor, id int64) error
	Postings(ctx context.Context, webhook int64, p digest.Page) (digest.Listed[digest.Posting], error)
}

// House is what belongs to no project: accounts, and the way in.
type House interface {
	Account(ctx context.Context, id int64) (digest.Account, error)
	// AccountOf gives the account of an address; digest.ErrNotFound where there is none.
	AccountOf(ctx context.Context, address string) (digest.Account, error)
	// Memberships lists the projects that an account is in, an operator's being all, by name.
	Memberships(ctx context.Context, account int64) ([]digest.Membership, error)
	// Rename changes how a person is called.
	Rename(ctx context.Context, account int64, name string) error
	// AddProject makes one, whose owner the account becomes; only an operator may.
	AddProject(ctx context.Context, by digest.Actor, p digest.Project) (digest.Membership, error)

	// AskIn makes the token of a one-time link for an address that has access; digest.ErrNotFound where it has none,
	// digest.ErrNotDue where it has asked too often (5 times an hour). browser is the asking browser's own random value, or "" for an
	// invitation, which is good in any.
	AskIn(ctx context.Context, address, browser string, lasts time.Duration) (token string, a digest.Account, err error)
	// ComeIn uses a token up; digest.ErrNotFound where it is unknown, used, past its time or another browser's.
	ComeIn(ctx context.Context, token, browser string) (digest.Account, error)

	// Sessions lists where an account is signed in, the latest first; the one of the token is Current. What the store of sessions
	// keeps is JSON with "account" (0 or absent: nobody yet), "agent" and "from" among its members, which is how it knows whose
	// session it is. EndSession ends one of an account's own, EndSessions all but one.
	Sessions(ctx context.Context, account int64, token string) ([]digest.Session, error)
	EndSession(ctx context.Context, account, session int64) error
	EndSessions(ctx context.Context, account, but int64) (int, error)

	// TokenOf gives the token of an API key, and notes its use; digest.ErrNotFound where it is unknown, revoked or past its time.
	TokenOf(ctx context.Context, key string) (digest.Token, error)
}

// Works is what needs more than the books: schedules, sources, rendering, mail.
type Works interface {
	// Kinds lists the cadences that may be chosen, cron expressions apart.
	Kinds() []string
	// CheckHead and CheckDigest find all faults of what was filled in that only the trades know: zones, locales, cadences, platforms.
	CheckHead(p digest.Project) error
	CheckDigest(p digest.Project, c digest.Config) error
	// Cadence tells what a cadence comes to, from now on.
	Cadence(p digest.Project, c digest.Config, zone string, n int) (Cadence, error)
	// Between lists what a cadence comes to in [from, to).
	Between(p digest.Project, c digest.Config, from, to time.Time) ([]Send, error)
	// ReadersCadence gives the cadence of those of a digest's readers who chose a kind of longer periods.
	ReadersCadence(p digest.Project, c digest.Config, kind string) (digest.CadenceSpec, error)
	// Periods lists the n latest closed periods, the newest first.
	Periods(p digest.Project, c digest.Config, n int) ([]digest.Period, error)
	// Platforms and Sections list the keys there are; Locales the mails' languages.
	Platforms() []string
	Sections() []string
	Locales() []string
	// Probe looks at a source, and says in words what it found.
	Probe(ctx context.Context, s digest.Source) digest.Probe
	// Preview renders a digest as it is filled in, saved or not, for the period that begins on a date (zero: the last closed one),
	// from the edition of that period where its numbers were collected, else from the sources.
	Preview(ctx context.Context, project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice) (Preview, error)
	// SendTest mails one copy of the same to an address and records it nowhere; it gives the subject.
	SendTest(ctx context.Context, project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice, to digest.Address) (subject string, err error)
	// SendNow opens the edition of the last closed period, or of the one that begins on a date, which serve then mails; it gives its
	// id. digest.ErrNotDue where there is one already, with its id; a *digest.RefusedError where its days were mailed with another.
	SendNow(ctx context.Context, by digest.Actor, project int64, key string, from digest.Date) (edition int64, err error)
	// Recipients reads a part of whom an edition's campaigns wrote to from its source, with names and addresses, as its period ended; Talk what
	// one of them, or of its flows' people, wrote and was written to, up to now. Who asks may see them, and the look is in the audit. digest.ErrNotFound where the edition's
	// digest has no section of campaigns, or nobody knows the person; a *digest.RefusedError where the source cannot be read or does not tell.
	Recipients(ctx context.Context, project int64, e digest.EditionLine, w digest.RecipientsWanted) (digest.Recipients, error)
	Talk(ctx context.Context, project int64, e digest.EditionLine, user string) (digest.Talk, error)
	// EachRecipient hands all of them to yield, for a file.
	EachRecipient(ctx context.Context, project int64, e digest.EditionLine, w digest.RecipientsWanted, yield func(digest.Recipient) error) error
	// FlowPersons and EachFlowPerson read the people of an edition's flows in the same way.
	FlowPersons(ctx context.Context, project int64, e digest.EditionLine, w digest.FlowPersonsWanted) (digest.FlowPersons, error)
	EachFlowPerson(ctx context.Context, project int64, e digest.EditionLine, w digest.FlowPersonsWanted, yield func(digest.FlowPerson) error) error
	// MailSignIn mails the one-time link of a person who asked for it.
	MailSignIn(ctx context.Context, a digest.Account, link string, lasts time.Duration) error
	// MailInvite mails an invitation to a project.
	MailInvite(ctx context.Context, a digest.Account, project digest.Project, by, link string, lasts time.Duration) error
	// DrawSVG draws a chart of a letter for a page: in CSS variables' colours, with values on hover and focus.
	DrawSVG(l digest.Letter, p digest.Picture, width float64) ([]byte, error)
}

// Cadence is what a cadence comes to.
type Cadence struct {
	Kind  string // aliases resolved
	Words string // "every Monday at 08:00 in Europe/Berlin, the seven days before"
	Next  []Send
}

// Send is one due of a cadence.
type Send struct {
	Due        time.Time // in the digest's zone
	Local      time.Time // when the copy leaves for a subscriber in the zone that was asked for; zero: none was
	AsSoon     bool      // that hour comes before the period has closed: it leaves as soon as the edition is ready
	Period     digest.Period
	Hours      float64
	Change     time.Time // of the clocks inside the period; zero: none
	Forward    bool      // it goes forward
	DueShift   string    // "CEST, until now CET" where the zone's name differs from that of the due before
	LocalShift string    // "14:00 in Berlin, was 13:00" where the subscriber's hour has moved in the digest's zone
}

// Preview is a digest as a reader would get it.
type Preview struct {
	Edition digest.Edition
	Variant digest.Variant // its pictures by cid: addresses
	HTML    []byte         // the variant's, with pictures inside and links that lead nowhere
	Fault   string         // of sections that could not be read; "" where all were
	Stored  bool           // the numbers are those of an edition that was made
}
