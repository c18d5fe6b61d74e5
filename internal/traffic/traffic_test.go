package traffic_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/traffic"
)

func TestTheDeskIsLifelikeAndTheSameEveryTime(t *testing.T) {
	ctx := context.Background()
	tables, err := os.ReadFile("../../collectors/tables.sql")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	plan := traffic.Plan{
		Schema: "fortnight_events", Tenant: "desk", Name: "Support desk", Zone: zone, Weeks: 3, Seed: 1,
		Until: time.Date(2026, 11, 16, 0, 0, 0, 0, zone),
	}
	open := func() *pgx.Conn {
		conn, err := pgx.Connect(ctx, pgtest.New(t, string(tables)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(ctx) })
		if err := traffic.Write(ctx, conn, plan); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	number := func(conn *pgx.Conn, sql string, args ...any) (n int) {
		t.Helper()
		if err := conn.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	first, again := open(), open()
	const sum = `SELECT sum(hashtext(m::text)) % 1000000007 FROM fortnight_events.message m`
	if a, b := number(first, sum), number(again, sum); a != b {
		t.Errorf("the same seed gave messages with sums %d and %d", a, b)
	}
	for _, c := range []struct{ name, sql string }{
		{"messages by bot, user, agent and automation", `SELECT count(DISTINCT author) - 4 FROM fortnight_events.message`},
		{"three languages", `SELECT count(DISTINCT language) - 3 FROM fortnight_events.message WHERE language IS NOT NULL`},
		{"nothing after the end", `SELECT count(*) FROM fortnight_events.message WHERE sent_at >= '2026-11-16 00:00-05'`},
		{"no assignment accepted before it was offered", `SELECT count(*) FROM fortnight_events.assignment WHERE accepted_at < offered_at OR ended_at < accepted_at`},
		{"no session that ends before it begins", `SELECT count(*) FROM fortnight_events.agent_session WHERE ended_at <= started_at`},
		{"no closing reason on an open episode", `SELECT count(*) FROM fortnight_events.episode WHERE closed_at IS NULL AND close_reason IS NOT NULL`},
		{"no message of an unknown conversation", `SELECT count(*) FROM fortnight_events.message m WHERE NOT EXISTS (SELECT FROM fortnight_events.conversation c WHERE c.conversation_id = m.conversation_id)`},
		{"first seen is the first inbound message", `SELECT count(*) FROM fortnight_events.end_user u WHERE first_seen_at IS DISTINCT FROM (SELECT min(sent_at) FROM fortnight_events.message m WHERE m.user_id = u.user_id AND direction = 'in')`},
	} {
		if n := number(first, c.sql); n != 0 {
			t.Errorf("%s: off by %d", c.name, n)
		}
	}
	for _, c := range []struct {
		name, sql string
		min, max  int
	}{
		{"messages", `SELECT count(*) FROM fortnight_events.message`, 3000, 9000},
		{"transfers", `SELECT count(*) FROM fortnight_events.assignment WHERE kind = 'transfer'`, 5, 60},
		{"missed chats", `SELECT count(*) FROM fortnight_events.assignment WHERE accepted_at IS NULL`, 5, 40},
		{"flows", `SELECT count(*) FROM fortnight_events.flow_session`, 150, 600},
		{"campaign messages", `SELECT count(*) FROM fortnight_events.outbound_delivery`, 10, 40},
	} {
		if n := number(first, c.sql); n < c.min || n > c.max {
			t.Errorf("%d %s, want %d to %d", n, c.name, c.min, c.max)
		}
	}
}
