// Package scheduler says when editions are due and which period each covers, and makes them by durable jobs.
//
// A Cadence is a robfig/cron Schedule that is right where clocks change: a gap fires at the first instant after it, a
// repeated hour once at its first pass. A date that a zone skipped is no day and no period of its own; what is due on it and covers
// more than a day is due at the first instant after it. The jobs run on River.
// The package knows the words of digest, and neither the tables of editions nor mail: those are handed in.
package scheduler
