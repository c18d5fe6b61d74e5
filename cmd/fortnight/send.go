package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fortnight/digest"
	"fortnight/mailer"
	"fortnight/scheduler"
)

func sendCommand(p program) *cobra.Command {
	var name, from, test string
	c := &cobra.Command{
		Use:   "send --digest PROJECT/NAME [--from DATE] [--test ADDRESS]",
		Short: "Make an edition now and send it, or send a test of it to one address",
		Long: "Send makes the edition of the last closed period, or of the one that begins at DATE, and sends it to the digest's\n" +
			"subscribers. An edition that was sent is not sent again, and how open conversations stood on a day that is past cannot\n" +
			"be told any more. With --test it goes to ADDRESS alone and is recorded nowhere.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			wanted, err := parseWanted(name, from)
			if err != nil {
				return err
			}
			var to digest.Address
			if test != "" {
				a, err := mail.ParseAddress(test)
				if err != nil {
					return misused("--test %q is not an address: write one such as dana@example.com", test)
				}
				to = digest.Address{Name: a.Name, Address: a.Address}
			}
			return send(c.Context(), p, wanted, to)
		},
	}
	c.Flags().StringVar(&name, "digest", "", "the digest, PROJECT/NAME")
	c.Flags().StringVar(&from, "from", "", "first day of the period; default: the last closed period")
	c.Flags().StringVar(&test, "test", "", "send to this address alone")
	return c
}

// wantedEdition names a digest and the first day of a period; a zero From is the last closed one.
type wantedEdition struct {
	digest string
	from   digest.Date
}

func parseWanted(name, from string) (w wantedEdition, err error) {
	if name == "" {
		return w, misused("--digest is missing: write PROJECT/NAME")
	}
	if project, key, ok := strings.Cut(name, "/"); !ok || project == "" || key == "" || strings.Contains(key, "/") {
		return w, misused("--digest %q: write PROJECT/NAME", name)
	}
	w.digest = name
	if from != "" {
		if w.from, err = digest.ParseDate(from); err != nil {
			return w, misused("--from: %w", err)
		}
	}
	return w, nil
}

// due finds the period that is wanted of a digest.
func (w wantedEdition) due(s digest.Scheduled, now time.Time) (due scheduler.Due, zone *time.Location, err error) {
	cadence, err := scheduler.Parse(s.Project.Timed(s.Config.Cadence), s.Project.BiMonthly)
	if err != nil {
		return due, nil, err
	}
	due, ok := cadence.Closed(now)
	if !w.from.IsZero() {
		if due, err = cadence.Beginning(w.from); err != nil {
			return due, nil, err
		}
		if !cadence.IsOver(due, now) {
			return due, nil, fmt.Errorf("the period of %s that begins %s is not closed: its last day is %s", w.digest, w.from, due.Period.Last())
		}
		ok = true
	}
	if !ok {
		return due, nil, fmt.Errorf("%s has no closed period yet", w.digest)
	}
	return due, cadence.Location(), nil
}

// past refuses an edition that would have to tell what was open on a day that is over.
func (w wantedEdition) past(s digest.Scheduled, now time.Time) error {
	due, zone, err := w.due(s, now)
	if err != nil {
		return err
	}
	if err := s.Config.Past(due.At, now, zone); err != nil {
		return fmt.Errorf("%s of %s: %w", scheduler.Label(s.Project.Name, due.Period), w.digest, err)
	}
	return nil
}

// opening opens an edition of the period that is wanted of a digest.
func (w wantedEdition) opening(s digest.Scheduled, now time.Time) (digest.Opening, error) {
	due, _, err := w.due(s, now)
	if err != nil {
		return digest.Opening{}, err
	}
	// Asked for by hand, it is due now: it is not late, whenever the schedule would have made it.
	return digest.Opening{
		Digest: s.Digest, Label: scheduler.Label(s.Project.Name, due.Period), Due: now,
		Period: due.Period, Previous: due.Previous, AtOnce: true, ByHand: true,
	}, nil
}

func send(ctx context.Context, p program, wanted wantedEdition, test digest.Address) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	mappings, err := cfg.mappings()
	if err != nil {
		return err
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	b.mappings = mappings
	s, err := b.Digest(ctx, wanted.digest)
	if err != nil {
		return err
	}
	if test.Address == "" { // which shows how it looks, with what is open now
		if err := wanted.past(s, p.now()); err != nil {
			return err
		}
	}
	opening, err := wanted.opening(s, p.now())
	if err != nil {
		return err
	}
	relay, err := newMailer(cfg)
	if err != nil {
		return err
	}
	defer hangUp(ctx, relay)
	studio, err := newStudio()
	if err != nil {
		return err
	}
	life, err := newLife(cfg, b, studio, relay, p.now)
	if err != nil {
		return err
	}
	if test.Address != "" {
		return sendTest(ctx, p, life, relay, b, s, opening, test)
	}
	return sendEdition(ctx, p, life, b, opening)
}

// sendTest sends one copy to an address and records it nowhere. The numbers are those of the edition where it was made.
func sendTest(ctx context.Context, p program, life *digest.Life, relay *mailer.Mailer, b *books, s digest.Scheduled, o digest.Opening, to digest.Address) error {
	e, snap, err := editionOrReading(ctx, life, b, s, o)
	if err != nil {
		return err
	}
	reader := digest.Subscriber{PDF: true}
	if len(s.Config.Subscribers) > 0 {
		reader = s.Config.Subscribers[0]
	}
	brief, err := life.Brief(ctx, e, snap)
	if err != nil {
		return err
	}
	v, err := life.Studio.Variant(snap, brief, digest.ChoiceOf(e, reader))
	if err != nil {
		return err
	}
	reader.Name, reader.Address = to.Name, to.Address
	subject, err := mailTest(ctx, life, relay, e, v, reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Sent to %s: %s\n", to.Address, subject)
	return err
}

// editionOrReading gives an edition's snapshot where it was collected, else reads the sources now.
func editionOrReading(ctx context.Context, life *digest.Life, b *books, s digest.Scheduled, o digest.Opening) (digest.Edition, digest.Snapshot, error) {
	e := digest.Edition{Label: o.Label, Project: s.Project, Config: s.Config, Period: o.Period, Previous: o.Previous, Due: o.Due}
	editions, err := b.Editions(ctx, s.Name(), 1000)
	if err != nil {
		return e, digest.Snapshot{}, err
	}
	for _, made := range editions {
		if made.Period.From.Equal(o.Period.From) && made.Hash != "" {
			return b.Edition(ctx, made.ID)
		}
	}
	if len(s.Config.Projects) > 0 {
		project, err := b.ProjectID(ctx, s.Project.Key)
		if err != nil {
			return e, digest.Snapshot{}, err
		}
		if e.Sharing, err = b.Sharing(ctx, project, s.Config.Projects); err != nil {
			return e, digest.Snapshot{}, err
		}
	}
	snap, err := life.Read(ctx, e)
	if err != nil {
		return e, snap, err
	}
	return e, snap, allFailed(snap)
}

// sendEdition opens the edition, or takes up one that was begun, and works through it until every delivery that can be
// attempted now has been.
func sendEdition(ctx context.Context, p program, life *digest.Life, b *books, o digest.Opening) error {
	id, err := b.Open(ctx, o, nil) // a running serve takes it up where this process ends early
	if err != nil && !errors.Is(err, digest.ErrNotDue) {
		return err
	}
	if err != nil {
		e, _, err := b.Edition(ctx, id)
		if err != nil {
			return err
		}
		switch e.State {
		case digest.EditionHeld, digest.EditionParked:
			return fmt.Errorf("%s of %s is %s: %s\n\"fortnight editions release %d\" mails it, \"fortnight editions discard %d\" does not", e.Label, e.Name(), e.State, e.Reason, id, id)
		case digest.EditionDone, digest.EditionArchived, digest.EditionDiscarded:
			_, err = fmt.Fprintf(p.stdout, "%s of %s is %s already: nothing was sent.\n", e.Label, e.Name(), e.State)
			return err
		}
	}
	state, err := makeNow(ctx, p, life, b, id)
	if err != nil {
		return err
	}
	switch state {
	case digest.EditionDue, digest.EditionCollecting:
		return fmt.Errorf("%s (edition %d) is being collected by another process, or was by one that ended: try again in a minute", o.Label, id)
	case digest.EditionHeld, digest.EditionParked:
		e, _, err := b.Edition(ctx, id)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s (edition %d) is %s: %s\n\"fortnight editions release %d\" mails it, \"fortnight editions discard %d\" does not", o.Label, id, state, e.Reason, id, id)
	}
	return reportEdition(ctx, p, b, id, o.Label)
}

func reportEdition(ctx context.Context, p program, b *books, id int64, label string) error {
	end, err := b.Ended(ctx, id)
	if err != nil {
		return err
	}
	counts, all := end.Counts, 0
	for _, n := range counts {
		all += n
	}
	var parts []string
	for _, state := range deliveryStates {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no subscribers"}
		if e, _, err := b.Edition(ctx, id); err == nil && e.Reason != "" {
			parts[0] = e.Reason
		}
	}
	fmt.Fprintf(p.stdout, "%s (edition %d): %s.\n", label, id, strings.Join(parts, ", "))
	if n := counts[digest.DeliveryDeferred] + counts[digest.DeliveryPlanned]; n > 0 {
		fmt.Fprintf(p.stdout, "%d are tried again later by a running \"fortnight serve\", or by this command once more.\n", n)
	}
	if n := counts[digest.DeliveryFailed] + counts[digest.DeliveryUnknown]; n > 0 {
		return fmt.Errorf("%d of %d were not delivered: \"fortnight deliveries --edition %d\" has the servers' answers", n, all, id)
	}
	return nil
}

// makeNow takes an edition as far as it goes now, in this process, with a bar where a terminal is attached.
func makeNow(ctx context.Context, p program, life *digest.Life, b *books, edition int64) (digest.EditionState, error) {
	bar := newProgress(p.stderr)
	defer func() { _ = bar.Exit() }() // a bar that cannot be wiped is no fault of the edition
	log, err := b.cfg.logger(p.stderr)
	if err != nil {
		return "", err
	}
	work := makingOf(life, b)
	work.Collect = func(ctx context.Context, edition int64) (int, error) {
		planned, err := life.Collect(ctx, edition)
		bar.ChangeMax(planned)
		return planned, err
	}
	life.Told = func(digest.Outcome) { _ = bar.Add(1) } // a bar that cannot be drawn is no fault of the delivery
	maker := scheduler.Maker{Leases: b.Ledger, Now: life.Now, Log: log, Renewal: b.cfg.Lease / 4, Work: work}
	return maker.Make(ctx, edition)
}

// newProgress gives a bar where a terminal is attached, else one that shows nothing.
func newProgress(w io.Writer) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	attached := ok && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions(-1, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(attached),
		progressbar.OptionSetDescription("Sending"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0)) // its own goroutine races with ChangeMax
}
