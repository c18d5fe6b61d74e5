package scheduler

import (
	"hash/fnv"
	"slices"
	"time"

	"fortnight/digest"
)

// catchUp is how many missed periods the next mail tells of where a digest does not say.
const catchUp = 2

// Lacking lists the editions that a digest lacks at an instant, the oldest first: one for each period that has come due since
// the schedule last looked; for a digest that it has never looked at (just switched on) the latest one alone,
// which is due now and goes to everybody at once: it is not late, for nobody could have had it before. What stood open on a
// day that is past cannot be told: such a digest begins with its next due.
//
// Otherwise the latest is on time, or late, and moves the schedule's mark. Those before it were missed: they are collected for the
// archive only. As many of the newest of them as the digest's CatchUp says are listed in the latest one's mail. They leave the
// mark alone: an end in the middle of them loses nothing.
//
// Where the cadence was changed, a due that the mark has passed is lacking all the same if its period ends after all that have an
// edition: the days up to there were never anybody's.
//
// Of a cadence that readers have chosen for themselves (s.Cadence, which c then is) the mark begins with the instant at which the
// first of them did: the first edition is that of the first period to close after it.
func Lacking(s digest.Scheduled, c *Cadence, now time.Time) []digest.Opening {
	switch {
	case s.Cadence != "":
		return inOrder(s, c.closedSince(s.LastDue, now))
	case s.LastDue.IsZero():
		if last, ok := c.Last(now); ok {
			if s.Config.OnlyNow() && s.Config.Past(last.At, now, c.loc) != nil {
				return nil
			}
			first := opening(s, last)
			first.Due, first.Start, first.AtOnce = now, now, true
			return []digest.Opening{first}
		}
		return nil
	}
	return inOrder(s, onePerPeriod(append(c.passedOver(s.LastDue, s.Covered, now), c.Between(s.LastDue, now)...)))
}

// inOrder gives the openings of dues: the latest is mailed, those before it were missed.
func inOrder(s digest.Scheduled, dues []Due) []digest.Opening {
	var all []digest.Opening
	for _, d := range dues {
		all = append(all, opening(s, d))
	}
	if len(all) == 0 {
		return nil
	}
	missed, latest := all[:len(all)-1], &all[len(all)-1]
	listed := s.Config.CatchUp
	if listed == 0 {
		listed = catchUp
	}
	for i := range slices.Backward(missed) {
		o := &missed[i]
		o.Archive, o.ByHand = true, true
		if o.Listed = len(latest.CatchUp) < listed; o.Listed {
			latest.CatchUp = append(latest.CatchUp, o.Period)
		}
	}
	return all
}

// closedSince lists the dues after a mark whose periods were open at it, in order; none for the zero time.
func (c *Cadence) closedSince(mark, now time.Time) []Due {
	if mark.IsZero() {
		return nil
	}
	return slices.DeleteFunc(c.Between(mark, now), func(d Due) bool { return !d.Period.To.After(mark) })
}

// passedOver lists the dues up to the mark whose periods end after everything that is covered, in order.
func (c *Cadence) passedOver(mark, covered, now time.Time) []Due {
	if covered.IsZero() {
		return nil
	}
	var dues []Due
	for at := earlier(mark, now); ; {
		d, ok := c.Last(at)
		if !ok || !d.Period.To.After(covered) {
			break
		}
		dues = append(dues, d)
		at = d.At.Add(-time.Nanosecond)
	}
	slices.Reverse(dues)
	return dues
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func opening(s digest.Scheduled, d Due) digest.Opening {
	o := digest.Opening{
		Digest: s.Digest, Label: Label(s.Project.Name, d.Period), Due: d.At, Start: d.At.Add(Jitter(s.Name(), s.Config.Jitter)),
		Period: d.Period, Previous: d.Previous, Cadence: s.Cadence,
	}
	if s.Cadence != "" {
		o.Spec = s.Config.Cadence
	}
	if s.Cadence == "" && s.Config.Cadence.Closes() {
		o.AtOnce = true // a picture of the day as it closes: it waits neither for the day's end nor for an hour elsewhere
	}
	return o
}

// Jitter is how long after its dues a digest, by its name PROJECT/DIGEST, begins: its own place within a window, in whole seconds,
// the same at every due. 0 where the window is less than a second.
func Jitter(name string, window time.Duration) time.Duration {
	if window < time.Second {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash takes everything
	return time.Duration(mix(h.Sum64())%uint64(window/time.Second)) * time.Second
}

// mix stirs the bits of a hash: names that differ in the last letter alone are not to be neighbours (the finaliser of
// MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// onePerPeriod keeps the first due of each period: a cron expression may have several.
func onePerPeriod(dues []Due) []Due {
	var kept []Due
	for _, d := range dues {
		if len(kept) == 0 || !kept[len(kept)-1].Period.From.Equal(d.Period.From) {
			kept = append(kept, d)
		}
	}
	return kept
}
