// Package relay is a mail server for tests and rehearsals that misbehaves as it is told, and keeps the receiver's own ledger of
// every message that it took: a sender's promises are held against it. It speaks SMTP through go-smtp, and does on the
// connection below what that library has no word for. It keeps everything in memory and delivers nothing onwards.
package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Options of a relay. The zero value takes every message from anybody, in clear.
type Options struct {
	Seed   uint64           // of what befalls a share of the tries: the same seed, the same faults
	Rules  []Rule           // the first that fits, at each phase of a try, befalls it
	Limits []Limit          // of domains
	Now    func() time.Time // nil: the clock
	Keep   bool             // the bytes of every copy; else its head and its sum alone

	Certificate Certificate // NoTLS: STARTTLS is not offered
	Implicit    bool        // TLS from the first byte
	RequireTLS  bool        // MAIL in clear is answered 530
	User        string      // asked for before MAIL; "": no sign-in
	Password    string
}

// Relay is a running mail server. It is safe for concurrent use.
type Relay struct {
	o         Options
	smtp      *smtp.Server
	listener  net.Listener
	tls       *tls.Config
	authority []byte
	served    chan error
	closed    chan struct{}
	close     sync.Once

	mu      sync.Mutex
	rules   []Rule
	laid    time.Time // when the rules were
	ledger  Ledger
	arrived chan struct{} // closed and replaced at each copy
	tries   map[string]*history
	now     map[string]int // transactions under way by domain, and of connections under ""
}

// history is what a relay knows of a recipient.
type history struct {
	tries int
	first time.Time
}

// Start listens on a free loopback port until Close.
func Start(ctx context.Context, o Options) (*Relay, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Relay{
		o: o, rules: o.Rules, laid: o.Now(), closed: make(chan struct{}), served: make(chan error, 1), arrived: make(chan struct{}),
		tries: map[string]*history{}, now: map[string]int{},
		ledger: Ledger{Busiest: map[string]int{}, Violations: map[string]int{}},
	}
	if o.Certificate != NoTLS {
		var err error
		if r.tls, r.authority, err = o.Certificate.make(o.Now()); err != nil {
			return nil, fmt.Errorf("start a relay: %w", err)
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a relay: %w", err)
	}
	r.listener = l
	r.smtp = smtp.NewServer(smtp.BackendFunc(r.visit))
	r.smtp.Domain = "relay.example"
	r.smtp.TLSConfig = r.tls
	r.smtp.EnableSMTPUTF8 = true
	r.smtp.AllowInsecureAuth = true // a sender that gives its password away is to be seen doing it
	r.smtp.ErrorLog = silent{}
	go func() { r.served <- r.smtp.Serve(door{l, r}) }()
	return r, nil
}

// Addr is where it listens.
func (r *Relay) Addr() *net.TCPAddr { return r.listener.Addr().(*net.TCPAddr) }

// Authority is the certificate, PEM, of the authority that a sender is to trust; nil without TLS.
func (r *Relay) Authority() []byte { return r.authority }

// Close ends it and all its connections. The ledger stays readable.
func (r *Relay) Close() error {
	var err error
	r.close.Do(func() {
		close(r.closed)
		_ = r.listener.Close() // one that is not served yet is unknown to the server
		err = errors.Join(expected(r.smtp.Close()), expected(<-r.served))
	})
	return err
}

// expected leaves out how a server that was closed ends.
func expected(err error) error {
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Behave changes the rules from now on.
func (r *Relay) Behave(rules ...Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rules, r.laid = rules, r.o.Now()
}

// Ledger gives what has been recorded so far.
func (r *Relay) Ledger() Ledger {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ledger.clone()
}

// Taken is how many copies it has.
func (r *Relay) Taken() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.ledger.Copies)
}

// Wait returns when it has n copies.
func (r *Relay) Wait(ctx context.Context, n int) error {
	for {
		r.mu.Lock()
		have, arrived := len(r.ledger.Copies), r.arrived
		r.mu.Unlock()
		if have >= n {
			return nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d copies: %w", have, n, ctx.Err())
		}
	}
}

// pause is over after a time, or when the relay is closed.
func (r *Relay) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.closed:
	}
}

func (r *Relay) ended() bool {
	select {
	case <-r.closed:
		return true
	default:
		return false
	}
}

// silent: senders that hang up are everyday life here.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
