package scheduler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// pauseError ends a piece of work that is to be taken up again at an instant, or not at all by this process (zero).
type pauseError struct {
	until time.Time
	why   error
}

func (e *pauseError) Error() string { return e.why.Error() }
func (e *pauseError) Unwrap() error { return e.why }

var errStopping = errors.New("the process ends")

// panicError is a panic that was recovered. Its Stack is for the log.
type panicError struct {
	what  any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.what) }
func (e *panicError) Stack() string { return e.stack }

// hangError is a step that took too long.
type hangError struct{ limit time.Duration }

func (e *hangError) Error() string { return fmt.Sprintf("it took longer than %s", e.limit) }

// guarded turns a panic of f into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if what := recover(); what != nil {
			err = &panicError{what, string(debug.Stack())}
		}
	}()
	return f()
}

// grace is how long a step may take to return once its context has ended. One that does not (a driver that ignores it, a template
// without an end) is left alone: what it still does finds its edition in another state.
const grace = time.Second

// limited does f within a limit of time, and returns even where f does not. A panic becomes an error.
func limited(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, &hangError{limit})
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- guarded(func() error { return f(ctx) }) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		late := time.NewTimer(grace)
		defer late.Stop()
		select {
		case err = <-ended:
		case <-late.C:
			return context.Cause(ctx)
		}
	}
	var hang *hangError
	if err != nil && errors.As(context.Cause(ctx), &hang) {
		return hang
	}
	return err
}

// away tells whether an error is the database's, which does not answer, is starting or is too busy, and no fault of the work.
func away(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused):
		for _, class := range []string{"08", "40", "53", "55P03", "57P"} { // connection, conflict, resources, lock, shutdown
			if strings.HasPrefix(refused.Code, class) {
				return true
			}
		}
		return false
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, pgconn.ErrConnClosed):
		return true
	}
	return pgconn.SafeToRetry(err) || pgconn.Timeout(err)
}
