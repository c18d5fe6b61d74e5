// Package inbox is a mail server and a web page that shows what it was sent: the far end of `fortnight demo` and
// `fortnight inbox`. It keeps mails in memory, delivers nothing onwards, and is meant for loopback.
package inbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options of an inbox; the zero value of each is a sensible one, save Now.
type Options struct {
	Now      func() time.Time // stamps what arrives; required
	Messages int              // kept, the oldest go first; 0: 200
	Bytes    int64            // kept in all; 0: 256 MiB
	Largest  int64            // of one message, bytes; 0: 32 MiB
	Rewrite  Rewrite          // links of mails that open elsewhere than they say
	SMTP     string           // HOST:PORT that an empty inbox tells people to send to; may be empty
}

// Rewrite sends links that begin with From (a base URL such as https://digest.fortnight.example) to To instead; an
// empty To is the inbox's own address. The mail itself is left as it is.
type Rewrite struct{ From, To string }

// Message is a mail as it arrived.
type Message struct {
	ID       int       // from 1, in order of arrival
	From, To string    // of the envelope; To is the first recipient
	At       time.Time // arrival
	Raw      []byte    // as sent, CRLF; not to be changed
}

// Inbox is an http.Handler for its pages ("/" and below "/mail/") and serves SMTP.
type Inbox struct {
	o    Options
	mux  http.Handler
	smtp *smtp.Server

	mu       sync.Mutex
	messages []Message
	heads    map[int]head // of each message: what the list shows
	bytes    int64
	last     int
	arrived  chan struct{} // closed and replaced at each arrival

	listeners []net.Listener
	closed    bool
}

// New makes an empty inbox.
func New(o Options) *Inbox {
	if o.Messages <= 0 {
		o.Messages = 200
	}
	if o.Bytes <= 0 {
		o.Bytes = 256 << 20
	}
	if o.Largest <= 0 {
		o.Largest = 32 << 20
	}
	b := &Inbox{o: o, heads: map[int]head{}, arrived: make(chan struct{})}
	b.mux = b.routes()
	b.smtp = b.server()
	return b
}

// ServeSMTP takes mail on a listener until Close. A clean end is no error.
func (b *Inbox) ServeSMTP(ln net.Listener) error {
	b.mu.Lock()
	b.listeners = append(b.listeners, ln)
	closed := b.closed
	b.mu.Unlock()
	if closed {
		return ln.Close()
	}
	if err := b.smtp.Serve(ln); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Close ends SMTP and its connections. The mails stay readable.
func (b *Inbox) Close() error {
	b.mu.Lock()
	listeners := b.listeners
	b.listeners, b.closed = nil, true
	b.mu.Unlock()
	for _, ln := range listeners { // one that the server has not begun to serve is unknown to it
		_ = ln.Close()
	}
	if err := b.smtp.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Messages gives what is kept, the oldest first.
func (b *Inbox) Messages() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Message(nil), b.messages...)
}

// Wait returns when n mails have arrived since the beginning, whether they are still kept or not.
func (b *Inbox) Wait(ctx context.Context, n int) error {
	for {
		b.mu.Lock()
		last, arrived := b.last, b.arrived
		b.mu.Unlock()
		if last >= n {
			return nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Add puts a mail into the inbox as if it had come over SMTP.
func (b *Inbox) Add(from, to string, raw []byte) {
	h := headOf(raw)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	b.messages = append(b.messages, Message{ID: b.last, From: from, To: to, At: b.o.Now(), Raw: raw})
	b.heads[b.last] = h
	b.bytes += int64(len(raw))
	for len(b.messages) > 1 && (len(b.messages) > b.o.Messages || b.bytes > b.o.Bytes) {
		b.bytes -= int64(len(b.messages[0].Raw))
		delete(b.heads, b.messages[0].ID)
		b.messages = append([]Message(nil), b.messages[1:]...)
	}
	close(b.arrived)
	b.arrived = make(chan struct{})
}

// Empty forgets every mail; numbering goes on.
func (b *Inbox) Empty() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages, b.bytes = nil, 0
	clear(b.heads)
}

func (b *Inbox) message(id int) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.ID == id {
			return m, true
		}
	}
	return Message{}, false
}

// list gives what the list of mails shows, the newest first.
func (b *Inbox) list(current int) (out []item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range slices.Backward(b.messages) {
		out = append(out, item{head: b.heads[m.ID], ID: m.ID, At: m.At.Format("15:04"), Current: m.ID == current})
	}
	return out
}

// ServeHTTP shows the pages.
func (b *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(w, r) }
