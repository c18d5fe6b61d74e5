package mailer_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"fortnight/mailer"
)

// server is a real SMTP server whose behaviour a test sets.
type server struct {
	onMail, onRcpt error
	onData         func(c *smtp.Conn, r io.Reader) error
	user, password string // a login is asked for where user is set

	smtp *smtp.Server
	addr *net.TCPAddr
	ca   *x509.CertPool

	mu          sync.Mutex
	connections int
	got         []received
}

type received struct {
	from, to string
	utf8     bool
	raw      []byte
}

// start listens on loopback. names are the certificate's; none: no TLS is offered. implicit begins with TLS.
func (s *server) start(t testing.TB, implicit bool, names ...string) *server {
	t.Helper()
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.connections++
		return &visit{s: s, c: c}, nil
	}))
	s.smtp.Domain = "relay.example"
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = quiet{}
	var cert tls.Certificate
	if len(names) > 0 {
		cert, s.ca = certificate(t, names...)
		s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().(*net.TCPAddr)
	if implicit {
		ln = tls.NewListener(ln, s.smtp.TLSConfig)
	}
	go func() { _ = s.smtp.Serve(ln) }() // until Close
	t.Cleanup(func() { _ = s.smtp.Close() })
	return s
}

// mailer speaks to the server; changes are applied to a configuration that works.
func (s *server) mailer(t testing.TB, changes ...func(*mailer.Config)) *mailer.Mailer {
	t.Helper()
	c := mailer.Config{
		Host: "127.0.0.1", Port: s.addr.Port, TLS: mailer.None, RootCAs: s.ca, HELO: "fortnight.example", Now: time.Now,
		Timeouts: mailer.Timeouts{Dial: 2 * time.Second, Command: 2 * time.Second, Data: 2 * time.Second},
	}
	if s.ca != nil {
		c.TLS = mailer.Mandatory
	}
	for _, change := range changes {
		change(&c)
	}
	m, err := mailer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close(t.Context()) })
	return m
}

func (s *server) messages() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

func (s *server) dialled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

type visit struct {
	s   *server
	c   *smtp.Conn
	now received
}

func (v *visit) Reset()        { v.now = received{} }
func (v *visit) Logout() error { return nil }

func (v *visit) Mail(from string, o *smtp.MailOptions) error {
	v.now.from, v.now.utf8 = from, o.UTF8
	return v.s.onMail
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.now.to = to
	return v.s.onRcpt
}

func (v *visit) Data(r io.Reader) error {
	if v.s.onData != nil {
		return v.s.onData(v.c, r)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.now.raw = raw
	v.s.mu.Lock()
	defer v.s.mu.Unlock()
	v.s.got = append(v.s.got, v.now)
	return nil
}

func (v *visit) AuthMechanisms() []string {
	if v.s.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != v.s.user || password != v.s.password {
			return &smtp.SMTPError{
				Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8},
				Message: "no: " + user + " with " + password,
			} // a server that repeats what it should not
		}
		return nil
	}), nil
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate is for the names, by an authority that the pool trusts.
func certificate(t testing.TB, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// talker is a server that says what a test has written down, by the command that it answers: "MAIL", "RCPT", "DATA", "." after the
// data, "RSET", "" for the greeting. What is not written down is answered as by a good server; "drop" hangs up without a word, "stall"
// says nothing until the test ends. An answer may have several lines.
type talker struct {
	lockstep bool // PIPELINING is not offered
	says     map[string]string
	stalled  chan struct{} // told of each stall, where there is one

	mu    sync.Mutex
	heard []string // commands, data as one "."
	dials int
}

func (k *talker) mailer(t testing.TB, changes ...func(*mailer.Config)) *mailer.Mailer {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	addr := rawServer(t, func(c net.Conn) { k.talk(c, over) })
	s := server{addr: addr}
	return s.mailer(t, changes...)
}

// say changes what is answered from now on.
func (k *talker) say(command, answer string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.says == nil {
		k.says = map[string]string{}
	}
	k.says[command] = answer
}

func (k *talker) dialled() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dials
}

// commands are those heard since they were asked for last, the first words of them.
func (k *talker) commands() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := strings.Join(k.heard, " ")
	k.heard = nil
	return all
}

func (k *talker) answer(command string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if command == "" {
		k.dials++
	} else {
		k.heard = append(k.heard, command)
	}
	if a, ok := k.says[command]; ok {
		return a
	}
	switch command {
	case "":
		return "220 talker"
	case "EHLO":
		if k.lockstep {
			return "250 talker"
		}
		return "250-talker\r\n250 PIPELINING"
	case "DATA":
		return "354 go"
	case "QUIT":
		return "221 bye"
	}
	return "250 2.0.0 ok"
}

func (k *talker) talk(c net.Conn, over <-chan struct{}) {
	in := bufio.NewReader(c)
	command := ""
	for {
		a := k.answer(command)
		switch a {
		case "drop":
			return
		case "stall":
			if k.stalled != nil {
				k.stalled <- struct{}{}
			}
			<-over
			return
		}
		if _, err := fmt.Fprint(c, a+"\r\n"); err != nil || strings.HasPrefix(a, "421") {
			return
		}
		if command == "DATA" && strings.HasPrefix(a, "354") {
			if readData(in) != nil {
				return
			}
			command = "."
			continue
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command, _, _ = strings.Cut(strings.TrimSpace(line), " ")
	}
}

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2020, 3, 30, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rawServer answers by script: what it is given for each line that it reads, the first before any.
func rawServer(t testing.TB, talk func(net.Conn)) *net.TCPAddr {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go func() { defer c.Close(); talk(c) }()
			}
		}
	}()
	return ln.Addr().(*net.TCPAddr)
}
