package mailer_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"fortnight/digest"
	"fortnight/mailer"
)

const sender, reader = "digest@digest.fortnight.example", "maya@lindenhof.example"

func send(t *testing.T, m *mailer.Mailer) digest.Outcome {
	t.Helper()
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	return m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw)
}

func TestAMessageArrivesByteForByte(t *testing.T) {
	s := new(server).start(t, false)
	m := s.mailer(t)
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	o := m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw)
	if o.State != digest.DeliverySent || o.Code != 250 {
		t.Fatalf("%+v", o)
	}
	got := s.messages()
	if len(got) != 1 || got[0].from != sender || got[0].to != reader || !bytes.Equal(got[0].raw, raw) {
		t.Errorf("got %d messages, %q to %q", len(got), got[0].from, got[0].to)
	}
}

func TestTheServersAnswerDecidesTheOutcome(t *testing.T) {
	refusal := func(code int, e smtp.EnhancedCode, words string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: e, Message: words}
	}
	dropAll := func(_ *smtp.Conn, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }
	for _, c := range []struct {
		name  string
		setUp func(*server)
		want  digest.Outcome
	}{
		{
			"no such mailbox", func(s *server) { s.onRcpt = refusal(550, smtp.EnhancedCode{5, 1, 1}, "no such user") },
			digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.1.1", Answer: "no such user"},
		},
		{
			"greylisted", func(s *server) { s.onRcpt = refusal(450, smtp.EnhancedCode{4, 2, 0}, "come back later") },
			digest.Outcome{State: digest.DeliveryDeferred, Code: 450, Status: "4.2.0", Answer: "come back later"},
		},
		{
			"sender refused", func(s *server) { s.onMail = refusal(553, smtp.EnhancedCode{5, 7, 1}, "not your address") },
			digest.Outcome{State: digest.DeliveryFailed, Code: 553, Status: "5.7.1", Answer: "not your address"},
		},
		{
			"login asked for: no recipient's fault", func(s *server) { s.onMail = refusal(530, smtp.EnhancedCode{5, 7, 0}, "log in first") },
			digest.Outcome{State: digest.DeliveryDeferred, Code: 530, Status: "5.7.0", Answer: "log in first"},
		},
		{"refused after the data", func(s *server) {
			s.onData = func(c *smtp.Conn, r io.Reader) error {
				_ = dropAll(c, r)
				return refusal(554, smtp.EnhancedCode{5, 6, 0}, "looks like spam")
			}
		}, digest.Outcome{State: digest.DeliveryFailed, Code: 554, Status: "5.6.0", Answer: "looks like spam"}},
		{"mailbox full after the data", func(s *server) {
			s.onData = func(c *smtp.Conn, r io.Reader) error {
				_ = dropAll(c, r)
				return refusal(452, smtp.EnhancedCode{4, 2, 2}, "mailbox full")
			}
		}, digest.Outcome{State: digest.DeliveryDeferred, Code: 452, Status: "4.2.2", Answer: "mailbox full"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{}
			c.setUp(s)
			m := s.start(t, false).mailer(t)
			if got := send(t, m); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if s.dialled() != 1 {
				t.Errorf("%d connections", s.dialled())
			}
			s.onMail, s.onRcpt, s.onData = nil, nil, nil
			if got := send(t, m); got.State != digest.DeliverySent {
				t.Errorf("the next message: %+v", got)
			}
		})
	}
}

func TestSilenceAfterDataIsUnknownAndBeforeItDeferred(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	for _, c := range []struct {
		name   string
		onData func(*smtp.Conn, io.Reader) error
		big    bool
	}{
		{"dropped in the middle of the data", func(c *smtp.Conn, r io.Reader) error {
			_, _ = io.ReadFull(r, make([]byte, 1000))
			c.Conn().Close()
			return nil
		}, true},
		{"dropped after the data, before the answer", func(c *smtp.Conn, r io.Reader) error {
			_, _ = io.Copy(io.Discard, r)
			c.Conn().Close()
			return nil
		}, false},
		{"an answer too late", func(_ *smtp.Conn, r io.Reader) error {
			_, _ = io.Copy(io.Discard, r)
			<-over
			return nil
		}, false},
		{"reads no further", func(*smtp.Conn, io.Reader) error { <-over; return nil }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &server{onData: c.onData}
			m := s.start(t, false).mailer(t, func(c *mailer.Config) { c.Timeouts.Data = 300 * time.Millisecond })
			d := someone()
			if c.big {
				d.Variant.PDF = bytes.Repeat([]byte("0123456789"), 2_000_000)
			}
			raw, err := m.Compose(d)
			if err != nil {
				t.Fatal(err)
			}
			o := m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw)
			if o.State != digest.DeliveryUnknown || o.Code != 0 || !strings.HasPrefix(o.Answer, "after DATA: ") {
				t.Errorf("%+v", o)
			}
		})
	}
	for _, c := range []struct {
		name string
		talk func(net.Conn)
		want string
	}{
		{"no greeting", func(net.Conn) { <-over }, "at the greeting: no answer from"},
		{"hangs up at once", func(net.Conn) {}, "at the greeting:"},
		{"refuses this machine", func(c net.Conn) { fmt.Fprint(c, "554 5.7.1 you are on a list\r\n") }, "at the greeting: you are on a list"},
		{"stalls at RCPT", script(over, "220 x", "250 x", "250 ok", "stall"), "no answer from"},
		{"drops at RCPT", script(over, "220 x", "250 x", "250 ok", "drop"), "127.0.0.1"},
		{"takes DATA without asking for it", script(over, "220 x", "250 x", "250 ok", "250 ok", "250 queued"), "queued"},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := rawServer(t, c.talk)
			m, err := mailer.New(mailer.Config{
				Host: "127.0.0.1", Port: addr.Port, TLS: mailer.None, Now: time.Now,
				Timeouts: mailer.Timeouts{Dial: 300 * time.Millisecond, Command: 300 * time.Millisecond},
			})
			if err != nil {
				t.Fatal(err)
			}
			if o := send(t, m); o.State != digest.DeliveryDeferred || !strings.Contains(o.Answer, c.want) {
				t.Errorf("%+v, want %q", o, c.want)
			}
		})
	}
}

// script answers each line read with the next answer; "stall" waits for the test's end, "drop" hangs up.
func script(over <-chan struct{}, answers ...string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewScanner(c)
		for i, a := range answers {
			if i > 0 && !in.Scan() {
				return
			}
			switch a {
			case "stall":
				<-over
			case "drop":
				return
			default:
				fmt.Fprint(c, a+"\r\n")
			}
		}
		in.Scan()
	}
}

func TestAnAnswerGivenInTheMiddleOfTheDataCounts(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	addr := rawServer(t, func(c net.Conn) {
		script(over, "220 x", "250 x", "250 ok", "250 ok", "354 go")(c)
		fmt.Fprint(c, "552 5.3.4 too big\r\n")
		_, _ = io.Copy(io.Discard, c)
	})
	m, err := mailer.New(mailer.Config{Host: "127.0.0.1", Port: addr.Port, TLS: mailer.None, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if o := send(t, m); o.State != digest.DeliveryFailed || o.Code != 552 || o.Status != "5.3.4" {
		t.Errorf("%+v", o)
	}
}

func TestStoppingEndsAWaitAtOnce(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	s := &server{onData: func(_ *smtp.Conn, r io.Reader) error { _, _ = io.Copy(io.Discard, r); <-over; return nil }}
	m := s.start(t, false).mailer(t, func(c *mailer.Config) { c.Timeouts.Data = time.Minute })
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	o := m.Send(ctx, digest.Envelope{ReturnPath: sender, To: reader}, raw)
	if o.State != digest.DeliveryUnknown || time.Since(begun) > 20*time.Second {
		t.Errorf("%+v after %s", o, time.Since(begun))
	}
	if o := m.Send(ctx, digest.Envelope{ReturnPath: sender, To: reader}, raw); o.State != digest.DeliveryDeferred {
		t.Errorf("a message not begun: %+v", o)
	}
}

func TestOneConnectionCarriesManyMessagesAndIsRenewedWhenTheServerClosesIt(t *testing.T) {
	s := new(server).start(t, false)
	m := s.mailer(t, func(c *mailer.Config) { c.Connections = 1 })
	for range 5 {
		if o := send(t, m); o.State != digest.DeliverySent {
			t.Fatalf("%+v", o)
		}
	}
	if s.dialled() != 1 {
		t.Errorf("%d connections for 5 messages", s.dialled())
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := send(t, m); o.State != digest.DeliverySent || s.dialled() != 2 {
		t.Errorf("after Close: %+v, %d connections", o, s.dialled())
	}
	again := new(server)
	carried := make(chan net.Conn, 1)
	again.onData = func(c *smtp.Conn, r io.Reader) error {
		_, _ = io.Copy(io.Discard, r)
		carried <- c.Conn()
		return nil
	}
	am := again.start(t, false).mailer(t, func(c *mailer.Config) { c.Connections = 1 })
	for range 3 {
		if o := send(t, am); o.State != digest.DeliverySent {
			t.Errorf("a connection closed while idle: %+v", o)
		}
		(<-carried).Close()
	}
}

func TestManyMessagesAtOnceAllArrive(t *testing.T) {
	s := new(server).start(t, false)
	m := s.mailer(t)
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if o := send(t, m); o.State != digest.DeliverySent {
				t.Errorf("%+v", o)
			}
		})
	}
	all.Wait()
	if n := len(s.messages()); n != 40 || s.dialled() > 4 {
		t.Errorf("%d messages over %d connections", n, s.dialled())
	}
}

func TestMandatoryTLSNeverFallsBack(t *testing.T) {
	for _, c := range []struct {
		name     string
		names    []string
		implicit bool
		tls      mailer.TLS
		trust    bool
		want     digest.DeliveryState
		reason   string
	}{
		{"STARTTLS with a good certificate", []string{"127.0.0.1"}, false, mailer.Mandatory, true, digest.DeliverySent, ""},
		{"TLS from the first byte", []string{"127.0.0.1"}, true, mailer.Mandatory, true, digest.DeliverySent, ""},
		{"no STARTTLS offered", nil, false, mailer.Mandatory, true, digest.DeliveryDeferred, "offers no STARTTLS"},
		{"a certificate for another name", []string{"other.example"}, false, mailer.Mandatory, true, digest.DeliveryDeferred, "127.0.0.1"},
		{"a certificate of an unknown authority", []string{"127.0.0.1"}, false, mailer.Mandatory, false, digest.DeliveryDeferred, "authority"},
		{"opportunistic without STARTTLS goes plain", nil, false, mailer.Opportunistic, true, digest.DeliverySent, ""},
		{"opportunistic with a bad certificate does not", []string{"other.example"}, false, mailer.Opportunistic, true, digest.DeliveryDeferred, "127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := new(server).start(t, c.implicit, c.names...)
			m := s.mailer(t, func(cfg *mailer.Config) {
				cfg.TLS, cfg.Implicit = c.tls, c.implicit
				if !c.trust {
					cfg.RootCAs = nil
				}
			})
			o := send(t, m)
			if o.State != c.want || !strings.Contains(o.Answer, c.reason) {
				t.Errorf("%+v", o)
			}
			if c.want != digest.DeliverySent && len(s.messages()) != 0 {
				t.Error("a message went out all the same")
			}
		})
	}
}

func TestAPasswordIsNeverSentInClearNorPrinted(t *testing.T) {
	const password = "correct horse battery"
	plain := &server{user: "desk", password: password}
	plain.start(t, false)
	plain.smtp.AllowInsecureAuth = true // it offers PLAIN without TLS: the trap
	login := func(c *mailer.Config) { c.Username, c.Password = "desk", password }
	m := plain.mailer(t, login)
	if o := send(t, m); o.State != digest.DeliveryDeferred || !strings.Contains(o.Answer, "keeps the password secret") {
		t.Errorf("%+v", o)
	}
	over := &server{user: "desk", password: password}
	over.start(t, false, "127.0.0.1")
	if o := send(t, over.mailer(t, login)); o.State != digest.DeliverySent {
		t.Errorf("over TLS: %+v", o)
	}
	wrong := over.mailer(t, func(c *mailer.Config) { c.Username, c.Password = "desk", "wrong horse" })
	o := send(t, wrong)
	if o.State != digest.DeliveryDeferred || o.Code != 535 || strings.Contains(o.Answer, "wrong horse") {
		t.Errorf("a refused login: %+v", o)
	}
	if err := wrong.Check(t.Context()); err == nil || strings.Contains(err.Error(), "wrong horse") || !strings.Contains(err.Error(), `check user name "desk"`) {
		t.Errorf("%v", err)
	}
	c := mailer.Config{Host: "h", Username: "u", Password: password}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprintf("%v %+v %#v", c, c, c), string(asJSON)} {
		if strings.Contains(out, password) {
			t.Error(out)
		}
	}
}

func TestAnAddressBeyondASCIINeedsAServerThatTakesIt(t *testing.T) {
	s := new(server).start(t, false)
	m := s.mailer(t)
	raw, err := m.Compose(letterFor(digest.Address{Address: "josé@bücher.example"}))
	if err != nil {
		t.Fatal(err)
	}
	if o := m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: "josé@bücher.example"}, raw); o.State != digest.DeliverySent {
		t.Fatalf("%+v", o)
	}
	if got := s.messages()[0]; got.to != "josé@xn--bcher-kva.example" || !got.utf8 {
		t.Errorf("%q, SMTPUTF8 %v", got.to, got.utf8)
	}
	if send(t, m); s.messages()[1].utf8 {
		t.Error("SMTPUTF8 asked for without need")
	}
	old := new(server).start(t, false)
	old.smtp.EnableSMTPUTF8 = false
	if o := old.mailer(t).Send(t.Context(), digest.Envelope{ReturnPath: sender, To: "josé@bücher.example"}, raw); o.State != digest.DeliveryFailed || o.Status != "5.6.7" {
		t.Errorf("%+v", o)
	}
}

func TestCheckNamesTheServerAndTheRemedy(t *testing.T) {
	if err := new(server).start(t, false, "127.0.0.1").mailer(t).Check(t.Context()); err != nil {
		t.Errorf("a good server: %v", err)
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	closed := gone.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		name string
		m    func(t *testing.T) *mailer.Mailer
		want string
	}{
		{"nothing listens", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false).mailer(t, func(c *mailer.Config) { c.Port = closed })
		}, "nothing listens there"},
		{"no STARTTLS", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false).mailer(t, func(c *mailer.Config) { c.TLS = mailer.Mandatory })
		}, "turn TLS on"},
		{"another name", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false, "other.example").mailer(t)
		}, "for another name"},
		{"unknown authority", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false, "127.0.0.1").mailer(t, func(c *mailer.Config) { c.RootCAs = nil })
		}, "signed by nobody this machine trusts"},
		{"plain port spoken to in TLS", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false).mailer(t, func(c *mailer.Config) { c.TLS, c.Implicit = mailer.Mandatory, true })
		}, "does not begin with TLS"},
		{"TLS port spoken to in clear", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, true, "127.0.0.1").mailer(t, func(c *mailer.Config) { c.Timeouts.Dial = 300 * time.Millisecond })
		}, "465"},
		{"no login offered", func(t *testing.T) *mailer.Mailer {
			return new(server).start(t, false, "127.0.0.1").mailer(t, func(c *mailer.Config) { c.Username, c.Password = "u", "p" })
		}, "leave user name and password out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.m(t).Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "mail server 127.0.0.1:") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAConfigurationReportsAllItsFaultsAtOnce(t *testing.T) {
	_, err := mailer.New(mailer.Config{Port: 70000, TLS: "maybe", Password: "x", DKIM: []mailer.Key{{}}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"SMTP host", "70000", "maybe", "user name", "DKIM"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in %v", want, err)
		}
	}
}
