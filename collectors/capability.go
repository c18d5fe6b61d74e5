package collectors

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Capability is what a platform knows of a metric of a relation; metric * is all that have no row of their own.
type Capability struct {
	Relation string `db:"relation"`
	Metric   string `db:"metric"`
	Support  string `db:"support"` // one of the Support constants
	Note     string `db:"note"`    // why: a phrase key ("chatwoot.no_presence") or the platform's own words
}

// The kinds of support. What is none is printed as "not available"; the notes of derived and partial become footnotes.
const (
	SupportFull    = "full"
	SupportDerived = "derived"
	SupportPartial = "partial"
	SupportNone    = "none"
)

const anyMetric = "*"

// capabilityOf finds a metric's row, else its relation's, else full.
func capabilityOf(all []Capability, relation, metric string) (support, note string) {
	support = SupportFull
	for _, c := range all {
		switch {
		case c.Relation != relation:
		case c.Metric == metric:
			return c.Support, c.Note
		case c.Metric == anyMetric:
			support, note = c.Support, c.Note
		}
	}
	return support, note
}

const capabilityQuery = `SELECT relation, metric, support, left(COALESCE(note, ''), 1000) AS note FROM capability ORDER BY relation, metric`

// capabilities reads what the platform knows. A relation that it does not map, and says nothing of, it does not know.
func (s *Source) capabilities(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) ([]Capability, error) {
	rows, err := tx.Query(ctx, s.platform.inline(capabilityQuery, s.missing), args)
	if err != nil {
		return nil, fmt.Errorf("read the platform's capabilities: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Capability])
	if err != nil {
		return nil, fmt.Errorf("read the platform's capabilities: %w", err)
	}
	for _, r := range relations {
		if s.platform.fills(r.name, s.missing) {
			continue
		}
		// What is said of a table that this database does not have does not hold.
		all = slices.DeleteFunc(all, func(c Capability) bool { return c.Relation == r.name && c.Support != SupportNone })
		if !slices.ContainsFunc(all, func(c Capability) bool { return c.Relation == r.name && c.Metric == anyMetric }) {
			all = append(all, Capability{Relation: r.name, Metric: anyMetric, Support: SupportNone})
		}
	}
	return all, nil
}
