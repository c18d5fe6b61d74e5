package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// maker makes one for the desk, with edition 1 due.
func (d *desk) maker(t testing.TB, log io.Writer) *Maker {
	t.Helper()
	if log == nil {
		log = t.Output()
	}
	d.states[1] = digest.EditionDue
	d.now = at("2026-03-09T08:00:00+01:00")
	return &Maker{Work: d.work(), Leases: d, Now: d.now, Renewal: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil))}
}

func TestMakeTakesAnEditionThroughWithoutAQueue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.maker(t, nil)
	d.deliver = func(_ context.Context, delivery int64) (time.Time, error) {
		if delivery == 12 {
			return d.now().Add(time.Minute), nil
		}
		return time.Time{}, nil
	}
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionReady {
		t.Errorf("with one deferred it is %s, %v", state, err)
	}
	d.deliver, d.now = nil, at("2026-03-09T08:02:00+01:00")
	m.Now = d.now
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionDone {
		t.Errorf("after it is sent it is %s, %v", state, err)
	}
	if d.tries[11] != 1 || d.tries[12] != 2 || d.renders[1] != 1 {
		t.Errorf("tried %v, rendered %v", d.tries, d.renders)
	}
}

func TestAStepThatGoesWrongIsAFailedTryWithItsReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		collect, render func(ctx context.Context, edition int64) error
		reason, log     string // pieces of them
	}{
		{
			name:    "collecting fails",
			collect: func(context.Context, int64) error { return errors.New("the numbers take 60 MB") },
			reason:  "the numbers take 60 MB", log: "edition failed",
		},
		{
			name:    "collecting panics: a driver",
			collect: func(context.Context, int64) error { panic("index out of range [3]") },
			reason:  "panic: index out of range [3]", log: "maker_test.go",
		},
		{
			name: "a source hangs, by its own time limit",
			collect: func(context.Context, int64) error {
				return fmt.Errorf("collect: %w: %w", digest.ErrHangs, &net.OpError{Op: "read", Err: context.DeadlineExceeded})
			},
			reason: "the source hangs",
		},
		{
			name:   "rendering panics: a template",
			render: func(context.Context, int64) error { panic(errors.New("no such figure")) },
			reason: "panic: no such figure", log: "maker_test.go",
		},
		{
			name:    "a source hangs until it is called off",
			collect: func(ctx context.Context, _ int64) error { <-ctx.Done(); return fmt.Errorf("collect: %w", ctx.Err()) },
			reason:  "it took longer than 100ms",
		},
		{
			name:    "a source hangs and does not listen",
			collect: func(context.Context, int64) error { select {} },
			reason:  "it took longer than 100ms",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var log bytes.Buffer
			m := d.maker(t, &log)
			m.Limit = 100 * time.Millisecond
			d.collect, d.render, d.again = c.collect, c.render, time.Minute
			err := m.prepare(t.Context(), 1, func() bool { return false })
			var pause *pauseError
			if !errors.As(err, &pause) || !pause.until.Equal(d.now().Add(time.Minute)) {
				t.Errorf("it is to be taken up again %+v", err)
			}
			if !strings.Contains(d.reasons[1], c.reason) || !strings.Contains(log.String(), c.log) || d.interrupted[1] != 0 {
				t.Errorf("the reason is %q, the log\n%s", d.reasons[1], &log)
			}
		})
	}
}

func TestWhatIsNoFaultOfTheEditionIsNoFailedTry(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	noon := at("2026-03-09T12:00:00+01:00")()
	wait := &digest.NotYetError{Until: noon, Reason: "the source has data up to 07:10 only"}
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, c := range []struct {
		name        string
		ctx         context.Context
		err         error
		until       time.Duration // after now
		interrupted int
		log         string
	}{
		{"data that are not there yet", t.Context(), fmt.Errorf("collect: %w", wait), 4 * time.Hour, 0, `level=INFO msg="edition waits"`},
		{"an edition in other hands", t.Context(), fmt.Errorf("start: %w", heldFor(noon)), 4 * time.Hour, 0, ""},
		{"the process ends", stopped, context.Canceled, 0, 1, ""},
		{"the database refuses connections", t.Context(), fmt.Errorf("keep: %w", refused), 20 * time.Millisecond, 1, "does not answer"},
		{"the database is shut down", t.Context(), &pgconn.PgError{Code: "57P01"}, 20 * time.Millisecond, 1, "does not answer"},
		{"a connection breaks", t.Context(), fmt.Errorf("read: %w", io.ErrUnexpectedEOF), 20 * time.Millisecond, 1, "does not answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var log bytes.Buffer
			m := d.maker(t, &log)
			d.collect = func(context.Context, int64) error { return c.err }
			err := m.prepare(c.ctx, 1, func() bool { return false })
			var pause *pauseError
			if !errors.As(err, &pause) || !pause.until.Equal(d.now().Add(c.until)) {
				t.Errorf("it is to be taken up again %+v", pause)
			}
			if d.reasons[1] != "" || d.interrupted[1] != c.interrupted || strings.Contains(log.String(), "ERROR") || !strings.Contains(log.String(), c.log) {
				t.Errorf("failed for %q, given back %d times, logged\n%s", d.reasons[1], d.interrupted[1], &log)
			}
		})
	}
}

func TestAFaultOfTheDatabaseIsToldFromAFaultOfTheWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		away bool
	}{
		{&pgconn.PgError{Code: "57P03"}, true},    // starting up
		{&pgconn.PgError{Code: "53300"}, true},    // too many connections
		{&pgconn.PgError{Code: "40001"}, true},    // two at once
		{&pgconn.PgError{Code: "42P01"}, false},   // no such table
		{&pgconn.PgError{Code: "22P05"}, false},   // a character that cannot be stored
		{errors.New("compose: no sender"), false}, // the form of a mail
	} {
		if got := away(fmt.Errorf("keep: %w", c.err)); got != c.away {
			t.Errorf("%v: away is %v", c.err, got)
		}
	}
}

func TestAnEditionThatFailsThriceIsParked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.maker(t, nil)
	d.render = func(context.Context, int64) error { panic("a template") }
	var pause *pauseError
	for try := range 3 {
		err := m.prepare(t.Context(), 1, func() bool { return false })
		if !errors.As(err, &pause) || pause.until.IsZero() != (try == 2) {
			t.Errorf("after try %d: %+v", try+1, err)
		}
	}
	if d.states[1] != digest.EditionParked || d.collects[1] != 1 {
		t.Errorf("it is %s after %d collections", d.states[1], d.collects[1])
	}
}

func TestABatchOfWhichNothingCanBeginLetsOthersHaveTheWorker(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.maker(t, nil)
	var mu sync.Mutex
	now := d.now()
	m.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	asked := 0
	m.Deliver = func(_ context.Context, _ int64, _ []digest.Delivery, _ *digest.Hand, enough func() bool) error {
		for !enough() { // a domain that takes nothing
			mu.Lock()
			now = now.Add(time.Second)
			mu.Unlock()
			asked++
		}
		return nil
	}
	if err := m.prepare(t.Context(), 1, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	next, left, err := m.deliver(t.Context(), 1, 0, func() bool { return false })
	if err != nil || !left || asked != 7 || next.Sub(now) != pausing {
		t.Errorf("asked %d times, goes on after %s, %v %v", asked, next.Sub(now), left, err)
	}
}

// renewals answers each renewal with what is lost.
type renewals struct {
	*desk
	asked atomic.Int32
	lost  func(held []digest.Delivery) ([]int64, error)
}

func (r *renewals) Renew(_ context.Context, _ int64, _ int, held []digest.Delivery) ([]int64, error) {
	r.asked.Add(1)
	return r.lost(held)
}

func TestAnEditionThatWasLostToOthersIsCalledOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.maker(t, nil)
	m.Leases = &renewals{desk: d, lost: func([]digest.Delivery) ([]int64, error) { return nil, digest.ErrNotDue }}
	d.collect = func(ctx context.Context, _ int64) error { <-ctx.Done(); return ctx.Err() }
	err := m.prepare(t.Context(), 1, func() bool { return false })
	if !errors.Is(err, errLost) || d.reasons[1] != "" || d.interrupted[1] != 0 {
		t.Errorf("%v; failed for %q, given back %d times", err, d.reasons[1], d.interrupted[1])
	}
}

func TestADatabaseThatDoesNotAnswerARenewalEndsNoWork(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.maker(t, nil)
	leases := &renewals{desk: d, lost: func([]digest.Delivery) ([]int64, error) { return nil, io.ErrUnexpectedEOF }}
	m.Leases = leases
	d.collect = func(ctx context.Context, _ int64) error {
		for leases.asked.Load() < 3 {
			sleep(ctx, time.Millisecond)
		}
		return ctx.Err()
	}
	if state, err := m.Make(t.Context(), 1); err != nil || state != digest.EditionDone {
		t.Errorf("it is %s, %v", state, err)
	}
}

type heldFor time.Time

func (h heldFor) Error() string        { return "in other hands" }
func (h heldFor) HeldUntil() time.Time { return time.Time(h) }
func (h heldFor) Is(err error) bool    { return err == digest.ErrNotDue }
