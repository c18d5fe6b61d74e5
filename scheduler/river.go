package scheduler

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// schema holds River's tables, beside the ledger's.
const schema = "fortnight"

// Migrate brings River's tables up to date and names what it did. The ledger's migrations make the schema first, and hold the
// lock that keeps processes apart.
func Migrate(ctx context.Context, pool *pgxpool.Pool) (applied []string, err error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("migrate river: %w", err)
	}
	result, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return nil, fmt.Errorf("migrate river: %w", err)
	}
	for _, v := range result.Versions {
		applied = append(applied, fmt.Sprintf("river %03d_%s", v.Version, v.Name))
	}
	return applied, nil
}

// told logs what a job fails with; it is tried again.
type told struct{ log *slog.Logger }

// HandleError logs an error.
func (t told) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	t.log.ErrorContext(ctx, "job failed", "job", job.Kind, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic logs a panic with its trace.
func (t told) HandlePanic(ctx context.Context, job *rivertype.JobRow, what any, trace string) *river.ErrorHandlerResult {
	t.log.ErrorContext(ctx, "job panicked", "job", job.Kind, "attempt", job.Attempt, "panic", what, "trace", trace)
	return nil
}

// faultsOnly is what River may log: it also counts its jobs every few seconds, which is no fact for a log.
type faultsOnly struct{ slog.Handler }

// Enabled lets warnings and errors pass, where the handler takes them.
func (f faultsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && f.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the limit.
func (f faultsOnly) WithAttrs(attrs []slog.Attr) slog.Handler {
	return faultsOnly{f.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the limit.
func (f faultsOnly) WithGroup(name string) slog.Handler { return faultsOnly{f.Handler.WithGroup(name)} }
