package collectors

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// ConnectFault puts into words why PostgreSQL could not be reached: where it was tried, what is wrong, what to do. The driver's words
// stand in it only where they say more than ours. The cause stays reachable; a server that does not answer is digest.ErrHangs.
func ConnectFault(config *pgx.ConnConfig, err error) error {
	return &connectError{config: config, err: err}
}

type connectError struct {
	config *pgx.ConnConfig
	err    error
}

func (e *connectError) Unwrap() error { return e.err }

// Is tells a server that does not answer: it hangs.
func (e *connectError) Is(target error) bool {
	return target == digest.ErrHangs && pgconn.Timeout(e.err)
}

func (e *connectError) Error() string {
	what, remedy := e.words()
	c := e.config
	return fmt.Sprintf("cannot connect to %s:%d/%s as %s: %s; %s", c.Host, c.Port, c.Database, c.User, what, remedy)
}

// words are what is wrong and what to do. Where several ways were tried (TLS, then plain; several hosts), a server's answer says more
// than silence.
func (e *connectError) words() (what, remedy string) {
	var pg *pgconn.PgError
	switch {
	case errors.Is(e, digest.ErrHangs):
		return fmt.Sprintf("no answer within %s", e.config.ConnectTimeout), "check host and port, whether a firewall stands between, and whether the server is overloaded"
	case errors.As(e.err, &pg):
		return e.refusal(pg)
	}
	if what, remedy := e.mistrust(); what != "" {
		return what, remedy
	}
	return e.silence()
}

// refusal is what the server itself says.
func (e *connectError) refusal(pg *pgconn.PgError) (what, remedy string) {
	c := e.config
	state := fmt.Sprintf(" (SQLSTATE %s)", pg.Code)
	switch pg.Code {
	case "28P01":
		return "the server refuses the password" + state, "check user and password"
	case "28000":
		if !strings.Contains(pg.Message, "pg_hba.conf") { // the file's name is in no language another
			return pg.Message + state, "check user and password, and that the user may log in"
		}
		if c.TLSConfig == nil {
			return "the server lets this user in from here not at all, or with TLS alone: " + pg.Message + state, "write sslmode=verify-full or require, or add a line to the server's pg_hba.conf"
		}
		return "the server lets this user not in from here: " + pg.Message + state, "add a line to the server's pg_hba.conf"
	case "3D000":
		return fmt.Sprintf("database %q does not exist", c.Database) + state, "check the database's name"
	case "42501":
		return "the user may not connect to this database" + state, fmt.Sprintf("GRANT CONNECT ON DATABASE %s TO %s", pgx.Identifier{c.Database}.Sanitize(), pgx.Identifier{c.User}.Sanitize())
	case "53300":
		return "the server has no connection left" + state, "raise its max_connections, or go through PgBouncer"
	case "57P03":
		return "the server is starting or stopping" + state, "try again in a minute"
	}
	return pg.Message + state, "see the server's log"
}

// mistrust is what stands in TLS's way; empty where nothing does.
func (e *connectError) mistrust() (what, remedy string) {
	var (
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(e.err, &name):
		return "the server's certificate is not for " + name.Host + namesOf(name.Certificate), "write a name that stands in it, or have it issued for this one"
	case errors.As(e.err, &authority):
		return "the server's certificate is of an authority that this machine does not trust",
			"add the authority to this machine's, or name its file with sslrootcert; sslmode=require encrypts and does not ask whom with"
	case errors.As(e.err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's certificate is valid from %s to %s", day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter)), "have it renewed, or mend this machine's clock"
	case errors.As(e.err, &invalid):
		return "the server's certificate cannot be trusted: " + invalid.Error(), "have it issued anew; sslmode=require encrypts and does not ask whom with"
	case strings.Contains(e.err.Error(), "server refused TLS connection"): // the driver has no error of its own for it
		return "the server offers no TLS", "switch ssl on there, or write sslmode=disable where nobody else is on the way to it"
	case strings.Contains(e.err.Error(), "tls error"):
		return "no TLS could be agreed on: " + last(e.err), "check which versions of TLS the server offers"
	}
	return "", ""
}

func namesOf(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return ""
	}
	return ", but for " + strings.Join(names[:min(len(names), 5)], ", ")
}

// silence is that nobody answers at all.
func (e *connectError) silence() (what, remedy string) {
	var dns *net.DNSError
	const way = "check host and port, and that PostgreSQL accepts connections from here"
	switch {
	case errors.As(e.err, &dns) && dns.IsNotFound:
		return "there is no host of this name", "check the host"
	case errors.As(e.err, &dns):
		return "the host's name cannot be looked up now: " + dns.Err, "check this machine's DNS"
	case errors.Is(e.err, syscall.ECONNREFUSED):
		return "nothing listens there, or connections are refused", way
	case errors.Is(e.err, syscall.ENOENT):
		return "there is no socket of PostgreSQL", "check folder and port, and that the server runs"
	case errors.Is(e.err, syscall.EACCES), errors.Is(e.err, syscall.EPERM):
		return "this machine does not let Fortnight connect there", "check its firewall, or the rights of the socket's folder"
	case errors.Is(e.err, syscall.EHOSTUNREACH), errors.Is(e.err, syscall.ENETUNREACH):
		return "no way leads there", "check the host, and the network between"
	case errors.Is(e.err, syscall.ECONNRESET), errors.Is(e.err, syscall.EPIPE), errors.Is(e.err, io.EOF), errors.Is(e.err, io.ErrUnexpectedEOF):
		return "the connection was ended before PostgreSQL said a word", "check that the port is PostgreSQL's, and what stands between"
	}
	return last(e.err), way
}

// last is the last line of an error's innermost cause: the driver has a line for each way that it tried.
func last(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	tried := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return tried[len(tried)-1]
}

// day is "3 Nov 2026".
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }
