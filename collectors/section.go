package collectors

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// section is one line of the list in list.go.
type section struct {
	Key     string
	Needs   []string // relations without which the section has nothing to say; a platform that lacks one leaves it out
	Collect func(ctx context.Context, r *reader) (digest.Section, error)
}

// Sections lists the keys of the sections there are, in the order that they are offered.
func Sections() []string { return keys(sections) }

func keys(list []section) []string {
	var keys []string
	for _, s := range list {
		keys = append(keys, s.Key)
	}
	return keys
}

// reader runs a section's queries for one period inside the edition's transaction.
type reader struct {
	Ask    digest.Ask    // with its defaults filled in
	Period digest.Period // the period that the queries are for
	Days   []digest.Day  // its local days
	Now    time.Time     // the instant of the read

	upTo         time.Time // where the source's data end before the period does; else zero
	previous     *reader   // nil for the previous period itself, and in a first edition
	tx           pgx.Tx
	source       *Source
	capabilities []Capability
	deadline     time.Time      // of the section
	answers      map[string]any // what was asked before in this transaction, by query name
}

// both gathers a section's raw numbers for the period and, unless this is a first edition, for the previous one.
func both[T any](ctx context.Context, r *reader, gather func(context.Context, *reader) (T, error)) (now, before *T, err error) {
	current, err := gather(ctx, r)
	if err != nil || r.previous == nil {
		return &current, nil, err
	}
	previous, err := gather(ctx, r.previous)
	if err != nil {
		return nil, nil, fmt.Errorf("previous period: %w", err)
	}
	return &current, &previous, nil
}

// query runs the query "section/name" for the reader's period and gives its rows; columns go to fields by db tag. more are
// arguments besides those of the package comment. A question that an earlier section asked already is not asked again, unless
// it has such arguments: treat the rows as read-only.
func query[T any](ctx context.Context, r *reader, name string, more ...pgx.NamedArgs) ([]T, error) {
	if known, asked := r.answers[name].([]T); asked && len(more) == 0 {
		return known, nil
	}
	sql, err := r.source.sql(name)
	if err != nil {
		return nil, err
	}
	args, err := r.argumentsOf(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", name, err)
	}
	for _, m := range more {
		maps.Copy(args, m)
	}
	if err := r.limit(ctx); err != nil {
		return nil, fmt.Errorf("query %s: %w", name, err)
	}
	rows, err := r.tx.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", name, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", name, err)
	}
	if len(more) == 0 {
		r.answers[name] = out
	}
	return out, nil
}

// queryOne is query for a question with exactly one row as its answer.
func queryOne[T any](ctx context.Context, r *reader, name string, more ...pgx.NamedArgs) (T, error) {
	rows, err := query[T](ctx, r, name, more...)
	if err == nil && len(rows) != 1 {
		err = fmt.Errorf("query %s: %d rows, want one", name, len(rows))
	}
	if err != nil {
		var none T
		return none, err
	}
	return rows[0], nil
}

// capability tells what the platform knows of a metric of a relation: full, derived, partial or none, and the note that
// explains it, a phrase key or the platform's own words. A metric without a row of its own has that of the relation.
func (r *reader) capability(relation, metric string) (support, note string) {
	if r.source.asked != nil {
		r.source.asked(relation, metric)
	}
	return capabilityOf(r.capabilities, relation, metric)
}

// limit gives the next statement what is left of the section's patience.
func (r *reader) limit(ctx context.Context) error {
	left := max(r.deadline.Sub(r.source.now()), time.Millisecond)
	_, err := r.tx.Exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", left.Milliseconds()))
	return err
}

// argumentsOf are the arguments of a query, with the ids that its mappings name: these are asked for once.
func (r *reader) argumentsOf(ctx context.Context, sql string) (pgx.NamedArgs, error) {
	args, platform := r.arguments(), r.source.platform
	for name := range platform.ids {
		if ids, known := r.answers[name]; known {
			args[name] = ids
		}
	}
	err := platform.addIDs(args, sql, r.source.missing, func(name, question string) ([]string, error) {
		if err := r.limit(ctx); err != nil {
			return nil, err
		}
		rows, err := r.tx.Query(ctx, question, args)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[string])
	})
	if err != nil {
		return nil, err
	}
	for name := range platform.ids {
		if ids, asked := args[name]; asked {
			r.answers[name] = ids
		}
	}
	return args, nil
}

func (r *reader) arguments() pgx.NamedArgs {
	return arguments(r.source.tenant, r.Ask, r.Period, r.Days, r.Now)
}

// arguments are the named arguments of the package comment. Days go as text: pgx has no Go type of its own for a date
// array in the exec mode.
func arguments(tenant string, ask digest.Ask, p digest.Period, days []digest.Day, now time.Time) pgx.NamedArgs {
	dates := make([]string, len(days))
	from, to := make([]time.Time, len(days)), make([]time.Time, len(days))
	for i, d := range days {
		dates[i], from[i], to[i] = d.Date.String(), d.From, d.To
	}
	return pgx.NamedArgs{
		"tenant": tenant, "from": p.From, "to": p.To, "since": p.From,
		"days": dates, "day_from": from, "day_to": to, "zone": p.Location().String(),
		"missed_after": ask.MissedAfter.Seconds(), "exclude_away": ask.ExcludeAway, "now": now,
		"users": []string{},
	}
}

// sql gives the query "section/name" with the platform's relations inlined.
func (s *Source) sql(name string) (string, error) {
	key, part, _ := strings.Cut(name, "/")
	queries, err := sectionQueries(key)
	if err != nil {
		return "", err
	}
	text, found := queries[part]
	if !found {
		return "", fmt.Errorf("%s.sql has no query %q", key, part)
	}
	return "/* fortnight " + name + " */ " + s.platform.inline(text, s.missing), nil
}
