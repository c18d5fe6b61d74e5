package main

import (
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"fortnight/internal/relay"
)

// mailbox serves the INBOX of the user bounces, whose password is hunter2, on loopback.
func mailbox(t *testing.T) (address string, user *imapmemserver.User) {
	t.Helper()
	user = imapmemserver.NewUser("bounces", "hunter2")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}}, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
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
	return l.Addr().String(), user
}

// lay puts mails into the INBOX.
func lay(t *testing.T, user *imapmemserver.User, mails ...string) {
	t.Helper()
	for _, m := range mails {
		m = strings.ReplaceAll(m, "\n", "\r\n")
		if _, err := user.Append("INBOX", sized{strings.NewReader(m)}, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

type sized struct{ *strings.Reader }

// kept counts the mails of a mailbox.
func kept(t *testing.T, user *imapmemserver.User, name string) uint32 {
	t.Helper()
	box, err := user.Status(name, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		t.Fatal(err)
	}
	return *box.NumMessages
}

// pipe runs the program with a mail on its standard input.
func (p *place) pipe(t *testing.T, mail string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	for _, name := range slices.Sorted(maps.Keys(p.env)) {
		cmd.Env = append(cmd.Env, name+"="+p.env[name])
	}
	var out, said strings.Builder
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.dir, strings.NewReader(mail), &out, &said
	_ = cmd.Run() // ProcessState has it
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// complaintAbout is an abuse report (RFC 5965) on a message with a return path.
func complaintAbout(path string) string {
	return "From: feedback@provider.example\nTo: abuse@desk.example\nSubject: FW: weekly\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=r\n\n" +
		"--r\nContent-Type: text/plain\n\nA complaint.\n--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: provider/1\nVersion: 1\nOriginal-Mail-From: <" + path + ">\n--r--\n"
}

func autoReplyTo(path string) string {
	return "Return-Path: <>\nFrom: Reader <reader@desk.example>\nTo: <" + path + ">\nSubject: Out of office: weekly\nAuto-Submitted: auto-replied\n\nBack on Monday.\n"
}

func TestPromise10WhatComesBackIsToldApartByASignedReturnPath(t *testing.T) {
	t.Parallel()
	const readers = 9
	r := unruly(t, relay.Options{Rules: []relay.Rule{{Name: "lost answer", To: readerAt(0), Tries: 1, At: relay.End, Drop: true}}})
	p := newDesk(t, r.Addr(), manyReaders(readers))
	p.env["FORTNIGHT_BOUNCE_ADDRESS"], p.env["FORTNIGHT_RETRY"] = "bounces@desk.example", "1s"
	x, _ := p.serve(t)
	p.awaitDone(t, 1, x)
	if _, code := x.end(t, syscall.SIGTERM); code != 0 {
		t.Fatalf("it ended with %d:\n%s", code, &x.err)
	}

	// One return path a delivery, the same at its second attempt.
	path := map[string]string{}
	seen := map[string]bool{}
	for _, c := range r.Ledger().Copies {
		if before, again := path[c.To]; again && before != c.ReturnPath {
			t.Errorf("%s: first %s, then %s", c.To, before, c.ReturnPath)
		} else if !again && seen[c.ReturnPath] || !strings.HasPrefix(c.ReturnPath, "bounces+") || !strings.HasSuffix(c.ReturnPath, "@desk.example") {
			t.Errorf("%s: %s", c.To, c.ReturnPath)
		}
		path[c.To], seen[c.ReturnPath] = c.ReturnPath, true
	}
	if len(path) != readers || len(seen) != readers || len(r.Ledger().To(readerAt(0))) != 2 {
		t.Fatalf("%d readers, %d return paths; the first has %d copies", len(path), len(seen), len(r.Ledger().To(readerAt(0))))
	}
	forged := func(to string) string { // another delivery's id under this one's signature
		a, b := path[to], path[readerAt(8)]
		return b[:len("bounces+")+13] + a[len("bounces+")+13:]
	}

	var read bounceSum
	var became []string
	note := func(stdout string) {
		t.Helper()
		lines, sum := linesOf(t, stdout)
		for _, l := range lines {
			became = append(became, fmt.Sprintf("%s: %s %s, %s", l.Subscriber, l.Kind, l.Status, l.Done))
		}
		read.Reports += sum.Reports
		read.Forged += sum.Forged
		read.NoToken += sum.NoToken
	}
	count := func() (n int) {
		t.Helper()
		if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.bounces").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	// A Maildir; while the database is away all stays as it is.
	dir := filepath.Join(p.dir, "Maildir")
	deliver(t, dir, "1", hardBounce(path[readerAt(1)]))
	deliver(t, dir, "2", statusReport(path[readerAt(2)], "failed", "5.2.2", "552 5.2.2 the mailbox is full"))
	deliver(t, dir, "3", statusReport(path[readerAt(3)], "delayed", "4.4.1", "no answer"))
	deliver(t, dir, "4", statusReport(strings.ToUpper(path[readerAt(4)]), "failed", "5.7.1", "550 5.7.1 refused by policy"))
	deliver(t, dir, "5", hardBounce(forged(readerAt(0))))
	deliver(t, dir, "6", hardBounce("bounces@desk.example"))
	deliver(t, dir, "7", hardBounce(path[readerAt(1)])) // the first one, delivered twice
	database := p.env["FORTNIGHT_DATABASE_URL"]
	p.env["FORTNIGHT_DATABASE_URL"] = "postgres://nobody:hunter2@127.0.0.1:1/nowhere"
	if code, stdout, stderr := p.run(t, "bounces", "--maildir", dir); code != 1 {
		t.Errorf("without a database: exit code %d\n%s%s", code, stdout, stderr)
	}
	for _, args := range [][]string{{"bounces", "-"}, {"bounces", "-", "--json"}} {
		if code, stdout, stderr := p.pipe(t, complaintAbout(path[readerAt(5)]), args...); code != 75 || strings.Contains(stderr, "hunter2") {
			t.Errorf("without a database, from a pipe: exit code %d\n%s%s", code, stdout, stderr)
		}
	}
	p.env["FORTNIGHT_DATABASE_URL"] = database
	if left, err := os.ReadDir(filepath.Join(dir, "new")); err != nil || len(left) != 7 {
		t.Errorf("%d mails are left, %v", len(left), err)
	}
	note(p.must(t, "bounces", "--maildir", dir, "--json"))
	if left, err := os.ReadDir(filepath.Join(dir, "cur")); err != nil || len(left) != 7 {
		t.Errorf("%d mails are kept, %v", len(left), err)
	}

	// A pipe.
	for _, mail := range []string{complaintAbout(path[readerAt(5)]), autoReplyTo(path[readerAt(6)]), "no mail at all"} {
		code, stdout, stderr := p.pipe(t, mail, "bounces", "-", "--json")
		if code != 0 {
			t.Errorf("from a pipe: exit code %d\n%s", code, stderr)
		}
		note(stdout)
	}

	// A mailbox: by the command, and by serve.
	address, user := mailbox(t)
	p.env["FORTNIGHT_BOUNCE_IMAP"], p.env["FORTNIGHT_BOUNCE_PASSWORD"] = "imap://bounces@"+address+"/INBOX", "hunter2"
	lay(t, user, hardBounce(path[readerAt(7)]), complaintAbout(forged(readerAt(0))))
	note(p.must(t, "bounces", "--imap", "--done", "Done", "--json"))
	if in, done := kept(t, user, "INBOX"), kept(t, user, "Done"); in != 0 || done != 2 {
		t.Errorf("the mailbox holds %d, and Done %d", in, done)
	}
	lay(t, user, statusReport(path[readerAt(8)], "failed", "4.4.7", "given up after five days"))
	x, web := p.serve(t)
	await(t, "a report that serve reads", 20*time.Second, func() bool { return count() == 8 })
	await(t, "the report among the metrics", 5*time.Second, func() bool {
		_, page := ask(t, "GET", web+"/metrics", "")
		return strings.Contains(page, `fortnight_reports_total{kind="soft"} 1`)
	})
	if _, code := x.end(t, syscall.SIGTERM); code != 0 || strings.Contains(x.err.String(), "hunter2") {
		t.Errorf("serve ended with %d:\n%s", code, &x.err)
	}

	want := []string{
		readerAt(1) + ": hard 5.1.1, no more mail: hard bounce 5.1.1",
		readerAt(2) + ": soft 5.2.2, noted",
		readerAt(3) + ": delayed 4.4.1, noted",
		readerAt(4) + ": hard 5.7.1, noted",
		": hard 5.1.1, left alone: its token is forged or cut",
		": hard 5.1.1, left alone: it names no delivery",
		readerAt(1) + ": hard 5.1.1, no more mail: hard bounce 5.1.1",
		readerAt(5) + ": complaint , no more mail: complaint; unsubscribed",
		readerAt(6) + ": ignored , noted",
		": ignored , left alone: it names no delivery",
		readerAt(7) + ": hard 5.1.1, no more mail: hard bounce 5.1.1",
		": complaint , left alone: its token is forged or cut",
	}
	if !slices.Equal(became, want) {
		t.Errorf("the reports became\n%s\nwant\n%s", strings.Join(became, "\n"), strings.Join(want, "\n"))
	}

	// A second reading of the same mails changes nothing.
	for _, name := range []string{"1", "2", "3", "4", "5", "6"} {
		if err := os.Rename(filepath.Join(dir, "cur", name+":2,S"), filepath.Join(dir, "new", name)); err != nil {
			t.Fatal(err)
		}
	}
	p.must(t, "bounces", "--maildir", dir)
	if n := count(); n != 8 {
		t.Errorf("the ledger holds %d reports, want 8", n)
	}
	stopped := map[string]string{}
	lines, err := p.books().Subscribers(t.Context(), "desk/weekly")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range lines {
		if !s.Gets() {
			stopped[s.Address] = s.Suppressed
		}
	}
	if want := map[string]string{readerAt(1): "hard bounce 5.1.1", readerAt(5): "complaint", readerAt(7): "hard bounce 5.1.1"}; !maps.Equal(stopped, want) {
		t.Errorf("mail stopped to %v, want %v", stopped, want)
	}
	figures(t, "%d readers, %d copies, %d return paths (the same at both attempts of one delivery); %d reports read from a Maildir, a pipe and a mailbox: 8 noted once, of one twice; hard 3 (5.7.1 among them), soft 2, delayed 1, complaint 1, ignored 1; %d of forged tokens and %d without changed nothing; mail stopped to %d; database away: exit 75, 0 mails marked",
		readers, len(r.Ledger().Copies), len(seen), read.Reports+1, read.Forged, read.NoToken, len(stopped))
}

// readerAt is the address of one of manyReaders.
func readerAt(i int) string { return fmt.Sprintf("reader%02d@desk.example", i) }
