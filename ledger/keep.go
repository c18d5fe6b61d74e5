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
	KeepAttempts = 90 * 24 * time.Hour // and reports that came back
)

// Pruned says what Prune forgot.
type Pruned struct{ Editions, Attempts, Bounces int64 }

// Prune forgets finished editions that were opened more than 400 days ago, with all that hangs on them, attempts and reports of more
// than 90 days ago, and which causes the admin was told of when that says nothing any more.
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
	if _, err := l.pool.Exec(ctx, pruneToldSQL, args{"before": now.Add(-tellAgain)}); err != nil {
		return Pruned{}, fmt.Errorf("prune what was told: %w", err)
	}
	return Pruned{editions.RowsAffected(), attempts.RowsAffected(), bounces.RowsAffected()}, nil
}

// Reseal seals with the first key what an older key had sealed, and says how many secrets it were. An error names the first
// secret that no key opens; nothing is changed then.
func (l *Ledger) Reseal(ctx context.Context) (resealed int, err error) {
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		for _, kind := range []struct{ list, keep string }{{sealedSourcesSQL, resealSourceSQL}, {sealedTokensSQL, resealTokenSQL}} {
			rows, err := ask[struct {
				ID              int64
				Project, Source string
				Sealed          []byte
			}](ctx, tx, kind.list, args{})
			if err != nil {
				return err
			}
			for _, r := range rows {
				of := ofToken
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
