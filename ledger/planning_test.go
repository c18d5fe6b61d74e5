package ledger_test

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestAnEditionIsPlannedInPagesForEachSubscriberOnce(t *testing.T) {
	t.Parallel()
	b := filled(t)
	ids := many(t, b, 2500)
	all := deliveries(t, b, 1)
	if len(all) != 2503 || len(ids) != 2500 {
		t.Fatalf("%d deliveries are planned", len(all))
	}
	messages := map[string]bool{}
	for i, d := range all {
		if d.Subscriber.ID != all[0].Subscriber.ID+int64(i) || d.Subscriber.Token != "" || !strings.HasSuffix(d.MessageID, "@digest.fortnight.example") {
			t.Fatalf("delivery %d is %+v", i, d)
		}
		messages[d.MessageID] = true
		want := monday
		if d.Subscriber.Name == "Cy" { // 08:00 in Los Angeles
			want = monday.Add(3 * time.Hour)
		}
		if !d.Date.Equal(want) || !d.NextAt.Equal(want) {
			t.Fatalf("%s gets it at %s, dated %s", d.Subscriber.Name, d.NextAt, d.Date)
		}
	}
	if len(messages) != 2503 {
		t.Errorf("they have %d Message-IDs", len(messages))
	}
	batches, err := b.Batches(t.Context(), 1)
	if err != nil || len(batches) != 13 {
		t.Errorf("batches are %v, %v", batches, err)
	}
	last, err := b.Pending(t.Context(), 1, 12)
	if err != nil || len(last) != 103 || last[102].ID != all[2502].ID {
		t.Errorf("%d are in the last batch, %v", len(last), err)
	}
}

// BenchmarkPlan plans an edition for 100,000 subscribers, and lists it. It says how much more memory is in use meanwhile at most.
func BenchmarkPlan(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		book := benched(b)
		edition := opened(b, book, "2020-03-23")
		crowd(b, book, 100_000)
		most := watched()
		b.StartTimer()
		if _, err := collected(b, book, edition); err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range book.Deliveries(b.Context(), edition) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100_003 {
			b.Fatalf("%d are listed", n)
		}
		b.ReportMetric(float64(most())/(1<<20), "peak-MiB")
	}
}

// watched gives the most that the heap has grown by since.
func watched() (most func() uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapInuse
	var peak uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return peak - min(before, peak)
	}
}
