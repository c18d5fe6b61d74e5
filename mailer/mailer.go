// Package mailer composes a digest's messages and hands them to a mail server.
//
// A composed message is a function of its variant and the delivery's few values: every copy of it has the same bytes,
// boundaries and signature included. Sending tells apart what a retry may repeat (deferred), what it must not (sent,
// failed) and what nobody knows (unknown).
//
// A Form holds what all messages of a variant share, encoded once; a Connection carries one message after another, MAIL, RCPT
// and DATA in one group where the server takes them so; Leave keeps to limits of rate and of connections, and gives a server
// that asks for it a pause. The package knows nothing of databases, schedules or charts.
package mailer

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

// TLS says how much encryption a connection must have.
type TLS string

// Mandatory never sends without TLS and never falls back; Opportunistic takes it where the server offers it (and then
// verifies the certificate all the same); None does not ask. A password is never sent in clear, whatever is chosen.
const (
	Mandatory     TLS = "mandatory"
	Opportunistic TLS = "opportunistic"
	None          TLS = "none"
)

// Secret prints as ***.
type Secret string

// String hides the secret.
func (Secret) String() string { return "***" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "***" }

// LogValue hides the secret from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText hides the secret from JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Timeouts bound the waits of one attempt; a zero takes its default.
type Timeouts struct {
	Dial    time.Duration // connection, greeting, TLS and login together: 15 s
	Command time.Duration // the answer to each command before DATA: 120 s
	Data    time.Duration // the message's bytes and the answer after them: 600 s (RFC 5321, 4.5.3.2.6)
}

// Config names a mail server and how to speak to it.
type Config struct {
	Host        string
	Port        int    // 0: 465 with Implicit, else 587; 25 where TLS is none
	Username    string // empty: no login
	Password    Secret
	TLS         TLS            // empty: mandatory
	Implicit    bool           // TLS from the first byte; always so on port 465 unless TLS is none
	RootCAs     *x509.CertPool // nil: the system's
	HELO        string         // empty: this machine's name
	Connections int            // kept open and used at the same time; 0: 4
	DKIM        []Key          // each signs every message; none: no signature
	Timeouts    Timeouts
	Limits      Limits
	Pauses      Pauses
	Now         func() time.Time `json:"-"` // the clock of limits and pauses; nil for a Mailer that composes only
}

// Mailer implements digest.Post. It is safe for concurrent use.
type Mailer struct {
	c       Config
	signers []signer
	limits  *limits
	relay   *pause

	free chan struct{} // a token for each connection that nobody has
	mu   sync.Mutex
	idle []*session // the one used last is last
}

// New checks a configuration and makes a Mailer. Nothing is dialled before the first message. All faults are reported
// at once.
func New(c Config) (*Mailer, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	m := &Mailer{c: c, free: make(chan struct{}, c.Connections), limits: newLimits(c.Limits, c.Connections), relay: &pause{c: c.Pauses}}
	for range c.Connections {
		m.free <- struct{}{}
	}
	for _, k := range c.DKIM {
		m.signers = append(m.signers, newSigner(k))
	}
	return m, nil
}

// Close says goodbye on every open connection. It waits for messages under way and for goodbyes until the context ends. The Mailer
// can be used again afterwards.
func (m *Mailer) Close(ctx context.Context) error {
	var goodbyes sync.WaitGroup
	taken := 0
	defer func() {
		goodbyes.Wait()
		for range taken {
			m.free <- struct{}{}
		}
	}()
	for range m.c.Connections {
		select {
		case <-m.free:
			taken++
			if s := m.pop(); s != nil {
				goodbyes.Go(func() { s.quit(ctx, m.c.Timeouts.Dial) })
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.TLS == "" {
		c.TLS = Mandatory
	}
	if c.Port == 0 {
		switch {
		case c.TLS == None:
			c.Port = 25
		case c.Implicit:
			c.Port = 465
		default:
			c.Port = 587
		}
	}
	c.Implicit = (c.Implicit || c.Port == 465) && c.TLS != None
	if c.HELO == "" {
		if name, err := os.Hostname(); err == nil && name != "" {
			c.HELO = name
		} else {
			c.HELO = "localhost"
		}
	}
	c.Connections = max(c.Connections, 0)
	if c.Connections == 0 {
		c.Connections = 4
	}
	c.Pauses = c.Pauses.withDefaults()
	for _, t := range []struct {
		d *time.Duration
		v time.Duration
	}{
		{&c.Timeouts.Dial, 15 * time.Second},
		{&c.Timeouts.Command, 2 * time.Minute},
		{&c.Timeouts.Data, 10 * time.Minute},
	} {
		if *t.d <= 0 {
			*t.d = t.v
		}
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	if c.Host == "" {
		faults = append(faults, errors.New("no SMTP host: name the mail server that takes the digests"))
	}
	if c.Port < 1 || c.Port > 65535 {
		faults = append(faults, fmt.Errorf("SMTP port %d: give a number from 1 to 65535", c.Port))
	}
	switch c.TLS {
	case Mandatory, Opportunistic, None:
	default:
		faults = append(faults, fmt.Errorf("SMTP TLS %q: give mandatory, opportunistic or none", string(c.TLS)))
	}
	if c.Username == "" && c.Password != "" {
		faults = append(faults, errors.New("an SMTP password without a user name: give both or neither"))
	}
	if c.Username != "" && c.Password == "" {
		faults = append(faults, fmt.Errorf("SMTP user %q has no password: give both or neither", c.Username))
	}
	for _, k := range c.DKIM {
		if err := k.validate(); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(append(faults, c.Limits.validate())...)
}

// server is HOST:PORT, as errors name it.
func (c Config) server() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }
