package scheduler

import (
	"slices"
	"sync"
	"time"

	"fortnight/digest"
)

// register keeps digests and their editions in memory, by the rules of the ledger: an edition is opened once, no day is mailed twice,
// and the mark moves with what the schedule opens.
type register struct {
	mu      sync.Mutex
	digests []digest.Scheduled
	opened  []digest.Opening // edition 1, 2, …
}

// scheduled lists the digests with what is covered of each.
func (r *register) scheduled() []digest.Scheduled {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.digests)
	for i := range all {
		for _, o := range r.opened {
			if o.Digest == all[i].Digest && o.Cadence == all[i].Cadence && o.Period.To.After(all[i].Covered) {
				all[i].Covered = o.Period.To
			}
		}
	}
	return all
}

func (r *register) open(o digest.Opening) (edition int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.digests {
		if d := &r.digests[i]; d.Digest == o.Digest && d.Cadence == o.Cadence && !o.ByHand && o.Due.After(d.LastDue) {
			d.LastDue = o.Due
		}
	}
	for i, other := range r.opened {
		if other.Digest == o.Digest && other.Cadence == o.Cadence && other.Period.From.Equal(o.Period.From) && other.Period.To.Equal(o.Period.To) {
			return int64(i + 1), digest.ErrNotDue
		}
	}
	o.Archive = o.Archive || r.covered(o, o.Period)
	var listed []digest.Period
	for _, p := range o.CatchUp {
		if !o.Archive && !r.covered(o, p) {
			listed = append(listed, p)
		}
	}
	o.CatchUp = listed
	r.opened = append(r.opened, o)
	return int64(len(r.opened)), nil
}

// covered tells whether a day of a period was mailed, or is to be: by another edition, or in the list of missed ones of its mail.
func (r *register) covered(by digest.Opening, p digest.Period) bool {
	return slices.ContainsFunc(r.opened, func(o digest.Opening) bool {
		return o.Digest == by.Digest && o.Cadence == by.Cadence && !o.Archive && slices.ContainsFunc(append([]digest.Period{o.Period}, o.CatchUp...), func(of digest.Period) bool {
			return of.First().Before(p.End()) && p.First().Before(of.End())
		})
	})
}

// tick opens what is lacking at an instant, as the scheduler's does.
func (r *register) tick(now time.Time) error {
	for _, d := range r.scheduled() {
		d, err := forReaders(d)
		if err != nil {
			return err
		}
		c, err := Parse(d.Config.Cadence, d.Project.BiMonthly)
		if err != nil {
			return err
		}
		for _, o := range Lacking(d, c, now) {
			_, _ = r.open(o) // opened before is well too
		}
	}
	return nil
}
