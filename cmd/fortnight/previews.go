package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
	"fortnight/web/office"
)

// readings remembers what sources gave for previews, so that a change of theme or audience does not read them again.
type readings struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[question]keptReading
}

// question is the hash of what a source was asked.
type question [sha256.Size]byte

type keptReading struct {
	snap digest.Snapshot
	at   time.Time
}

// A preview's numbers are read again after a while; of the many that a busy hour may make, few are kept.
const (
	fresh    = 3 * time.Minute
	mostKept = 16
)

// of gives what was read for the same question a short while ago, else reads.
func (r *readings) of(asked any, read func() (digest.Snapshot, error)) (digest.Snapshot, error) {
	written, err := json.Marshal(asked)
	if err != nil {
		return digest.Snapshot{}, err
	}
	key := question(sha256.Sum256(written))
	now := r.now()
	r.mu.Lock()
	found, ok := r.kept[key]
	r.mu.Unlock()
	if ok && now.Sub(found.at) < fresh {
		return found.snap, nil
	}
	snap, err := read()
	if err != nil || snap.Unread() != nil {
		return snap, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.kept) >= mostKept {
		var oldest question
		for k, v := range r.kept {
			if o, ok := r.kept[oldest]; !ok || v.at.Before(o.at) {
				oldest = k
			}
		}
		delete(r.kept, oldest)
	}
	r.kept[key] = keptReading{snap, now}
	return snap, nil
}

// Preview renders a digest as it is filled in.
func (w *works) Preview(ctx context.Context, project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice) (office.Preview, error) {
	e, snap, stored, err := w.numbers(ctx, project, p, c, from)
	if err != nil {
		return office.Preview{}, err
	}
	preview := office.Preview{Edition: e, Stored: stored, Fault: faultOf(snap)}
	if preview.Variant, err = w.variant(ctx, e, snap, choice); err != nil {
		return preview, err
	}
	preview.HTML, err = preview.Variant.Page(digest.Nowhere("#"))
	return preview, err
}

// variant renders one copy, as Render does for those that are mailed.
func (w *works) variant(ctx context.Context, e digest.Edition, snap digest.Snapshot, choice digest.Choice) (digest.Variant, error) {
	life := *w.life
	if e.ID == 0 {
		life.Ledger = nothingRestated{w.life.Ledger}
	}
	brief, err := life.Brief(ctx, e, snap)
	if err != nil {
		return digest.Variant{}, err
	}
	brief.Due = time.Time{} // what is looked at is not late
	return life.Studio.Variant(snap, brief, choice)
}

// faultOf names the sections that could not be read.
func faultOf(s digest.Snapshot) string {
	var faults []string
	for _, section := range s.Sections {
		if section.Status == digest.Broken && !slices.Contains(faults, section.Reason) {
			faults = append(faults, section.Reason)
		}
	}
	return strings.Join(faults, "\n")
}

// numbers gives a digest's numbers for the period that begins on a date: those of its edition where they were collected for the same
// sections and parameters, else read now.
func (w *works) numbers(ctx context.Context, project int64, p digest.Project, c digest.Config, from digest.Date) (e digest.Edition, s digest.Snapshot, stored bool, err error) {
	cadence, err := cadenceOfDigest(p, c)
	if err != nil {
		return e, s, false, err
	}
	due, err := closedPeriod(cadence, from, w.life.Now())
	if err != nil {
		return e, s, false, err
	}
	p.Digests, c.Subscribers = nil, nil
	e = digest.Edition{
		Label: scheduler.Label(p.Name, due.Period), Project: p, Config: c, Period: due.Period, Previous: due.Previous, Due: w.life.Now(), Start: w.life.Now(),
	}
	books := w.b.Tenant(project)
	lines, err := books.Editions(ctx, digest.EditionsWanted{Digest: c.Key, Page: digest.Page{Size: 100}})
	if err != nil && !errors.Is(err, digest.ErrNotFound) { // one that is not saved yet has none
		return e, s, false, err
	}
	for _, made := range lines.Lines {
		if made.Cadence != "" || made.Hash == "" || !made.Period.From.Equal(due.Period.From) || !made.Period.To.Equal(due.Period.To) || !sameNumbers(made.Config, c) {
			continue
		}
		line, snap, err := books.Edition(ctx, made.ID)
		if err != nil {
			return e, s, false, err
		}
		e.ID, e.Label, e.Hash, e.CatchUp = line.ID, line.Label, line.Hash, line.CatchUp
		return e, snap, true, nil
	}
	if e.Sharing, err = w.b.Sharing(ctx, project, c.Projects); err != nil {
		return e, s, false, err
	}
	for i, source := range p.Sources {
		if !slices.ContainsFunc(c.Sections, func(s digest.SectionChoice) bool { return s.Source == source.Key }) {
			continue
		}
		if p.Sources[i], err = books.SourceSecret(ctx, source.Key); err != nil {
			return e, s, false, err
		}
	}
	asked := []any{project, p.Sources, e.Sharing, c.Sections, c.Projects, c.MissedAfter, c.ExcludeAway, c.Targets, c.Parameters, p.Hours, due.Period, due.Previous}
	e.Project.Sources = p.Sources
	s, err = w.read.of(asked, func() (digest.Snapshot, error) { return w.life.Read(ctx, e) })
	e.Project.Sources, e.Sharing = nil, nil
	return e, s, false, err
}

// sameNumbers tells whether two configurations collect the same.
func sameNumbers(a, b digest.Config) bool {
	return slices.Equal(a.Sections, b.Sections) && slices.Equal(a.Projects, b.Projects) && a.MissedAfter == b.MissedAfter && a.ExcludeAway == b.ExcludeAway && slices.Equal(a.Targets, b.Targets) &&
		reflect.DeepEqual(a.Parameters, b.Parameters)
}

// closedPeriod finds the period that begins on a date, or the last closed one where the date is zero.
func closedPeriod(cadence *scheduler.Cadence, from digest.Date, now time.Time) (scheduler.Due, error) {
	if from.IsZero() {
		due, ok := cadence.Closed(now)
		if !ok {
			return due, &digest.RefusedError{Reason: "It has no closed period yet."}
		}
		return due, nil
	}
	due, err := cadence.Beginning(from)
	if err != nil {
		return due, &digest.RefusedError{Field: "from", Reason: sentence(err.Error())}
	}
	if !cadence.IsOver(due, now) {
		return due, &digest.RefusedError{Field: "from", Reason: fmt.Sprintf("The period that begins on %s is not closed: its last day is %s.", from, due.Period.Last())}
	}
	return due, nil
}

// SendTest mails one copy to an address and records it nowhere.
func (w *works) SendTest(ctx context.Context, project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice, to digest.Address) (string, error) {
	e, snap, _, err := w.numbers(ctx, project, p, c, from)
	if err != nil {
		return "", err
	}
	if err := snap.Unread(); err != nil {
		return "", &digest.RefusedError{Reason: sentence(strings.ReplaceAll(err.Error(), "\n", ": "))}
	}
	v, err := w.variant(ctx, e, snap, choice)
	if err != nil {
		return "", err
	}
	return mailTest(ctx, w.life, w.post, e, v, digest.Subscriber{Name: to.Name, Address: to.Address, Audience: choice.Audience, Locale: choice.Locale, PDF: choice.PDF})
}

// mailTest mails a variant to one address, marked as a test; it gives the subject.
func mailTest(ctx context.Context, life *digest.Life, post carrier, e digest.Edition, v digest.Variant, to digest.Subscriber) (string, error) {
	to.Token = "test"
	m := life.Message(e, v, digest.Delivery{
		Subscriber: to, Date: life.Now().UTC().Truncate(time.Second),
		MessageID: fmt.Sprintf("test.%s@%s", strings.ToLower(rand.Text()), life.Domain),
	})
	m.Subject = "[Test] " + m.Subject
	raw, err := life.Post.Compose(m)
	if err != nil {
		return "", err
	}
	if o := post.Send(ctx, digest.Envelope{ReturnPath: m.From.Address, To: to.Address}, raw); o.State != digest.DeliverySent {
		return "", &digest.RefusedError{Field: "to", Reason: fmt.Sprintf("the test to %s was not sent (%s): %s", to.Address, o.State, o.Answer)}
	}
	return m.Subject, nil
}

// SendNow opens an edition by hand; a running serve makes and mails it.
func (w *works) SendNow(ctx context.Context, by digest.Actor, project int64, key string, from digest.Date) (int64, error) {
	books := w.b.Tenant(project)
	line, err := books.Digest(ctx, key)
	if err != nil {
		return 0, err
	}
	p, err := books.Head(ctx)
	if err != nil {
		return 0, err
	}
	cadence, err := cadenceOfDigest(p, line.Config)
	if err != nil {
		return 0, err
	}
	due, err := closedPeriod(cadence, from, w.life.Now())
	if err != nil {
		return 0, err
	}
	if err := line.Config.Past(due.At, w.life.Now(), cadence.Location()); err != nil {
		return 0, &digest.RefusedError{Field: "from", Reason: sentence(err.Error())}
	}
	o := digest.Opening{
		Digest: line.ID, Label: scheduler.Label(p.Name, due.Period), Due: w.life.Now(),
		Period: due.Period, Previous: due.Previous, AtOnce: true, ByHand: true,
	}
	id, err := w.b.Open(ctx, o, nil)
	var covered *ledger.CoveredError
	if errors.As(err, &covered) {
		return covered.Edition, &digest.RefusedError{Field: "from", Reason: sentence(covered.Error())}
	}
	if err != nil {
		return id, err
	}
	return id, books.Note(ctx, by, digest.Change{Verb: "send", What: fmt.Sprintf("edition %s of %s/%s", o.Label, p.Key, key)})
}
