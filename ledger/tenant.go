package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/behind_walls.sql
var behindWallsSQL string

// Tenant is the books of one project, for those who may see that one alone. Every question of it is asked in a transaction under the
// role fortnight_tenant: whatever a question forgets to say, PostgreSQL shows and changes no row of another project, and what another
// project has is digest.ErrNotFound. A change is written to the audit in its own transaction. Nothing is tried twice.
type Tenant struct {
	l       *Ledger
	project int64
}

// Tenant gives the books of the project with that number, which need not exist.
func (l *Ledger) Tenant(project int64) *Tenant { return &Tenant{l, project} }

// read asks questions that change nothing, of one state of the database.
func (t *Tenant) read(ctx context.Context, questions func(pgx.Tx) error) error {
	return t.within(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, nil, questions)
}

// write makes changes and writes them to the audit; an error, digest.ErrNotDue too, leaves everything as it was.
func (t *Tenant) write(ctx context.Context, by digest.Actor, changes func(pgx.Tx) ([]digest.Change, error)) error {
	return t.writeBeside(ctx, by, nil, changes)
}

// writeBeside is write with a step before it, in the same transaction and before the walls are up: for what belongs to no project.
func (t *Tenant) writeBeside(ctx context.Context, by digest.Actor, before func(pgx.Tx) error, changes func(pgx.Tx) ([]digest.Change, error)) error {
	return t.within(ctx, pgx.TxOptions{}, before, func(tx pgx.Tx) error {
		made, err := changes(tx)
		if err != nil {
			return err
		}
		return t.l.audit(ctx, tx, t.project, by, made)
	})
}

// within runs steps behind the walls, after one that need not be. A row that is not there is digest.ErrNotFound.
func (t *Tenant) within(ctx context.Context, how pgx.TxOptions, before, steps func(pgx.Tx) error) error {
	tx, err := t.l.pool.BeginTx(ctx, how)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if before != nil {
		if err := before(tx); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, behindWallsSQL, args{"project": t.project}); err != nil {
		return fmt.Errorf("ask for one project alone: %w", err)
	}
	if err := steps(tx); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			return digest.ErrNotFound
		}
		return err
	}
	return tx.Commit(ctx)
}

// Note writes down what was done beside the books: what a person has sent, for one.
func (t *Tenant) Note(ctx context.Context, by digest.Actor, done ...digest.Change) error {
	return t.write(ctx, by, func(pgx.Tx) ([]digest.Change, error) { return done, nil })
}
