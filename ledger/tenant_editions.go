package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/edition_lines.sql
var editionLinesSQL string

//go:embed questions/editions_page.sql
var editionsPageSQL string

//go:embed questions/editions_count.sql
var editionsCountSQL string

//go:embed questions/editions_between.sql
var editionsBetweenSQL string

//go:embed questions/neighbours.sql
var neighboursSQL string

//go:embed questions/edition_there.sql
var editionThereSQL string

//go:embed questions/snapshot.sql
var snapshotSQL string

//go:embed questions/revoke_edition.sql
var revokeEditionSQL string

// Editions lists the project's editions, the newest period first.
func (t *Tenant) Editions(ctx context.Context, w digest.EditionsWanted) (all digest.Listed[digest.EditionLine], err error) {
	after, afterID := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), int64(math.MaxInt64)
	if err := marked(w.After, &after, &afterID); err != nil {
		return all, err
	}
	err = t.read(ctx, func(tx pgx.Tx) error {
		size := sizeOf(w.Page)
		ids, err := column[int64](ctx, tx, editionsPageSQL, args{
			"project": t.project, "digest": w.Digest, "state": string(w.State), "after": after, "after_id": afterID, "size": size + 1,
		})
		if err != nil {
			return err
		}
		total, err := scalar[int](ctx, tx, editionsCountSQL, args{"project": t.project, "digest": w.Digest, "state": string(w.State)})
		if err != nil {
			return err
		}
		lines, err := t.editionLines(ctx, tx, ids)
		if err != nil {
			return err
		}
		all, err = listed(lines, size, total, func(e digest.EditionLine) (string, error) { return mark(e.Period.From.UTC(), e.ID) })
		return err
	})
	if err != nil {
		return digest.Listed[digest.EditionLine]{}, fmt.Errorf("list editions: %w", err)
	}
	return all, nil
}

// Edition gives an edition with its snapshot; the snapshot's Version is 0 where nothing is collected.
func (t *Tenant) Edition(ctx context.Context, id int64) (line digest.EditionLine, s digest.Snapshot, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		lines, err := t.editionLines(ctx, tx, []int64{id})
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return digest.ErrNotFound
		}
		line = lines[0]
		data, err := scalar[json.RawMessage](ctx, tx, snapshotSQL, args{"edition": id})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &s)
	})
	if err != nil {
		return digest.EditionLine{}, digest.Snapshot{}, fmt.Errorf("edition %d: %w", id, err)
	}
	return line, s, nil
}

// EditionsBetween lists the editions due in [from, to), the earliest first.
func (t *Tenant) EditionsBetween(ctx context.Context, from, to time.Time) (all []digest.EditionLine, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		all, err = t.editionsOf(ctx, tx, editionsBetweenSQL, args{"project": t.project, "from": from, "to": to})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	return all, nil
}

// Neighbours gives the editions of the same digest and cadence before and after one, 0 where there is none.
func (t *Tenant) Neighbours(ctx context.Context, id int64) (before, after int64, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		r, err := askOne[struct{ Before, After int64 }](ctx, tx, neighboursSQL, args{"edition": id})
		before, after = r.Before, r.After
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("neighbours of edition %d: %w", id, err)
	}
	return before, after, nil
}

// Variants lists the choices that were rendered for an edition.
func (t *Tenant) Variants(ctx context.Context, edition int64) (all []digest.Choice, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		if _, err := scalar[int64](ctx, tx, editionThereSQL, args{"edition": edition}); err != nil {
			return err
		}
		all, err = storedChoices(ctx, tx, edition)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("variants of edition %d: %w", edition, err)
	}
	return all, nil
}

// Variant gives what was rendered for a choice.
func (t *Tenant) Variant(ctx context.Context, edition int64, c digest.Choice) (v digest.Variant, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		var ok bool
		if v, ok, err = variant(ctx, tx, edition, c); err == nil && !ok {
			err = digest.ErrNotFound
		}
		return err
	})
	if err != nil {
		return digest.Variant{}, fmt.Errorf("a variant of edition %d: %w", edition, err)
	}
	return v, nil
}

// RevokeEdition makes the links to an edition useless in all mails. The first time counts.
func (t *Tenant) RevokeEdition(ctx context.Context, by digest.Actor, edition int64) error {
	err := t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		_, e, err := t.l.edition(ctx, tx, edition)
		if err != nil {
			return nil, err
		}
		_, err = scalar[int64](ctx, tx, revokeEditionSQL, args{"edition": edition, "now": t.l.Now()})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, nil
		}
		return []digest.Change{{Verb: "revoke links", What: named(e)}}, err
	})
	if err != nil {
		return fmt.Errorf("revoke the links to edition %d: %w", edition, t.notFound(err))
	}
	return nil
}

// named is an edition as the audit names it: "edition desk/weekly SD-2020-W13".
func named(e digest.Edition) string { return "edition " + e.Name() + " " + e.Label }

// notFound makes digest.ErrNotFound of what the ledger says of an edition that it does not see.
func (t *Tenant) notFound(err error) error {
	if errors.Is(err, ErrNoEdition) {
		return digest.ErrNotFound
	}
	return err
}

// editionsOf lists the editions whose numbers a question gives, in its order.
func (t *Tenant) editionsOf(ctx context.Context, tx pgx.Tx, question string, with args) ([]digest.EditionLine, error) {
	ids, err := column[int64](ctx, tx, question, with)
	if err != nil {
		return nil, err
	}
	return t.editionLines(ctx, tx, ids)
}

// editionLines lists editions in the order of their numbers in ids; one that is not there is left out.
func (t *Tenant) editionLines(ctx context.Context, tx pgx.Tx, ids []int64) ([]digest.EditionLine, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := ask[struct {
		editionRow
		OpenedAt                       time.Time
		ReadyAt, FinishedAt, RevokedAt *time.Time
		Planned, Variants              int
		Subject                        string
		ReadersCadence                 string
		Missing                        []string
		Counts                         map[digest.DeliveryState]int
	}](ctx, tx, editionLinesSQL, args{"editions": ids})
	if err != nil {
		return nil, err
	}
	all := make([]digest.EditionLine, len(rows))
	reading := editionReader{zones: &t.l.zones}
	for i, r := range rows {
		line := digest.EditionLine{
			DigestID: r.DigestID, OpenedAt: r.OpenedAt.UTC(), ReadyAt: orZero(r.ReadyAt), FinishedAt: orZero(r.FinishedAt), Subject: r.Subject,
			Planned: r.Planned, Variants: r.Variants, Missing: r.Missing, Cadence: r.ReadersCadence, Revoked: orZero(r.RevokedAt),
			Deliveries: r.Counts,
		}
		if line.Edition, err = reading.edition(r.editionRow); err != nil {
			return nil, err
		}
		all[i] = line
	}
	return all, nil
}
