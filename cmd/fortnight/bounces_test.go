package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/ledger"
	"fortnight/mailer"
)

// bouncing is a configuration that takes bounces.
func bouncing(key string) Config {
	return Config{SecretKey: Secret(key), BounceAddress: "bounces@desk.example"}
}

func mustPaths(t *testing.T, c Config) *mailer.Return {
	t.Helper()
	paths, err := c.returnPaths()
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// notes is a ledger that knows the deliveries up to 10 and keeps what it is told.
type notes struct {
	noted []int64
	away  error
}

func (n *notes) Bounced(_ context.Context, delivery int64, _ ledger.Bounce) (bool, error) {
	if n.away != nil {
		return false, n.away
	}
	if delivery <= 10 {
		n.noted = append(n.noted, delivery)
	}
	return delivery <= 10, nil
}

func (n *notes) Addressee(_ context.Context, delivery int64) (ledger.Addressee, bool, error) {
	a := ledger.Addressee{Edition: 7, Label: "SD-2020-W13", Digest: "desk/weekly", Address: "ann@desk.example"}
	if delivery == 1 {
		a.Suppressed = "hard bounce 5.1.1"
	}
	return a, true, nil
}

// hardBounce is a report to a return path.
func hardBounce(path string) string {
	return statusReport(path, "failed", "5.1.1", "550 5.1.1 no such user")
}

func statusReport(path, action, status, diagnostic string) string {
	return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.desk.example\nTo: <" + path + ">\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: text/plain\n\nA report.\n--r\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; mx.desk.example\n\nFinal-Recipient: rfc822; somebody@desk.example\nAction: " + action + "\nStatus: " + status + "\nDiagnostic-Code: smtp; " + diagnostic + "\n--r--\n"
}

func TestOnlyASignedTokenReachesTheLedger(t *testing.T) {
	ours, others := mustPaths(t, bouncing("a key of the tests; long enough")), mustPaths(t, bouncing("somebody else's key as long as ours"))
	for _, c := range []struct {
		name, mail, token, done string
		noted                   []int64
	}{
		{"a return path of ours", hardBounce(ours.Path(1)), "ours", "no more mail: hard bounce 5.1.1", []int64{1}},
		{"in capitals", strings.ToUpper(hardBounce(ours.Path(2))), "ours", "noted", []int64{2}},
		{"of a delivery that was forgotten", hardBounce(ours.Path(11)), "gone", "left alone: its delivery is not kept any more", nil},
		{"signed by somebody else", hardBounce(others.Path(1)), "forged", "left alone: its token is forged or cut", nil},
		{"without a token", hardBounce("bounces@desk.example"), "none", "left alone: it names no delivery", nil},
		{"forged in the head, ours in the returned message", hardBounce(others.Path(3)) + "X-Copy-Of: <" + ours.Path(3) + ">", "forged", "left alone: its token is forged or cut", nil},
		{"a forged one before ours", strings.Replace(hardBounce(ours.Path(4)), "To:", "Delivered-To: "+others.Path(3)+"\nTo:", 1), "ours", "noted", []int64{4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			books := &notes{}
			var lines []bounceLine
			r := bounceReader{ours, books, func(l bounceLine) error { lines = append(lines, l); return nil }}
			if err := r.take(t.Context(), strings.NewReader(c.mail)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(books.noted, c.noted) || len(lines) != 1 || lines[0].Token != c.token || lines[0].Done != c.done {
				t.Errorf("noted %v, %+v", books.noted, lines)
			}
		})
	}
}

func TestAReportThatTheLedgerDidNotTakeIsNotTold(t *testing.T) {
	paths := mustPaths(t, bouncing("a key of the tests; long enough"))
	away := errors.New("the database is away")
	r := bounceReader{paths, &notes{away: away}, func(l bounceLine) error { t.Errorf("told: %+v", l); return nil }}
	if err := r.take(t.Context(), strings.NewReader(hardBounce(paths.Path(1)))); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}

func TestTokensOutliveARotationOfTheSecret(t *testing.T) {
	before, during, after := mustPaths(t, bouncing("the old key of the tests")), mustPaths(t, bouncing("the new key of the tests, the old key of the tests")), mustPaths(t, bouncing("the new key of the tests"))
	if id, err := during.Delivery(before.Path(5)); id != 5 || err != nil {
		t.Errorf("an old one: got %d, %v", id, err)
	}
	if during.Path(5) != after.Path(5) {
		t.Error("the new key does not sign")
	}
	if _, err := after.Delivery(before.Path(5)); !errors.Is(err, mailer.ErrForged) {
		t.Errorf("the old key was taken away: got %v", err)
	}
}

func TestFaultsOfTheSettingsOfBounces(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   Config
		names []string
	}{
		{"nothing is set", Config{}, nil},
		{"all is set", Config{BounceAddress: "bounces@desk.example", BounceIMAP: "imaps://b%40desk.example@mail.desk.example/INBOX", BouncePassword: "hunter2"}, nil},
		{"no address", Config{BounceAddress: "bounces"}, []string{"FORTNIGHT_BOUNCE_ADDRESS"}},
		{"a mailbox without address and password", Config{BounceIMAP: "imaps://b@mail.desk.example"}, []string{"FORTNIGHT_BOUNCE_ADDRESS", "FORTNIGHT_BOUNCE_PASSWORD"}},
		{"a password in the address", Config{BounceAddress: "bounces@desk.example", BounceIMAP: "imaps://b:hunter2@mail.desk.example"}, []string{"FORTNIGHT_BOUNCE_IMAP"}},
	} {
		said := ""
		if err := errors.Join(c.set.bounceFaults()...); err != nil {
			said = err.Error()
		}
		for _, name := range c.names {
			if !strings.Contains(said, name) {
				t.Errorf("%s: %s is not named in %q", c.name, name, said)
			}
		}
		if c.names == nil && said != "" || strings.Contains(said, "hunter2") {
			t.Errorf("%s: got %q", c.name, said)
		}
	}
}

func TestBouncesSaysWhichArgumentIsWrong(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--imap", "-"}, {"--imap", "--maildir", "x"}, {"somewhere"}, {"-", "-"}, {"-", "--watch", "5m"}, {"-", "--done", "Done"}, {"--imap", "--watch", "5ms"}, {"--imap", "--watch", "-5m"},
	} {
		code, stdout, stderr := fortnight(t, append([]string{"bounces"}, args...)...)
		if code != 2 || stdout != "" || stderr == "" {
			t.Errorf("%q: exit code %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

func TestServeLooksIntoItsMailboxAgainAndAgain(t *testing.T) {
	address, user := mailbox(t)
	paths := mustPaths(t, bouncing("a key of the tests; long enough"))
	cfg := bouncing("a key of the tests; long enough")
	cfg.BounceIMAP, cfg.BouncePassword = "imap://bounces@"+address+"/INBOX", "hunter2"
	books, said := &notes{}, &safeBuffer{}
	ctx, stop := context.WithCancel(t.Context())
	told, ended := make(chan string, 10), make(chan error, 1)
	lay(t, user, hardBounce(paths.Path(1)))
	go func() {
		ended <- watchMailbox(ctx, cfg, books, slog.New(slog.NewJSONHandler(said, nil)), 20*time.Millisecond, func(kind string) { told <- kind })
	}()
	for _, next := range []string{hardBounce(paths.Path(2)), ""} {
		select {
		case kind := <-told:
			if kind != "hard" {
				t.Errorf("it is %s", kind)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no report:\n%s", said)
		}
		if next != "" {
			lay(t, user, next)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !slices.Equal(books.noted, []int64{1, 2}) || strings.Contains(said.String(), "hunter2") || strings.Contains(said.String(), "ann@") {
		t.Errorf("noted %v, logged:\n%s", books.noted, said)
	}
}

func TestAMailboxThatCannotBeReadIsLoggedAndTriedAgain(t *testing.T) {
	cfg := bouncing("a key of the tests; long enough")
	cfg.BounceIMAP, cfg.BouncePassword = "imap://bounces@127.0.0.1:1/INBOX", "hunter2"
	said := &safeBuffer{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- watchMailbox(ctx, cfg, &notes{}, slog.New(slog.NewJSONHandler(said, nil)), time.Millisecond, func(string) {})
	}()
	await(t, "two tries", 20*time.Second, func() bool { return strings.Count(said.String(), "reports were not read") > 1 })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := watchMailbox(t.Context(), Config{}, nil, nil, time.Second, nil); err != nil {
		t.Errorf("without a mailbox: %v", err)
	}
}

func TestTheSumCountsEveryReportOnce(t *testing.T) {
	var out bytes.Buffer
	b := &bounceLines{w: &out}
	for _, l := range []bounceLine{
		{Kind: mailer.Hard, Status: "5.1.1", Subscriber: "ann@desk.example", Edition: 7, Label: "SD-2020-W13", Done: "no more mail: hard bounce 5.1.1", Token: "ours"},
		{Kind: mailer.Ignored, Why: "auto-reply", Subscriber: "bo@desk.example", Edition: 7, Label: "SD-2020-W13", Done: "noted", Token: "ours"},
		{Kind: mailer.Hard, Status: "5.1.1", Done: "left alone: its token is forged or cut", Token: "forged"},
	} {
		if err := b.add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.sum(); err != nil {
		t.Fatal(err)
	}
	const want = `KIND       STATUS  SUBSCRIBER                        EDITION                   DONE
hard       5.1.1   ann@desk.example                  7 SD-2020-W13             no more mail: hard bounce 5.1.1
ignored    -       bo@desk.example                   7 SD-2020-W13             noted (auto-reply)
hard       5.1.1   -                                 -                         left alone: its token is forged or cut
Reports: 1 hard, 1 ignored, 1 left alone for a forged token.
`
	if out.String() != want {
		t.Errorf("got:\n%s", &out)
	}
}

func TestABigReportIsReadFromThePipeToItsEnd(t *testing.T) {
	pipe := strings.NewReader(hardBounce("x@desk.example") + strings.Repeat("x", 3<<20))
	err := stdin{pipe}.Each(t.Context(), func(_ context.Context, raw io.Reader) error {
		_, err := mailer.ParseReport(raw)
		return err
	})
	if err != nil || pipe.Len() != 0 {
		t.Errorf("%d octets are left, %v", pipe.Len(), err)
	}
}

// linesOf reads what bounces --json printed.
func linesOf(t *testing.T, stdout string) (lines []bounceLine, sum bounceSum) {
	t.Helper()
	for _, raw := range strings.Split(strings.TrimSpace(stdout), "\n") {
		var last struct{ Sum *bounceSum }
		var line bounceLine
		if err := errors.Join(json.Unmarshal([]byte(raw), &last), json.Unmarshal([]byte(raw), &line)); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if last.Sum != nil {
			return lines, *last.Sum
		}
		lines = append(lines, line)
	}
	t.Fatalf("no sum:\n%s", stdout)
	return nil, sum
}

// deliver puts a mail into a Maildir as a mail server does.
func deliver(t *testing.T, dir, name, mail string) {
	t.Helper()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "new", name), []byte(mail), 0o600); err != nil {
		t.Fatal(err)
	}
}
