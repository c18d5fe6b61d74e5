package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// Many connections take turns at a time, and each turn ends with a commit that waits for a disk. So turns that come while
// others are being written wait for one another and are written together: one round trip, one transaction, one commit. One group is
// written at a time, for PostgreSQL spends less on one that is large than on two; and as those who were in a group together come back
// together, the next group waits for them a moment.
const (
	groupSize = 100 // turns in a group
	moment    = 300 * time.Microsecond
)

// A turn that does not get through is tried again, after pauses that grow from the first to the last. One that records an answer is
// tried until it has: the answer is known nowhere else. Where its caller has been called off it has some time for its last words. One
// that only begins something gives up when the lease is over.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 500 * time.Millisecond
	lastWords  = 4 * time.Second
)

// turn is a call of Turn.
type turn struct {
	ended *digest.Attempt
	next  int64  // 0: none
	key   string // of the begin: an earlier try's is known by it
	fresh bool   // begin what is not begun; else only an earlier try's begin is given
	alone bool   // written by itself: it, or one that it was with, did not get through
	done  chan answer
}

type answer struct {
	begun *begunRow
	err   error
}

// turnstile is where turns wait for one another.
type turnstile struct {
	mu      sync.Mutex
	waiting []*turn
	writing bool          // a group
	before  int           // turns in the latest group
	as      chan struct{} // closed when as many wait again; nil: nobody asks
}

// Turn writes what became of one attempt and begins the next, in one transaction; it shares that with the turns of other
// connections. Begun is nil where there is nothing to send. What ended is written even where ctx has ended, then nothing is begun.
//
// Where PostgreSQL does not answer, a turn with an answer to record is tried again until ctx has ended and for four seconds more, one
// without for the length of a lease. Every try has the same outcome: what an earlier one wrote, it finds written. An error means that
// nothing of it is certain.
func (l *Ledger) Turn(ctx context.Context, ended *digest.Attempt, next int64) (begun *digest.Delivery, err error) {
	if err := checkEnded(ended); err != nil {
		return nil, err
	}
	t := &turn{ended: ended, next: next, key: rand.Text(), fresh: true}
	if ctx.Err() != nil {
		t.next = 0
	}
	if t.ended == nil && t.next == 0 {
		return nil, nil
	}
	row, err := l.take(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	if row == nil {
		return nil, nil
	}
	if !t.fresh {
		return nil, l.withdraw(ctx, row, "called off before anything was sent")
	}
	d, err := l.begun(row)
	if err != nil {
		return nil, errors.Join(err, l.withdraw(ctx, row, err.Error()))
	}
	return &d, nil
}

func checkEnded(a *digest.Attempt) error {
	if a == nil {
		return nil
	}
	switch a.State {
	case digest.DeliverySent, digest.DeliveryDeferred, digest.DeliveryFailed, digest.DeliveryUnknown:
	default:
		return fmt.Errorf("record delivery %d: %q is no outcome of an attempt", a.Delivery, a.State)
	}
	if a.Number < 1 || a.Number > math.MaxInt32 {
		return fmt.Errorf("record delivery %d: it has no attempt %d", a.Delivery, a.Number)
	}
	if a.Code < 0 || a.Code > 999 {
		return fmt.Errorf("record delivery %d: %d is no reply code", a.Delivery, a.Code)
	}
	return nil
}

// String says what a turn is for.
func (t *turn) String() string {
	switch {
	case t.ended == nil:
		return fmt.Sprintf("begin delivery %d", t.next)
	case t.next == 0:
		return fmt.Sprintf("record delivery %d", t.ended.Delivery)
	}
	return fmt.Sprintf("record delivery %d and begin %d", t.ended.Delivery, t.next)
}

// take has a turn written, and tries again as long as there is reason and time to.
func (l *Ledger) take(ctx context.Context, t *turn) (*begunRow, error) {
	patience, cancel := l.patience(ctx, t)
	defer cancel()
	pause := firstPause
	for {
		row, err := l.wait(ctx, patience, t)
		if err == nil || !passing(err) || patience.Err() != nil {
			return row, err
		}
		t.alone = true
		t.fresh = ctx.Err() == nil // called off, it asks no more than for what an earlier try may have begun: that is not to be left in doubt
		wait := time.NewTimer(pause)
		select {
		case <-wait.C:
		case <-patience.Done():
			wait.Stop()
			return nil, err
		}
		pause = min(2*pause, lastPause)
	}
}

// patience is the time that a turn has.
func (l *Ledger) patience(ctx context.Context, t *turn) (context.Context, context.CancelFunc) {
	patience, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if t.ended == nil {
		patience, cancel = context.WithTimeout(patience, l.Lease)
	}
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, cancel) })
	return patience, func() { stop(); cancel() }
}

// wait puts a turn into the next group and gives what became of it. One that has no more time leaves, and comes about later no more; if
// it is being written it stays until it knows, unless there is nothing to know but that it was recorded.
func (l *Ledger) wait(ctx, patience context.Context, t *turn) (*begunRow, error) {
	t.done = make(chan answer, 1)
	if t.alone {
		go l.writeEach(context.WithoutCancel(ctx), []*turn{t})
	} else if l.turns.enter(t) {
		go l.write(context.WithoutCancel(ctx))
	}
	select {
	case a := <-t.done:
		return a.begun, a.err
	case <-patience.Done():
	}
	if l.turns.leave(t) || t.next == 0 {
		return nil, fmt.Errorf("PostgreSQL did not answer in time: %w", patience.Err())
	}
	a := <-t.done
	return a.begun, a.err
}

// write writes group after group until no turn waits.
func (l *Ledger) write(ctx context.Context) {
	for {
		l.turns.gather()
		group := l.turns.next()
		if group == nil {
			return
		}
		switch err := l.writeGroup(ctx, group); {
		case err == nil:
		case passing(err):
			for _, t := range group {
				t.done <- answer{err: err}
			}
		default: // one of them is at fault, the others are not
			l.writeEach(ctx, group)
		}
	}
}

// writeEach writes turns one by one. Where a turn is at fault, what it begins may be, and not what has ended: that is written alone.
func (l *Ledger) writeEach(ctx context.Context, group []*turn) {
	for _, t := range group {
		err := l.writeGroup(ctx, []*turn{t})
		if err == nil {
			continue
		}
		if !passing(err) && t.ended != nil && t.next != 0 {
			err = errors.Join(err, l.writeGroup(ctx, []*turn{{ended: t.ended, done: make(chan answer, 1)}}))
		}
		t.done <- answer{err: err}
	}
}

// enter lets a turn wait for the next group; lead is true where nobody is there to write it.
func (s *turnstile) enter(t *turn) (lead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, t)
	if s.as != nil && len(s.waiting) >= s.before {
		close(s.as)
		s.as = nil
	}
	lead = !s.writing
	s.writing = true
	return lead
}

// leave takes a turn out of those that wait; left is false where it waits no more.
func (s *turnstile) leave(t *turn) (left bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.waiting)
	s.waiting = slices.DeleteFunc(s.waiting, func(other *turn) bool { return other == t })
	return len(s.waiting) < before
}

// gather waits a moment for as many turns as were written before.
func (s *turnstile) gather() {
	s.mu.Lock()
	if len(s.waiting) >= s.before {
		s.mu.Unlock()
		return
	}
	as := make(chan struct{})
	s.as = as
	s.mu.Unlock()
	enough := time.NewTimer(moment)
	defer enough.Stop()
	select {
	case <-as:
	case <-enough.C:
		s.mu.Lock()
		s.as = nil
		s.mu.Unlock()
	}
}

// next takes a group out of those that wait: in their order, none with the same delivery twice. Where none waits, it is nil, and the
// caller writes no more.
func (s *turnstile) next() []*turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended, begun := map[int64]bool{}, map[int64]bool{}
	var group, rest []*turn
	for _, t := range s.waiting {
		if len(group) == groupSize || t.ended != nil && ended[t.ended.Delivery] || t.next != 0 && begun[t.next] {
			rest = append(rest, t)
			continue
		}
		if t.ended != nil {
			ended[t.ended.Delivery] = true
		}
		if t.next != 0 {
			begun[t.next] = true
		}
		group = append(group, t)
	}
	s.waiting = rest
	if s.writing = len(group) > 0; s.writing {
		s.before = len(group)
	}
	return group
}

// withdraw ends an attempt with which nothing was sent.
func (l *Ledger) withdraw(ctx context.Context, row *begunRow, why string) error {
	o := digest.Outcome{State: digest.DeliveryDeferred, Answer: why}
	_, err := l.take(ctx, &turn{ended: &digest.Attempt{Delivery: row.DeliveryID, Number: row.Attempts, Outcome: o}})
	return err
}

// passing tells whether the same turn may succeed a moment later: the connection broke, the server is being started or stopped, others
// stood in the way. What PostgreSQL says about the turn itself is no such thing.
func passing(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return true
	}
	switch pg.Code {
	case "25006", // read_only_sql_transaction: a standby that is about to take over
		"55P03",                            // lock_not_available
		"57014",                            // query_canceled
		"57P01", "57P02", "57P03", "57P05": // shut down, crashed, cannot connect now, idle for too long
		return true
	}
	switch pg.Code[:2] {
	case "08", "40", "53": // connection; serialization and deadlock; resources
		return true
	}
	return false
}
