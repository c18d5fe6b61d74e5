package collectors

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// The relations are the only thing that sections know of a platform: copied from Chatwoot's mappings into Fortnight's own
// tables, the same traffic gives the same numbers. It also holds what the mappings derive as of a period's end against what
// the whole history says of that instant.
func TestTheSameTrafficGivesTheSameNumbersOnEveryPlatform(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Load(t, support)
	chatwoot := opened(t, "chatwoot", dsn, "1")
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), NativeTables()); err != nil {
		t.Fatal(err)
	}
	whole := days(time.UTC, "2018-01-01", "2021-01-01")
	args := withIDs(t, chatwoot, conn, arguments("1", digest.Ask{}, whole, nil, readAt))
	for _, name := range []string{"tenant", "end_user", "agent", "conversation", "episode", "message", "assignment", "intent_hit", "business_hours", "capability"} {
		r, _ := relationNamed(name)
		columns := strings.Join(r.names(), ", ")
		if _, err := conn.Exec(t.Context(), "INSERT INTO fortnight_events."+name+" ("+columns+") "+
			chatwoot.platform.inline("SELECT "+columns+" FROM "+name, chatwoot.missing), pgx.QueryExecModeExec, args); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := conn.Exec(t.Context(), "ANALYZE; INSERT INTO fortnight_events.capability VALUES ('team', '*', 'none', NULL)"); err != nil {
		t.Fatal(err)
	}
	native := opened(t, "native", dsn, "1")

	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []digest.Period{
		days(zone, "2020-03-23", "2020-03-30"), days(zone, "2020-03-09", "2020-03-16"), days(time.UTC, "2020-03-01", "2020-03-16"),
		days(zone, "2020-02-01", "2020-03-01"), days(time.UTC, "2019-07-01", "2019-07-08"),
	} {
		t.Run(p.First().String(), func(t *testing.T) {
			a := collected(t, chatwoot, digest.Ask{Period: p})
			var both []string // Chatwoot cannot fill all that Fortnight's own tables can
			for _, x := range a.Sections {
				both = append(both, x.Key)
			}
			if b := collected(t, native, digest.Ask{Period: p, Sections: both}); !reflect.DeepEqual(numbers(t, a), numbers(t, b)) {
				for i, x := range numbers(t, a) {
					if y := numbers(t, b)[i]; !reflect.DeepEqual(x, y) {
						t.Errorf("chatwoot and native differ:\n%s\n%s", x, y)
					}
				}
			}
		})
	}
}

// numbers are the figures, charts, tables and notes of a snapshot as JSON, one a line.
func numbers(t *testing.T, snapshot digest.Snapshot) []string {
	t.Helper()
	var lines []string
	add := func(x any) {
		line, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	for _, x := range snapshot.Sections {
		add(x.Key + " " + string(x.Status) + " " + x.Reason)
		for _, f := range x.Figures {
			add(f)
		}
		for _, c := range x.Charts {
			add(c)
		}
		for _, table := range x.Tables {
			add(table)
		}
		for _, n := range x.Notes {
			add(n)
		}
	}
	return lines
}
