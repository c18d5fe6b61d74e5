package mailer_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"fortnight/mailer"
)

const mailPassword = "open sesame"

// mailServer serves a user's INBOX on loopback.
func mailServer(t *testing.T, settings *tls.Config, implicit bool, caps ...imap.Cap) (address string, user *imapmemserver.User) {
	t.Helper()
	user = imapmemserver.NewUser("desk@digest.example", mailPassword)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	offered := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		offered[c] = struct{}{}
	}
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: offered, TLSConfig: settings, InsecureAuth: settings == nil, Logger: silent{},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, settings)
	}
	ended := make(chan struct{})
	go func() {
		_ = s.Serve(l) // until it is closed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-ended
	})
	return address, user
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// put lays mails into a mailbox.
func put(t *testing.T, user *imapmemserver.User, mailbox string, mails ...string) {
	t.Helper()
	for _, m := range mails {
		if _, err := user.Append(mailbox, literal{strings.NewReader(m), int64(len(m))}, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// look signs in beside, and lists a mailbox: "text" or "text seen".
func look(t *testing.T, address, mailbox string) (all []string) {
	t.Helper()
	c, err := imapclient.DialInsecure(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login("desk@digest.example", mailPassword).Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := c.Select(mailbox, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if box.NumMessages == 0 {
		return nil
	}
	mails, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{Flags: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		text := string(m.BodySection[0].Bytes)
		if slices.Contains(m.Flags, imap.FlagSeen) {
			text += " seen"
		}
		all = append(all, text)
	}
	return all
}

func mailboxAt(address string) mailer.IMAP {
	return mailer.IMAP{Server: address, Username: "desk@digest.example", Password: mailPassword, Mailbox: "INBOX", Timeout: 20 * time.Second}
}

func TestOfAMailboxTheUnseenAreReadAndMarked(t *testing.T) {
	address, user := mailServer(t, nil, false, imap.CapMove)
	put(t, user, "INBOX", "A: 1\r\n\r\none", "A: 2\r\n\r\ntwo")
	if got := takeAll(t, mailboxAt(address)); !slices.Equal(got, []string{"A: 1\r\n\r\none", "A: 2\r\n\r\ntwo"}) {
		t.Errorf("got %q", got)
	}
	put(t, user, "INBOX", "A: 3\r\n\r\nthree")
	if got := takeAll(t, mailboxAt(address)); !slices.Equal(got, []string{"A: 3\r\n\r\nthree"}) {
		t.Errorf("then got %q", got)
	}
	if got := look(t, address, "INBOX"); !slices.Equal(got, []string{"A: 1\r\n\r\none seen", "A: 2\r\n\r\ntwo seen", "A: 3\r\n\r\nthree seen"}) {
		t.Errorf("left is %q", got)
	}
}

func TestOfAMailboxWhatWasReadIsMoved(t *testing.T) {
	for _, offers := range []imap.Cap{imap.CapMove, imap.CapUIDPlus} {
		t.Run(string(offers), func(t *testing.T) {
			address, user := mailServer(t, nil, false, offers)
			m := mailboxAt(address)
			m.Done = "Done"
			put(t, user, "INBOX", "A: 1\r\n\r\none", "A: 2\r\n\r\ntwo")
			if got := takeAll(t, m); len(got) != 2 {
				t.Errorf("got %q", got)
			}
			put(t, user, "INBOX", "A: 3\r\n\r\nthree") // the mailbox is there by now
			if got := takeAll(t, m); len(got) != 1 {
				t.Errorf("then got %q", got)
			}
			if in, done := look(t, address, "INBOX"), look(t, address, "Done"); len(in) != 0 || len(done) != 3 || done[0] != "A: 1\r\n\r\none seen" {
				t.Errorf("left are %q and %q", in, done)
			}
		})
	}
}

func TestAServerThatMovesOnlyByDeletingIsNotAskedTo(t *testing.T) {
	address, user := mailServer(t, nil, false)
	put(t, user, "INBOX", "A: 1\r\n\r\none")
	m := mailboxAt(address)
	m.Done = "Done"
	err := m.Each(t.Context(), func(context.Context, io.Reader) error { t.Error("taken"); return nil })
	if err == nil || !strings.Contains(err.Error(), "neither MOVE nor UIDPLUS") {
		t.Errorf("got %v", err)
	}
	if got := look(t, address, "INBOX"); !slices.Equal(got, []string{"A: 1\r\n\r\none"}) {
		t.Errorf("left is %q", got)
	}
}

func TestOfAMailboxWhatWasNotTakenIsReadAgain(t *testing.T) {
	address, user := mailServer(t, nil, false)
	put(t, user, "INBOX", "A: 1\r\n\r\none", "A: 2\r\n\r\ntwo")
	away := errors.New("the database is away")
	n := 0
	err := mailboxAt(address).Each(t.Context(), func(context.Context, io.Reader) error {
		if n++; n == 2 {
			return away
		}
		return nil
	})
	if !errors.Is(err, away) {
		t.Fatalf("got %v", err)
	}
	if got := takeAll(t, mailboxAt(address)); !slices.Equal(got, []string{"A: 2\r\n\r\ntwo"}) {
		t.Errorf("got %q", got)
	}
}

func TestOfABigMailTheBeginningIsFetched(t *testing.T) {
	address, user := mailServer(t, nil, false)
	put(t, user, "INBOX", "A: 1\r\n\r\n"+strings.Repeat("x", 3<<20))
	if got := takeAll(t, mailboxAt(address)); len(got) != 1 || len(got[0]) != mailer.ReportLimit {
		t.Errorf("got %d mails", len(got))
	}
}

func TestAMailboxIsReadOverTLS(t *testing.T) {
	settings, roots := certified(t)
	for _, implicit := range []bool{true, false} {
		address, user := mailServer(t, settings, implicit)
		put(t, user, "INBOX", "A: 1\r\n\r\none")
		m := mailboxAt(address)
		m.Implicit, m.RootCAs = implicit, roots
		if implicit {
			if got := takeAll(t, m); len(got) != 1 {
				t.Errorf("got %q", got)
			}
			m.RootCAs = nil
			if err := m.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("a certificate of nobody: got %v", err)
			}
			continue
		}
		// On loopback STARTTLS is not asked for, and this server takes no password in clear.
		if err := m.Check(t.Context()); err == nil || strings.Contains(err.Error(), mailPassword) {
			t.Errorf("got %v", err)
		}
	}
}

func TestFaultsOfAMailboxNameTheServerAndNeverThePassword(t *testing.T) {
	address, _ := mailServer(t, nil, false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mute.Close() })
	for name, c := range map[string]struct {
		change func(*mailer.IMAP)
		want   string
	}{
		"a wrong password":     {func(m *mailer.IMAP) { m.Password = "a wrong one" }, "sign in as desk@digest.example"},
		"no such mailbox":      {func(m *mailer.IMAP) { m.Mailbox = "Nowhere" }, "open Nowhere"},
		"nobody listens":       {func(m *mailer.IMAP) { m.Server = closed }, "connect"},
		"it says nothing":      {func(m *mailer.IMAP) { m.Server, m.Timeout = mute.Addr().String(), 100*time.Millisecond }, "begin TLS: context deadline exceeded"},
		"no TLS where it must": {func(m *mailer.IMAP) { m.Implicit = true }, "begin TLS"},
	} {
		m := mailboxAt(address)
		c.change(&m)
		err := m.Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), m.Server) || strings.Contains(err.Error(), string(m.Password)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheAddressOfAMailbox(t *testing.T) {
	for address, want := range map[string]mailer.IMAP{
		"imaps://desk@mail.example/INBOX":              {Server: "mail.example:993", Implicit: true, Username: "desk", Mailbox: "INBOX"},
		"imaps://desk%40digest.example@mail.example":   {Server: "mail.example:993", Implicit: true, Username: "desk@digest.example", Mailbox: "INBOX"},
		"imap://desk@mail.example:1143/Reports/Digest": {Server: "mail.example:1143", Username: "desk", Mailbox: "Reports/Digest"},
		"imaps://desk@[::1]/B%20ounces":                {Server: "[::1]:993", Implicit: true, Username: "desk", Mailbox: "B ounces"},
	} {
		if got, err := mailer.ParseIMAP(address); got != want || err != nil {
			t.Errorf("%s: got %+v, %v", address, got, err)
		}
	}
	for _, wrong := range []string{"", "mail.example", "https://desk@mail.example", "imaps://mail.example", "imaps://desk@/INBOX", "imaps://desk@mail.example/INBOX?done=x", "imaps://desk:hunter2@mail.example/INBOX", "imaps://desk:hunter2@mail.example/%zz"} {
		if got, err := mailer.ParseIMAP(wrong); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %+v, %v", wrong, got, err)
		}
	}
}

// certified gives a certificate for 127.0.0.1, and the authority that signed it.
func certified(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, roots
}
