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

// Edition is one digest for one period.
type Edition struct {
	ID       int64
	Label    string // "SD-2020-W13": what readers see
	Project  Project
	Config   Config    // as it was when the edition was opened
	Sharing  []Sharing // the projects that its digest sums up, in its order, as they are when it is collected; none: it is of its own project
	Period   Period
	Previous Period
	Due      time.Time
	Start    time.Time // when it may be begun: its due, or later by the digest's jitter
	State    EditionState
	Reason   string   // why it is held, parked or archived; what it waits for
	Tries    int      // to collect or to render it, that came to nothing
	Hash     string   // of its snapshot, once collected
	CatchUp  []Period // that it tells of because they were missed, newest first
	Archive  bool     // missed, or its days were mailed with another: it is collected and kept, not mailed
	AtOnce   bool     // asked for by a person, or the first: it does not wait for the last rows of a source
	Released bool     // by a person, after it was held: not held again for the same
}

// Name is PROJECT/DIGEST, as commands take it.
func (e Edition) Name() string { return e.Project.Key + "/" + e.Config.Key }

// Collector reads the numbers of one source. Where the ask is for whole data alone and the source has not reached the period's
// end, the answer has DataUpTo and no sections.
type Collector interface {
	Collect(ctx context.Context, a Ask) (Snapshot, error)
}

// ErrHangs is the cause of a collector's error, or of its opening's, where the source took the question and said nothing.
var ErrHangs = errors.New("the source hangs")

// Life makes editions: collect, edit, draw, lay out, deliver, record.
type Life struct {
	Ledger Ledger
	Open   func(ctx context.Context, s Source) (Collector, func(), error) // opens a source; the func closes it
	Studio Studio
	Post   Post
	Letterhead
	Kind func(Edition) string // the cadence as readers know it, aliases resolved; nil: as it is written
	Now  func() time.Time
	Told func(Outcome) // of each attempt; nil: nobody is told
}

// Letterhead is what messages carry of the installation.
type Letterhead struct {
	From      Address                             // where a project has no sender of its own
	Domain    string                              // of List-Id
	Links     func(e Edition, s Subscriber) Links // of a delivery
	OneClick  bool
	Return    func(d Delivery) string // where a delivery's bounces go; nil: to From
	Platforms map[string]string       // as Brief.Platforms
	Console   func(e Edition) string  // as Brief.Console; nil: nowhere
	AdminTold bool                    // as Brief.AdminTold
}

// An edition waits for sources that cannot be read, or have not reached the period's end, for patience after its start, looking
// again every pause. Then it is made with what there is.
const (
	patience = 2 * time.Hour
	pause    = 5 * time.Minute
	briefly  = 10 * time.Second // for the periods that a catch-up mail lists
)

// Collect reads all numbers of a due edition and stores them; it says how many deliveries were planned. A source that cannot be
// opened makes its sections failed, not the edition. As long as patience lasts, an edition of which no section can be read, or
// whose data end before the period does, is put off: the error is a *NotYetError. After that it is made with what there is, and
// says so; a catch-up mail waits for the periods that it lists, however late it is. One of which nothing could be read is held, as
// is one of suspicious zeros. Where nothing could be read because a source hangs, the try has failed: each costs minutes, and the
// third parks the edition.
func (l *Life) Collect(ctx context.Context, edition int64) (planned int, err error) {
	e, err := l.Ledger.StartCollecting(ctx, edition)
	if err != nil {
		return 0, err
	}
	patient := l.Now().Before(e.Start.Add(patience))
	snap, hangs, err := l.read(ctx, e, patient && !e.AtOnce && !e.Config.OnlyNow() && !e.Config.Cadence.Closes())
	if err != nil {
		return 0, fmt.Errorf("collect %s of %s: %w", e.Label, e.Name(), err)
	}
	if why := l.waitsFor(ctx, e, snap, patient); why != nil {
		if err := l.Ledger.PutOff(ctx, edition, why.Until, why.Reason); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("collect %s of %s: %w", e.Label, e.Name(), why)
	}
	if hangs != nil && snap.Unread() != nil {
		return 0, fmt.Errorf("collect %s of %s: %w", e.Label, e.Name(), hangs)
	}
	hash, err := snap.Hash()
	if err != nil {
		return 0, err
	}
	hold, err := l.hold(ctx, e, snap)
	if err != nil {
		return 0, err
	}
	if hold == "" && !e.Archive {
		if why := l.mailsNobody(e, &snap); why != "" {
			return 0, l.Ledger.KeepUnmailed(ctx, edition, snap, hash, why)
		}
	}
	return l.Ledger.KeepSnapshot(ctx, edition, snap, hash, hold)
}

// mailsNobody says in words why a digest of open conversations alone mails nobody; "": it is mailed. A day that is past cannot be told any
// more, nor is that nothing was open worth a mail.
func (l *Life) mailsNobody(e Edition, s *Snapshot) string {
	if past := e.Config.Past(e.Due, l.Now(), e.Period.Location()); past != nil && e.Config.OnlyNow() {
		return past.Error()
	}
	return e.Config.Quiet(s)
}

// waitsFor says what an edition is put off for; nil: nothing.
func (l *Life) waitsFor(ctx context.Context, e Edition, s Snapshot, patient bool) *NotYetError {
	if len(e.CatchUp) > 0 { // however late it is: they are tried thrice at most
		if _, whole, err := l.Ledger.CaughtUp(ctx, e.ID); err == nil && !whole {
			return &NotYetError{Until: l.Now().Add(briefly), Reason: "the missed periods before it are being collected", Brief: true}
		}
	}
	if !patient {
		return nil
	}
	wait := &NotYetError{Until: earlier(l.Now().Add(pause), e.Start.Add(patience))}
	if err := s.Unread(); err != nil {
		wait.Reason = err.Error()
		return wait
	}
	if !e.AtOnce && !e.Config.OnlyNow() && !s.DataUpTo.IsZero() {
		wait.Reason = "the source has data up to " + s.DataUpTo.In(e.Period.Location()).Format(time.RFC3339) + " only"
		return wait
	}
	return nil
}

// hold says why an edition is not to be mailed before a person has looked at it; "": it may be.
func (l *Life) hold(ctx context.Context, e Edition, s Snapshot) (string, error) {
	if e.Released {
		return "", nil
	}
	if why := inWords(s.Unread()); why != "" {
		return why, nil
	}
	before, err := l.Ledger.Before(ctx, e.ID, compared(e.Period))
	if err != nil || !s.Silent(before) {
		return "", err
	}
	return fmt.Sprintf("every main figure is 0, and each of the %d periods before had traffic", len(before)), nil
}

func inWords(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Render makes the variants that an edition's deliveries need and that are not stored yet.
func (l *Life) Render(ctx context.Context, edition int64) error {
	choices, err := l.Ledger.StartRendering(ctx, edition)
	if err != nil {
		return err
	}
	e, snap, err := l.Ledger.Edition(ctx, edition)
	if err != nil {
		return err
	}
	b, err := l.Brief(ctx, e, snap)
	if err != nil {
		return err
	}
	for _, choice := range choices {
		v, err := l.Studio.Variant(snap, b, choice)
		if err != nil {
			return fmt.Errorf("render %s of %s: %w", e.Label, e.Name(), err)
		}
		if _, err := l.Ledger.KeepVariant(ctx, edition, v); err != nil {
			return err
		}
	}
	return nil
}

// Finish closes an edition whose deliveries have all come to an end.
func (l *Life) Finish(ctx context.Context, edition int64) (EditionState, error) {
	return l.Ledger.Finish(ctx, edition)
}

// Read collects the sections of an edition from their sources, in the digest's order.
func (l *Life) Read(ctx context.Context, e Edition) (Snapshot, error) {
	all, _, err := l.read(ctx, e, false)
	return all, err
}

// read is Read; hangs is the error of a source that says nothing, which makes its sections failed like any other.
func (l *Life) read(ctx context.Context, e Edition, whole bool) (all Snapshot, hangs, err error) {
	if len(e.Config.Projects) > 0 {
		return l.readSeveral(ctx, e, whole)
	}
	all = Snapshot{Version: SnapshotVersion, Name: e.Project.Name, Period: e.Period, Previous: e.Previous}
	bySource := map[string][]string{}
	var order []string
	past := e.Config.Past(e.Due, l.Now(), e.Period.Location())
	for _, c := range e.Config.Sections {
		if past != nil && OfNow(c.Section) {
			continue // see below: it is not asked for
		}
		if bySource[c.Source] == nil {
			order = append(order, c.Source)
		}
		bySource[c.Source] = append(bySource[c.Source], c.Section)
	}
	found := map[string]Section{}
	for _, key := range order {
		part, err := l.readSource(ctx, e, key, bySource[key], whole)
		if err != nil {
			if ctx.Err() != nil {
				return Snapshot{}, nil, ctx.Err()
			}
			if errors.Is(err, ErrHangs) {
				hangs = err
			}
			for _, s := range bySource[key] {
				found[s] = Section{Key: s, Source: key, Status: Broken, Reason: err.Error()}
			}
			continue
		}
		part.atClosing(e)
		all.ReadAt = earlier(all.ReadAt, part.ReadAt)
		all.DataUpTo = earlier(all.DataUpTo, part.DataUpTo)
		all.First = all.First || part.First
		all.Tenant = part.Tenant
		for _, s := range part.Sections {
			found[s.Key] = s
		}
	}
	if all.ReadAt.IsZero() {
		all.ReadAt = l.Now().UTC()
	}
	for _, c := range e.Config.Sections {
		if past != nil && OfNow(c.Section) {
			found[c.Section] = gone(c, e)
		}
		if s, ok := found[c.Section]; ok {
			all.Sections = append(all.Sections, s)
		}
	}
	all.Aim(e.Config.Targets)
	return all, hangs, nil
}

func (l *Life) readSource(ctx context.Context, e Edition, key string, sections []string, whole bool) (Snapshot, error) {
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
			MissedAfter: e.Config.MissedAfter, ExcludeAway: e.Config.ExcludeAway, Whole: whole,
			Hours: e.Project.Open(), Parameters: e.Config.Parameters, Link: s.Link,
		})
	}
	return Snapshot{}, fmt.Errorf("project %s has no source %q: name one of its sources in the digest's sections", e.Project.Key, key)
}

// atClosing takes a reading at the close of business for whole, though the day goes on: what is missing would be of the time after the due.
func (s *Snapshot) atClosing(e Edition) {
	if !e.Config.Cadence.Closes() || s.DataUpTo.IsZero() || s.DataUpTo.Before(e.Due) {
		return
	}
	s.DataUpTo = time.Time{}
	for i := range s.Sections {
		if s.Sections[i].Status == Partial {
			s.Sections[i].Status = Complete
		}
	}
}

// gone is a picture of now of a day that is past: nobody can make it any more.
func gone(c SectionChoice, e Edition) Section {
	s := Section{
		Key: c.Section, Source: c.Source, Status: Absent, Reason: "open_past",
		Figures: []Figure{}, Charts: []Chart{}, Tables: []Table{}, Notes: []Note{},
	}
	for _, source := range e.Project.Sources {
		if source.Key == c.Source {
			s.Platform = source.Platform
		}
	}
	return s
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// Brief is what the editor is told of an edition. A logo that the ledger does not have, or that is no picture, is left out: the mark
// stands in its place, and the edition is not stopped by it.
func (l *Life) Brief(ctx context.Context, e Edition, snap Snapshot) (Brief, error) {
	restated, err := l.Ledger.Restated(ctx, e.ID, snap)
	if err != nil {
		return Brief{}, err
	}
	before, err := l.Ledger.Printed(ctx, e.ID, snap.Previous)
	if err != nil {
		return Brief{}, err
	}
	var listed []Snapshot
	if len(e.CatchUp) > 0 {
		if listed, _, err = l.Ledger.CaughtUp(ctx, e.ID); err != nil {
			return Brief{}, err
		}
	}
	logo, err := l.logo(ctx, e)
	if err != nil {
		return Brief{}, err
	}
	kind := e.Config.Cadence.Kind
	if l.Kind != nil {
		kind = l.Kind(e)
	}
	console := ""
	if l.Console != nil && len(e.Config.Projects) == 0 { // whose people are not this project's to see
		console = l.Console(e)
	}
	return Brief{
		Console: console,
		Project: e.Project.Name, Digest: e.Config.Name, Cadence: kind, Edition: e.Label,
		Brand: e.Project.Brand, Subject: e.Config.Subject, Logo: logo, Sections: len(snap.Sections), Due: e.Start, CatchUp: listed, SentAt: l.Now(), Restated: restated, Before: before, AdminTold: l.AdminTold,
		MissedAfter: e.Config.MissedAfter, Platforms: l.Platforms, Attachments: e.Config.Attachments, Key: e.Project.Key,
	}, nil
}

// logo gives the picture of an edition's project, as small as it is needed; nil: there is none.
func (l *Life) logo(ctx context.Context, e Edition) (*Logo, error) {
	if e.Project.Brand.Logo == "" {
		return nil, nil
	}
	logo, err := l.Ledger.Logo(ctx, e)
	if err == nil {
		logo, err = logo.Fitted(4*logoWidth, 4*logoHeight) // four pixels for each that is shown, for paper
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrNoPicture) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &logo, nil
}
