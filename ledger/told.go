package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed questions/tell.sql
var tellSQL string

//go:embed questions/untell.sql
var untellSQL string

// tellAgain is how long a cause that was told is not told again.
const tellAgain = time.Hour

// FirstToTell tells whether the caller is to tell the admin of a cause: of all that ask within an hour, in all processes, one is.
// A cause is known by its words (to 500 octets), which say which edition, digest or source it is about; project is the key of the
// one that it concerns, or empty for the installation.
func (l *Ledger) FirstToTell(ctx context.Context, project, cause string) (bool, error) {
	now := l.Now()
	_, err := scalar[string](ctx, l.pool, tellSQL, args{"project": project, "cause": bounded(cause), "now": now, "since": now.Add(-tellAgain)})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("note what the admin is told of: %w", err)
	}
	return true, nil
}

// Untell takes back that the admin was told of a cause, where telling failed: the next who asks is to tell.
func (l *Ledger) Untell(ctx context.Context, cause string) error {
	if _, err := l.pool.Exec(ctx, untellSQL, args{"cause": bounded(cause)}); err != nil {
		return fmt.Errorf("note that the admin was not told: %w", err)
	}
	return nil
}

// bounded makes a cause fit an index.
func bounded(cause string) string {
	const enough = 500
	cause = clean(cause)
	return strings.ToValidUTF8(cause[:min(len(cause), enough)], "")
}
