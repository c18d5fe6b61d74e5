package relay

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"sync"

	"github.com/emersion/go-smtp"
)

// door is the listener. It counts who comes, and turns away before the greeting.
type door struct {
	net.Listener
	r *Relay
}

func (d door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		number := d.r.connected()
		w := &wire{Conn: c, leave: sync.OnceFunc(func() { d.r.leave("") })}
		rule, befalls := d.r.befalling(Greeting, try{number: number})
		if !befalls {
			if d.r.o.Implicit {
				return tls.Server(w, d.r.tls), nil
			}
			return w, nil
		}
		go d.turnAway(w, rule) // another may come in the meantime
	}
}

// turnAway does what a rule says in place of the greeting.
func (d door) turnAway(w *wire, rule Rule) {
	defer func() { _ = w.Close() }()
	d.r.refused(Refusal{Phase: Greeting, Code: rule.Code, Status: rule.Status, Dropped: rule.Drop, Rule: rule.Name})
	d.r.pause(rule.Late)
	if rule.Drop || rule.Code == 0 {
		return
	}
	var c net.Conn = w
	if d.r.o.Implicit {
		c = tls.Server(w, d.r.tls)
	}
	_, _ = c.Write(line(rule.answer())) // whoever has gone already needs none
}

// wire is a connection below go-smtp and below TLS. Its fields are set by the session, in the goroutine that also writes.
type wire struct {
	net.Conn
	leave func()

	mu   sync.Mutex
	over func() // of the transaction under way

	last    bool            // the next write is the last one
	instead func() *verdict // asked in place of writing "354 Go ahead"; nil, or its answer nil: that is written
	unasked bool            // go-smtp now reads a message that nobody sends, and the next write is its answer to that
	end     []byte          // of that message, still to be read
}

// verdict is what is written instead: nothing, where the connection is to end without a word.
type verdict struct {
	answer []byte
	last   bool
}

// wireOf is what lies below a connection of go-smtp.
func wireOf(c *smtp.Conn) *wire {
	conn := c.Conn()
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	return conn.(*wire)
}

func (w *wire) Write(p []byte) (int, error) {
	if w.unasked {
		w.unasked = false
		return len(p), nil
	}
	if w.instead != nil && bytes.HasPrefix(p, []byte("354 ")) {
		if v := w.instead(); v != nil {
			return len(p), w.refuse(v)
		}
	}
	n, err := w.Conn.Write(p)
	if w.last && err == nil {
		err = w.Close()
	}
	return n, err
}

// refuse answers DATA with a verdict, behind go-smtp's back.
func (w *wire) refuse(v *verdict) error {
	w.instead, w.unasked, w.end = nil, true, []byte(".\r\n")
	if len(v.answer) > 0 {
		if _, err := w.Conn.Write(v.answer); err != nil {
			return err
		}
	}
	if v.last {
		return w.Close()
	}
	return nil
}

func (w *wire) Read(p []byte) (int, error) {
	if len(w.end) > 0 {
		n := copy(p, w.end)
		w.end = w.end[n:]
		return n, nil
	}
	return w.Conn.Read(p)
}

// ends names what is to be called when the connection ends in the middle of a transaction.
func (w *wire) ends(over func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = over
}

func (w *wire) Close() error {
	w.mu.Lock()
	over := w.over
	w.mu.Unlock()
	if over != nil {
		over()
	}
	w.leave()
	return w.Conn.Close()
}

// line is an answer as it goes over the wire.
func line(e *smtp.SMTPError) []byte {
	if e.EnhancedCode == smtp.NoEnhancedCode {
		return fmt.Appendf(nil, "%d %s\r\n", e.Code, e.Message)
	}
	return fmt.Appendf(nil, "%d %d.%d.%d %s\r\n", e.Code, e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2], e.Message)
}
