package digest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// Hand is the deliveries that a process is at: those whose leases it has to renew. It is safe for concurrent use.
type Hand struct {
	mu    sync.Mutex
	held  map[int64]held
	again time.Time
}

type held struct {
	d    Delivery
	lose context.CancelCauseFunc
}

// Held lists the deliveries in the hand.
func (h *Hand) Held() (all []Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range h.held {
		all = append(all, x.d)
	}
	return all
}

// Lose calls off the work on a delivery that is in other hands now.
func (h *Hand) Lose(delivery int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if x, ok := h.held[delivery]; ok {
		x.lose(ErrNotDue)
	}
}

// Again is the instant before which it makes no sense to go over the deliveries once more: a relay asked for a pause, a domain's
// rate is used up. Zero: none.
func (h *Hand) Again() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.again
}

func (h *Hand) putOff(again time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.again = again
}

func (h *Hand) take(d Delivery, lose context.CancelCauseFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil {
		h.held = map[int64]held{}
	}
	h.held[d.ID] = held{d, lose}
}

func (h *Hand) drop(delivery int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, delivery)
}

// Deliver sends those of an edition's deliveries whose time has come, over as many connections as the post has, until all are
// tried or enough says so. One that has to wait for its domain lets others go first. What is left waits in the ledger: for its
// time, or for a relay that asked for a pause. A fault of one delivery is recorded with it; an error is one that kept others from being
// tried too.
func (l *Life) Deliver(ctx context.Context, edition int64, pending []Delivery, h *Hand, enough func() bool) error {
	e, _, err := l.Ledger.Edition(ctx, edition)
	if err != nil {
		return err
	}
	r := &round{Life: l, e: e, hand: h, enough: enough, forms: map[Choice]*form{}}
	now := l.Now()
	for _, d := range pending {
		if !d.NextAt.After(now) {
			r.queue = append(r.queue, d)
		}
	}
	var lanes sync.WaitGroup
	faults := make([]error, min(l.Post.Connections(), len(r.queue)))
	for i := range faults {
		lanes.Go(func() { faults[i] = r.lane(ctx) })
	}
	lanes.Wait()
	return errors.Join(faults...)
}

// round is one going over an edition's deliveries. Its lanes share the queue and the forms.
type round struct {
	*Life
	e      Edition
	hand   *Hand
	enough func() bool

	mu    sync.Mutex
	queue []Delivery

	formsMu sync.Mutex
	forms   map[Choice]*form
}

// form is a variant as the post has it, made once.
type form struct {
	once    sync.Once
	variant Variant
	form    Form
	err     error
}

// longestWait is the pause of a relay or a domain that is waited for with the queue in hand. What has to wait longer goes back to the
// ledger.
const longestWait = 5 * time.Second

// next takes the first delivery that may begin now out of the queue. Where there is none, gone is nil, and wait is the time after
// which there may be one; 0: none in this round.
func (r *round) next(ctx context.Context) (d Delivery, gone func(), wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil || r.enough() {
		return d, nil, 0
	}
	asked := map[string]bool{}
	shortest := time.Duration(math.MaxInt64)
	for i, d := range r.queue {
		domain := domainOf(d.Subscriber.Address)
		if asked[domain] {
			continue
		}
		asked[domain] = true
		gone, w := r.Post.Leave(d.Subscriber.Address)
		if gone != nil {
			r.queue = append(r.queue[:i], r.queue[i+1:]...)
			return d, gone, 0
		}
		shortest = min(shortest, w)
	}
	switch {
	case len(r.queue) == 0:
		return Delivery{}, nil, 0
	case shortest > longestWait:
		r.hand.putOff(r.Now().Add(shortest))
		return Delivery{}, nil, 0
	}
	return Delivery{}, nil, max(shortest, time.Millisecond)
}

func domainOf(address string) string {
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == '@' {
			return address[i+1:]
		}
	}
	return ""
}

// lane sends one delivery after another over one connection. The next begins only when what became of the one before is
// recorded, so that a crash leaves at most one in doubt.
func (r *round) lane(ctx context.Context) error {
	c, err := r.Post.Connection(ctx)
	if err != nil {
		return nil // called off while all connections were taken: what waits in the ledger is not lost
	}
	defer func() { c.Free() }()
	var ended *Attempt
	var message []byte // written anew for each delivery
	for {
		d, gone, wait := r.next(ctx)
		if gone == nil {
			if err := r.turn(ctx, &ended); err != nil || wait == 0 {
				return err
			}
			c.Free() // others may have what may begin now
			sleep(ctx, wait)
			if c, err = r.Post.Connection(ctx); err != nil {
				c = none{}
				return nil // called off
			}
			continue
		}
		message, err = r.guarded(ctx, c, d, &ended, message)
		gone()
		if err != nil {
			return errors.Join(err, r.turn(ctx, &ended))
		}
	}
}

// turn records what ended, where there is something.
func (r *round) turn(ctx context.Context, ended **Attempt) error {
	if *ended == nil {
		return nil
	}
	_, err := r.Ledger.Turn(ctx, *ended, 0)
	r.hand.drop((*ended).Delivery)
	*ended = nil
	return err
}

// panicError is a panic that was recovered. Its Stack is for the log.
type panicError struct {
	what  any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.what) }
func (e *panicError) Stack() string { return e.stack }

// guarded is attempt, of which a panic over one edition's message is an error: it is not to end the process, and all others with it.
func (r *round) guarded(ctx context.Context, c Connection, d Delivery, ended **Attempt, buffer []byte) (_ []byte, err error) {
	defer func() {
		if what := recover(); what != nil {
			err = &panicError{what, string(debug.Stack())}
		}
	}()
	return r.attempt(ctx, c, d, ended, buffer)
}

// attempt records what ended before, begins an attempt of a delivery and makes it; ended is then this one. A form that cannot be
// made and a ledger that does not answer are errors: nothing of the delivery has begun. buffer is room for the message.
func (r *round) attempt(ctx context.Context, c Connection, d Delivery, ended **Attempt, buffer []byte) ([]byte, error) {
	f := r.form(ctx, ChoiceOf(r.e, d.Subscriber))
	if f.err != nil {
		return buffer, f.err
	}
	if *ended != nil && (*ended).State != DeliverySent { // to make a connection anew takes time, in which a crash must not forget this
		if err := r.turn(ctx, ended); err != nil {
			return buffer, err
		}
	}
	refused, ready := c.Ready(ctx)
	before := *ended
	begun, err := r.Ledger.Turn(ctx, before, d.ID)
	if before != nil {
		r.hand.drop(before.Delivery)
		*ended = nil
	}
	if err != nil || begun == nil {
		return buffer, err
	}
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	r.hand.take(*begun, lose)
	o := refused
	if ready {
		buffer, o = r.send(ctx, c, f, *begun, buffer[:0])
	}
	if r.Told != nil {
		r.Told(o)
	}
	*ended = &Attempt{begun.ID, begun.Attempts, o}
	return buffer, nil
}

// send composes and sends one message. What goes wrong before anything was sent makes it deferred.
func (r *round) send(ctx context.Context, c Connection, f *form, d Delivery, buffer []byte) ([]byte, Outcome) {
	m := r.Message(r.e, f.variant, d)
	message, err := f.form.Message(buffer, m)
	if err != nil {
		return buffer, Outcome{State: DeliveryDeferred, Answer: "compose: " + err.Error()}
	}
	return message, c.Send(ctx, Envelope{r.ReturnPath(m.From, d), d.Subscriber.Address}, message)
}

// form gives the form of a choice, made from its stored variant the first time that it is asked for.
func (r *round) form(ctx context.Context, choice Choice) *form {
	r.formsMu.Lock()
	f := r.forms[choice]
	if f == nil {
		f = &form{}
		r.forms[choice] = f
	}
	r.formsMu.Unlock()
	f.once.Do(func() {
		var ok bool
		if f.variant, ok, f.err = r.Ledger.Variant(ctx, r.e.ID, choice); f.err != nil {
			return
		}
		if !ok {
			f.err = fmt.Errorf("the %s's variant in %s is not rendered", choice.Audience, choice.Locale)
			return
		}
		shared := r.Message(r.e, f.variant, Delivery{})
		if f.form, f.err = r.Post.Form(shared); f.err != nil {
			f.err = fmt.Errorf("compose: %w", f.err)
		}
		f.variant = Variant{Choice: choice, Letter: Letter{Subject: f.variant.Letter.Subject, Kind: f.variant.Letter.Kind}} // the form has the rest
	})
	return f
}

// none is the connection of a lane that has none.
type none struct{ Connection }

func (none) Free() {}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// ReturnPath is where a delivery's bounces go.
func (l *Letterhead) ReturnPath(from Address, d Delivery) string {
	if l.Return == nil {
		return from.Address
	}
	return l.Return(d)
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
	c.Sections = strings.Join(e.Config.wanted(s.Sections), ",")
	if e.Config.HasNow() && (c.Sections == "" || slices.ContainsFunc(c.Wanted(), OfNow)) && c.Audience != Executive { // whom nobody is named to
		c.Agent = s.Agent
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
		Feedback: e.Label + ":" + e.Config.Key + ":" + e.Project.Key + ":fortnight",
		Links:    l.Links(e, d.Subscriber), OneClick: l.OneClick,
	}
}
