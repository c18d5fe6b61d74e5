package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/web/reader"
)

// told is a digest, one of its readers, and what he wishes at an instant.
type told struct {
	config         digest.Config
	was, is        string    // the cadences that he has chosen; "": the digest's own
	since, instant time.Time // when he came, and when he wishes
	zone           string
	paused         digest.Date
	had            []digest.Period
	own, now       *scheduler.Cadence // the digest's, and the one that he is to get
}

func anyTold(t *rapid.T) told {
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana", "Africa/Cairo", "UTC"}
	at := fmt.Sprintf("%02d:%02d", rapid.SampledFrom([]int{0, 1, 2, 3, 8, 23}).Draw(t, "hour"), rapid.SampledFrom([]int{0, 30}).Draw(t, "minute"))
	spec := digest.CadenceSpec{
		Kind: rapid.SampledFrom([]string{scheduler.Daily, scheduler.Weekly, scheduler.Every2Weeks, scheduler.TwiceMonthly, scheduler.Monthly}).Draw(t, "kind"),
		At:   at, Zone: rapid.SampledFrom(zones).Draw(t, "zone"), WeekStart: time.Monday,
	}
	if spec.Kind == scheduler.Weekly || spec.Kind == scheduler.Every2Weeks {
		spec.At = rapid.SampledFrom([]string{"mon ", "wed ", "sun "}).Draw(t, "weekday") + at
	}
	if spec.Kind == scheduler.Every2Weeks {
		spec.Anchor = digest.Date{Year: 2020, Month: time.January, Day: 6}
	}
	longer, err := scheduler.Longer(spec, "")
	if err != nil {
		t.Fatal(err)
	}
	choices := append([]string{""}, longer...)
	x := told{
		config: digest.Config{Key: "weekly", Active: true, Cadence: spec, Readers: digest.Readers{Cadences: longer}},
		was:    rapid.SampledFrom(choices).Draw(t, "was"), is: rapid.SampledFrom(choices).Draw(t, "is"),
		instant: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 3*366*48).Draw(t, "half hours")) * 30 * time.Minute),
		zone:    rapid.SampledFrom(append([]string{""}, zones...)).Draw(t, "reader's zone"),
	}
	x.since = x.instant.AddDate(0, 0, -rapid.IntRange(0, 200).Draw(t, "days a reader"))
	if rapid.Bool().Draw(t, "pauses") {
		x.paused = digest.DateOf(x.instant).AddDays(rapid.IntRange(1, 80).Draw(t, "pause"))
	}
	before := x.cadence(t, x.was)
	for _, due := range before.Between(x.since, x.instant.Add(-time.Nanosecond)) {
		x.had = append(x.had, due.Period)
	}
	x.own, x.now = x.cadence(t, ""), x.cadence(t, x.is)
	return x
}

func (x told) cadence(t *rapid.T, chosen string) *scheduler.Cadence {
	c, err := cadenceFor(x.config.Cadence, chosen, "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// until is the end of what he had.
func (x told) until(context.Context, int64) (last time.Time, err error) {
	for _, p := range x.had {
		if p.To.After(last) {
			last = p.To
		}
	}
	return last, nil
}

// sent plays the schedule and the planning on from the wish: a look at each due, an edition of what is lacking, and who is left out of
// it. It gives the first copy that leaves for the reader.
func (x told) sent() (leaves time.Time, period digest.Period, ok bool) {
	looked := x.instant.Add(-time.Nanosecond) // what is due at the instant itself is yet to be looked at
	s := digest.Scheduled{Digest: 1, Project: digest.Project{Name: "Desk"}, Config: x.config, Cadence: x.is, LastDue: x.instant}
	if last, ok := x.own.Last(looked); ok && x.is == "" {
		s.LastDue, s.Covered = last.At, last.Period.To
	} else if last, ok := x.now.Last(looked); ok && x.is == x.was {
		s.LastDue, s.Covered = last.At, last.Period.To
	}
	for range 500 {
		look := x.now.Next(s.LastDue)
		for _, o := range scheduler.Lacking(s, x.now, look) {
			if !o.Archive {
				leaves := look
				if x.zone != "" {
					there, err := time.LoadLocation(x.zone)
					if err != nil {
						return time.Time{}, digest.Period{}, false
					}
					if hour, _ := digest.DateOf(o.Due).At(o.Due.Hour(), o.Due.Minute(), there); hour.After(look) {
						leaves = hour
					}
					leaves = leaves.In(there)
				}
				shares := slices.ContainsFunc(x.had, func(p digest.Period) bool {
					return p.First().Before(o.Period.End()) && o.Period.First().Before(p.End())
				})
				if !shares && (x.paused.IsZero() || !digest.DateOf(leaves).Before(x.paused)) {
					return leaves, o.Period, true
				}
			}
		}
		s.LastDue = look
	}
	return time.Time{}, digest.Period{}, false
}

func TestWhatAReaderIsToldComesNextIsWhatComes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := anyTold(t)
		leaves, period, ok := x.sent()
		if !ok {
			t.Fatal("nothing comes")
		}
		next := coming(func() time.Time { return x.instant }, x.until)
		got, err := next(t.Context(), reader.Subscription{
			ID: 7, Config: x.config, Kind: x.own.Kind(), Since: x.since, Given: digest.Subscriber{ID: 7}, Wishes: digest.Wishes{Cadence: x.was},
		}, digest.Wishes{Cadence: x.is, Zone: x.zone, PausedUntil: x.paused})
		if err != nil || got.Never {
			t.Fatalf("he is told %+v, %v", got, err)
		}
		if !got.Leaves.Equal(leaves) || !got.Period.From.Equal(period.From) || !got.Period.To.Equal(period.To) {
			t.Fatalf("he is told %s of %v; what comes is %s of %v", got.Leaves, got.Period, leaves, period)
		}
		until, _ := x.until(t.Context(), 7) // fails never
		gap := x.was != x.is && x.paused.IsZero() && !until.IsZero() && until.Before(period.From)
		if (got.Gap != nil) != gap || gap && (!got.Gap.From.Equal(until) || !got.Gap.To.Equal(period.From)) {
			t.Fatalf("the gap is told as %v; he had days until %s, and gets %v", got.Gap, until, period)
		}
	})
}
