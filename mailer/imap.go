package mailer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// IMAP is a mailbox on a server.
type IMAP struct {
	Server   string // HOST:PORT
	Implicit bool   // TLS from the first byte; else STARTTLS. Without TLS only this machine is spoken to
	Username string
	Password Secret
	Mailbox  string         // "INBOX"
	Done     string         // mailbox that what was read is moved to, made where it is not there; empty: it stays, marked as seen
	RootCAs  *x509.CertPool // nil: the system's
	Timeout  time.Duration  // of each command; 0: a minute
}

// ParseIMAP reads the address of a mailbox: imaps://USER@HOST[:PORT][/MAILBOX], or imap:// for STARTTLS. An @ within the user is
// written %40. A password does not belong into it.
func ParseIMAP(address string) (IMAP, error) {
	fail := func(what string) (IMAP, error) {
		return IMAP{}, fmt.Errorf("%s: write imaps://USER@HOST/INBOX, with %%40 for an @ of the user", what)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil: // its words would repeat the address
		return fail("the address of the mailbox cannot be read")
	case u.Scheme != "imaps" && u.Scheme != "imap":
		return fail(fmt.Sprintf("the address of the mailbox begins with %q", u.Scheme+":"))
	case u.Hostname() == "":
		return fail("the address of the mailbox names no server")
	case u.User.Username() == "":
		return fail("the address of the mailbox names no user")
	case u.RawQuery != "" || u.Fragment != "":
		return fail("the address of the mailbox ends in something else")
	}
	if _, has := u.User.Password(); has {
		return IMAP{}, errors.New("the address of the mailbox holds a password: addresses are logged; set the password by itself")
	}
	m := IMAP{Implicit: u.Scheme == "imaps", Username: u.User.Username(), Mailbox: strings.TrimPrefix(u.Path, "/")}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "993", false: "143"}[m.Implicit]
	}
	m.Server = net.JoinHostPort(u.Hostname(), port)
	if m.Mailbox == "" {
		m.Mailbox = "INBOX"
	}
	return m, nil
}

// Each hands over the mails that nobody has seen, the oldest first, and marks each one that take returned no error for. Of
// a mail the first ReportLimit octets are fetched. Nothing is deleted. A connection that is lost in between leaves the mail as it was: it is
// handed over again. An error of take ends the reading.
func (m IMAP) Each(ctx context.Context, take func(ctx context.Context, raw io.Reader) error) (err error) {
	c, err := m.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	uids, err := c.unseen()
	if err != nil {
		return err
	}
	if m.Done != "" && len(uids) > 0 {
		if err := c.prepare(); err != nil {
			return err
		}
	}
	for _, uid := range uids {
		raw, err := c.fetch(uid)
		if err != nil {
			return err
		}
		if raw == nil {
			continue // moved away meanwhile
		}
		if err := take(ctx, bytes.NewReader(raw)); err != nil {
			return err
		}
		if err := c.mark(uid); err != nil {
			return err
		}
	}
	return nil
}

// Check signs in and opens the mailbox, and leaves everything as it is.
func (m IMAP) Check(ctx context.Context) error {
	c, err := m.connect(ctx)
	if err != nil {
		return err
	}
	c.close()
	return nil
}

// mailbox is one that is opened.
type mailbox struct {
	IMAP
	ctx    context.Context
	conn   net.Conn
	client *imapclient.Client
}

// connect opens the mailbox. It speaks in clear with this machine only.
func (m IMAP) connect(ctx context.Context) (*mailbox, error) {
	if m.Timeout <= 0 {
		m.Timeout = time.Minute
	}
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, fmt.Errorf("mailbox server %q: write HOST:PORT", m.Server)
	}
	c := &mailbox{IMAP: m, ctx: ctx}
	dialling, cancel := context.WithTimeout(ctx, m.Timeout)
	defer cancel()
	var d net.Dialer
	if c.conn, err = d.DialContext(dialling, "tcp", m.Server); err != nil {
		return nil, c.fault("connect", err)
	}
	settings := &tls.Config{ServerName: host, RootCAs: m.RootCAs, MinVersion: tls.VersionTLS12}
	err = c.step("begin TLS", func() error {
		switch {
		case m.Implicit:
			encrypted := tls.Client(c.conn, settings)
			if err := encrypted.HandshakeContext(dialling); err != nil {
				return err
			}
			c.client = imapclient.New(encrypted, nil)
		case onThisMachine(c.conn):
			c.client = imapclient.New(c.conn, nil)
		default:
			var err error
			c.client, err = imapclient.NewStartTLS(c.conn, &imapclient.Options{TLSConfig: settings})
			return err
		}
		return c.client.WaitGreeting()
	})
	if err == nil {
		err = c.step("sign in as "+m.Username, c.signIn)
	}
	if err == nil {
		err = c.step("open "+m.Mailbox, func() error {
			_, err := c.client.Select(m.Mailbox, nil).Wait()
			return err
		})
	}
	if err != nil {
		c.conn.Close()
		return nil, err
	}
	return c, nil
}

// onThisMachine tells whether both ends of a connection are here, whatever name was dialled.
func onThisMachine(conn net.Conn) bool {
	a, ok := conn.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

func (c *mailbox) signIn() error {
	if c.client.State() == imap.ConnStateAuthenticated {
		return errors.New("the server takes us for somebody before we said who we are")
	}
	caps := c.client.Caps()
	switch {
	case caps.Has(imap.AuthCap(sasl.Plain)):
		return c.client.Authenticate(sasl.NewPlainClient("", c.Username, string(c.Password)))
	case caps.Has(imap.CapLoginDisabled):
		return errors.New("the server takes no password here")
	}
	return c.client.Login(c.Username, string(c.Password)).Wait()
}

func (c *mailbox) unseen() (uids []imap.UID, err error) {
	err = c.step("search", func() error {
		found, err := c.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
		if err == nil {
			uids = found.AllUIDs()
			slices.Sort(uids)
		}
		return err
	})
	return uids, err
}

// fetch gives the beginning of a mail; nil: it is not there any more.
func (c *mailbox) fetch(uid imap.UID) (raw []byte, err error) {
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: ReportLimit}}
	err = c.step("fetch", func() error {
		got, err := c.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part}}).Collect()
		for _, mail := range got {
			if mail.UID == uid && len(mail.BodySection) > 0 {
				raw = mail.BodySection[0].Bytes
			}
		}
		return err
	})
	return raw, err
}

// prepare looks after the mailbox that mails are moved to. A server that can move only by deleting all that is marked as deleted,
// mails of others among it, is not asked to.
func (c *mailbox) prepare() error {
	if caps := c.client.Caps(); !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return fmt.Errorf("mailbox server %s cannot move single mails (it has neither MOVE nor UIDPLUS): leave them where they are, marked as seen", c.Server)
	}
	return c.step("make "+c.Done, func() error {
		_, err := c.client.Status(c.Done, &imap.StatusOptions{UIDNext: true}).Wait()
		if answer := new(imap.Error); errors.As(err, &answer) {
			return c.client.Create(c.Done, nil).Wait()
		}
		return err
	})
}

func (c *mailbox) mark(uid imap.UID) error {
	err := c.step("mark as seen", func() error {
		return c.client.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	})
	if err != nil || c.Done == "" {
		return err
	}
	return c.step("move to "+c.Done, func() error {
		_, err := c.client.Move(imap.UIDSetNum(uid), c.Done).Wait()
		return err
	})
}

func (c *mailbox) close() {
	_ = c.step("sign out", func() error { return c.client.Logout().Wait() })
	c.conn.Close()
}

// step does something within the timeout; after it, or when the context ends, the connection is closed, so that no wait lasts.
func (c *mailbox) step(what string, do func() error) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.Timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.conn.Close() })
	err := do()
	if !stop() && err != nil {
		err = ctx.Err()
	}
	if err != nil {
		return c.fault(what, err)
	}
	return nil
}

// fault names the server and what was being done, never the password.
func (c *mailbox) fault(what string, err error) error {
	if p := string(c.Password); p != "" && strings.Contains(err.Error(), p) {
		err = errors.New(strings.ReplaceAll(err.Error(), p, "***"))
	}
	return fmt.Errorf("mailbox server %s: %s: %w", c.Server, what, err)
}
