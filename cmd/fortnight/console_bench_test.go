package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

// BenchmarkConsolePages asks every page of the console for a project of 500 digests with 100,000 deliveries, one of its digests with
// 2,000 subscribers, as a browser does, and reports the slowest median of a page, the slowest answer and the largest page.
func BenchmarkConsolePages(b *testing.B) {
	r, err := relay.Start(b.Context(), relay.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	p := barePlace(b, r.Addr())
	p.make = builtPlain
	p.use(b, pgtest.New(b))
	p.env["DESK_DSN"] = pgtest.Load(b, desk)
	p.onPort(b)
	p.env["FORTNIGHT_LEASE"] = "20s" // as it is by default: the schedule looks less often
	p.apply(b, largeHouse())
	p.fillHouse(b)
	person := p.signedIn(b)
	_, web := p.serve(b)
	var edition, subscriber int64
	if err := p.pool.QueryRow(b.Context(), "SELECT max(edition_id) FROM fortnight.editions WHERE planned > 100").Scan(&edition); err != nil {
		b.Fatal(err)
	}
	if err := p.pool.QueryRow(b.Context(), "SELECT max(subscriber_id) FROM fortnight.subscribers").Scan(&subscriber); err != nil {
		b.Fatal(err)
	}
	person.enter(b, web)
	pages := []string{
		"", "digests", "digests/d000", "digests/d000/subscribers", "subscribers", fmt.Sprintf("subscribers/%d", subscriber), "suppressions", "requests",
		"editions", fmt.Sprintf("editions/%d", edition), fmt.Sprintf("editions/%d?state=failed", edition), "calendar", "sources", "sources/desk",
		"settings", "settings/people", "settings/tokens", "settings/webhooks", "settings/brand", "audit",
	}
	var slowestPage, largestPage string
	var slowest, worst time.Duration
	var largest int
	for b.Loop() {
		for _, page := range pages {
			const times = 9
			took := make([]time.Duration, times)
			for i := range took {
				began := time.Now()
				status, body := person.get(b, web+"/p/house/"+page)
				took[i] = time.Since(began)
				if status != http.StatusOK {
					b.Fatalf("%s: %d\n%s", page, status, body)
				}
				if len(body) > 100_000 && i == 0 {
					b.Logf("/%s has %d bytes", page, len(body))
				}
				if len(body) > largest {
					largest, largestPage = len(body), page
				}
			}
			slices.Sort(took)
			b.Logf("%-40s median %6.1f ms, slowest %6.1f ms", "/"+page, float64(took[times/2].Microseconds())/1e3, float64(took[times-1].Microseconds())/1e3)
			if took[times/2] > slowest {
				slowest, slowestPage = took[times/2], page
			}
			worst = max(worst, took[times-1])
		}
	}
	b.Logf("slowest median /%s, largest page /%s", slowestPage, largestPage)
	b.ReportMetric(float64(slowest.Microseconds())/1e3, "ms/slowest-median")
	b.ReportMetric(float64(worst.Microseconds())/1e3, "ms/slowest")
	b.ReportMetric(float64(largest)/1e3, "kB/largest")
	b.ReportMetric(0, "ns/op")
}

// largeHouse is fortnight.yaml of 500 digests, the first with 2,000 subscribers.
func largeHouse() string {
	var s strings.Builder
	s.WriteString("projects:\n  house:\n    name: Haus der Terminvereinbarungen\n    zone: Europe/Berlin\n    sources:\n      desk: {platform: chatwoot, dsn_env: DESK_DSN, tenant: \"1\"}\n    digests:\n")
	days := []string{"mon", "tue", "wed", "thu", "fri"}
	for i := range 500 {
		fmt.Fprintf(&s, "      d%03d:\n        name: Terminvereinbarungsbestätigung %d\n        cadence: weekly\n        at: %s %02d:00\n        active: false\n        sections: [activity]\n        subscribers:\n", i, i, days[i%5], 6+i%12)
		readers := 4
		if i == 0 {
			readers = 2000
		}
		for j := range readers {
			fmt.Fprintf(&s, "          - {address: r%04d@d%d.example, name: Leserin %d, audience: manager}\n", j, j%10, j)
		}
	}
	return s.String()
}

// fillHouse gives the house ten weeks of editions: 100,000 deliveries, a few of them failed or unknown.
func (p *place) fillHouse(b *testing.B) {
	for _, question := range []string{
		`UPDATE fortnight.digests SET active = true, last_due = now() + interval '6 days'`, // nothing is due while pages are asked for
		`INSERT INTO fortnight.editions (project_id, digest_id, label, zone, period_start, period_end, previous_start, previous_end, due, start_at, next_at, state, archive, at_once, project, config, hash,
		     lease_until, opened_at, ready_at, finished_at)
		 SELECT d.project_id, d.digest_id, 'H-W' || w || '-' || d.key, 'Europe/Berlin', m - interval '7 days', m, m - interval '14 days', m - interval '7 days', m + interval '8 hours', m + interval '8 hours', m + interval '8 hours',
		     'done', false, false, jsonb_build_object('Key', p.key, 'Name', p.name, 'Zone', p.zone, 'Locale', p.locale), d.config, 'hash', m, m, m, m
		 FROM fortnight.digests d JOIN fortnight.projects p USING (project_id)
		 CROSS JOIN generate_series(0, 9) w
		 CROSS JOIN LATERAL (SELECT (date_trunc('week', now() AT TIME ZONE 'Europe/Berlin') - w * interval '7 days') AT TIME ZONE 'Europe/Berlin' AS m) at`,
		`INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, attempts, message_id, dated, next_at, expires_at, code, status, answer, changed_at)
		 SELECT e.project_id, e.edition_id, s.subscriber_id, jsonb_build_object('ID', s.subscriber_id, 'Name', s.name, 'Address', s.address, 'Locale', '', 'Zone', '', 'Audience', s.audience, 'PDF', true, 'AddedAt', s.added_at), 0,
		     CASE WHEN s.subscriber_id % 97 = 0 THEN 'failed' WHEN s.subscriber_id % 101 = 0 THEN 'unknown' ELSE 'sent' END, 1,
		     'm' || e.edition_id || '.' || s.subscriber_id || '@x.example', e.due, e.due, e.due + interval '7 days', 250, '2.0.0', 'queued', e.due
		 FROM fortnight.editions e JOIN fortnight.subscribers s USING (digest_id)`,
		`INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, attempts, message_id, dated, next_at, expires_at, code, status, answer, changed_at)
		 SELECT e.project_id, e.edition_id, NULL, jsonb_build_object('ID', 0, 'Name', 'Leser ' || n, 'Address', 'x' || n || '@y.example', 'Locale', '', 'Zone', '', 'Audience', 'manager', 'PDF', true, 'AddedAt', now()), 0,
		     'sent', 1, 'x' || e.edition_id || '.' || n || '@x.example', e.due, e.due, e.due + interval '7 days', 250, '2.0.0', 'queued', e.due
		 FROM fortnight.editions e CROSS JOIN generate_series(1, 13) n`,
		`INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at, ended_at, state, code, status, answer)
		 SELECT delivery_id, project_id, 1, dated, dated, CASE state WHEN 'failed' THEN 'failed' WHEN 'unknown' THEN 'unknown' ELSE 'sent' END, code, status, answer FROM fortnight.deliveries`,
		`UPDATE fortnight.editions e SET (planned, failed) = (SELECT count(*), count(*) FILTER (WHERE state = 'failed') FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id)`,
		`UPDATE fortnight.editions e SET counts = (SELECT coalesce(jsonb_object_agg(c.state, c.n), '{}')
		     FROM (SELECT d.state, count(*) AS n FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id GROUP BY d.state) c)`, // as Finish keeps them
		`VACUUM ANALYZE`,
	} {
		if _, err := p.pool.Exec(b.Context(), question); err != nil {
			b.Fatalf("%v\n%s", err, question)
		}
	}
	var n int
	if err := p.pool.QueryRow(b.Context(), "SELECT count(*) FROM fortnight.deliveries").Scan(&n); err != nil || n < 100000 {
		b.Fatalf("%d deliveries, %v", n, err)
	}
}
