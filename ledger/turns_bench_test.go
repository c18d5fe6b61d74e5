package ledger_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres"
	"fortnight/ledger"
)

var durable = flag.Bool("durable", false, "benchmarks take a PostgreSQL that survives power loss")

// BenchmarkTurn has ten connections take turns over one edition, with no mail server between: what the ledger alone allows. It
// says turns a second, and what a turn costs PostgreSQL (all its processes) and this one in CPU.
//
// The tests' PostgreSQL does not wait for its disk. As Fortnight runs it:
//
//	go test ./ledger -run '^$' -bench Turn -benchtime 20000x -durable
func BenchmarkTurn(b *testing.B) { takeTurns(b, benched(b)) }

// BenchmarkTurnWithAWebhook is the same where each delivery that is sent is an event for a webhook.
func BenchmarkTurnWithAWebhook(b *testing.B) {
	book := benched(b)
	if _, err := book.pool.Exec(b.Context(), `
		INSERT INTO fortnight.webhooks (project_id, url, events, active, secret_sealed, made_at)
		SELECT project_id, 'https://hooks.example.com', '{}', true, '', created_at FROM fortnight.projects`); err != nil {
		b.Fatal(err)
	}
	takeTurns(b, book)
}

func takeTurns(b *testing.B, book book) {
	ids := many(b, book, b.N)
	pids := processes(b, book)
	before, own := cpu(b, pids), cpu(b, []int{os.Getpid()})
	var next atomic.Int64
	b.ResetTimer()
	var lanes sync.WaitGroup
	for range 10 {
		lanes.Go(func() {
			var ended *digest.Attempt
			for {
				i := int(next.Add(1)) - 1
				if i >= len(ids) {
					if _, err := book.Turn(b.Context(), ended, 0); err != nil {
						b.Error(err)
					}
					return
				}
				d, err := book.Turn(b.Context(), ended, ids[i])
				if err != nil || d == nil {
					b.Errorf("turn %d gives %v, %v", i, d, err)
					return
				}
				ended = &digest.Attempt{Delivery: d.ID, Number: d.Attempts, Outcome: sent}
			}
		})
	}
	lanes.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric((cpu(b, processes(b, book))-before).Seconds()*1e6/float64(b.N), "pg-µs/turn")
	b.ReportMetric((cpu(b, []int{os.Getpid()})-own).Seconds()*1e6/float64(b.N), "own-µs/turn")
	var sentOnce int
	if err := book.pool.QueryRow(b.Context(), "SELECT count(*) FROM fortnight.deliveries WHERE state = 'sent' AND attempts = 1").Scan(&sentOnce); err != nil || sentOnce != b.N {
		b.Errorf("%d of %d are sent once, %v", sentOnce, b.N, err)
	}
}

// benched is a book over the tests' PostgreSQL, or over a durable one.
func benched(b *testing.B) book {
	b.Helper()
	if !*durable {
		return filled(b)
	}
	server, err := postgres.Start(b.Context(), postgres.Options{Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := server.Stop(); err != nil {
			b.Error(err)
		}
	})
	url, err := server.CreateDatabase(b.Context(), "ledger")
	if err != nil {
		b.Fatal(err)
	}
	pool := connect(b, url)
	for _, script := range schema(b) {
		if _, err := pool.Exec(b.Context(), script); err != nil {
			b.Fatal(err)
		}
	}
	c := &clock{t: monday}
	full := book{ledger.New(pool, ledger.Options{Keys: keys(b, secret), Domain: "digest.fortnight.example", Now: c.now}), pool, c}
	if _, err := full.Apply(b.Context(), []digest.Project{project()}); err != nil {
		b.Fatal(err)
	}
	return full
}

// crowd adds n subscribers.
func crowd(t testing.TB, b book, n int) {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), `
		INSERT INTO fortnight.subscribers (project_id, digest_id, name, address, locale, zone, audience, pdf, added_by, added_at, token_hash, token_sealed)
		SELECT s.project_id, s.digest_id, 'Subscriber ' || n, 'subscriber-' || n || '@example.org', 'en', '', 'manager', false, 'Bo', s.added_at,
		       sha256(convert_to(n::text, 'UTF8')), s.token_sealed
		FROM fortnight.subscribers s, generate_series(1, $1) n
		WHERE s.name = 'Ana'`, n)
	if err != nil {
		t.Fatal(err)
	}
}

// many is an edition with n deliveries that may begin at once: it gives these.
func many(t testing.TB, b book, n int) (ids []int64) {
	t.Helper()
	crowd(t, b, n)
	edition := opened(t, b, "2020-03-23")
	if _, err := collected(t, b, edition); err != nil {
		t.Fatal(err)
	}
	rows, err := b.pool.Query(t.Context(), "SELECT delivery_id FROM fortnight.deliveries WHERE recipient ->> 'Name' LIKE 'Subscriber %' ORDER BY delivery_id")
	if err != nil {
		t.Fatal(err)
	}
	ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(ids) != n {
		t.Fatalf("%d deliveries for %d subscribers, %v", len(ids), n, err)
	}
	return ids
}

// processes lists the server's.
func processes(t testing.TB, b book) []int {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), "SELECT pid FROM pg_stat_activity")
	if err != nil {
		t.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

// cpu is the time that processes have spent so far; 0 where the system does not tell.
func cpu(_ testing.TB, pids []int) (all time.Duration) {
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest) // from the third on: man 5 proc
		for _, f := range fields[11:13] {
			ticks, _ := strconv.Atoi(f)
			all += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return all
}

// collected collects an edition and says how many deliveries were planned.
func collected(t testing.TB, b book, edition int64) (int, error) {
	t.Helper()
	e, err := b.StartCollecting(t.Context(), edition)
	if err != nil {
		return 0, err
	}
	s := snapshot(e, 307, 192)
	hash, err := s.Hash()
	if err != nil {
		return 0, err
	}
	return b.KeepSnapshot(context.WithoutCancel(t.Context()), edition, s, hash, "")
}
