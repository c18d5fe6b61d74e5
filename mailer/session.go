package mailer

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// session is one connection that is greeted, encrypted and logged in.
type session struct {
	client   *smtp.Client
	conn     net.Conn // below TLS; closing it ends every wait
	out      *bufio.Writer
	pipeline bool // the server takes commands in groups (RFC 2920)
	eightBit bool
	utf8     bool

	used    time.Time // when it was made ready or carried a message
	carried int       // messages
	begun   bool      // a mail transaction was begun and did not end in one: RSET comes first
}

// outBuffer has room for a message without many pictures: it goes out in one piece.
const outBuffer = 32 << 10

// stageError says at which step a connection could not be made. None of these steps concerns a recipient.
type stageError struct {
	stage stage
	err   error
}

type stage string

const (
	stageConnect stage = "connect"
	stageGreet   stage = "greeting"
	stageTLS     stage = "TLS"
	stageLogin   stage = "login"
)

// Causes that are this side's decision, not an answer.
var (
	errNoSTARTTLS  = errors.New("the server offers no STARTTLS")
	errNoAuth      = errors.New("the server offers no login")
	errNoMechanism = errors.New("the server offers no login that keeps the password secret")
)

func (e *stageError) Error() string { return string(e.stage) + ": " + e.err.Error() }
func (e *stageError) Unwrap() error { return e.err }

// dial connects, greets, encrypts and logs in, all within the dial timeout.
func (m *Mailer) dial(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, m.c.Timeouts.Dial)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", m.c.server())
	if err != nil {
		return nil, &stageError{stageConnect, err}
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	s, err := m.open(ctx, conn)
	if !stop() && err == nil {
		err = &stageError{stageConnect, ctx.Err()}
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil { // closing the connection hid the reason
			var at *stageError
			if errors.As(err, &at) {
				at.err = ctx.Err()
			}
		}
		return nil, err
	}
	return s, nil
}

func (m *Mailer) open(ctx context.Context, raw net.Conn) (*session, error) {
	settings := &tls.Config{ServerName: m.c.Host, RootCAs: m.c.RootCAs, MinVersion: tls.VersionTLS12}
	conn := raw
	if m.c.Implicit {
		encrypted := tls.Client(raw, settings)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return nil, &stageError{stageTLS, err}
		}
		conn = encrypted
	}
	client, err := smtp.NewClient(conn, m.c.Host)
	if err != nil {
		return nil, &stageError{stageGreet, err}
	}
	if err := client.Hello(m.c.HELO); err != nil {
		return nil, &stageError{stageGreet, err}
	}
	if m.c.TLS != None && !m.c.Implicit {
		if err := m.startTLS(client, settings); err != nil {
			return nil, &stageError{stageTLS, err}
		}
	}
	if m.c.Username != "" {
		if err := m.login(client); err != nil {
			return nil, &stageError{stageLogin, err}
		}
	}
	s := &session{client: client, conn: raw, out: bufio.NewWriterSize(client.Text.W, outBuffer)}
	s.pipeline, _ = client.Extension("PIPELINING")
	s.eightBit, _ = client.Extension("8BITMIME")
	s.utf8, _ = client.Extension("SMTPUTF8")
	return s, nil
}

// startTLS never falls back: a server that offers TLS and cannot do it is refused under every policy.
func (m *Mailer) startTLS(client *smtp.Client, settings *tls.Config) error {
	if offered, _ := client.Extension("STARTTLS"); !offered {
		if m.c.TLS == Mandatory {
			return errNoSTARTTLS
		}
		return nil
	}
	return client.StartTLS(settings)
}

// login takes the best mechanism that both sides know. Without TLS only those that do not show the password.
func (m *Mailer) login(client *smtp.Client) error {
	offered, list := client.Extension("AUTH")
	if !offered {
		return errNoAuth
	}
	user, password := m.c.Username, string(m.c.Password)
	mechanisms := strings.Fields(strings.ToUpper(list))
	has := func(name string) bool { return slices.Contains(mechanisms, name) }
	_, encrypted := client.TLSConnectionState()
	switch {
	case has("SCRAM-SHA-256"):
		return client.Auth(smtp.ScramSHA256Auth(user, password))
	case has("SCRAM-SHA-1"):
		return client.Auth(smtp.ScramSHA1Auth(user, password))
	case encrypted && has("PLAIN"):
		return client.Auth(smtp.PlainAuth("", user, password, m.c.Host, false))
	case encrypted && has("LOGIN"):
		return client.Auth(smtp.LoginAuth(user, password, m.c.Host, false))
	case has("CRAM-MD5"):
		return client.Auth(smtp.CRAMMD5Auth(user, password))
	}
	return errNoMechanism
}

// alive asks whether an open connection can carry another message: servers close idle ones.
func (s *session) alive(ctx context.Context, within time.Duration) bool {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	ok := s.client.UpdateDeadline(within) == nil && s.client.Reset() == nil
	s.begun = false
	return stop() && ok
}

// flush sends what was written to out.
func (s *session) flush() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	return s.client.Text.W.Flush()
}

// unread is what the server said without being asked.
func (s *session) unread() int { return s.client.Text.R.Buffered() }

// quit says goodbye, as long as the context allows.
func (s *session) quit(ctx context.Context, within time.Duration) {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer stop()
	if s.client.UpdateDeadline(within) == nil {
		_ = s.client.Quit() // a courtesy: the connection ends either way
	}
	s.conn.Close()
}

// what says in words what went wrong on a connection; a server's own words are kept.
func (m *Mailer) what(err error) string {
	var answer *textproto.Error
	var slow net.Error
	var words string
	switch {
	case errors.As(err, &answer):
		words = fmt.Sprintf("%s answered %d %s", m.c.server(), answer.Code, oneLine(answer.Msg))
	case errors.Is(err, context.Canceled):
		words = "stopped while waiting for " + m.c.server()
	case errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &slow) && slow.Timeout()):
		words = "no answer from " + m.c.server() + " in time"
	default:
		var at *stageError
		if errors.As(err, &at) {
			err = at.err // who hears this is told of the stage apart
		}
		words = m.c.server() + ": " + oneLine(err.Error())
	}
	return m.hide(words)
}
