package collectors

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
)

func clock() time.Time { return readAt }

func TestOnlyTheRelationsThatAQueryNamesArePutInFrontOfIt(t *testing.T) {
	t.Parallel()
	p := &platform{mappings: map[string]string{
		"message": "SELECT 'from agent' FROM messages -- FROM team",
		"episode": "SELECT 1 FROM span",
		"span":    "-- materialized\nSELECT 2 FROM touched",
		"touched": "SELECT 3",
		"agent":   "SELECT 4",
		"team":    "-- needs teams\nSELECT 5 FROM teams",
	}}
	for _, c := range []struct{ name, query, want string }{
		{"one", "SELECT 1 FROM message", "WITH message AS NOT MATERIALIZED ( SELECT 'from agent' FROM messages -- FROM team ) SELECT 1 FROM message"},
		{"none", "SELECT 1 FROM generate_series(1, 2) AS message", "SELECT 1 FROM generate_series(1, 2) AS message"},
		{"in a comment, a text, a schema", "SELECT 'x FROM agent' FROM other.message -- JOIN agent", "SELECT 'x FROM agent' FROM other.message -- JOIN agent"},
		{"a query with CTEs of its own", "-- a question\nWITH m AS (SELECT 1 FROM agent) SELECT 2 FROM m", "WITH agent AS NOT MATERIALIZED ( SELECT 4 ), m AS (SELECT 1 FROM agent) SELECT 2 FROM m"},
		{"a recursive one", "WITH RECURSIVE m AS (SELECT 1) SELECT 2 FROM m, agent JOIN agent", "WITH RECURSIVE agent AS NOT MATERIALIZED ( SELECT 4 ), m AS (SELECT 1) SELECT 2 FROM m, agent JOIN agent"},
		{
			"helpers, each after those that it needs", "SELECT 1 FROM episode",
			"WITH touched AS NOT MATERIALIZED ( SELECT 3 ), span AS MATERIALIZED ( -- materialized SELECT 2 FROM touched ), episode AS NOT MATERIALIZED ( SELECT 1 FROM span ) SELECT 1 FROM episode",
		},
		{
			"a relation that the platform does not map is empty", "SELECT 1 FROM business_holiday",
			"WITH business_holiday AS NOT MATERIALIZED ( SELECT NULL::text AS tenant_id, NULL::text AS calendar_id, NULL::date AS holiday WHERE false ) SELECT 1 FROM business_holiday",
		},
		{
			"so is one whose table is missing", "SELECT 1 FROM team",
			"WITH team AS NOT MATERIALIZED ( SELECT NULL::text AS tenant_id, NULL::text AS team_id, NULL::text AS name WHERE false ) SELECT 1 FROM team",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(strings.Fields(p.inline(c.query, map[string]bool{"teams": true})), " ")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if got := p.inline("SELECT 1 FROM team", nil); !strings.Contains(got, "SELECT 5 FROM teams") {
		t.Errorf("with its table there, team is mapped: %s", got)
	}
}

func TestEveryPlatformSaysWhatItReads(t *testing.T) {
	t.Parallel()
	linesAre(t, Platforms(), "chatwoot", "libredesk", "native", "rasa", "typebot", "whatomate")
	for _, name := range Platforms() {
		p, err := loadPlatform(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, relation := range []string{"tenant", "capability"} {
			if !p.fills(relation, nil) {
				t.Errorf("%s does not map %s", name, relation)
			}
		}
		if p.first == "" || p.newest == "" || p.tenants == "" || len(p.tables) == 0 {
			t.Errorf("%s lacks first_row.sql, newest_row.sql, tenants.sql or columns.txt", name)
		}
		for mapping, sql := range p.mappings {
			for _, need := range needs(sql) {
				if !slices.ContainsFunc(p.tables, func(x table) bool { return x.name == need && x.optional }) {
					t.Errorf("%s/%s.sql needs %s, which columns.txt does not call optional", name, mapping, need)
				}
			}
		}
	}
}

func TestFortnightsOwnTablesHaveExactlyTheColumnsOfTheRelations(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.New(t, NativeTables()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), NativeTables()); err != nil {
		t.Errorf("running it again: %v", err)
	}
	rows, err := conn.Query(t.Context(), `SELECT c.relname || ': ' || string_agg(a.attname || ' ' || format_type(a.atttypid, NULL), ', ' ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		WHERE c.relnamespace = 'fortnight_events'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		GROUP BY c.relname ORDER BY c.relname`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	spelled := strings.NewReplacer("timestamp with time zone", "timestamptz", "time without time zone", "time")
	for i := range got {
		got[i] = spelled.Replace(got[i])
	}
	var want []string
	ways := []string{"message_history", "flow_session_history", "goal_history", "open_conversation", "person", "user_message"} // of reading others' tables
	for _, r := range relations {
		if !slices.Contains(ways, r.name) {
			want = append(want, r.name+": "+r.columns)
		}
	}
	slices.Sort(want)
	linesAre(t, got, want...)
}
