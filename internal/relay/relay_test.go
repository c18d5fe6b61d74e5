package relay_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/internal/relay"
)

func start(t testing.TB, o relay.Options) *relay.Relay {
	t.Helper()
	r, err := relay.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// caller is a sender that says each command as it is told.
type caller struct {
	t    testing.TB
	conn net.Conn
	text *textproto.Conn
}

// call connects and waits for the greeting; the error is what came in its place.
func call(t testing.TB, r *relay.Relay) (*caller, error) {
	t.Helper()
	conn, err := net.Dial("tcp", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &caller{t, conn, textproto.NewConn(conn)}
	_, _, err = c.text.ReadResponse(220)
	return c, err
}

func greeted(t testing.TB, r *relay.Relay) *caller {
	t.Helper()
	c, err := call(t, r)
	if err != nil {
		t.Fatal(err)
	}
	c.want(250, "EHLO sender.example")
	return c
}

// say gives the answer's code, its words, or why none came.
func (c *caller) say(line string) (code int, words string, err error) {
	if err := c.text.PrintfLine("%s", line); err != nil {
		return 0, "", err
	}
	return c.text.ReadResponse(0)
}

func (c *caller) want(code int, line string) string {
	c.t.Helper()
	got, words, err := c.say(line)
	if err != nil || got != code {
		c.t.Fatalf("%q is answered %d %s, %v; want %d", line, got, words, err, code)
	}
	return words
}

// encrypt says STARTTLS and trusts the relay's authority, as a sender to a host of that name.
func (c *caller) encrypt(r *relay.Relay, host string) error {
	c.t.Helper()
	c.want(220, "STARTTLS")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(r.Authority())
	secret := tls.Client(c.conn, &tls.Config{ServerName: host, RootCAs: roots})
	if err := secret.HandshakeContext(c.t.Context()); err != nil {
		return err
	}
	c.text = textproto.NewConn(secret)
	c.want(250, "EHLO sender.example")
	return nil
}

const letter = "From: a@x.example\r\nDate: Mon, 30 Mar 2020 08:00:00 +0000\r\nMessage-ID: <%s>\r\nFeedback-ID: SD-2020-W13:weekly:desk:fortnight\r\n\r\nHello %s.\r\n"

// mail does a whole transaction and gives the first answer that is not the good one, or the last one; code 0: none came.
func (c *caller) mail(to string) (code int, words string) {
	for _, line := range []string{"MAIL FROM:<bounces@desk.example>", "RCPT TO:<" + to + ">", "DATA"} {
		code, words, err := c.say(line)
		if err != nil || code >= 400 {
			return code, words
		}
	}
	w := c.text.DotWriter()
	_, err := io.Copy(w, strings.NewReader(fmt.Sprintf(letter, "1."+to, to)+strings.Repeat("x\r\n", 400)))
	if err := errors.Join(err, w.Close()); err != nil {
		return 0, err.Error()
	}
	code, words, err = c.text.ReadResponse(0)
	if err != nil {
		return 0, err.Error()
	}
	return code, words
}

func (c *caller) gone() bool {
	_, _, err := c.say("NOOP")
	return err != nil
}

func TestWhatIsTakenStandsInTheLedger(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 3, 30, 8, 0, 1, 0, time.UTC)
	r := start(t, relay.Options{Keep: true, Now: func() time.Time { return at }})
	c := greeted(t, r)
	for _, to := range []string{"ann@a.example", "bo@b.example", "ann@a.example"} {
		if code, words := c.mail(to); code != 250 {
			t.Fatalf("%s: %d %s", to, code, words)
		}
	}
	l := r.Ledger()
	if r.Taken() != 3 || len(l.Copies) != 3 || len(l.Tries) != 3 || len(l.Connects) != 1 || len(l.Refusals) != 0 {
		t.Fatalf("%+v", l)
	}
	ann := l.To("ann@a.example")
	if len(ann) != 2 || ann[0].MessageID != "1.ann@a.example" || ann[0].ReturnPath != "bounces@desk.example" || ann[1].Try != 2 || !ann[0].At.Equal(at) ||
		ann[0].Date != "Mon, 30 Mar 2020 08:00:00 +0000" || ann[0].Edition() != "SD-2020-W13:weekly:desk:fortnight" || ann[0].Size != len(ann[0].Raw) || ann[0].Secret || ann[0].Lost {
		t.Errorf("Ann has %+v", ann)
	}
	if !strings.HasSuffix(string(ann[0].Raw), "x\r\nx\r\n") {
		t.Errorf("the bytes are %q", ann[0].Raw)
	}
	if lost := l.Lost([]string{"ann@a.example", "cy@c.example"}); !slices.Equal(lost, []string{"cy@c.example"}) {
		t.Errorf("lost are %q", lost)
	}
	if d := l.Doubles(); len(d) != 1 || d[0].Again.Try != 2 || len(l.Unlike()) != 0 {
		t.Errorf("doubles %+v, unlike %+v", d, l.Unlike())
	}
	first := l.First(relay.Copy.Edition)
	if len(first) != 1 || !first[ann[0].Edition()].Equal(at) || len(l.Tried()) != 2 || !l.Tried()["bo@b.example"].Equal(at) {
		t.Errorf("first copies %v, first tries %v", first, l.Tried())
	}
	if l.Most("a.example", time.Second) != 2 || l.Most("", time.Second) != 3 {
		t.Errorf("in a second: %d for one domain, %d for all", l.Most("a.example", time.Second), l.Most("", time.Second))
	}
}

func TestCopiesThatDifferAreFound(t *testing.T) {
	t.Parallel()
	r := start(t, relay.Options{})
	c := greeted(t, r)
	send := func(id, body string) {
		c.want(250, "MAIL FROM:<a@x.example>")
		c.want(250, "RCPT TO:<ann@a.example>")
		c.want(354, "DATA")
		c.want(250, fmt.Sprintf(letter, id, body)+".")
	}
	send("1@x", "one")
	send("1@x", "two")
	if u := r.Ledger().Unlike(); len(u) != 1 || u[0].Before.Sum == u[0].Again.Sum {
		t.Errorf("unlike under one Message-ID: %+v", u)
	}
	send("2@x", "one") // another Message-ID for the same edition
	if u := r.Ledger().Unlike(); len(u) != 2 || u[1].Again.MessageID != "2@x" {
		t.Errorf("unlike with another Message-ID: %+v", u)
	}
}

func TestItBearsHundredsOfMessagesASecond(t *testing.T) {
	t.Parallel()
	const senders, each = 10, 200
	r := start(t, relay.Options{Rules: []relay.Rule{relay.LoseAnswer(0.02), relay.Refuse(0.05, relay.Rcpt, 451, "4.3.0"), relay.Greylist(0.05, time.Nanosecond)}})
	began := time.Now()
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			dial := func() (*caller, error) {
				c, err := call(t, r)
				if err == nil {
					_, _, err = c.say("EHLO sender.example")
				}
				return c, err
			}
			c, err := dial()
			for i := 0; i < each && err == nil; {
				switch code, _ := c.mail(fmt.Sprintf("r%d.%d@d%d.example", s, i, i%5)); code {
				case 250:
					i++
				case 0: // lost: tried again on another connection
					c, err = dial()
				default:
					_, _, err = c.say("RSET")
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	l := r.Ledger()
	lost := 0
	for _, c := range l.Copies {
		if c.Lost {
			lost++
		}
	}
	if len(l.Copies) != senders*each+lost || len(l.Doubles()) != lost || len(l.Unlike()) != 0 {
		t.Errorf("%d copies, %d answers lost, %d doubles", len(l.Copies), lost, len(l.Doubles()))
	}
	t.Logf("figures: %d messages in %s, %.0f a second; %d refused, %d answers lost", len(l.Copies), took.Round(time.Millisecond), float64(len(l.Copies))/took.Seconds(), len(l.Refusals), lost)
}
