package collectors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"fortnight/digest"
)

const (
	grace   = 5 * time.Second // beyond its patience, until a server that says nothing is given up
	leaving = 5 * time.Second // for a rollback
	longest = 1 << 20         // octets of a row: names are cut by the queries, so that none has a thousandth of it
)

// errLost marks a reading whose connection broke.
var errLost = errors.New("connection lost")

// hungError is a server that took a question and says nothing: not even that it was stopped.
type hungError struct {
	after time.Duration
	err   error
}

func (e *hungError) Unwrap() []error { return []error{digest.ErrHangs, e.err} }

func (e *hungError) Error() string {
	return fmt.Sprintf("the database has not answered for %s: it hangs, or the way to it does", e.after)
}

// within gives f a limit, and a little more: the server has the first word on what took too long. What is silent even then has lost
// its connection.
func (s *Source) within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, limit+s.grace)
	defer cancel()
	err := f(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return &hungError{limit + s.grace, err}
	}
	return err
}

// leave ends a transaction in which nothing was written.
func (s *Source) leave(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaving)
	defer cancel()
	_ = tx.Rollback(ctx) // there is nothing to commit
}

// diagnose marks an error after which the connection is gone without a word from the server.
func diagnose(conn *pgx.Conn, err error) error {
	var (
		pg   *pgconn.PgError
		hung *hungError
		long *pgproto3.ExceededMaxBodyLenErr
	)
	if err == nil || !conn.IsClosed() || errors.As(err, &pg) || errors.As(err, &hung) || errors.As(err, &long) {
		return err
	}
	return fmt.Errorf("%w: %w", errLost, err)
}

// passing tells errors that a new connection and a new snapshot may cure: a standby's replay cancelled the query (inside
// a savepoint that ends the connection too), a server restarted, a connection broke.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" || strings.HasPrefix(pg.Code, "57P0") || strings.HasPrefix(pg.Code, "08")
	}
	return errors.Is(err, errLost)
}

// reason says why a section failed, for the digest's readers and its admin. Messages that may quote data are left out.
func reason(err error, patience time.Duration) string {
	var (
		pg   *pgconn.PgError
		hung *hungError
		long *pgproto3.ExceededMaxBodyLenErr
	)
	switch {
	case errors.As(err, &hung):
		return hung.Error()
	case errors.As(err, &long):
		return fmt.Sprintf("a row of %d MB: one of its names or ids is far too long", long.ActualBodyLen>>20)
	case errors.Is(err, errLost):
		return errLost.Error()
	case !errors.As(err, &pg):
		return err.Error()
	}
	switch class := pg.Code[:min(2, len(pg.Code))]; {
	case pg.Code == "42501":
		return pg.Message + ": the source's user needs SELECT on it (SQLSTATE 42501)"
	case pg.Code == "57014" && strings.Contains(pg.Message, "statement timeout"):
		return fmt.Sprintf("statement timeout after %s", patience)
	case pg.Code == "55P03":
		return "a table is locked by another session (SQLSTATE 55P03)"
	case class == "40":
		return fmt.Sprintf("cancelled by replication on the standby (SQLSTATE %s)", pg.Code)
	case class == "42", class == "53", class == "57": // schema and rights, resources, the operator
		return fmt.Sprintf("%s (SQLSTATE %s)", pg.Message, pg.Code)
	default:
		return fmt.Sprintf("query failed (SQLSTATE %s)", pg.Code)
	}
}
