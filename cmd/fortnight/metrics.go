package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"fortnight/digest"
)

// metrics are what /metrics shows of this process.
type metrics struct {
	registry *prometheus.Registry
	editions *prometheus.CounterVec
	attempts *prometheus.CounterVec
	missed   prometheus.Counter
	reports  *prometheus.CounterVec
	seconds  prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		editions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fortnight_editions_collected_total", Help: "Editions collected, by outcome: collected, waiting or failed."}, []string{"outcome"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fortnight_delivery_attempts_total", Help: "Attempts to hand a message to the relay, by outcome: sent, deferred, failed or unknown."}, []string{"outcome"}),
		missed:   prometheus.NewCounter(prometheus.CounterOpts{Name: "fortnight_missed_editions_total", Help: "Editions that nobody was mailed at their time, because nothing ran when they were due: in the archive, the latest of them listed in a catch-up mail."}),
		reports:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fortnight_reports_total", Help: "Reports that came back by mail, by kind: hard, soft, delayed, complaint or ignored."}, []string{"kind"}),
		seconds:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "fortnight_collect_seconds", Help: "How long collecting an edition took.", Buckets: []float64{.1, .3, 1, 3, 10, 30, 100}}),
	}
	m.registry.MustRegister(m.editions, m.attempts, m.missed, m.reports, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, outcome := range []digest.DeliveryState{digest.DeliverySent, digest.DeliveryDeferred, digest.DeliveryFailed, digest.DeliveryUnknown} {
		m.attempts.WithLabelValues(string(outcome))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) collect(step func(context.Context, int64) (int, error)) func(context.Context, int64) (int, error) {
	return func(ctx context.Context, edition int64) (int, error) {
		timer := prometheus.NewTimer(m.seconds)
		planned, err := step(ctx, edition)
		var waits *digest.NotYetError
		switch {
		case err == nil:
			timer.ObserveDuration()
			m.editions.WithLabelValues("collected").Inc()
		case errors.As(err, &waits):
			m.editions.WithLabelValues("waiting").Inc()
		case !errors.Is(err, digest.ErrNotDue) && ctx.Err() == nil:
			m.editions.WithLabelValues("failed").Inc()
		}
		return planned, err
	}
}

// attempt counts what became of one.
func (m *metrics) attempt(o digest.Outcome) { m.attempts.WithLabelValues(string(o.State)).Inc() }

// report counts one that came back by mail.
func (m *metrics) report(kind string) { m.reports.WithLabelValues(kind).Inc() }
