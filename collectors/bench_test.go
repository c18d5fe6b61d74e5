package collectors

import (
	"os"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// BenchmarkThreeSectionsChatwoot500k reads all sections, with their previous period, of one week from a Chatwoot account of 500,143
// messages. Wanted: two seconds at most.
func BenchmarkThreeSectionsChatwoot500k(b *testing.B) {
	s := opened(b, "chatwoot", halfAMillion(b), "1")
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	period := days(zone, "2020-03-23", "2020-03-30")
	for b.Loop() {
		snapshot, err := s.Collect(b.Context(), digest.Ask{Period: period})
		if err != nil {
			b.Fatal(err)
		}
		if len(snapshot.Sections) < 3 { // Chatwoot cannot fill all
			b.Fatalf("%d sections", len(snapshot.Sections))
		}
		for _, x := range snapshot.Sections {
			if x.Status != digest.Complete {
				b.Fatalf("%s is %s: %s", x.Key, x.Status, x.Reason)
			}
		}
	}
}

func halfAMillion(b *testing.B) string {
	b.Helper()
	var scripts []string
	for _, name := range []string{support, "testdata/chatwoot/multiply.sql"} {
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		scripts = append(scripts, string(text))
	}
	return pgtest.New(b, scripts...)
}

// BenchmarkHowFarDataReachChatwoot500k asks the same account, after a silence that is looked into: its newest message, and the four weeks before it.
func BenchmarkHowFarDataReachChatwoot500k(b *testing.B) {
	s := opened(b, "chatwoot", halfAMillion(b), "1")
	conn, err := s.connect(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	tx, err := conn.Begin(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		upTo, err := s.dataUpTo(b.Context(), tx, digest.Ask{Period: days(time.UTC, "2020-05-04", "2020-05-11")}, readAt)
		if err != nil || upTo.IsZero() {
			b.Fatal(upTo, err)
		}
	}
}
