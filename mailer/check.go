package mailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"syscall"
)

// Check makes a connection as Send would, without sending: it connects, greets, encrypts, logs in and takes its leave.
// Its error names the server and what to mend, never the password.
func (m *Mailer) Check(ctx context.Context) error {
	s, err := m.dial(ctx)
	if err != nil {
		return &CheckError{Server: m.c.server(), Problem: m.what(err), Remedy: m.remedy(err), cause: err}
	}
	defer s.quit(ctx, m.c.Timeouts.Dial)
	if err := s.client.UpdateDeadline(m.c.Timeouts.Dial); err != nil {
		return err
	}
	if err := s.client.Noop(); err != nil {
		return &CheckError{Server: m.c.server(), Problem: m.what(err), Remedy: "look into the server's log", cause: err}
	}
	return nil
}

// CheckError says what is wrong with a mail server and what to do.
type CheckError struct {
	Server  string // HOST:PORT
	Problem string // names the server
	Remedy  string
	cause   error
}

func (e *CheckError) Error() string {
	if strings.HasPrefix(e.Problem, e.Server) {
		return fmt.Sprintf("mail server %s: %s", e.Problem, e.Remedy)
	}
	return fmt.Sprintf("mail server %s: %s: %s", e.Server, e.Problem, e.Remedy)
}

func (e *CheckError) Unwrap() error { return e.cause }

func (m *Mailer) remedy(err error) string {
	var at *stageError
	if !errors.As(err, &at) {
		return "look into the server's log"
	}
	switch at.stage {
	case stageConnect:
		return m.remedyConnect(err)
	case stageTLS:
		return m.remedyTLS(err)
	case stageLogin:
		return m.remedyLogin(err)
	}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return "the server refuses this machine: allow its address there, or set another HELO name"
	}
	if m.c.Implicit {
		return "check that this port speaks SMTP in TLS (465)"
	}
	return "check that this port speaks SMTP; a port that begins with TLS is 465"
}

func (m *Mailer) remedyConnect(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("check the SMTP host %q", m.c.Host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens there: check the SMTP port %d (usually 587, or 465), and that the server runs", m.c.Port)
	}
	return "check host, port and that a firewall lets this machine out (providers often close port 25)"
}

func (m *Mailer) remedyTLS(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		plain    tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, errNoSTARTTLS):
		return "turn TLS on there, or use its TLS port (465); only on a network you trust set TLS to opportunistic or none"
	case errors.As(err, &unknown):
		return "its certificate is signed by nobody this machine trusts: install that authority's certificate"
	case errors.As(err, &hostname):
		return fmt.Sprintf("its certificate is for another name: set the SMTP host to a name that the certificate holds, not %q", m.c.Host)
	case errors.As(err, &invalid):
		return "its certificate is not valid now: renew it there, and check this machine's clock"
	case errors.As(err, &plain):
		return "this port does not begin with TLS: use 587, or 465 where the server has it"
	}
	return "the server cannot do TLS 1.2 or newer as it should: look into its log"
}

func (m *Mailer) remedyLogin(err error) string {
	switch {
	case errors.Is(err, errNoAuth):
		return "leave user name and password out, or use its submission port (587)"
	case errors.Is(err, errNoMechanism):
		return "set TLS to mandatory: a password is not sent in clear"
	}
	return fmt.Sprintf("check user name %q and its password", m.c.Username)
}
