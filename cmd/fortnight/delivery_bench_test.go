package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postfix/posttest"
	"fortnight/internal/postgres"
	"fortnight/internal/postgres/pgtest"
	"fortnight/ledger"
)

// BenchmarkDelivery sends one edition to 10,000 subscribers, over ten connections to Postfix's smtp-sink, with a ledger that
// survives power loss, as the program does it in a process of its own. The reference in the same run is smtp-source: it sends
// as many messages of that size over ten connections, and keeps no books; "reconnecting" is its default, a connection a message.
//
//	go run ./internal/setup postgres postfix
//	go test -run='^$' -bench=Delivery -benchtime=1x ./cmd/fortnight/
func BenchmarkDelivery(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"20kB", 20_000}, {"250kB", 250_000}} {
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				const n = 10_000
				address := posttest.Sink(b)
				kept, reconnecting := posttest.Source(b, address, n, size.bytes, "-d"), posttest.Source(b, address, n, size.bytes)
				x := newMailing(b, address, n, size.bytes)
				took, peak := x.deliver(b)
				rate := float64(n) / took.Seconds()
				b.ReportMetric(rate, "messages/s")
				b.ReportMetric(rate/kept, "of-smtp-source")
				b.ReportMetric(rate/reconnecting, "of-smtp-source-reconnecting")
				b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
				b.ReportMetric(0, "ns/op") // setting up is most of it
			}
		})
	}
}

// BenchmarkManySubscribers is the memory that serve takes while it plans an edition for 100,000 subscribers and sends it.
//
//	go test -run='^$' -bench=ManySubscribers -benchtime=1x ./cmd/fortnight/
func BenchmarkManySubscribers(b *testing.B) {
	for b.Loop() {
		const n = 100_000
		x := newMailing(b, posttest.Sink(b), n, 20_000)
		took, peak := x.deliver(b)
		b.ReportMetric(n/took.Seconds(), "messages/s")
		b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
		b.ReportMetric(0, "ns/op")
	}
}

// mailing is an installation with one edition that is to be sent to many.
type mailing struct {
	*place
	edition int64
	n       int
}

// newMailing has n subscribers in 500 domains, a snapshot yet to be planned for, and a variant of a size when it is encoded.
func newMailing(b *testing.B, relay net.Addr, n, size int) *mailing {
	b.Helper()
	server, err := postgres.Start(b.Context(), postgres.Options{Durable: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Stop() })
	url, err := server.CreateDatabase(b.Context(), "fortnight")
	if err != nil {
		b.Fatal(err)
	}
	x := &mailing{place: barePlace(b, relay), n: n}
	x.use(b, url)
	x.env["DESK_DSN"] = pgtest.Load(b, desk)
	x.env["FORTNIGHT_SMTP_CONNECTIONS"], x.env["FORTNIGHT_SMTP_DOMAIN_CONNECTIONS"] = "10", "10"
	x.apply(b, deskOf("          - {address: reader@d0.example, name: Reader, audience: executive, pdf: false}\n"))
	const multiply = `
		INSERT INTO fortnight.subscribers (project_id, digest_id, name, address, locale, zone, audience, pdf, added_by, added_at, token_hash, token_sealed)
		SELECT s.project_id, s.digest_id, 'Reader ' || n, 'reader' || n || '@d' || n % 500 || '.example', s.locale, s.zone, s.audience, s.pdf, s.added_by, s.added_at,
		       sha256(convert_to(n::text, 'UTF8')), s.token_sealed
		FROM fortnight.subscribers s, generate_series(2, $1::int) n`
	x.do(b, multiply, n)
	x.do(b, "UPDATE fortnight.digests SET active = false")
	keys, err := ledger.NewKeys(x.env["FORTNIGHT_SECRET_KEY"])
	if err != nil {
		b.Fatal(err)
	}
	books := ledger.New(x.pool, ledger.Options{Keys: keys, Domain: "desk.example", Now: time.Now})
	s, err := books.Digest(b.Context(), "desk/weekly")
	if err != nil {
		b.Fatal(err)
	}
	opening, err := wantedEdition{digest: "desk/weekly"}.opening(s, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	if x.edition, err = books.Open(b.Context(), opening, nil); err != nil {
		b.Fatal(err)
	}
	if _, err := books.KeepVariant(b.Context(), x.edition, sizedVariant(size)); err != nil {
		b.Fatal(err)
	}
	return x
}

// sizedVariant is a brief digest whose message has about a number of octets: html and text, and pictures for the rest.
func sizedVariant(size int) digest.Variant {
	v := digest.Variant{
		Choice: digest.Choice{Audience: digest.Executive, Locale: "en", Paper: "A4"},
		Letter: digest.Letter{Locale: "en", Subject: "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed", Kind: "Weekly digest"},
		Text:   bytes.Repeat([]byte("Messages 307, the week before 192.\n"), 60),
		HTML:   bytes.Repeat([]byte("<td style=\"padding:4px\">307 messages</td>\n"), 250),
	}
	links := digest.Placeholders
	v.Text = fmt.Appendf(v.Text, "\n%s\n%s\n", links.View, links.Unsubscribe)
	v.HTML = fmt.Appendf(v.HTML, "<a href=%q>view</a> <a href=%q>unsubscribe</a>", links.View, links.Unsubscribe)
	picture := make([]byte, max(0, size-len(v.HTML)*5/4-len(v.Text)-2500)*3/4)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(picture) // it never fails
	if len(picture) > 0 {
		v.Images = []digest.Image{{Name: "a.png", ContentID: "a@fortnight", Width: 600, Height: 280, PNG: picture}}
	}
	return v
}

// deliver lets serve make and send the edition, and says how long it sent and how much memory it took at most.
func (x *mailing) deliver(b *testing.B) (took time.Duration, peak int64) {
	b.Helper()
	x.do(b, "UPDATE fortnight.editions SET lease_until = now() - interval '1 hour'") // nobody is at it
	serve, _ := x.serve(b)
	for state := ""; state != string(digest.EditionDone); time.Sleep(200 * time.Millisecond) {
		if err := x.pool.QueryRow(b.Context(), "SELECT state FROM fortnight.editions WHERE edition_id = $1", x.edition).Scan(&state); err != nil {
			b.Fatal(err)
		}
		select {
		case <-serve.ended:
			b.Fatalf("serve ended: %v\n%s", serve.cmd.ProcessState, &serve.err)
		default:
		}
	}
	var sent int
	var first, last time.Time
	const question = `
		SELECT count(*) FILTER (WHERE d.state = 'sent'), (SELECT min(a.started_at) FROM fortnight.attempts a), (SELECT max(a.ended_at) FROM fortnight.attempts a)
		FROM fortnight.deliveries d`
	if err := x.pool.QueryRow(b.Context(), question).Scan(&sent, &first, &last); err != nil {
		b.Fatal(err)
	}
	if sent != x.n {
		b.Fatalf("%d of %d sent", sent, x.n)
	}
	if err := serve.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	<-serve.ended
	usage, ok := serve.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		b.Fatal("this system does not tell a process' peak memory")
	}
	return last.Sub(first), usage.Maxrss << 10 // Linux counts KiB
}

func (p *place) do(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := p.pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}
