package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	_, err := fmt.Fprintf(b.w, form, l.Kind, orElse(l.Status, "-"), orElse(l.Subscriber, "-"), edition, done)
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
