package collectors

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
)

// messagesOfBefore is the table of messages as it was before it had months, with three months of two users' messages.
const messagesOfBefore = `CREATE SCHEMA fortnight_events;
CREATE TABLE fortnight_events.message (tenant_id text NOT NULL, message_id text NOT NULL, conversation_id text NOT NULL, user_id text, sent_at timestamptz NOT NULL,
	direction text NOT NULL, author text NOT NULL, agent_id text, delivery text, delivery_error text, language text, body text, PRIMARY KEY (tenant_id, message_id));
CREATE INDEX message_sent ON fortnight_events.message (tenant_id, sent_at) INCLUDE (conversation_id, user_id, direction, author, agent_id);
CREATE INDEX message_conversation ON fortnight_events.message (tenant_id, conversation_id, sent_at);
CREATE INDEX message_user ON fortnight_events.message (tenant_id, user_id, sent_at) INCLUDE (conversation_id);
INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, body)
SELECT 'desk', 'm' || n, 'c' || n % 7, 'u' || n % 2, '2026-01-31 23:00+00'::timestamptz + n * interval '1 hour',
	CASE n % 3 WHEN 0 THEN 'in' ELSE 'out' END, CASE n % 3 WHEN 0 THEN 'user' ELSE 'bot' END, 'word ' || n
FROM generate_series(0, 999) AS n;`

func months(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	return values[string](t, conn, `SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'fortnight_events.message'::regclass ORDER BY 1`)
}

func values[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func connected(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func doing(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestATableOfMessagesInOnePieceIsTakenOverIntoMonths(t *testing.T) {
	t.Parallel()
	conn := connected(t, pgtest.New(t, messagesOfBefore))
	doing(t, conn, `DROP ROLE IF EXISTS reader_of_messages; CREATE ROLE reader_of_messages; GRANT USAGE ON SCHEMA fortnight_events TO reader_of_messages;
		GRANT SELECT ON fortnight_events.message TO reader_of_messages`)
	t.Cleanup(func() {
		_, _ = conn.Exec(context.WithoutCancel(t.Context()), "DROP OWNED BY reader_of_messages; DROP ROLE reader_of_messages")
	})
	const sum = `SELECT count(*)::text || ' ' || sum(hashtext(m::text)::bigint) FROM fortnight_events.message m`
	before := values[string](t, conn, sum)
	doing(t, conn, NativeTables())
	doing(t, conn, NativeTables())
	linesAre(t, months(t, conn), "message_2026_01", "message_2026_02", "message_2026_03", "message_default")
	if after := values[string](t, conn, sum); !slices.Equal(before, after) {
		t.Errorf("the messages are %v, and were %v", after, before)
	}
	linesAre(t, values[string](t, conn, `SELECT tableoid::regclass || ': ' || count(*) FROM fortnight_events.message GROUP BY tableoid ORDER BY 1`),
		"fortnight_events.message_2026_01: 1", "fortnight_events.message_2026_02: 672", "fortnight_events.message_2026_03: 327")
	linesAre(t, values[string](t, conn, `SELECT user_id || ' ' || to_char(first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') FROM fortnight_events.end_user ORDER BY 1`),
		"u0 2026-01-31 23:00", "u1 2026-02-01 02:00")
	doing(t, conn, "SET ROLE reader_of_messages")
	if n := values[int64](t, conn, "SELECT count(*) FROM fortnight_events.message"); n[0] != 1000 {
		t.Errorf("who could read the messages reads %d", n[0])
	}
}

func TestAnUpgradeThatFailsLeavesTheMessagesAsTheyWere(t *testing.T) {
	t.Parallel()
	conn := connected(t, pgtest.New(t, messagesOfBefore, `INSERT INTO fortnight_events.message VALUES ('desk', 'odd', 'c', NULL, '2026-02-02Z', 'sideways', 'user')`))
	if _, err := conn.Exec(t.Context(), NativeTables()); err == nil {
		t.Fatal("a direction that the table does not take was taken")
	}
	if n := values[int64](t, conn, "SELECT count(*) FROM fortnight_events.message"); n[0] != 1001 {
		t.Errorf("%d messages are left", n[0])
	}
	doing(t, conn, "UPDATE fortnight_events.message SET direction = 'in' WHERE message_id = 'odd'")
	doing(t, conn, NativeTables())
	if n := values[int64](t, conn, "SELECT count(*) FROM fortnight_events.message"); n[0] != 1001 {
		t.Errorf("%d messages were taken over", n[0])
	}
}

func TestAMonthIsMadeOnceAndTakesWhatTheDefaultHasOfIt(t *testing.T) {
	t.Parallel()
	conn := connected(t, pgtest.New(t, NativeTables(), `INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, sent_at, direction, author) VALUES
		('desk', 'last', 'c', '2026-02-28 23:59:59.999999Z', 'in', 'user'), ('desk', 'first', 'c', '2026-03-01 00:00Z', 'in', 'user'), ('desk', 'next', 'c', '2026-04-01 00:00Z', 'in', 'user')`))
	doing(t, conn, "SET TimeZone = 'Pacific/Apia'") // a month is UTC's, whatever the session's zone
	made := func() bool {
		return values[bool](t, conn, "SELECT fortnight_events.make_month('2026-03-31 22:00Z')")[0]
	}
	if !made() || made() {
		t.Error("it is made once")
	}
	linesAre(t, values[string](t, conn, `SELECT message_id || ' ' || tableoid::regclass FROM fortnight_events.message ORDER BY sent_at`),
		"last fortnight_events.message_default", "first fortnight_events.message_2026_03", "next fortnight_events.message_default")
}

func TestMonthsThatAreDroppedLeaveWhoWroteFirstWhen(t *testing.T) {
	t.Parallel()
	conn := connected(t, pgtest.New(t, NativeTables(), `SELECT fortnight_events.make_month(m) FROM unnest(ARRAY['2026-01-01Z', '2026-02-01Z', '2026-03-01Z']::timestamptz[]) AS m;
		INSERT INTO fortnight_events.end_user (tenant_id, user_id, first_seen_at) VALUES ('desk', 'known', '2025-06-01Z');
		INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('desk', 'm0', 'c', 'ana', '2025-12-30Z', 'out', 'bot'), ('desk', 'm1', 'c', 'ana', '2026-01-02Z', 'in', 'user'), ('desk', 'm2', 'c', 'ana', '2026-02-02Z', 'in', 'user'),
		('desk', 'm3', 'c', 'known', '2026-01-03Z', 'in', 'user'), ('desk', 'm4', 'c', 'ben', '2026-03-03Z', 'in', 'user')`))
	linesAre(t, values[string](t, conn, "SELECT fortnight_events.drop_months('2026-02-20Z')"), "message_2026_01")
	linesAre(t, values[string](t, conn, "SELECT message_id FROM fortnight_events.message ORDER BY 1"), "m2", "m4")
	linesAre(t, months(t, conn), "message_2026_02", "message_2026_03", "message_default")
	linesAre(t, values[string](t, conn, `SELECT user_id || ' ' || to_char(first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM fortnight_events.end_user ORDER BY 1`),
		"ana 2026-01-02", "known 2025-06-01")
}

func TestMessagesOfAWeekAreReadFromTheirMonthAlone(t *testing.T) {
	t.Parallel()
	dsn := pgtest.New(t, NativeTables(), `SELECT fortnight_events.make_month(m) FROM unnest(ARRAY['2026-01-01Z', '2026-02-01Z', '2026-03-01Z']::timestamptz[]) AS m;
		INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk');
		INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, sent_at, direction, author)
		SELECT 'desk', 'm' || n, 'c', '2026-01-01Z'::timestamptz + n * interval '10 minutes', 'in', 'user' FROM generate_series(1, 12000) AS n; ANALYZE`)
	s := opened(t, "native", dsn, "desk")
	tx, err := connected(t, dsn).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read := s.planned(t.Context(), tx, time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC))
	if len(read) == 0 || read["fortnight_events.message"] == "" {
		t.Errorf("the plan reads %v", read)
	}
}
