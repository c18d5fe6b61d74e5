package digest

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// EditionState says how far an edition has come.
type EditionState string

// due → collecting → ready → sending → done | held | parked | archived | discarded
const (
	EditionDue        EditionState = "due"
	EditionCollecting EditionState = "collecting"
	EditionReady      EditionState = "ready"
	EditionSending    EditionState = "sending"
	EditionDone       EditionState = "done"
	EditionHeld       EditionState = "held"
	EditionParked     EditionState = "parked"
	EditionArchived   EditionState = "archived"
	EditionDiscarded  EditionState = "discarded"
)

// DeliveryState says what became of an edition's copy for one subscriber.
type DeliveryState string

// planned → sending → sent | deferred | failed | unknown | suppressed | expired
const (
	DeliveryPlanned    DeliveryState = "planned"
	DeliverySending    DeliveryState = "sending"
	DeliverySent       DeliveryState = "sent"
	DeliveryDeferred   DeliveryState = "deferred"
	DeliveryFailed     DeliveryState = "failed"
	DeliveryUnknown    DeliveryState = "unknown" // an answer that never came: neither sent nor failed
	DeliverySuppressed DeliveryState = "suppressed"
	DeliveryExpired    DeliveryState = "expired"
)

// Edition is one digest for one period.
type Edition struct {
	ID       int64
	Label    string // "SD-2020-W13": what readers see
	Project  Project
	Config   Config // as it was when the edition was opened
	Period   Period
	Previous Period
	Due      time.Time
	State    EditionState
	Hash     string // of its snapshot, once collected
}

// Name is PROJECT/DIGEST, as commands take it.
func (e Edition) Name() string { return e.Project.Key + "/" + e.Config.Key }

// Delivery is one edition to one subscriber. Date and MessageID are fixed when it is planned, so that every copy of it
// is the same message.
type Delivery struct {
	ID         int64
	EditionID  int64
	Subscriber Subscriber
	State      DeliveryState
	Attempts   int
	MessageID  string // without brackets
	Date       time.Time
	NextAt     time.Time // when a deferred one is tried again
	LastAnswer string    // of the receiving server, or what went wrong before it answered
}

// Message is a delivery as the post takes it: a variant, and the few values that are the delivery's own.
type Message struct {
	Variant   Variant
	From      Address
	ReplyTo   Address
	To        Address
	Subject   string
	Date      time.Time
	MessageID string // without brackets
	ListID    string // "weekly.desk.digest.fortnight.example": without brackets
	ListName  string // "Support desk, weekly"
	Links     Links
	OneClick  bool // the unsubscribe link takes a POST (RFC 8058)
}

// Outcome is what became of one attempt.
type Outcome struct {
	State  DeliveryState // sent, deferred, failed or unknown
	Code   int           // SMTP reply code; 0 where none came
	Status string        // enhanced status code (RFC 3463): "5.1.1"; "" where none came
	Answer string        // the server's words, or what went wrong; never a secret
}

// Collector reads the numbers of one source.
type Collector interface {
	Collect(ctx context.Context, a Ask) (Snapshot, error)
}

// Post composes messages and hands them to a mail server.
type Post interface {
	Compose(m Message) ([]byte, error)
	Send(ctx context.Context, from, to string, message []byte) Outcome
}

// ErrNotDue is what a Ledger answers where an edition or delivery is not in the state that the step begins with:
// somebody else has done it, or is doing it. The step is over; nothing is wrong.
var ErrNotDue = errors.New("already done or in other hands")

// Ledger remembers what was planned, collected and sent.
type Ledger interface {
	// StartCollecting moves a due edition to collecting and gives it; ErrNotDue where it is further already.
	StartCollecting(ctx context.Context, edition int64) (Edition, error)
	// KeepSnapshot stores what was collected and plans a delivery for each subscriber, in one transaction; the edition
	// is then ready.
	KeepSnapshot(ctx context.Context, edition int64, s Snapshot, hash string) ([]Delivery, error)
	// Edition gives an edition with its snapshot.
	Edition(ctx context.Context, edition int64) (Edition, Snapshot, error)
	// Restated compares the previous values of a snapshot with those stored for that period.
	Restated(ctx context.Context, edition int64, s Snapshot) ([]Restatement, error)
	// Printed gives what the digest's edition for another period had collected; nil where there was none.
	Printed(ctx context.Context, edition int64, p Period) (*Snapshot, error)
	// KeepVariant stores a rendered variant under the edition, once; a later one of the same choice is ignored and the
	// stored one given back, so that every message of it is the same.
	KeepVariant(ctx context.Context, edition int64, v Variant) (Variant, error)
	// Variant gives a stored variant; ok is false where there is none yet.
	Variant(ctx context.Context, edition int64, c Choice) (v Variant, ok bool, err error)
	// StartAttempt moves a delivery to sending unless it is sent, suppressed or in other hands (ErrNotDue).
	StartAttempt(ctx context.Context, delivery int64) (Delivery, error)
	// HandOver says that the message of the attempt that StartAttempt gave is about to go to the mail server: a crash from
	// here on leaves the outcome unknown, one before it is tried again. ErrNotDue where the attempt was lost to others.
	HandOver(ctx context.Context, d Delivery) error
	// Record writes what became of the attempt and says when to try again; zero: never.
	Record(ctx context.Context, delivery int64, o Outcome) (retry time.Time, err error)
	// Finish marks the edition done where every delivery has come to an end.
	Finish(ctx context.Context, edition int64) (EditionState, error)
}

// Life makes editions: collect, edit, draw, lay out, deliver, record.
type Life struct {
	Ledger Ledger
	Open   func(ctx context.Context, s Source) (Collector, func(), error) // opens a source; the func closes it
	Studio Studio
	Post   Post
	Letterhead
	Kind func(Edition) string // the cadence as readers know it, aliases resolved; nil: as it is written
	Now  func() time.Time
}

// Letterhead is what messages carry of the installation.
type Letterhead struct {
	From      Address                             // where a project has no sender of its own
	Domain    string                              // of List-Id
	Links     func(e Edition, s Subscriber) Links // of a delivery
	OneClick  bool
	Platforms map[string]string // as Brief.Platforms
	AdminTold bool              // as Brief.AdminTold
}

// patience is how long after its due an edition waits for sources of which none can be read. Then it goes out and says so.
const patience = 2 * time.Hour

// Collect reads all numbers of a due edition, stores them and plans its deliveries. A source that cannot be opened
// makes its sections failed, not the edition; where that leaves no section at all it is an error, to be tried again, as long
// as patience lasts.
func (l *Life) Collect(ctx context.Context, edition int64) ([]Delivery, error) {
	e, err := l.Ledger.StartCollecting(ctx, edition)
	if err != nil {
		return nil, err
	}
	snap, err := l.Read(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("collect %s of %s: %w", e.Label, e.Name(), err)
	}
	if err := snap.Unread(); err != nil && l.Now().Before(e.Due.Add(patience)) {
		return nil, fmt.Errorf("collect %s of %s: %w", e.Label, e.Name(), err)
	}
	hash, err := snap.Hash()
	if err != nil {
		return nil, err
	}
	return l.Ledger.KeepSnapshot(ctx, edition, snap, hash)
}

// Read collects the sections of an edition from their sources, in the digest's order.
func (l *Life) Read(ctx context.Context, e Edition) (Snapshot, error) {
	whole := Snapshot{Version: SnapshotVersion, Name: e.Project.Name, Period: e.Period, Previous: e.Previous}
	bySource := map[string][]string{}
	var order []string
	for _, c := range e.Config.Sections {
		if bySource[c.Source] == nil {
			order = append(order, c.Source)
		}
		bySource[c.Source] = append(bySource[c.Source], c.Section)
	}
	found := map[string]Section{}
	for _, key := range order {
		part, err := l.readSource(ctx, e, key, bySource[key])
		if err != nil {
			if ctx.Err() != nil {
				return Snapshot{}, ctx.Err()
			}
			for _, s := range bySource[key] {
				found[s] = Section{Key: s, Source: key, Status: Broken, Reason: err.Error()}
			}
			continue
		}
		whole.ReadAt = earlier(whole.ReadAt, part.ReadAt)
		whole.DataUpTo = earlier(whole.DataUpTo, part.DataUpTo)
		whole.First = whole.First || part.First
		whole.Tenant = part.Tenant
		for _, s := range part.Sections {
			found[s.Key] = s
		}
	}
	if whole.ReadAt.IsZero() {
		whole.ReadAt = l.Now().UTC()
	}
	for _, c := range e.Config.Sections {
		if s, ok := found[c.Section]; ok {
			whole.Sections = append(whole.Sections, s)
		}
	}
	return whole, nil
}

func (l *Life) readSource(ctx context.Context, e Edition, key string, sections []string) (Snapshot, error) {
	for _, s := range e.Project.Sources {
		if s.Key != key {
			continue
		}
		c, closeSource, err := l.Open(ctx, s)
		if err != nil {
			return Snapshot{}, err
		}
		defer closeSource()
		return c.Collect(ctx, Ask{
			Tenant: s.Tenant, Source: s.Key, Period: e.Period, Previous: e.Previous, Sections: sections,
			MissedAfter: e.Config.MissedAfter, ExcludeAway: e.Config.ExcludeAway,
		})
	}
	return Snapshot{}, fmt.Errorf("project %s has no source %q: name one of its sources in the digest's sections", e.Project.Key, key)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// Deliver sends one delivery: its variant is rendered the first time any subscriber needs it, the message is a function
// of what is stored. It gives the instant of the next attempt; zero: there is none.
func (l *Life) Deliver(ctx context.Context, delivery int64) (retry time.Time, err error) {
	d, err := l.Ledger.StartAttempt(ctx, delivery)
	if err != nil {
		return time.Time{}, err
	}
	e, snap, err := l.Ledger.Edition(ctx, d.EditionID)
	if err != nil {
		return l.giveBack(ctx, delivery, err)
	}
	v, err := l.variant(ctx, e, snap, d.Subscriber)
	if err != nil {
		return l.giveBack(ctx, delivery, err)
	}
	m := l.Message(e, v, d)
	raw, err := l.Post.Compose(m)
	if err != nil {
		return l.giveBack(ctx, delivery, fmt.Errorf("compose: %w", err))
	}
	if err := l.Ledger.HandOver(ctx, d); errors.Is(err, ErrNotDue) {
		return time.Time{}, err
	} else if err != nil {
		return l.giveBack(ctx, delivery, err)
	}
	return l.Ledger.Record(ctx, delivery, l.Post.Send(ctx, m.From.Address, m.To.Address, raw))
}

// giveBack records that an attempt ended before anything was sent.
func (l *Life) giveBack(ctx context.Context, delivery int64, cause error) (time.Time, error) {
	retry, err := l.Ledger.Record(context.WithoutCancel(ctx), delivery, Outcome{State: DeliveryDeferred, Answer: cause.Error()})
	return retry, errors.Join(cause, err)
}

// Finish closes an edition whose deliveries have all come to an end.
func (l *Life) Finish(ctx context.Context, edition int64) (EditionState, error) {
	return l.Ledger.Finish(ctx, edition)
}

func (l *Life) variant(ctx context.Context, e Edition, snap Snapshot, s Subscriber) (Variant, error) {
	choice := ChoiceOf(e, s)
	if v, ok, err := l.Ledger.Variant(ctx, e.ID, choice); ok || err != nil {
		return v, err
	}
	b, err := l.Brief(ctx, e, snap)
	if err != nil {
		return Variant{}, err
	}
	v, err := l.Studio.Variant(snap, b, choice)
	if err != nil {
		return Variant{}, err
	}
	return l.Ledger.KeepVariant(ctx, e.ID, v)
}

// Brief is what the editor is told of an edition.
func (l *Life) Brief(ctx context.Context, e Edition, snap Snapshot) (Brief, error) {
	restated, err := l.Ledger.Restated(ctx, e.ID, snap)
	if err != nil {
		return Brief{}, err
	}
	before, err := l.Ledger.Printed(ctx, e.ID, snap.Previous)
	if err != nil {
		return Brief{}, err
	}
	kind := e.Config.Cadence.Kind
	if l.Kind != nil {
		kind = l.Kind(e)
	}
	return Brief{
		Project: e.Project.Name, Digest: e.Config.Name, Cadence: kind, Edition: e.Label,
		Brand: e.Project.Brand, Sections: len(snap.Sections), Due: e.Due, SentAt: l.Now(), Restated: restated, Before: before, AdminTold: l.AdminTold,
		MissedAfter: e.Config.MissedAfter, Platforms: l.Platforms,
	}, nil
}

// ChoiceOf is the variant that a subscriber reads.
func ChoiceOf(e Edition, s Subscriber) Choice {
	c := Choice{Audience: s.Audience, Locale: s.Locale, PDF: s.PDF, Paper: e.Config.Paper}
	if c.Audience == "" {
		c.Audience = Manager
	}
	if c.Locale == "" {
		c.Locale = e.Project.Locale
	}
	return c
}

// Message is a delivery's message: a function of the variant and the delivery, the same at every attempt.
func (l *Life) Message(e Edition, v Variant, d Delivery) Message {
	from := e.Project.From
	if from.Address == "" {
		from = l.From
		from.Name = e.Project.Name
	}
	return Message{
		Variant: v, From: from, ReplyTo: e.Project.ReplyTo, To: Address{d.Subscriber.Name, d.Subscriber.Address},
		Subject: v.Letter.Subject, Date: d.Date, MessageID: d.MessageID,
		ListID:   e.Config.Key + "." + e.Project.Key + "." + l.Domain,
		ListName: e.Project.Name + ", " + v.Letter.Kind,
		Links:    l.Links(e, d.Subscriber), OneClick: l.OneClick,
	}
}
