package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// sql writes the statements of a relation: a temporary table, COPY into it, and one INSERT that puts the rows in their place. Of rows
// with one key the last one holds; they go in order of their key, so that two that write do not wait for each other in a circle.
func (s *shape) sql() {
	temporary := "pg_temp.intake_" + s.Name
	own := "fortnight_events." + s.Name
	var columns, keys, set, were, are []string
	for _, c := range s.Columns {
		columns = append(columns, c.Name)
		if slices.Contains(s.Key, c.Name) {
			continue
		}
		set = append(set, fmt.Sprintf("%s = excluded.%[1]s", c.Name))
		were, are = append(were, "t."+c.Name), append(are, "excluded."+c.Name)
	}
	for _, k := range s.Key {
		if !s.Columns[s.at[k]].Required {
			k = "COALESCE(" + k + ", '')"
		}
		keys = append(keys, k)
	}
	change := "DO NOTHING"
	if len(set) > 0 {
		change = fmt.Sprintf("DO UPDATE SET %s\nWHERE (%s) IS DISTINCT FROM (%s)", strings.Join(set, ", "), strings.Join(were, ", "), strings.Join(are, ", "))
	}
	if s.Name == "end_user" { // the first message stays the first, whatever is said later
		change = strings.ReplaceAll(change, "excluded.first_seen_at", "LEAST(t.first_seen_at, excluded.first_seen_at)")
	}
	list, order := strings.Join(columns, ", "), strings.Join(keys, ", ")
	taken := list
	if s.Name == "end_user" { // in whichever line of several it stands
		taken = strings.Replace(list, "first_seen_at", "min(first_seen_at) OVER (PARTITION BY "+order+")", 1)
	}
	s.staging = fmt.Sprintf("CREATE TEMPORARY TABLE IF NOT EXISTS intake_%s (n bigint, LIKE %s) ON COMMIT DELETE ROWS", s.Name, own)
	s.copying = fmt.Sprintf("COPY %s (n, %s) FROM STDIN", temporary, list)
	s.placing = fmt.Sprintf("INSERT INTO %s AS t (%s)\nSELECT DISTINCT ON (%s) %s\nFROM %s\nORDER BY %[3]s, n DESC\nON CONFLICT (%[3]s) %[6]s", own, list, order, taken, temporary, change)
	s.clearing = "TRUNCATE " + temporary
}

// firstSeen notes who wrote first when, of the messages that are being taken in.
const firstSeen = `INSERT INTO fortnight_events.end_user AS u (tenant_id, user_id, first_seen_at)
SELECT tenant_id, user_id, min(sent_at)
FROM pg_temp.intake_message
WHERE direction = 'in' AND user_id IS NOT NULL
GROUP BY tenant_id, user_id
ORDER BY tenant_id, user_id
ON CONFLICT (tenant_id, user_id) DO UPDATE SET first_seen_at = excluded.first_seen_at
WHERE u.first_seen_at IS NULL OR u.first_seen_at > excluded.first_seen_at`

// knownTenant keeps the tenant's row as the project is.
const knownTenant = `INSERT INTO fortnight_events.tenant AS t (tenant_id, name, time_zone, locale) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone, locale = excluded.locale
WHERE (t.name, t.time_zone, t.locale) IS DISTINCT FROM (excluded.name, excluded.time_zone, excluded.locale)`

// lackingMonths are those of months (as first instants) that have no partition.
const lackingMonths = `SELECT m FROM unnest($1::timestamptz[]) AS m
WHERE to_regclass('fortnight_events.message_' || to_char(m AT TIME ZONE 'UTC', 'YYYY_MM')) IS NULL ORDER BY m`

// writer gathers a batch and writes it. Where the whole is to be taken or nothing, batches wait in the temporary tables until finish.
type writer struct {
	in      *Intake
	project digest.Project
	whole   bool
	pending []pile // in the order of the relations
	count   int    // rows in them
	size    int    // octets in them
	n       int    // rows ever
	months  map[time.Time]bool
	tx      pgx.Tx
	staged  []*shape // that the transaction has rows of
}

type pile struct {
	shape *shape
	rows  []byte
}

// row adds a line, or says what is wrong with it.
func (w *writer) row(s *shape, l *line) []digest.LineFault {
	i := slices.IndexFunc(w.pending, func(p pile) bool { return p.shape == s })
	if i < 0 {
		w.pending = append(w.pending, pile{shape: s})
		i = len(w.pending) - 1
	}
	p := &w.pending[i]
	before := len(p.rows)
	rows, faults := s.row(p.rows, l, w.project.Key, w.n)
	p.rows = rows
	if len(faults) > 0 {
		return faults
	}
	w.n++
	w.count++
	w.size += len(rows) - before
	if s.month >= 0 {
		if text, _ := moment(l.get(s.Columns[s.month].Name)); len(text) > 7 {
			if month, err := time.Parse("2006-01", text[:7]); err == nil {
				if w.months == nil {
					w.months = map[time.Time]bool{}
				}
				w.months[month] = true
			}
		}
	}
	return nil
}

// forget drops the batch.
func (w *writer) forget() {
	for i := range w.pending {
		w.pending[i].rows = w.pending[i].rows[:0]
	}
	w.count, w.size = 0, 0
}

// flush writes the batch and commits it; where the whole counts, it is only put aside. It gives the rows that are new or changed.
func (w *writer) flush(ctx context.Context) (int, error) {
	if w.count == 0 {
		return 0, nil
	}
	if w.whole {
		err := w.stage(ctx)
		w.forget()
		return 0, err
	}
	var written int
	err := w.again(ctx, func() (err error) {
		if err = w.stage(ctx); err == nil {
			written, err = w.place(ctx)
		}
		return err
	})
	w.forget()
	clear(w.months)
	return written, err
}

// finish writes what is left, and all of it where the whole counts.
func (w *writer) finish(ctx context.Context) (int, error) {
	if !w.whole || w.tx == nil {
		w.whole = false // one batch is a whole by itself
		return w.flush(ctx)
	}
	if w.count > 0 {
		if err := w.stage(ctx); err != nil {
			return 0, err
		}
	}
	return w.place(ctx)
}

// tries is how often a batch is written that others' locks were in the way of.
const tries = 3

// again does what is to be done in a transaction, once more where PostgreSQL ended it for the sake of another.
func (w *writer) again(ctx context.Context, do func() error) (err error) {
	for range tries {
		if err = do(); err == nil {
			return nil
		}
		w.abandon(ctx)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "40P01" && pg.Code != "40001" { // deadlock_detected, serialization_failure
			return err
		}
	}
	return err
}

// begin begins a transaction when it is one's turn.
func (w *writer) begin(ctx context.Context) (err error) {
	select {
	case w.in.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.tx, err = w.in.pool.Begin(ctx); err != nil {
		<-w.in.turns
		w.tx = nil
	}
	return err
}

// end gives the turn to another.
func (w *writer) end() {
	w.tx, w.staged = nil, nil
	<-w.in.turns
}

// stage copies the batch into the temporary tables.
func (w *writer) stage(ctx context.Context) (err error) {
	if w.tx == nil {
		if err := w.begin(ctx); err != nil {
			return fmt.Errorf("write events: %w", err)
		}
	}
	for _, p := range w.pending {
		if len(p.rows) == 0 {
			continue
		}
		if !slices.Contains(w.staged, p.shape) {
			if _, err := w.tx.Exec(ctx, p.shape.staging); err != nil {
				return fmt.Errorf("make a temporary table for %s: %w", p.shape.Name, err)
			}
			w.staged = append(w.staged, p.shape)
		}
		if _, err := w.tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(p.rows), p.shape.copying); err != nil {
			return fmt.Errorf("copy rows of %s: %w", p.shape.Name, err)
		}
	}
	return nil
}

// place puts what was staged in its place, and commits. Of one tenant one at a time does.
func (w *writer) place(ctx context.Context) (written int, err error) {
	if _, err := w.tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('fortnight_events.intake'), hashtext($1))", w.project.Key); err != nil {
		return 0, fmt.Errorf("wait for other events of %s: %w", w.project.Key, err)
	}
	if err := w.makeMonths(ctx); err != nil {
		return 0, err
	}
	if _, err := w.tx.Exec(ctx, knownTenant, w.project.Key, w.project.Name, w.project.Zone, w.project.Locale); err != nil {
		return 0, fmt.Errorf("write the tenant: %w", err)
	}
	for _, s := range w.in.shapes {
		if !slices.Contains(w.staged, s) {
			continue
		}
		done, err := w.tx.Exec(ctx, s.placing)
		if err != nil {
			return 0, fmt.Errorf("write rows of %s: %w", s.Name, err)
		}
		written += int(done.RowsAffected())
		if s.month >= 0 {
			if _, err := w.tx.Exec(ctx, firstSeen); err != nil {
				return 0, fmt.Errorf("note who wrote first: %w", err)
			}
		}
	}
	err = w.tx.Commit(ctx)
	w.end()
	if err != nil {
		return 0, fmt.Errorf("write events: %w", err)
	}
	return written, nil
}

// How far back months are made on demand, and ahead: what is further away stays in the default partition.
const (
	monthsBack  = 120
	monthsAhead = 2
)

// makeMonths makes the partitions that the batch needs. Where that cannot be done at once (a long reading holds the default partition, or
// the database's user may not), the rows go into the default partition, from where making the month takes them later.
func (w *writer) makeMonths(ctx context.Context) error {
	now := w.in.now().UTC()
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var wanted []time.Time
	for m := range w.months {
		if !m.Before(this.AddDate(0, -monthsBack, 0)) && !m.After(this.AddDate(0, monthsAhead, 0)) {
			wanted = append(wanted, m)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	rows, err := w.tx.Query(ctx, lackingMonths, wanted)
	if err != nil {
		return fmt.Errorf("look for months: %w", err)
	}
	lacking, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return fmt.Errorf("look for months: %w", err)
	}
	for _, m := range lacking {
		if err := makeMonth(ctx, w.tx, m); err != nil {
			return err
		}
	}
	return nil
}

// makeMonth makes one partition in a savepoint; what stands in the way for more than a moment is let be.
func makeMonth(ctx context.Context, tx pgx.Tx, month time.Time) error {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return fmt.Errorf("make a month: %w", err)
	}
	defer sub.Rollback(ctx)
	_, err = sub.Exec(ctx, "SET LOCAL lock_timeout = '2s'")
	if err == nil {
		_, err = sub.Exec(ctx, "SELECT fortnight_events.make_month($1)", month)
	}
	if err == nil {
		_, err = sub.Exec(ctx, "SET LOCAL lock_timeout = DEFAULT")
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && slices.Contains([]string{"55P03", "42501", "40P01"}, pg.Code) { // lock_not_available, insufficient_privilege, deadlock_detected
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the month %s: %w", month.Format("2006-01"), err)
	}
	if err := sub.Commit(ctx); err != nil {
		return fmt.Errorf("make the month %s: %w", month.Format("2006-01"), err)
	}
	return nil
}

// abandon takes a transaction back that was not committed.
func (w *writer) abandon(ctx context.Context) {
	if w.tx == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = w.tx.Rollback(ctx) // a connection that is gone took it back itself
	w.end()
}
