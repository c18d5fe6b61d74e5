//go:build unix

package main

import (
	"syscall"
	"testing"
	"time"

	"fortnight/digest"
)

// BenchmarkWholeReport edits, draws, paints and lays out a report of 17 charts: html, text and PDF. cpu-ms/op is what it
// costs on a warm process: 150 at most.
func BenchmarkWholeReport(b *testing.B) {
	studio, err := newStudio()
	if err != nil {
		b.Fatal(err)
	}
	snap := snapshotOf(b, "testdata/demo-snapshot.json")
	brief := supportDesk(digest.Manager)
	report := func() {
		v, err := studio.Variant(snap, brief, digest.Choice{Audience: digest.Manager, Locale: "en", PDF: true, Paper: "A4"})
		if err != nil {
			b.Fatal(err)
		}
		if charts := len(v.Images) - 1; charts != 17 {
			b.Fatalf("%d charts, want 17", charts)
		}
	}
	report()
	from := processorTime(b)
	for b.Loop() {
		report()
	}
	b.ReportMetric(float64(processorTime(b)-from)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
}

func processorTime(b *testing.B) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
