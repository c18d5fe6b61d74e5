package collectors

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// What a probe tries, each in words that the doctor, the console and the API say alike. The order is that of a page: how Fortnight is
// connected, what it may do, whether all is there, how a period is found, how new the newest row is.

// renewal is how long before its end a certificate is named.
const renewal = 14 * 24 * time.Hour

// encryption tells whether the way to the server is encrypted. It asks this end of the connection: behind a pooler, pg_stat_ssl tells of
// the pooler's own.
func (s *Source) encryption(conn net.Conn) digest.Check {
	check := digest.Check{Key: "tls", Verdict: digest.CheckWell}
	secure, encrypted := conn.(*tls.Conn)
	if !encrypted {
		check.Title = "Connects without TLS"
		at := addressOf(conn)
		if at == nil || at.IsLoopback() {
			check.Text = "The server is on this machine: nothing leaves it."
			return check
		}
		check.Verdict, check.Text = digest.CheckMend, "Whoever is on the way to the server can read what people wrote, and their names."
		if at.IsPrivate() {
			check.Verdict, check.Text = digest.CheckNote, "The server is in a private network: whoever listens there can read what people wrote, and their names."
		}
		check.Remedy = "Write sslmode=verify-full in the source's address, and switch ssl on at the server where it is off."
		return check
	}
	state := secure.ConnectionState()
	check.Title, check.Text = "Connects with TLS", tls.VersionName(state.Version)
	if len(state.PeerCertificates) > 0 {
		ends := state.PeerCertificates[0].NotAfter
		check.Text += fmt.Sprintf(", and the server's certificate is valid until %s", day(ends))
		if left := ends.Sub(s.now()); left < renewal {
			check.Verdict, check.Remedy = digest.CheckMend, "Have the server's certificate renewed."
			if left <= 0 {
				check.Text = fmt.Sprintf("%s, but the server's certificate has not been valid since %s", tls.VersionName(state.Version), day(ends))
			}
		}
	}
	check.Text += "."
	if len(state.VerifiedChains) == 0 && !s.verifies() {
		check.Title += ", but does not ask with whom"
		if check.Verdict == digest.CheckWell {
			check.Verdict = digest.CheckNote
			check.Remedy = "sslmode=verify-full has the certificate checked, where this machine trusts its authority or sslrootcert names it."
		}
	}
	return check
}

// verifies tells whether a certificate is held against an authority: verify-ca does so in a function of its own.
func (s *Source) verifies() bool {
	c := s.config.TLSConfig
	return c != nil && (!c.InsecureSkipVerify || c.VerifyPeerCertificate != nil)
}

// addressOf is the server's; nil for a socket of this machine.
func addressOf(conn net.Conn) net.IP {
	if at, tcp := conn.RemoteAddr().(*net.TCPAddr); tcp {
		return at.IP
	}
	return nil
}

// rights tells whether the user may do more than it needs to.
func (s *Source) rights(writes bool, tables int) digest.Check {
	check := digest.Check{
		Key: "rights", Verdict: digest.CheckWell, Title: "May only read",
		Text: fmt.Sprintf("Role %s has SELECT on %s.", s.config.User, counted(tables, "table")),
	}
	if writes {
		check.Verdict, check.Title = digest.CheckNote, "Could write"
		check.Text = fmt.Sprintf("Role %s may change the platform's tables. Fortnight never does: it reads in transactions that are read-only.", s.config.User)
		check.Remedy = "SELECT would do: give it a role of its own."
	}
	return check
}

// shape tells whether the tables and columns that the mappings read are there.
func (s *Source) shape(l lack) digest.Check {
	check := digest.Check{
		Key: "columns", Verdict: digest.CheckWell, Title: "All columns are there",
		Text: counted(l.tables, "table") + ", " + counted(l.columns, "column") + ".",
	}
	switch {
	case len(l.required) > 0:
		check.Verdict, check.Title = digest.CheckMend, counted(len(l.required), "table or column", "tables or columns")+" cannot be read"
		check.Text = few(l.required) + "."
		check.Remedy = fmt.Sprintf("Check the platform's version, and GRANT SELECT to %s.", s.config.User)
	case len(l.optional) > 0:
		check.Title = "All that is needed is there"
		check.Text += " Not there, and not needed by every figure: " + few(l.optional) + "."
	}
	return check
}

// questionsRefused tells of queries and relations that the server refuses.
func questionsRefused(faults []Fault) digest.Check {
	check := digest.Check{
		Key: "questions", Verdict: digest.CheckMend, Title: "The server refuses " + counted(len(faults), "question"),
		Remedy: "Check that the platform is of a version listed in docs/platforms.md.",
	}
	var said []string
	for _, f := range faults {
		said = append(said, f.Query+": "+strings.TrimSuffix(f.Reason, "."))
	}
	check.Text = strings.Join(said[:min(len(said), 5)], "; ") + "."
	return check
}

// How far behind a standby is before it is said: replay by the second is usual.
const lagging = 5 * time.Minute

// freshness tells how new the newest row is, and how far a standby is behind. What a tenant's silence is held against is told at
// sinceLong.
func (s *Source) freshness(ctx context.Context, tx pgx.Tx, standby bool) (check digest.Check, newestAt time.Time, err error) {
	check = digest.Check{Key: "fresh", Verdict: digest.CheckWell, Title: "Fresh"}
	now := s.now()
	newest, err := s.instant(ctx, tx, s.platform.newest, pgx.NamedArgs{"tenant": s.tenant, "to": now})
	if err != nil {
		if ctx.Err() != nil {
			return check, time.Time{}, err
		}
		check.Verdict, check.Title, check.Text = digest.CheckMend, "The newest message cannot be found", sentenceOf(reason(err, s.patience))
		return check, time.Time{}, nil
	}
	if newest == nil {
		check.Verdict, check.Title, check.Text = digest.CheckNote, "No message yet", "The tenant has none: figures will be 0."
		return check, time.Time{}, nil
	}
	age := now.Sub(*newest)
	check.Text = fmt.Sprintf("The newest message is %s old.", span(age))
	if replayed := s.replayed(ctx, tx); !replayed.IsZero() && now.Sub(replayed) > lagging {
		check.Verdict, check.Title = digest.CheckMend, "The standby is "+span(now.Sub(replayed))+" behind"
		check.Remedy = "Look at its replication. Editions wait for the days that it has not yet."
		return check, *newest, nil
	}
	if standby {
		check.Text += " It is a standby, and keeps up."
	}
	if age <= sinceLong {
		return check, *newest, nil
	}
	usual, known, err := s.usualSilence(ctx, tx, digest.Ask{}, *newest, now)
	switch {
	case err != nil || !known:
		check.Title = "Newest message"
		if age > pastOfDesk {
			check.Verdict = digest.CheckNote
		}
	case age > usual:
		check.Verdict, check.Title = digest.CheckNote, "Silent for longer than usual"
		check.Text += fmt.Sprintf(" In the four weeks before it, the longest silence was %s.", span(usual))
		check.Remedy = "Look whether the platform, or the copy of its database that is read here, has stopped. An edition waits for days that may not be whole."
	default:
		check.Title = "As fresh as usual"
		check.Text += fmt.Sprintf(" Silences of up to %s are usual.", span(usual))
	}
	return check, *newest, nil
}

// span is "40 s", "12 min", "3 h 20 min", "4 days".
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		if m := int(d.Minutes()) % 60; m > 0 {
			return fmt.Sprintf("%d h %d min", int(d.Hours()), m)
		}
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return thousands(int64(d.Hours()/24)) + " days"
}

// counted is "1 table", "14 tables".
func counted(n int, one string, many ...string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(int64(n)) + " " + append(many, one+"s")[0]
}

// thousands is "3,412,000".
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// few names the first of many.
func few(names []string) string {
	if len(names) > 8 {
		names = append(slices.Clone(names[:7]), counted(len(names)-7, "more", "more"))
	}
	return strings.Join(names, ", ")
}

func sentenceOf(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
