package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// Report is what a probe of a source found.
type Report struct {
	Platform     string
	Tenant, Name string
	Server       string // "PostgreSQL 15.3"
	Standby      bool   // a read replica
	Writes       bool   // the user could write to the platform's tables: SELECT would do
	Checks       []digest.Check
	Missing      []string     // tables ("teams") and columns ("conversations.waiting_since") that mappings need
	Optional     []string     // the same that mappings can do without
	Faults       []Fault      // queries and relations that the database refuses
	Sections     []string     // keys of the sections that the source can fill
	Capabilities []Capability // what the platform knows only in part, derives, or does not know
}

// Fault is a query ("activity/figures") or relation ("episode") that cannot run on this database.
type Fault struct{ Query, Reason string }

// OK tells whether a digest can be made from the source.
func (r Report) OK() bool { return len(r.Missing) == 0 && len(r.Faults) == 0 }

// Probe looks whether the source can answer all that sections ask: the tables and columns that the mappings need are
// there and readable, each relation has the columns and types of the contract, and the server accepts every query. It
// runs no query of a section. What is wrong stands in the report; an error means that the probe could not be made.
func (s *Source) Probe(ctx context.Context) (Report, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("source %s: %w", s.name, s.scrub(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var report Report
	err = s.within(ctx, 2*defaultPatience, func(ctx context.Context) (err error) {
		report, err = s.probe(ctx, conn)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("source %s: %w", s.name, s.scrub(err))
	}
	return report, nil
}

func (s *Source) probe(ctx context.Context, conn *pgx.Conn) (Report, error) {
	report := Report{
		Platform: s.platform.name, Tenant: s.tenant, Name: s.tenantName,
		Server: "PostgreSQL " + conn.PgConn().ParameterStatus("server_version"),
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return report, err
	}
	defer s.leave(ctx, tx)

	lack, err := s.lacks(ctx, conn)
	if err != nil {
		return report, err
	}
	report.Missing, report.Optional = lack.required, lack.optional
	tried := func(checks ...digest.Check) { report.Checks = append(report.Checks, checks...) }
	tried(s.encryption(conn.PgConn().Conn()))
	if len(report.Missing) > 0 {
		tried(s.shape(lack))
		return report, nil // every query that reads them would fail too
	}
	report.Standby = s.ask(ctx, tx, "SELECT pg_is_in_recovery()")
	report.Writes = s.ask(ctx, tx, "SELECT COALESCE(bool_or(has_table_privilege(to_regclass(t), 'INSERT, UPDATE, DELETE')), false) FROM unnest($1::text[]) AS t", s.platform.tableNames())
	tried(s.rights(report.Writes, lack.tables), s.shape(lack))

	period := digest.Period{From: s.now().AddDate(0, 0, -1), To: s.now()}
	args := arguments(s.tenant, digest.Ask{}, period, period.Days(), s.now())
	if report.Capabilities, err = s.capabilities(ctx, tx, args); err != nil {
		return report, err
	}
	describe := func(name, sql string) (fields []field) {
		fields, err := describe(ctx, tx, sql, args)
		if err != nil {
			report.Faults = append(report.Faults, Fault{name, reason(err, defaultPatience)})
		}
		return fields
	}
	for _, name := range sortedKeys(s.platform.ids) {
		describe(name, s.platform.idsQuestion(name, s.missing))
	}
	describe("newest_row", s.platform.newest)
	if sql, err := s.sql("fresh/silences"); err == nil {
		describe("fresh/silences", sql)
	}
	for _, relation := range relations {
		fields := describe(relation.name, s.platform.inline("SELECT * FROM "+relation.name, s.missing))
		if got := columnsOf(fields); fields != nil && got != relation.columns {
			report.Faults = append(report.Faults, Fault{relation.name, "gives " + got + ", want " + relation.columns})
		}
	}
	for _, x := range s.sections {
		if s.absent(x, report.Capabilities) {
			continue
		}
		report.Sections = append(report.Sections, x.Key)
		queries, err := sectionQueries(x.Key)
		if err != nil {
			return report, err
		}
		for _, name := range sortedKeys(queries) {
			describe(x.Key+"/"+name, s.platform.inline(queries[name], s.missing))
		}
	}
	if len(report.Faults) > 0 {
		tried(questionsRefused(report.Faults))
		return report, nil
	}
	settings := fmt.Sprintf("SET LOCAL TimeZone = 'UTC'; SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d; %s", s.lockTimeout.Milliseconds(), s.patience.Milliseconds(), s.platform.session)
	if _, err := tx.Exec(ctx, settings); err != nil {
		return report, err
	}
	var newest time.Time
	fresh, err := apart(ctx, tx, func(tx pgx.Tx) (c digest.Check, err error) {
		c, newest, err = s.freshness(ctx, tx, report.Standby)
		return c, err
	})
	if err != nil {
		return report, err
	}
	// Nothing is said of the indexes of engines that are not quite PostgreSQL, whose catalogue is another, and of platforms without indexes.txt.
	if len(s.platform.leads) == 0 {
		tried(fresh)
		return report, nil
	}
	if indexes, err := apart(ctx, tx, func(tx pgx.Tx) (digest.Check, error) { return s.found(ctx, tx, newest) }); err == nil {
		tried(indexes)
	} else if ctx.Err() != nil {
		return report, err
	}
	tried(fresh)
	return report, nil
}

// apart asks something under a savepoint, so that what fails there leaves the transaction whole.
func apart(ctx context.Context, tx pgx.Tx, ask func(pgx.Tx) (digest.Check, error)) (digest.Check, error) {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return digest.Check{}, err
	}
	defer func() { _ = sub.Rollback(ctx) }()
	return ask(sub)
}

// ask answers a yes-or-no question about the server; one that it cannot answer is a no.
func (s *Source) ask(ctx context.Context, tx pgx.Tx, question string, args ...any) (yes bool) {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return false
	}
	defer func() { _ = sub.Rollback(ctx) }()
	if err := sub.QueryRow(ctx, question, args...).Scan(&yes); err != nil {
		return false
	}
	return yes
}

// field is a column of a query's answer, its type as PostgreSQL spells it.
type field struct{ name, kind string }

func columnsOf(fields []field) string {
	var columns []string
	for _, f := range fields {
		columns = append(columns, f.name+" "+f.kind)
	}
	return strings.Join(columns, ", ")
}

// describe has the server parse a query, under a savepoint, without running it.
func describe(ctx context.Context, tx pgx.Tx, sql string, args pgx.NamedArgs) ([]field, error) {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Rollback(ctx) }()
	sql, _, err = args.RewriteQuery(ctx, sub.Conn(), sql, nil)
	if err != nil {
		return nil, err
	}
	description, err := sub.Prepare(ctx, "", sql)
	if err != nil {
		return nil, err
	}
	types := sub.Conn().TypeMap()
	fields := []field{}
	for _, f := range description.Fields {
		kind := fmt.Sprintf("type %d", f.DataTypeOID)
		if t, known := types.TypeForOID(f.DataTypeOID); known {
			kind = t.Name
		}
		if spelling, short := spellings[kind]; short {
			kind = spelling
		}
		fields = append(fields, field{f.Name, kind})
	}
	return fields, nil
}

// spellings are the names that relations.go uses where pgx has the catalog's.
var spellings = map[string]string{"int2": "smallint", "int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean"}

func sortedKeys[T any](of map[string]T) []string {
	var names []string
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// lack is what a database does not have, or does not show to the user, of a platform's columns.txt.
type lack struct {
	required, optional []string        // "teams", "conversations.waiting_since"
	unreadable         []string        // of required: tables that exist but may not be read
	optionalTables     map[string]bool // of optional: whole tables
	all                bool            // not one of the tables is there
	tables, columns    int             // that are there, and may be read
}

// columnsThere lists the columns of the tables (or views) that an unqualified name finds or that have the schema named; a null is a
// column that the user may not read, or stands for a table that is not there. It asks the catalogue: information_schema takes
// 50 ms to plan.
const columnsThere = `SELECT t AS name, CASE WHEN has_column_privilege(a.attrelid, a.attnum, 'SELECT') THEN a.attname::text END AS column_name,
    r.id IS NOT NULL AS there
FROM unnest(@tables::text[]) AS t
CROSS JOIN LATERAL (SELECT to_regclass(t)::oid AS id) AS r
LEFT JOIN pg_attribute AS a ON a.attrelid = r.id AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, 2`

func (p *platform) tableNames() []string {
	var names []string
	for _, t := range p.tables {
		names = append(names, t.name)
	}
	return names
}

// lacks holds the database against the platform's columns.txt.
func (s *Source) lacks(ctx context.Context, conn *pgx.Conn) (lack, error) {
	type there struct {
		Table  string  `db:"name"`
		Column *string `db:"column_name"`
		There  bool    `db:"there"`
	}
	out := lack{optionalTables: map[string]bool{}}
	rows, err := conn.Query(ctx, columnsThere, pgx.NamedArgs{"tables": s.platform.tableNames()})
	if err != nil {
		return out, fmt.Errorf("look at its tables: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[there])
	if err != nil {
		return out, fmt.Errorf("look at its tables: %w", err)
	}
	readable, exists := map[string]bool{}, map[string]bool{}
	out.all = true
	for _, c := range all {
		exists[c.Table] = c.There
		out.all = out.all && !c.There
		if c.Column != nil {
			readable[c.Table], readable[c.Table+"."+*c.Column] = true, true
		}
	}
	for _, t := range s.platform.tables {
		if !readable[t.name] {
			if t.optional {
				out.optional = append(out.optional, t.name)
				out.optionalTables[t.name] = true
				continue
			}
			out.required = append(out.required, t.name)
			if exists[t.name] {
				out.unreadable = append(out.unreadable, t.name)
			}
			continue
		}
		out.tables++
		for _, c := range t.columns {
			switch name := t.name + "." + c.name; {
			case readable[name]:
				out.columns++
			case c.optional:
				out.optional = append(out.optional, name)
			case t.optional: // of another shape than known: as good as missing
				out.optional = append(out.optional, name)
				out.optionalTables[t.name] = true
			default:
				out.required = append(out.required, name)
			}
		}
	}
	return out, nil
}

// fault is the error of a database that lacks what a platform's mappings need; nil where nothing is missing.
func (l lack) fault(p *platform, user string) error {
	switch {
	case len(l.required) == 0:
		return nil
	case len(l.unreadable) > 0:
		return fmt.Errorf("no right to read %s: GRANT SELECT ON %[1]s TO %s", strings.Join(l.unreadable, ", "), user)
	default:
		return &MissingError{Platform: p.name, Own: p.own, Names: l.required, All: l.all}
	}
}

// MissingError names the tables and columns that a platform's mappings need and the database does not show.
type MissingError struct {
	Platform string
	Own      bool     // its mapping is somebody's folder
	Names    []string // "teams" is a table, "conversations.waiting_since" a column
	All      bool     // none of the platform's tables is there
}

func (e *MissingError) Error() string {
	if e.All {
		return fmt.Sprintf("the database has no table of platform %s (%s …): check that the DSN names the right database, and that the user's search_path leads to its schema",
			e.Platform, strings.Join(e.Names[:min(3, len(e.Names))], ", "))
	}
	if e.Own {
		return fmt.Sprintf("the database lacks %s, which platform %s reads (%[2]s/columns.txt): check that the DSN names the right database and that the user may read them, "+
			"or mend columns.txt and the mappings; what some databases have not ends in ? there", strings.Join(e.Names, ", "), e.Platform)
	}
	return fmt.Sprintf("the database lacks %s, which platform %s reads: check that the DSN names the right database, that the user may read them, "+
		"and that the platform is of a version listed in docs/platforms.md", strings.Join(e.Names, ", "), e.Platform)
}
