package collectors

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// door is a server that answers as PostgreSQL does before anybody is let in: "S" and a certificate or "N" to who asks for TLS, and
// the error that a code and message give to who asks to come in.
type door struct {
	cert          *tls.Certificate
	code, message string
}

func (d door) open(t *testing.T) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go d.answer(conn)
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (d door) answer(conn net.Conn) {
	defer conn.Close()
	for {
		asked, err := pgproto3.NewBackend(conn, conn).ReceiveStartupMessage()
		if err != nil {
			return
		}
		if _, tlsAsked := asked.(*pgproto3.SSLRequest); !tlsAsked {
			break
		}
		if d.cert == nil {
			_, _ = conn.Write([]byte("N"))
			continue
		}
		_, _ = conn.Write([]byte("S"))
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*d.cert}, MinVersion: tls.VersionTLS12})
	}
	if d.code == "" {
		return // without a word
	}
	out, err := (&pgproto3.ErrorResponse{Severity: "FATAL", Code: d.code, Message: d.message}).Encode(nil)
	if err == nil {
		_, _ = conn.Write(out)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// certified makes a certificate for a name, signed by itself, and the file that an sslrootcert names.
func certified(t *testing.T, name string, from, to time.Time) (cert *tls.Certificate, file string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.DNSNames, template.IPAddresses = nil, []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestAServerThatLetsNobodyInIsToldInOurWordsWithTheRemedy(t *testing.T) {
	t.Parallel()
	const user = "postgres://ana:tr0ub4dor@"
	now := time.Now() // crypto/tls asks the clock itself
	good, root := certified(t, "127.0.0.1", now.Add(-time.Hour), now.AddDate(0, 0, 90))
	other, otherRoot := certified(t, "db.example.com", now.Add(-time.Hour), now.AddDate(0, 0, 90))
	old, oldRoot := certified(t, "127.0.0.1", now.AddDate(0, 0, -90), now.AddDate(0, 0, -3))
	for _, c := range []struct {
		name string
		door
		options string
		want    string // after "… as ana: "
	}{
		{"a wrong password", door{code: "28P01", message: `password authentication failed for user "ana"`}, "sslmode=disable", "the server refuses the password (SQLSTATE 28P01); check user and password"},
		{"a role that may not log in", door{code: "28000", message: `role "ana" is not permitted to log in`}, "sslmode=disable", `role "ana" is not permitted to log in (SQLSTATE 28000); check user and password, and that the user may log in`},
		{
			"no line for this host without TLS",
			door{code: "28000", message: `no pg_hba.conf entry for host "10.0.0.5", user "ana", database "support", no encryption`},
			"sslmode=disable",
			`the server lets this user in from here not at all, or with TLS alone: no pg_hba.conf entry for host "10.0.0.5", user "ana", database "support", no encryption (SQLSTATE 28000); write sslmode=verify-full or require, or add a line to the server's pg_hba.conf`,
		},
		{"no database", door{code: "3D000", message: `la base « support » n'existe pas`}, "sslmode=disable", `database "support" does not exist (SQLSTATE 3D000); check the database's name`},
		{"no right to connect", door{code: "42501", message: `permission denied for database "support"`}, "sslmode=disable", `the user may not connect to this database (SQLSTATE 42501); GRANT CONNECT ON DATABASE "support" TO "ana"`},
		{"no connection left", door{code: "53300", message: "sorry, too many clients already"}, "sslmode=disable", "the server has no connection left (SQLSTATE 53300); raise its max_connections, or go through PgBouncer"},
		{"a server that starts", door{code: "57P03", message: "the database system is starting up"}, "sslmode=disable", "the server is starting or stopping (SQLSTATE 57P03); try again in a minute"},
		{"anything else that it says", door{code: "XX000", message: "disk on fire"}, "sslmode=disable", "disk on fire (SQLSTATE XX000); see the server's log"},
		{"one that hangs up", door{}, "sslmode=disable", "the connection was ended before PostgreSQL said a word; check that the port is PostgreSQL's, and what stands between"},
		{"one without TLS", door{}, "sslmode=require", "the server offers no TLS; switch ssl on there, or write sslmode=disable where nobody else is on the way to it"},
		{"no authority that is trusted", door{cert: good}, "sslmode=verify-full", "the server's certificate is of an authority that this machine does not trust; add the authority to this machine's, or name its file with sslrootcert; sslmode=require encrypts and does not ask whom with"},
		{"another's certificate", door{cert: other}, "sslmode=verify-full&sslrootcert=" + otherRoot, "the server's certificate is not for 127.0.0.1, but for db.example.com; write a name that stands in it, or have it issued for this one"},
		{"an old certificate", door{cert: old}, "sslmode=verify-full&sslrootcert=" + oldRoot, "the server's certificate is valid from " + day(now.AddDate(0, 0, -90)) + " to " + day(now.AddDate(0, 0, -3)) + "; have it renewed, or mend this machine's clock"},
		{"a wrong password over TLS", door{cert: good, code: "28P01"}, "sslmode=verify-full&sslrootcert=" + root, "the server refuses the password (SQLSTATE 28P01); check user and password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			at := "127.0.0.1:" + c.open(t) + "/support"
			_, err := Open(t.Context(), "desk", "chatwoot", user+at+"?"+c.options, "1", clock)
			if err == nil || err.Error() != "source desk: cannot connect to "+at+" as ana: "+c.want {
				t.Errorf("it says\n%v, want\n%s", err, c.want)
			}
		})
	}
	_, err := Open(t.Context(), "desk", "chatwoot", user+"nowhere.invalid/support", "1", clock)
	if err == nil || strings.Contains(err.Error(), "tr0ub4dor") || !strings.Contains(err.Error(), "check ") {
		t.Errorf("a host that there is not gives %v", err)
	}
}
