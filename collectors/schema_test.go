package collectors

import (
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

func TestWhoWritesEventsIsToldTheTablesAsTheyAre(t *testing.T) {
	t.Parallel()
	conn := connected(t, pgtest.New(t, NativeTables()))
	want := values[string](t, conn, `SELECT c.relname || '.' || a.attname || ' ' || replace(replace(format_type(a.atttypid, NULL), 'timestamp with time zone', 'timestamptz'), 'time without time zone', 'time')
			|| CASE WHEN a.attnotnull AND NOT a.atthasdef THEN ' required' ELSE '' END
			|| COALESCE((SELECT ' (' || string_agg(w[1], ' ' ORDER BY n) || ')' FROM pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''', 'g') WITH ORDINALITY AS m (w, n)
				WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), '')
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		WHERE c.relnamespace = 'fortnight_events'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('tenant', 'capability')
		ORDER BY c.relname, a.attnum`)
	all := NativeRelations()
	slices.SortFunc(all, func(a, b digest.Relation) int { return strings.Compare(a.Name, b.Name) })
	var got []string
	for _, r := range all {
		if r.Key[0] != "tenant_id" || len(r.Key) < 2 {
			t.Errorf("the key of %s is %v", r.Name, r.Key)
		}
		for _, c := range r.Columns {
			words := ""
			if c.Required {
				words = " required"
			}
			if len(c.OneOf) > 0 {
				words += " (" + strings.Join(c.OneOf, " ") + ")"
			}
			got = append(got, r.Name+"."+c.Name+" "+c.Type+words)
		}
	}
	linesAre(t, got, want...)
	hit := all[slices.IndexFunc(all, func(r digest.Relation) bool { return r.Name == "intent_hit" })]
	linesAre(t, hit.Key, "tenant_id", "conversation_id", "hit_at", "source", "message_id", "intent")
	hours := all[slices.IndexFunc(all, func(r digest.Relation) bool { return r.Name == "business_hours" })]
	if w := hours.Columns[2]; w.Least != 0 || w.Most != 6 {
		t.Errorf("a weekday is from %d to %d", w.Least, w.Most)
	}
}
