package collectors

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// carriedOut is what EXPLAIN (ANALYZE, FORMAT JSON) tells of a query.
type carriedOut struct {
	Plan carriedNode `json:"Plan"`
	Took float64     `json:"Execution Time"` // milliseconds
}

type carriedNode struct {
	Kind     string        `json:"Node Type"`
	Relation string        `json:"Relation Name"`
	Schema   string        `json:"Schema"`
	Filter   string        `json:"Filter"`
	Rows     float64       `json:"Actual Rows"`
	Dropped  float64       `json:"Rows Removed by Filter"`
	Loops    float64       `json:"Actual Loops"`
	Plans    []carriedNode `json:"Plans"`
}

// speed carries a question out in the server, which gives no row, and notes its rows, its time, and the large tables that it goes through.
func (e *examiner) speed(ctx context.Context, check *RelationCheck, sql string, args pgx.NamedArgs) error {
	s := e.source
	var raw []byte
	err := e.apart(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "EXPLAIN (ANALYZE, VERBOSE, TIMING off, FORMAT JSON) "+sql, args).Scan(&raw)
	})
	if err != nil {
		return e.refused(check.Relation, err)
	}
	var plans []carriedOut
	if err := json.Unmarshal(raw, &plans); err != nil || len(plans) != 1 {
		return fmt.Errorf("%s: the server's plan cannot be read: %w", check.Relation, err)
	}
	check.Read = true
	check.Rows = int64(plans[0].Plan.Rows)
	check.Took = time.Duration(plans[0].Took * float64(time.Millisecond))
	pieces, err := s.pieces(ctx, e.tx)
	if err != nil {
		return err
	}
	var walk func(n carriedNode)
	walk = func(n carriedNode) {
		if table, t := e.tableOf(n, pieces); n.Kind == "Seq Scan" && t.octets >= large && n.Loops > 0 && n.Dropped > n.Rows {
			if !slices.Contains(check.Scans, table) {
				check.Scans = append(check.Scans, table)
				e.find(s.scanned(check.Relation, table, t, n.Filter))
			}
		}
		for _, p := range n.Plans {
			walk(p)
		}
	}
	walk(plans[0].Plan)
	return nil
}

// tableOf is the platform's table that a node reads.
func (e *examiner) tableOf(n carriedNode, pieces map[string]string) (string, indexed) {
	whole := n.Schema + "." + n.Relation
	for name, t := range e.tables {
		if name == whole || bare(name) == n.Relation || name == pieces[whole] {
			return name, t
		}
	}
	return "", indexed{}
}

// A condition of a plan's filter, (m.sent_at >= '…'::timestamptz), and a column in a cast, ((m.account_id)::text = '1'::text).
var (
	condition = regexp.MustCompile(`\((?:[a-z_][a-z0-9_]*\.)?("?\w+"?) (=|<|<=|>|>=) `)
	castAway  = regexp.MustCompile(`\(\((?:[a-z_][a-z0-9_]*\.)?("?\w+"?)\)::|(?:timezone|date_trunc|to_timestamp)\((?:'[^']*'::text, )?(?:[a-z_][a-z0-9_]*\.)?("?\w+"?)\)`)
)

// scanned is the finding that a large table is gone through, with what would spare it: an index that indexes.txt names, else one on the
// columns of the filter; where a column stands in a cast or a function, that comes first.
func (s *Source) scanned(relation, table string, t indexed, filter string) Finding {
	f := Finding{
		Relation: relation, Rule: RuleSpeed, Verdict: digest.CheckMend,
		Found: fmt.Sprintf("a week goes through all %s of %s", t.size(), table),
	}
	if m := castAway.FindStringSubmatch(filter); m != nil {
		column := m[1] + m[2]
		f.Column = bare(column)
		f.Found += fmt.Sprintf(", for %s stands in a cast or a function there", column)
		f.Remedy = "Cast the parameter, not the column (… = @tenant::text::int, … >= @from::timestamptz AT TIME ZONE 'UTC'): no index leads to it otherwise."
		return f
	}
	l := lead{table: table}
	for _, known := range s.platform.leads {
		if known.table == table && !t.led(known) {
			l = known
			break
		}
	}
	if len(l.columns) == 0 {
		var equal, ranges []string
		for _, m := range condition.FindAllStringSubmatch(filter, -1) {
			switch {
			case slices.Contains(equal, m[1]) || slices.Contains(ranges, m[1]):
			case m[2] == "=":
				equal = append(equal, m[1])
			default:
				ranges = append(ranges, m[1])
			}
		}
		l.columns = append(equal, ranges[:min(1, len(ranges))]...)
	}
	switch {
	case len(l.columns) == 0:
		f.Remedy = "Write the tenant and the period as conditions on bare columns inside the mapping, so that an index can lead to them."
	case t.led(l):
		f.Remedy = "An index leads there and is not used: have the table's owner run this, so that the server knows the table."
		f.SQL = "ANALYZE " + table + ";"
	default:
		f.Remedy = fmt.Sprintf("Have whoever owns the database make an index on %s; write it in indexes.txt.", strings.Join(l.columns, ", "))
		f.SQL = l.statement(t.partitioned)
	}
	return f
}

// led tells whether an index of the table leads to rows.
func (t indexed) led(l lead) bool {
	for _, columns := range t.indexes {
		if l.serves(columns) {
			return true
		}
	}
	return false
}

// sizes are the platform's tables with their sizes and indexes. Engines that are not quite PostgreSQL have another catalogue: there none is
// large.
func (s *Source) sizes(ctx context.Context, tx pgx.Tx) (map[string]indexed, error) {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Rollback(ctx) }()
	tables, err := s.indexesOf(ctx, sub, s.platform.tableNames())
	if err != nil && ctx.Err() == nil {
		return map[string]indexed{}, nil
	}
	return tables, err
}
