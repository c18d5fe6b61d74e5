package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/internal/postgres"
	"fortnight/internal/relay"
)

// BenchmarkDueTogether has a thousand digests of one subscriber each come due in the same minute, and says how long after that their
// first attempts reached the mail server: half of them, 99 in a hundred, all. Jitter spreads them over a window of their own; then
// the time counts from each one's own place in it.
//
//	go test ./cmd/fortnight -run '^$' -bench DueTogether -benchtime 1x
func BenchmarkDueTogether(b *testing.B) {
	for _, jitter := range []string{"", "1m"} {
		name := "at once"
		if jitter != "" {
			name = "within " + jitter
		}
		b.Run(name, func(b *testing.B) {
			for range b.N {
				dueTogether(b, 1000, jitter)
			}
		})
	}
}

func dueTogether(b *testing.B, n int, jitter string) {
	b.Helper()
	r, err := relay.Start(b.Context(), relay.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			b.Error(err)
		}
	}()
	server, err := postgres.Start(b.Context(), postgres.Options{Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Stop() })
	url, err := server.CreateDatabase(b.Context(), "fortnight")
	if err != nil {
		b.Fatal(err)
	}
	p := bareSender(b, r, "LEASE=")
	p.use(b, url)
	due := time.Now().UTC().Truncate(time.Minute).Add(time.Minute)
	if time.Until(due) < 30*time.Second {
		due = due.Add(time.Minute)
	}
	var text strings.Builder
	text.WriteString(strings.Split(deskOf(""), "    digests:\n")[0] + "    digests:\n")
	for i := range n {
		fmt.Fprintf(&text, "      d%04d:\n        cadence: daily\n        at: \"%s\"\n        zone: UTC\n        active: true\n        sections: [activity]\n", i, due.Format("15:04"))
		if jitter != "" {
			fmt.Fprintf(&text, "        jitter: %s\n", jitter)
		}
		fmt.Fprintf(&text, "        subscribers: [{address: r%04d@d%d.example, audience: executive, pdf: false}]\n", i, i%10)
	}
	p.apply(b, text.String())
	p.do(b, "UPDATE fortnight.digests SET last_due = $1", due.Add(-24*time.Hour)) // the last one was made
	x, _ := p.serve(b)
	defer x.kill()
	if !time.Now().Before(due) {
		b.Fatal("it took until after the due to begin")
	}
	for deadline := due.Add(10 * time.Minute); r.Taken() < n; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d within ten minutes", r.Taken(), n)
		}
	}
	starts := p.starts(b)
	var after []float64
	for to, at := range r.Ledger().Tried() {
		after = append(after, at.Sub(starts[to]).Seconds())
	}
	slices.Sort(after)
	b.ReportMetric(after[n/2], "s-p50")
	b.ReportMetric(after[n*99/100], "s-p99")
	b.ReportMetric(after[n-1], "s-last")
	b.ReportMetric(0, "ns/op") // which would be the wait for the minute
}

// starts gives when the edition of each recipient was to be begun.
func (p *place) starts(b *testing.B) map[string]time.Time {
	b.Helper()
	rows, err := p.pool.Query(b.Context(), "SELECT d.recipient ->> 'Address', e.start_at FROM fortnight.deliveries d JOIN fortnight.editions e USING (edition_id)")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	starts := map[string]time.Time{}
	for rows.Next() {
		var to string
		var at time.Time
		if err := rows.Scan(&to, &at); err != nil {
			b.Fatal(err)
		}
		starts[to] = at
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return starts
}
