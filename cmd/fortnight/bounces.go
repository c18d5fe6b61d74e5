package main

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fortnight/ledger"
	"fortnight/mailer"
)

func bouncesCommand(p program) *cobra.Command {
	var maildir, done string
	var imap, asJSON bool
	var watch time.Duration
	c := &cobra.Command{
		Use:   "bounces {--maildir DIR | --imap | -} [--done FOLDER] [--watch 5m] [--json]",
		Short: "Read what came back: bounces, complaints, auto-replies",
		Long: "Bounces reads reports on deliveries, that mail servers send to FORTNIGHT_BOUNCE_ADDRESS, and prints a line each. An address that is gone,\n" +
			"and one whose reader complains, gets no more mail of the project; all else is noted. Reports whose token is forged change nothing.\n\n" +
			"They come from a Maildir, from the mailbox FORTNIGHT_BOUNCE_IMAP, or one from standard input (-), as a mail server pipes it: the exit\n" +
			"code is then 0, or 75 where the mail server should keep the message and try again. What was read is marked as seen, or moved to a\n" +
			"folder; nothing is deleted. \"fortnight serve\" reads FORTNIGHT_BOUNCE_IMAP every five minutes by itself.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && args[0] != "-" {
				return misused("bounces takes no argument but -, for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			piped := len(args) == 1
			n := 0
			for _, chosen := range []bool{maildir != "", imap, piped} {
				if chosen {
					n++
				}
			}
			switch {
			case n != 1:
				return misused("say where the reports are: --maildir DIR, --imap (FORTNIGHT_BOUNCE_IMAP), or - for standard input")
			case piped && (watch != 0 || done != ""):
				return misused("--watch and --done need --maildir or --imap")
			case watch < 0 || watch > 0 && watch < time.Second:
				return misused("--watch %s: write a second or more", watch)
			}
			open := func(cfg Config) (reportSource, error) { return cfg.bounceMailbox(cmp.Or(done, cfg.BounceDone)) }
			if maildir != "" {
				open = func(Config) (reportSource, error) { return mailer.Maildir{Dir: maildir, Done: done}, nil }
			}
			if piped {
				open = func(Config) (reportSource, error) { return stdin{c.InOrStdin()}, nil }
			}
			err := readBounces(c.Context(), p, open, watch, asJSON)
			if err != nil && piped {
				return laterError{err}
			}
			return err
		},
	}
	c.Flags().StringVar(&maildir, "maildir", "", "read this Maildir")
	c.Flags().BoolVar(&imap, "imap", false, "read the mailbox FORTNIGHT_BOUNCE_IMAP")
	c.Flags().StringVar(&done, "done", "", "folder of the Maildir or mailbox that what was read is moved to (default: FORTNIGHT_BOUNCE_DONE for a mailbox, else it stays, marked as seen)")
	c.Flags().DurationVar(&watch, "watch", 0, "look again after this time, until interrupted")
	c.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON each, and one of the sum")
	return c
}

// laterError asks whoever called to try again: exit code 75, as mail servers know it (EX_TEMPFAIL of sysexits.h).
type laterError struct{ error }

func (l laterError) Unwrap() error { return l.error }

// reportSource is where reports come from: what take gives no error for is not handed over again.
type reportSource interface {
	Each(ctx context.Context, take func(ctx context.Context, raw io.Reader) error) error
}

// stdin is one report.
type stdin struct{ io.Reader }

func (s stdin) Each(ctx context.Context, take func(ctx context.Context, raw io.Reader) error) error {
	if err := take(ctx, s); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, s) // a mail server takes a pipe that closes early for a failure
	return err
}

// readBounces reads a source once, or again and again.
func readBounces(ctx context.Context, p program, open func(Config) (reportSource, error), watch time.Duration, asJSON bool) error {
	b, err := readBooks(ctx, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	paths, err := b.cfg.returnPaths()
	if err != nil {
		return err
	}
	source, err := open(b.cfg)
	if err != nil {
		return err
	}
	out := &bounceLines{w: p.stdout, json: asJSON}
	r := bounceReader{paths, b.Ledger, out.add}
	err = source.Each(ctx, r.take)
	if watch > 0 && err == nil {
		again := time.NewTicker(watch)
		defer again.Stop()
		for ctx.Err() == nil {
			select {
			case <-again.C:
				if err := source.Each(ctx, r.take); err != nil && ctx.Err() == nil {
					complain(p.stderr, err.Error())
				}
			case <-ctx.Done():
			}
		}
	}
	if watch > 0 && ctx.Err() != nil {
		err = nil // that is how watching ends
	}
	return errors.Join(err, out.sum())
}

// watchMailbox reads the mailbox FORTNIGHT_BOUNCE_IMAP at once and then every so often, until the context ends; it returns at once where there is
// none. What goes wrong is logged and tried again at the next time. told is called for each report, by its kind.
func watchMailbox(ctx context.Context, cfg Config, books bounceBooks, log *slog.Logger, every time.Duration, told func(kind string)) error {
	if cfg.BounceIMAP == "" {
		return nil
	}
	mailbox, err := cfg.bounceMailbox(cfg.BounceDone)
	if err != nil {
		return err
	}
	paths, err := cfg.returnPaths()
	if err != nil {
		return err
	}
	r := bounceReader{paths, books, func(l bounceLine) error {
		log.Info("report read", "kind", l.Kind, "status", l.Status, "delivery", l.Delivery, "edition", l.Edition, "done", l.Done)
		told(string(l.Kind))
		return nil
	}}
	again := time.NewTicker(every)
	defer again.Stop()
	for {
		if err := mailbox.Each(ctx, r.take); err != nil && ctx.Err() == nil {
			log.Error("reports were not read", "error", err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// bounceInterval is how often serve reads the mailbox.
const bounceInterval = 5 * time.Minute

// bounceBooks is what is asked of the ledger.
type bounceBooks interface {
	Bounced(ctx context.Context, delivery int64, b ledger.Bounce) (known bool, err error)
	Addressee(ctx context.Context, delivery int64) (a ledger.Addressee, known bool, err error)
}

// bounceReader notes reports in the ledger.
type bounceReader struct {
	paths *mailer.Return
	books bounceBooks
	told  func(bounceLine) error
}

// bounceLine is what became of one report.
type bounceLine struct {
	Kind       mailer.Kind `json:"kind"`
	Why        string      `json:"why"`
	Status     string      `json:"status,omitempty"`
	Subscriber string      `json:"subscriber,omitempty"`
	Digest     string      `json:"digest,omitempty"`
	Edition    int64       `json:"edition,omitempty"`
	Label      string      `json:"label,omitempty"`
	Delivery   int64       `json:"delivery,omitempty"`
	Diagnostic string      `json:"diagnostic,omitempty"`
	Done       string      `json:"done"`
	Token      string      `json:"token"` // ours, forged, none, or gone: of a delivery that is not kept any more
}

// take reads one report. An error is the ledger's or the source's: the report is to be read again.
func (r bounceReader) take(ctx context.Context, raw io.Reader) error {
	report, err := mailer.ParseReport(raw)
	if err != nil {
		return err
	}
	line := bounceLine{Kind: report.Kind, Why: report.Why, Status: report.Status, Diagnostic: report.Diagnostic}
	line.Delivery, err = r.delivery(report.Addresses)
	switch {
	case errors.Is(err, mailer.ErrForged):
		line.Token, line.Done = "forged", "left alone: its token is forged or cut"
	case err != nil:
		line.Token, line.Done = "none", "left alone: it names no delivery"
	default:
		if err := r.note(ctx, &line, report); err != nil {
			return err
		}
	}
	return r.told(line)
}

// delivery gives that of the first return path among addresses; mailer.ErrForged where there were only others' of its form.
func (r bounceReader) delivery(addresses []string) (int64, error) {
	worst := mailer.ErrNoToken
	for _, address := range addresses {
		id, err := r.paths.Delivery(address)
		if err == nil {
			return id, nil
		}
		if errors.Is(err, mailer.ErrForged) {
			worst = err
		}
	}
	return 0, worst
}

func (r bounceReader) note(ctx context.Context, line *bounceLine, report mailer.Report) error {
	known, err := r.books.Bounced(ctx, line.Delivery, ledger.Bounce{
		Kind: ledger.BounceKind(report.Kind), Status: report.Status, Diagnostic: report.Diagnostic, Report: report.Hash,
	})
	if err != nil {
		return err
	}
	var a ledger.Addressee
	if known {
		a, known, err = r.books.Addressee(ctx, line.Delivery)
	}
	if err != nil {
		return err
	}
	if !known {
		line.Token, line.Done = "gone", "left alone: its delivery is not kept any more"
		return nil
	}
	line.Token, line.Done = "ours", "noted"
	line.Subscriber, line.Digest, line.Edition, line.Label = a.Address, a.Digest, a.Edition, a.Label
	if report.Kind == mailer.Hard || report.Kind == mailer.Complaint {
		if a.Suppressed != "" {
			line.Done = "no more mail: " + a.Suppressed
		}
		if report.Kind == mailer.Complaint && !a.UnsubscribedAt.IsZero() {
			line.Done += "; unsubscribed"
		}
	}
	return nil
}

// bounceLines prints lines as they come, and their sum.
type bounceLines struct {
	w      io.Writer
	json   bool
	titled bool
	n      bounceSum
}

// bounceSum counts reports by kind, and those that were left alone.
type bounceSum struct {
	Reports   int `json:"reports"`
	Hard      int `json:"hard"`
	Soft      int `json:"soft"`
	Delayed   int `json:"delayed"`
	Complaint int `json:"complaint"`
	Ignored   int `json:"ignored"`
	Forged    int `json:"forged"`
	NoToken   int `json:"no_token"`
	Gone      int `json:"gone"`
}

func (b *bounceLines) add(l bounceLine) error {
	b.n.Reports++
	switch l.Token {
	case "forged":
		b.n.Forged++
	case "none":
		b.n.NoToken++
	case "gone":
		b.n.Gone++
	default:
		*map[mailer.Kind]*int{
			mailer.Hard: &b.n.Hard, mailer.Soft: &b.n.Soft, mailer.Delayed: &b.n.Delayed, mailer.Complaint: &b.n.Complaint, mailer.Ignored: &b.n.Ignored,
		}[l.Kind]++
	}
	if b.json {
		return json.NewEncoder(b.w).Encode(l)
	}
	const form = "%-9s  %-6s  %-32s  %-24s  %s\n"
	if !b.titled {
		b.titled = true
		fmt.Fprintf(b.w, form, "KIND", "STATUS", "SUBSCRIBER", "EDITION", "DONE")
	}
	edition := "-"
	if l.Edition != 0 {
		edition = strconv.FormatInt(l.Edition, 10) + " " + l.Label
	}
	done := l.Done
	if l.Kind == mailer.Ignored {
		done += " (" + l.Why + ")"
	}
	_, err := fmt.Fprintf(b.w, form, l.Kind, orDash(l.Status), orDash(l.Subscriber), edition, done)
	return err
}

func (b *bounceLines) sum() error {
	if b.json {
		return json.NewEncoder(b.w).Encode(map[string]bounceSum{"sum": b.n})
	}
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{b.n.Hard, "hard"},
		{b.n.Soft, "soft"},
		{b.n.Delayed, "delayed"},
		{b.n.Complaint, "complaint"},
		{b.n.Ignored, "ignored"},
		{b.n.Forged, "left alone for a forged token"},
		{b.n.NoToken, "left alone without one"},
		{b.n.Gone, "of deliveries that are not kept any more"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(parts) == 0 {
		parts = []string{"none"}
	}
	_, err := fmt.Fprintf(b.w, "Reports: %s.\n", strings.Join(parts, ", "))
	return err
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// returnPaths gives what writes and reads return paths. Its keys follow from SECRET_KEY: the first signs, all are accepted.
func (c Config) returnPaths() (*mailer.Return, error) {
	if c.BounceAddress == "" {
		return nil, fmt.Errorf("%s_BOUNCE_ADDRESS is not set: write the address that bounces go to, such as bounces@digest.example.com", prefix)
	}
	if _, err := c.keys(); err != nil { // the ledger's rules for a secret are ours
		return nil, err
	}
	var keys [][]byte
	for _, secret := range strings.Split(c.SecretKey.Reveal(), ",") {
		key, err := hkdf.Key(sha256.New, []byte(strings.TrimSpace(secret)), nil, "fortnight: return paths, version 1", 32)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	r, err := mailer.NewReturn(c.BounceAddress, keys...)
	if err != nil {
		return nil, fmt.Errorf("%s_BOUNCE_ADDRESS: %w", prefix, err)
	}
	return r, nil
}

// bounceMailbox gives the mailbox that reports come to.
func (c Config) bounceMailbox(done string) (mailer.IMAP, error) {
	if c.BounceIMAP == "" {
		return mailer.IMAP{}, fmt.Errorf("%s_BOUNCE_IMAP is not set: write the mailbox that takes bounces, such as imaps://user@mail.example.com/INBOX", prefix)
	}
	m, err := mailer.ParseIMAP(c.BounceIMAP)
	if err != nil {
		return m, fmt.Errorf("%s_BOUNCE_IMAP: %w", prefix, err)
	}
	if c.BouncePassword == "" {
		return m, fmt.Errorf("%s_BOUNCE_PASSWORD is not set: write the password of %s_BOUNCE_IMAP", prefix, prefix)
	}
	m.Password, m.Done = mailer.Secret(c.BouncePassword), done
	return m, nil
}

// bounceFaults lists what is wrong with the settings of bounces, where there are any.
func (c Config) bounceFaults() (faults []error) {
	if c.BounceAddress != "" {
		if _, err := mailer.NewReturn(c.BounceAddress, make([]byte, 32)); err != nil {
			faults = append(faults, fmt.Errorf("%s_BOUNCE_ADDRESS: %w", prefix, err))
		}
	}
	if c.BounceIMAP != "" {
		if c.BounceAddress == "" {
			faults = append(faults, fmt.Errorf("%s_BOUNCE_IMAP needs %s_BOUNCE_ADDRESS: set the address that the mailbox takes mail for", prefix, prefix))
		}
		if _, err := c.bounceMailbox(""); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}
