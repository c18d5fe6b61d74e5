package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// admin tells the one in charge, by mail, what needs a hand: at most one mail a cause and hour, however many processes serve.
type admin struct {
	to   digest.Address // none: nobody is told
	b    *ledger.Ledger
	life *digest.Life
	post carrier
	log  *slog.Logger
}

// collect tells of editions that wait for their sources or are held, and of sections that failed in one that goes out.
func (a *admin) collect(step func(context.Context, int64) (int, error)) func(context.Context, int64) (int, error) {
	return func(ctx context.Context, edition int64) (int, error) {
		planned, err := step(ctx, edition)
		if errors.Is(err, digest.ErrNotDue) || ctx.Err() != nil || a.to.Address == "" {
			return planned, err
		}
		e, snap, readErr := a.b.Edition(ctx, edition)
		if readErr != nil {
			a.log.Error("edition was not read for its admin", "edition", edition, "error", readErr)
			return planned, err
		}
		var waits *digest.NotYetError
		switch {
		case errors.As(err, &waits):
			if !waits.Brief {
				a.tell(ctx, e, "waits", "waits for its data", waits.Reason+
					"\n\nIt is looked at again every few minutes, for two hours after it was due. Then it goes out with what there is, and says so; where nothing at all could be read it is held. \"fortnight doctor\" checks every source.")
			}
		case err != nil: // told where it is counted: failed
		case e.State == digest.EditionHeld:
			a.held(ctx, e)
		default:
			a.sections(ctx, e, snap)
		}
		return planned, err
	}
}

// sections tells of sections that failed.
func (a *admin) sections(ctx context.Context, e digest.Edition, snap digest.Snapshot) {
	var failed []string
	for _, s := range snap.Sections {
		if s.Status == digest.Broken {
			failed = append(failed, fmt.Sprintf("%s (source %s): %s", s.Key, s.Source, s.Reason))
		}
	}
	if len(failed) > 0 {
		a.tell(ctx, e, "sections", "has failed sections",
			strings.Join(failed, "\n")+"\n\nThe mail goes out and names them. \"fortnight doctor\" checks every source.")
	}
}

// failed tells of tries that came to nothing.
func (a *admin) failed(step func(context.Context, int64, string) (digest.EditionState, time.Time, error)) func(context.Context, int64, string) (digest.EditionState, time.Time, error) {
	return func(ctx context.Context, edition int64, reason string) (digest.EditionState, time.Time, error) {
		state, again, err := step(ctx, edition, reason)
		if err != nil || a.to.Address == "" {
			return state, again, err
		}
		e, _, readErr := a.b.Edition(ctx, edition)
		switch {
		case readErr != nil:
			a.log.Error("edition was not read for its admin", "edition", edition, "error", readErr)
		case state == digest.EditionParked:
			a.parked(ctx, e, reason)
		default:
			a.tell(ctx, e, "failed", "could not be made", reason+"\n\nIt is tried again; after three tries it is parked. \"fortnight doctor\" checks the database and every source.")
		}
		return state, again, err
	}
}

// finish tells of an edition that was stopped, and of deliveries that came to a bad end.
func (a *admin) finish(step func(context.Context, int64) (digest.EditionState, error)) func(context.Context, int64) (digest.EditionState, error) {
	return func(ctx context.Context, edition int64) (digest.EditionState, error) {
		state, err := step(ctx, edition)
		if err != nil || a.to.Address == "" || state != digest.EditionDone && state != digest.EditionHeld && state != digest.EditionParked {
			return state, err
		}
		e, _, readErr := a.b.Edition(ctx, edition)
		if readErr != nil {
			a.log.Error("edition was not read for its admin", "edition", edition, "error", readErr)
			return state, nil
		}
		switch state {
		case digest.EditionHeld:
			a.held(ctx, e)
			return state, nil
		case digest.EditionParked:
			a.parked(ctx, e, e.Reason)
			return state, nil
		}
		end, readErr := a.b.Ended(ctx, edition)
		if readErr != nil {
			a.log.Error("deliveries were not read for the admin", "edition", edition, "error", readErr)
			return state, nil
		}
		a.undelivered(ctx, e, end)
		return state, nil
	}
}

func (a *admin) undelivered(ctx context.Context, e digest.Edition, end ledger.Ending) {
	all, bad := 0, 0
	for s, n := range end.Counts {
		all += n
		switch s {
		case digest.DeliveryFailed, digest.DeliveryUnknown, digest.DeliveryExpired:
			bad += n
		}
	}
	if bad == 0 {
		return
	}
	var lines []string
	for _, d := range end.Bad {
		lines = append(lines, fmt.Sprintf("%s: %s: %s", d.Subscriber.Address, d.State, d.LastAnswer))
	}
	if more := bad - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more.", more))
	}
	a.tell(ctx, e, "deliveries", fmt.Sprintf("has %d of %d deliveries that were not made", bad, all),
		strings.Join(lines, "\n")+fmt.Sprintf("\n\n\"fortnight deliveries --edition %d\" has them all.", e.ID))
}

func (a *admin) parked(ctx context.Context, e digest.Edition, reason string) {
	a.tell(ctx, e, "parked", "is parked", reason+fmt.Sprintf(
		"\n\nThree tries came to nothing; it is not tried again by itself. Mend the cause, then \"fortnight editions release %d\", or \"fortnight editions discard %d\".", e.ID, e.ID))
}

func (a *admin) held(ctx context.Context, e digest.Edition) {
	a.tell(ctx, e, "held", "is held", e.Reason+fmt.Sprintf(
		"\n\nNothing more of it is mailed until somebody decides: \"fortnight editions release %d\" mails it, \"fortnight editions discard %d\" does not.", e.ID, e.ID))
}

// missed tells of periods that nobody was mailed at their time.
func (a *admin) missed(ctx context.Context, s digest.Scheduled, missed []digest.Opening) {
	var lines []string
	for _, o := range missed {
		lines = append(lines, fmt.Sprintf("%s, %s to %s", o.Label, o.Period.First(), o.Period.Last()))
	}
	a.write(ctx, s.Project.Key, "missed "+s.Name()+" "+missed[len(missed)-1].Label, fmt.Sprintf("%s missed %d editions", s.Name(), len(missed)),
		strings.Join(lines, "\n")+"\n\nFortnight was not running when they were due. They are in the archive. The next mail lists the latest of them; those before are not mailed.")
}

func (a *admin) tell(ctx context.Context, e digest.Edition, cause, what, text string) {
	a.write(ctx, e.Project.Key, fmt.Sprintf("%s %d", cause, e.ID), fmt.Sprintf("%s of %s %s", e.Label, e.Name(), what), text)
}

// write sends a plain message, unless the same cause was told within the hour or nobody is to be told.
func (a *admin) write(ctx context.Context, project, cause, subject, text string) {
	if a.to.Address == "" {
		return
	}
	first, err := a.b.FirstToTell(ctx, project, cause)
	if err == nil && !first {
		return
	}
	if err == nil {
		err = a.send(ctx, subject, text)
	}
	if err == nil {
		return
	}
	a.log.Error("admin was not told", "subject", subject, "error", err)
	if err := a.b.Untell(context.WithoutCancel(ctx), cause); err != nil { // so that it is tried again
		a.log.Error("a cause stays told", "cause", cause, "error", err)
	}
}

func (a *admin) send(ctx context.Context, subject, text string) error {
	return courier{a.life, a.post}.send(ctx, a.to, notice{Subject: "[Fortnight] " + subject, Title: subject, Text: text})
}

// adminAddress is who is told; none where nobody is. Config.Validate has refused what is no address.
func adminAddress(cfg Config) digest.Address {
	to, err := mail.ParseAddress(cfg.AdminEmail)
	if err != nil {
		return digest.Address{}
	}
	return digest.Address{Name: to.Name, Address: to.Address}
}
