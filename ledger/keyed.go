package ledger

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/begin_keyed.sql
var beginKeyedSQL string

//go:embed questions/keyed.sql
var keyedSQL string

//go:embed questions/end_keyed.sql
var endKeyedSQL string

//go:embed questions/undo_keyed.sql
var undoKeyedSQL string

const (
	keepKeyed    = 24 * time.Hour
	keyedGivenUp = 10 * time.Minute // an act that has not ended by then has died with its process
)

// Keyed runs an act once for an idempotency key of the project, which is kept for a day. Used again with the same request, it gives the
// first answer again (again is true); with another, a *digest.RefusedError; while the first is under way, digest.ErrNotDue. An act that
// answers an error has come to nothing, and may be tried again under its key; so may one whose process has died, ten minutes later.
func (t *Tenant) Keyed(ctx context.Context, key string, request []byte, act func() (status int, body []byte, err error)) (status int, body []byte, again bool, err error) {
	if key == "" || len(key) > 255 || clean(key) != key {
		return 0, nil, false, &digest.RefusedError{Field: "Idempotency-Key", Reason: "it must have 1 to 255 characters"}
	}
	with := args{"project_id": t.project, "key": key}
	err = t.within(ctx, pgx.TxOptions{}, nil, func(tx pgx.Tx) error {
		now := t.l.Now()
		_, err := scalar[string](ctx, tx, beginKeyedSQL, args{
			"project_id": t.project, "key": key, "request_hash": tokenHash(string(request)), "now": now, "abandoned": now.Add(-keyedGivenUp),
		})
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		before, err := askOne[struct {
			RequestHash []byte
			Status      int
			Body        []byte
		}](ctx, tx, keyedSQL, with)
		switch {
		case err != nil:
			return err
		case !bytes.Equal(before.RequestHash, tokenHash(string(request))):
			return &digest.RefusedError{Field: "Idempotency-Key", Reason: "it was used for another request: make a new one"}
		case before.Status == 0:
			return fmt.Errorf("the first request with this key is under way: %w", digest.ErrNotDue)
		}
		status, body, again = before.Status, before.Body, true
		return nil
	})
	if err != nil || again {
		return status, body, again, err
	}
	defer func() { // also where the act panics: it has not come to an end
		if status == 0 {
			err = errors.Join(err, t.note(ctx, undoKeyedSQL, with))
		}
	}()
	if status, body, err = act(); err != nil {
		status = 0
		return 0, nil, false, err
	}
	with["status"], with["body"] = status, append([]byte{}, body...)
	return status, body, false, t.note(ctx, endKeyedSQL, with)
}

// note writes down what has happened although the one who asked may be gone.
func (t *Tenant) note(ctx context.Context, question string, with args) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	return t.within(ctx, pgx.TxOptions{}, nil, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, question, with)
		return err
	})
}
