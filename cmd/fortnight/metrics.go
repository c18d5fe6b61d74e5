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
	seconds  prometheus.Histogram
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		editions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fortnight_editions_collected_total", Help: "Editions collected, by outcome: collected or failed."}, []string{"outcome"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fortnight_delivery_attempts_total", Help: "Attempts to hand a message to the relay, by outcome: sent, deferred, failed or unknown."}, []string{"outcome"}),
		seconds:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "fortnight_collect_seconds", Help: "How long collecting an edition took.", Buckets: []float64{.1, .3, 1, 3, 10, 30, 100}}),
	}
	m.registry.MustRegister(m.editions, m.attempts, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, outcome := range []digest.DeliveryState{digest.DeliverySent, digest.DeliveryDeferred, digest.DeliveryFailed, digest.DeliveryUnknown} {
		m.attempts.WithLabelValues(string(outcome))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) collect(step collectStep) collectStep {
	return func(ctx context.Context, edition int64) ([]digest.Delivery, error) {
		timer := prometheus.NewTimer(m.seconds)
		planned, err := step(ctx, edition)
		switch {
		case err == nil:
			timer.ObserveDuration()
			m.editions.WithLabelValues("collected").Inc()
		case !errors.Is(err, digest.ErrNotDue) && ctx.Err() == nil:
			m.editions.WithLabelValues("failed").Inc()
		}
		return planned, err
	}
}

// post counts the outcomes of a post.
func (m *metrics) post(p digest.Post) digest.Post { return countedPost{p, m} }

type countedPost struct {
	digest.Post
	metrics *metrics
}

// Send hands a message on and counts what became of it.
func (c countedPost) Send(ctx context.Context, from, to string, message []byte) digest.Outcome {
	o := c.Post.Send(ctx, from, to, message)
	c.metrics.attempts.WithLabelValues(string(o.State)).Inc()
	return o
}
