package relay_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"fortnight/internal/relay"
)

func TestAStallEndsWithTheRelay(t *testing.T) {
	t.Parallel()
	r, err := relay.Start(t.Context(), relay.Options{Rules: []relay.Rule{{At: relay.Rcpt, Late: time.Hour}}})
	if err != nil {
		t.Fatal(err)
	}
	c := greeted(t, r)
	c.want(250, "MAIL FROM:<a@x.example>")
	ended := make(chan error, 1)
	go func() {
		_, _, err := c.say("RCPT TO:<ann@a.example>")
		ended <- err
	}()
	for len(r.Ledger().Tries) == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the stalled sender is answered")
		}
	case <-time.After(10 * time.Second):
		t.Error("the stalled sender waits on")
	}
}

func TestTheLimitsOfADomain(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{Limits: []relay.Limit{
		{Domain: "slow.example", Messages: 2, Per: time.Minute, Code: 450},
		{Domain: "narrow.example", Connections: 1, Code: 421},
		{Domain: "counted.example", Messages: 1},
	}})
	c := greeted(t, r)
	for i, want := range []int{250, 250, 450} {
		if code, words := c.mail("ann@slow.example"); code != want {
			t.Errorf("message %d: %d %s", i+1, code, words)
		}
		c.want(250, "RSET")
	}
	for range 2 {
		if code, _ := c.mail("ann@counted.example"); code != 250 {
			t.Errorf("a limit that is only counted refuses with %d", code)
		}
	}
	second := greeted(t, r)
	for _, x := range []*caller{c, second} {
		x.want(250, "MAIL FROM:<a@x.example>")
	}
	c.want(250, "RCPT TO:<ann@narrow.example>")
	second.want(421, "RCPT TO:<bo@narrow.example>")
	if !second.gone() {
		t.Error("after 421 the connection goes on")
	}
	c.conn.Close() // in the middle of its transaction
	third := greeted(t, r)
	for code := 0; code != 250; { // until the relay has seen that
		third.want(250, "MAIL FROM:<a@x.example>")
		var err error
		if code, _, err = third.say("RCPT TO:<cy@narrow.example>"); err != nil {
			third = greeted(t, r)
		}
	}
	l := r.Ledger()
	if l.Violations["slow.example"] != 1 || l.Violations["counted.example"] != 1 || l.Violations["narrow.example"] < 1 {
		t.Errorf("violations: %v", l.Violations)
	}
	if l.Busiest["narrow.example"] != 2 || l.Busiest["slow.example"] != 1 || l.Busiest[""] < 2 {
		t.Errorf("at a time: %v", l.Busiest)
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	for _, certificate := range []relay.Certificate{relay.Valid, relay.WrongName, relay.Expired, relay.Unknown} {
		t.Run(string(certificate), func(t *testing.T) {
			t.Parallel()
			r := start(t, relay.Options{Certificate: certificate, RequireTLS: true})
			c := greeted(t, r)
			c.want(530, "MAIL FROM:<a@x.example>")
			err := c.encrypt(r, "127.0.0.1")
			var name x509.HostnameError
			var invalid x509.CertificateInvalidError
			var unknown x509.UnknownAuthorityError
			is := map[relay.Certificate]bool{
				relay.Valid: err == nil, relay.WrongName: errors.As(err, &name),
				relay.Expired: errors.As(err, &invalid) && invalid.Reason == x509.Expired, relay.Unknown: errors.As(err, &unknown),
			}
			if !is[certificate] {
				t.Fatalf("a sender that verifies says %v", err)
			}
			if certificate == relay.Valid {
				if code, words := c.mail("ann@a.example"); code != 250 || !r.Ledger().Copies[0].Secret {
					t.Errorf("through TLS: %d %s", code, words)
				}
			}
		})
	}
	r := start(t, relay.Options{Certificate: relay.Valid, Implicit: true})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(r.Authority())
	conn, err := tls.Dial("tcp", r.Addr().String(), &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, _, err := textproto.NewConn(conn).ReadResponse(220); err != nil {
		t.Errorf("TLS from the first byte: %v", err)
	}
	if without := greeted(t, start(t, relay.Options{})); strings.Contains(without.want(250, "EHLO again.example"), "STARTTLS") {
		t.Error("STARTTLS is offered without a certificate")
	}
}

func TestAPasswordInClearIsHeard(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{Certificate: relay.Valid, User: "ann", Password: "secret"})
	plain := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00ann\x00secret"))

	c := greeted(t, r)
	c.want(530, "MAIL FROM:<a@x.example>")
	if err := c.encrypt(r, "localhost"); err != nil {
		t.Fatal(err)
	}
	c.want(535, "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00ann\x00wrong")))
	c.want(235, plain)
	if code, words := c.mail("ann@a.example"); code != 250 {
		t.Errorf("signed in: %d %s", code, words)
	}
	if n := r.Ledger().ClearPasswords; n != 0 {
		t.Errorf("%d passwords in clear", n)
	}

	careless := greeted(t, r)
	careless.want(235, plain)
	slow := greeted(t, r)
	slow.want(334, "AUTH LOGIN")
	slow.want(334, base64.StdEncoding.EncodeToString([]byte("ann")))
	slow.want(235, base64.StdEncoding.EncodeToString([]byte("secret")))
	if n := r.Ledger().ClearPasswords; n != 2 {
		t.Errorf("%d passwords in clear", n)
	}
}

func TestPipelinedCommandsAreAnsweredInTurn(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{Rules: []relay.Rule{
		{To: "ann@a.example", At: relay.Rcpt, Code: 451}, {To: "bo@a.example", At: relay.Data, Code: 452, Status: "4.3.1"},
	}})
	c := greeted(t, r)
	for _, x := range []struct {
		to    string
		codes []int
	}{
		{"ann@a.example", []int{250, 451, 502}},
		{"bo@a.example", []int{250, 250, 452}},
		{"cy@a.example", []int{250, 250, 354}},
	} {
		if err := c.text.PrintfLine("MAIL FROM:<a@x.example>\r\nRCPT TO:<%s>\r\nDATA", x.to); err != nil {
			t.Fatal(err)
		}
		for i, want := range x.codes {
			if code, words, err := c.text.ReadResponse(0); err != nil || code != want {
				t.Errorf("%s, answer %d: %d %s, %v; want %d", x.to, i+1, code, words, err, want)
			}
		}
		if x.codes[2] == 354 {
			c.want(250, fmt.Sprintf(letter, "1@x", "Cy")+".")
		} else {
			c.want(250, "RSET")
		}
	}
}
