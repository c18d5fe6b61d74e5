package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"fortnight/ledger"
	"fortnight/mailer"
)

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
