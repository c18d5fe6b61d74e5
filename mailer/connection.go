package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fortnight/digest"
)

const (
	// idleCheck is how old an idle connection is before it is asked whether it is still there.
	idleCheck = 10 * time.Second
	// mostMessages is how many a connection carries: mail servers end those that go on for long (Exim after 1,000) with a 421,
	// which would be taken for a wish to pause.
	mostMessages = 500
)

// Connections is how many there may be at a time.
func (m *Mailer) Connections() int { return m.c.Connections }

// Connection gives one once one is free; it need not be dialled yet. The caller frees it.
func (m *Mailer) Connection(ctx context.Context) (digest.Connection, error) {
	c, err := m.connection(ctx)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (m *Mailer) connection(ctx context.Context) (*connection, error) {
	if m.c.Now == nil {
		return nil, errors.New("this mailer composes only: it was given no clock")
	}
	select {
	case <-m.free:
		return &connection{m: m, s: m.pop()}, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("stopped before a connection to %s was free: %w", m.c.server(), ctx.Err())
	}
}

// pop takes the idle session that was used last.
func (m *Mailer) pop() *session {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.idle) - 1
	if n < 0 {
		return nil
	}
	s := m.idle[n]
	m.idle = m.idle[:n]
	return s
}

// Leave asks whether a message to an address may begin now; see digest.Post. Rates and connections are counted here, in this
// process; a domain is that of the address, whatever server its mail goes to in the end.
func (m *Mailer) Leave(to string) (gone func(), wait time.Duration) {
	if m.c.Now == nil {
		return nil, time.Hour // composes only
	}
	now := m.c.Now()
	tried, wait := m.relay.leave(now)
	if tried == nil {
		return nil, wait
	}
	give, wait := m.limits.take(to, now)
	if give == nil {
		tried()
		return nil, wait
	}
	return func() { give(); tried() }, 0
}

// Send hands over one message by itself: an admin's mail, a test. It waits for a connection, and is deferred while the mail server
// is given a pause; the limits of Leave do not hold it, and it does not count in them.
func (m *Mailer) Send(ctx context.Context, e digest.Envelope, message []byte) digest.Outcome {
	c, err := m.connection(ctx)
	if err != nil {
		return digest.Outcome{State: digest.DeliveryDeferred, Answer: err.Error()}
	}
	defer c.Free()
	if o, paused := m.paused(); paused {
		return o
	}
	return c.Send(ctx, e, message)
}

// connection implements digest.Connection.
type connection struct {
	m     *Mailer
	s     *session // nil: yet to be dialled
	freed bool
}

// Free gives it back.
func (c *connection) Free() {
	if c.freed {
		return
	}
	c.freed = true
	if c.s != nil {
		c.m.mu.Lock()
		c.m.idle = append(c.m.idle, c.s)
		c.m.mu.Unlock()
	}
	c.m.free <- struct{}{}
}

// Ready dials where there is no open connection, or where it has carried its share or does not answer any more.
func (c *connection) Ready(ctx context.Context) (digest.Outcome, bool) {
	now := c.m.c.Now()
	switch {
	case c.s == nil:
	case c.s.carried >= mostMessages:
		c.s.quit(ctx, c.m.c.Timeouts.Dial)
		c.s = nil
	case c.s.unread() > 0 || (now.Sub(c.s.used) >= idleCheck && !c.s.alive(ctx, c.m.c.Timeouts.Dial)):
		c.drop() // with a goodbye that it may have said: no wish to pause
	default:
		return digest.Outcome{}, true
	}
	if c.s != nil {
		c.s.used = now
		return digest.Outcome{}, true
	}
	return c.dial(ctx)
}

func (c *connection) dial(ctx context.Context) (digest.Outcome, bool) {
	m := c.m
	if o, paused := m.paused(); paused {
		return o, false
	}
	s, err := m.dial(ctx)
	if err != nil {
		o := m.refusedEarly(err)
		switch {
		case o.Code == 421:
			m.relay.failed(busy, m.c.Now())
		case ctx.Err() == nil:
			m.relay.failed(refused, m.c.Now())
		}
		return o, false
	}
	m.relay.made(m.c.Now())
	s.used = m.c.Now()
	c.s = s
	return digest.Outcome{}, true
}

// paused gives the outcome of what does not begin, as the mail server is given a pause.
func (m *Mailer) paused() (digest.Outcome, bool) {
	left := m.relay.left(m.c.Now())
	return digest.Outcome{
		State:  digest.DeliveryDeferred,
		Answer: fmt.Sprintf("%s is given a pause, of which %s are left", m.c.server(), left.Round(time.Second)),
	}, left > 0
}

func (c *connection) drop() {
	if c.s != nil {
		c.s.conn.Close()
		c.s = nil
	}
}

// Send hands a composed message to the server for one recipient and says what became of it.
//
// sent: the server took it (2xx after the data). deferred: a 4xx, or anything that went wrong before DATA without being
// a refusal of this message; trying again makes no second copy. failed: a 5xx to sender, recipient or message. unknown:
// the message's bytes were under way and no answer came.
//
// A connection that turns out to have died while it was idle is made anew, once.
func (c *connection) Send(ctx context.Context, e digest.Envelope, message []byte) digest.Outcome {
	sender, err := parseAddress(digest.Address{Address: e.ReturnPath})
	if err != nil {
		return digest.Outcome{State: digest.DeliveryFailed, Answer: "sender: " + err.Error()}
	}
	recipient, err := parseAddress(digest.Address{Address: e.To})
	if err != nil {
		return digest.Outcome{State: digest.DeliveryFailed, Answer: "recipient: " + err.Error()}
	}
	l := letter{envelope(sender), envelope(recipient), message}
	if o, ok := c.Ready(ctx); !ok {
		return o
	}
	o, dead := c.carry(ctx, l)
	if dead && ctx.Err() == nil {
		if o, ok := c.dial(ctx); !ok {
			return o
		}
		o, _ = c.carry(ctx, l)
	}
	return o
}

// carry does one mail transaction. dead tells that an open connection had died before a word of it was answered: nothing of the
// message has gone out.
func (c *connection) carry(ctx context.Context, l letter) (o digest.Outcome, dead bool) {
	s := c.s
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	x := exchange{m: c.m, s: s, letter: l}
	o, keep := x.run(ctx)
	if !stop() || !keep {
		c.drop()
	}
	now := c.m.c.Now()
	switch {
	case x.busy:
		c.m.relay.failed(busy, now)
	case o.Code != 0:
		c.m.relay.answered(o.State == digest.DeliverySent, now)
	}
	dead = x.dead && s.carried > 0
	s.used = now
	s.carried++
	return o, dead
}
