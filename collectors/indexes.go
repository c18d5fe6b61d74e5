package collectors

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// lead is a line of a platform's indexes.txt: columns that lead to the rows that are read of a table. An index serves that begins with
// them, the last one last and those before it in any order.
type lead struct {
	table   string
	columns []string
}

// serves tells whether an index on columns leads there.
func (l lead) serves(columns []string) bool {
	n := len(l.columns)
	if len(columns) < n || columns[n-1] != bare(l.columns[n-1]) {
		return false
	}
	for _, c := range l.columns[:n-1] {
		if !slices.Contains(columns[:n-1], bare(c)) {
			return false
		}
	}
	return true
}

// statement is what makes the index.
func (l lead) statement(partitioned bool) string {
	how := "CREATE INDEX CONCURRENTLY"
	if partitioned {
		how = "CREATE INDEX" // it cannot be made beside writers
	}
	return fmt.Sprintf("%s ON %s (%s);", how, l.table, strings.Join(l.columns, ", "))
}

// bare is a name without the quotes that it may need.
func bare(name string) string { return strings.Trim(name, `"`) }

// large is how big a table is, in octets, that is better not gone through for each period: below it, PostgreSQL itself prefers to.
const large = 16 << 20

// indexesThere lists tables with their size in octets (of all partitions), rows as last counted, and the columns of each index that
// has all rows and is whole. A view has no size.
const indexesThere = `SELECT t AS name, c.relkind::text AS kind, size.octets, size.tuples, x.name AS index, x.columns
FROM unnest(@tables::text[]) AS t
JOIN pg_class AS c ON c.oid = to_regclass(t)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(pg_relation_size(k.oid)), 0)::bigint AS octets, coalesce(sum(k.reltuples) FILTER (WHERE k.reltuples > 0), 0)::bigint AS tuples
    FROM pg_class AS k
    WHERE k.relkind IN ('r', 'm') AND k.oid = ANY (ARRAY(SELECT c.oid UNION SELECT p.relid::oid FROM pg_partition_tree(c.oid) AS p))) AS size
LEFT JOIN LATERAL (
    SELECT i.indexrelid::regclass::text AS name, ARRAY(
            SELECT coalesce(a.attname::text, '')
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
            LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
            WHERE k.n <= i.indnkeyatts
            ORDER BY k.n) AS columns
    FROM pg_index AS i
    JOIN pg_class AS n ON n.oid = i.indexrelid
    JOIN pg_am AS m ON m.oid = n.relam
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree') AS x ON true
ORDER BY 1, 5`

// indexed is a table with its indexes.
type indexed struct {
	view, partitioned bool
	octets, rows      int64
	indexes           map[string][]string // name to columns
}

func (t indexed) size() string {
	if t.rows == 0 {
		return fmt.Sprintf("%s MB", thousands(t.octets>>20))
	}
	return thousands(t.rows) + " rows"
}

// found tells which index leads to the rows of a period, and which is missing. newest is the tenant's newest message, around which the
// server's plan is asked for.
func (s *Source) found(ctx context.Context, tx pgx.Tx, newest time.Time) (digest.Check, error) {
	check := digest.Check{Key: "indexes", Verdict: digest.CheckWell, Title: "A period is found by index"}
	tables, err := s.indexes(ctx, tx)
	if err != nil {
		return check, err
	}
	var (
		used, slow, sql []string // what is used; what is gone through whole though it is large; what would spare that
		small           []string // gone through whole, and small
	)
	for _, l := range s.platform.leads {
		t, there := tables[l.table]
		if !there || t.view {
			continue // a table that may be missing; a view is as fast as what it looks at
		}
		name := ""
		for _, index := range sortedKeys(t.indexes) {
			if l.serves(t.indexes[index]) {
				name = index
				break
			}
		}
		switch {
		case name != "":
			used = append(used, name)
		case t.octets < large:
			small = append(small, fmt.Sprintf("%s (%s)", l.table, strings.Join(l.columns, ", ")))
		default:
			slow = append(slow, fmt.Sprintf("all %s of %s", t.size(), l.table))
			sql = append(sql, l.statement(t.partitioned))
		}
	}
	switch {
	case len(sql) > 0:
		check.Verdict, check.Title = digest.CheckMend, "One index is missing"
		without, run, locks := "it", "this", "; it does not lock the table"
		if len(sql) > 1 {
			check.Title, without, run, locks = fmt.Sprintf("%d indexes are missing", len(sql)), "them", "these", "; they do not lock the tables"
		}
		check.SQL = strings.Join(sql, "\n")
		if strings.Count(check.SQL, "CONCURRENTLY") < len(sql) {
			locks = "; a partitioned table can be read meanwhile, and not written"
		}
		check.Text = fmt.Sprintf("Without %s each edition goes through %s.", without, strings.Join(slices.Compact(slices.Sorted(slices.Values(slow))), " and "))
		check.Remedy = fmt.Sprintf("Fortnight only reads here: have whoever owns the database run %s%s.", run, locks)
		return check, nil
	case len(small) > 0:
		check.Title = "No index is needed yet"
		check.Text = "Small enough to be gone through: " + few(small) + "."
	case len(used) > 0:
		check.Text = "By " + few(slices.Compact(used)) + "."
	default:
		check.Text = "What is read are views: the indexes below them count."
		return check, nil
	}
	for name, how := range s.planned(ctx, tx, newest) {
		if t := tables[name]; how == "" && t.octets >= large {
			check.Verdict, check.Title = digest.CheckNote, "An index is there and not used"
			check.Text += fmt.Sprintf(" For a week of messages PostgreSQL would go through all %s of %s.", t.size(), name)
			check.Remedy = "Have its owner run this, so that the server knows the table."
			check.SQL = "ANALYZE " + name + ";"
		}
	}
	return check, nil
}

// indexes asks for the tables of the platform's leads.
func (s *Source) indexes(ctx context.Context, tx pgx.Tx) (map[string]indexed, error) {
	var names []string
	for _, l := range s.platform.leads {
		if !slices.Contains(names, l.table) {
			names = append(names, l.table)
		}
	}
	return s.indexesOf(ctx, tx, names)
}

// indexesOf asks for tables by their names: how large they are, and their indexes.
func (s *Source) indexesOf(ctx context.Context, tx pgx.Tx, names []string) (map[string]indexed, error) {
	rows, err := tx.Query(ctx, indexesThere, pgx.NamedArgs{"tables": names})
	if err != nil {
		return nil, fmt.Errorf("look at its indexes: %w", err)
	}
	type there struct {
		Name    string   `db:"name"`
		Kind    string   `db:"kind"`
		Octets  int64    `db:"octets"`
		Rows    int64    `db:"tuples"`
		Index   *string  `db:"index"`
		Columns []string `db:"columns"`
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[there])
	if err != nil {
		return nil, fmt.Errorf("look at its indexes: %w", err)
	}
	tables := map[string]indexed{}
	for _, r := range all {
		t, known := tables[r.Name]
		if !known {
			t = indexed{view: r.Kind == "v" || r.Kind == "f", partitioned: r.Kind == "p", octets: r.Octets, rows: r.Rows, indexes: map[string][]string{}}
			tables[r.Name] = t
		}
		if r.Index != nil {
			t.indexes[*r.Index] = r.Columns
		}
	}
	return tables, nil
}

// planNode is what matters here of a node that EXPLAIN gives.
type planNode struct {
	Kind     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Schema   string     `json:"Schema"`
	Index    string     `json:"Index Name"`
	Plans    []planNode `json:"Plans"`
}

// planned asks for the server's plan for the messages of the week to the newest one, without running it: tables that it would read, and by which
// index; "" is one that it would go through. Empty where the server gives no plan.
func (s *Source) planned(ctx context.Context, tx pgx.Tx, newest time.Time) map[string]string {
	if newest.IsZero() {
		return nil
	}
	sub, err := tx.Begin(ctx)
	if err != nil {
		return nil
	}
	defer func() { _ = sub.Rollback(ctx) }()
	week := digest.Period{From: newest.AddDate(0, 0, -7), To: newest}
	var raw []byte
	err = sub.QueryRow(ctx, "EXPLAIN (VERBOSE, FORMAT JSON) "+s.platform.inline("SELECT message_id FROM message WHERE sent_at >= @from AND sent_at < @to", s.missing),
		arguments(s.tenant, digest.Ask{}, week, nil, s.now())).Scan(&raw)
	if err != nil {
		return nil
	}
	var plans []struct {
		Plan planNode `json:"Plan"`
	}
	if json.Unmarshal(raw, &plans) != nil || len(plans) == 0 {
		return nil
	}
	pieces, err := s.pieces(ctx, sub)
	if err != nil {
		return nil
	}
	read := map[string]string{}
	var walk func(n planNode, by string)
	walk = func(n planNode, by string) {
		if n.Index != "" {
			by = n.Index
		}
		if n.Relation != "" {
			for _, l := range s.platform.leads {
				whole := bare(l.table) == n.Relation || l.table == n.Schema+"."+n.Relation
				if whole || l.table == pieces[n.Schema+"."+n.Relation] {
					if n.Kind == "Seq Scan" && whole {
						by = ""
					} else if n.Kind == "Seq Scan" {
						by = n.Relation // a month of it, of which a week is a good part
					} else if n.Kind == "Bitmap Heap Scan" && len(n.Plans) > 0 {
						by = n.Plans[0].Index
						if by == "" {
							by = n.Plans[0].Kind // several together
						}
					}
					if was, seen := read[l.table]; !seen || was != "" {
						read[l.table] = by
					}
				}
			}
		}
		for _, p := range n.Plans {
			walk(p, "")
		}
	}
	walk(plans[0].Plan, "")
	return read
}

// pieces names the table of each partition of the platform's tables: "fortnight_events.message_2026_11" is one of fortnight_events.message.
func (s *Source) pieces(ctx context.Context, tx pgx.Tx) (map[string]string, error) {
	rows, err := tx.Query(ctx, `SELECT n.nspname || '.' || c.relname AS piece, t AS whole
FROM unnest(@tables::text[]) AS t
CROSS JOIN LATERAL pg_partition_tree(to_regclass(t)) AS p
JOIN pg_class AS c ON c.oid = p.relid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE p.isleaf AND p.parentrelid IS NOT NULL`, pgx.NamedArgs{"tables": s.platform.tableNames()})
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	var piece, whole string
	_, err = pgx.ForEachRow(rows, []any{&piece, &whole}, func() error { all[piece] = whole; return nil })
	return all, err
}
