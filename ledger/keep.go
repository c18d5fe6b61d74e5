package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed questions/prune_editions.sql
var pruneEditionsSQL string

//go:embed questions/prune_attempts.sql
var pruneAttemptsSQL string

//go:embed questions/prune_bounces.sql
var pruneBouncesSQL string

//go:embed questions/prune_told.sql
var pruneToldSQL string

//go:embed questions/prune_postings.sql
var prunePostingsSQL string

//go:embed questions/prune_sign_ins.sql
var pruneSignInsSQL string

//go:embed questions/prune_sessions.sql
var pruneSessionsSQL string

//go:embed questions/prune_keyed.sql
var pruneKeyedSQL string

//go:embed questions/prune_requests.sql
var pruneRequestsSQL string

//go:embed questions/prune_logos.sql
var pruneLogosSQL string

//go:embed questions/prune_audit.sql
var pruneAuditSQL string

//go:embed questions/sealed_webhooks.sql
var sealedWebhooksSQL string

//go:embed questions/reseal_webhook.sql
var resealWebhookSQL string

//go:embed questions/sealed_sources.sql
var sealedSourcesSQL string

//go:embed questions/sealed_tokens.sql
var sealedTokensSQL string

//go:embed questions/reseal_source.sql
var resealSourceSQL string

//go:embed questions/reseal_token.sql
var resealTokenSQL string

// How long things are kept.
const (
	KeepEditions = 400 * 24 * time.Hour
	KeepAttempts = 90 * 24 * time.Hour  // and reports that came back
	KeepAudit    = 730 * 24 * time.Hour // who changed what

	keepEnded   = 24 * time.Hour      // one-time links and sessions that are over
	keepAsked   = 7 * 24 * time.Hour  // who asked to be subscribed and did not confirm it in time
	keepDecided = 90 * 24 * time.Hour // who asked and was answered
)

// Pruned says what Prune forgot.
type Pruned struct{ Editions, Attempts, Bounces int64 }

// Prune forgets finished editions that were opened more than 400 days ago, with all that hangs on them, attempts and reports of more
// than 90 days ago, what the audit tells of more than two years ago, which causes the admin was told of when that says nothing any more, and of the console what is over: links,
// sessions, what was posted, who asked, logos that nothing shows.
func (l *Ledger) Prune(ctx context.Context) (Pruned, error) {
	now := l.Now()
	attempts, err := l.pool.Exec(ctx, pruneAttemptsSQL, args{"before": now.Add(-KeepAttempts)})
	if err != nil {
		return Pruned{}, fmt.Errorf("prune attempts: %w", err)
	}
	editions, err := l.pool.Exec(ctx, pruneEditionsSQL, args{"before": now.Add(-KeepEditions)})
	if err != nil {
		return Pruned{}, fmt.Errorf("prune editions: %w", err)
	}
	bounces, err := l.pool.Exec(ctx, pruneBouncesSQL, args{"before": now.Add(-KeepAttempts)})
	if err != nil {
		return Pruned{}, fmt.Errorf("prune reports: %w", err)
	}
	for _, rest := range []struct {
		what, question string
		with           args
	}{
		{"what was told", pruneToldSQL, args{"before": now.Add(-tellAgain)}},
		{"what was posted", prunePostingsSQL, args{"before": now.Add(-keepPostings)}},
		{"one-time links", pruneSignInsSQL, args{"before": now.Add(-keepEnded)}},
		{"sessions", pruneSessionsSQL, args{"before": now.Add(-keepEnded)}},
		{"idempotency keys", pruneKeyedSQL, args{"before": now.Add(-keepKeyed)}},
		{"requests", pruneRequestsSQL, args{"before": now.Add(-keepAsked), "decided": now.Add(-keepDecided)}},
		{"logos", pruneLogosSQL, args{}},
		{"the audit", pruneAuditSQL, args{"before": now.Add(-KeepAudit)}},
	} {
		if _, err := l.pool.Exec(ctx, rest.question, rest.with); err != nil {
			return Pruned{}, fmt.Errorf("prune %s: %w", rest.what, err)
		}
	}
	return Pruned{editions.RowsAffected(), attempts.RowsAffected(), bounces.RowsAffected()}, nil
}

// Reseal seals with the first key what an older key had sealed, and says how many secrets it were. An error names the first
// secret that no key opens; nothing is changed then.
func (l *Ledger) Reseal(ctx context.Context) (resealed int, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		for _, kind := range []struct{ list, keep, of string }{
			{sealedSourcesSQL, resealSourceSQL, ""}, {sealedTokensSQL, resealTokenSQL, ofToken}, {sealedWebhooksSQL, resealWebhookSQL, ofWebhook},
		} {
			rows, err := ask[struct {
				ID              int64
				Project, Source string
				Sealed          []byte
			}](ctx, tx, kind.list, args{})
			if err != nil {
				return err
			}
			for _, r := range rows {
				of := kind.of
				if r.Source != "" {
					of = ofSource(r.Project, r.Source)
				}
				secret, key, err := l.Keys.open(r.Sealed, of)
				if err != nil {
					return err
				}
				if key == 0 {
					continue
				}
				sealed, err := l.Keys.seal(secret, of)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, kind.keep, args{"id": r.ID, "sealed": sealed}); err != nil {
					return err
				}
				resealed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("seal with the new SECRET_KEY: %w", err)
	}
	return resealed, nil
}
