package digest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Sharing is a project that a digest of several names, with what reading it needs. Where Gap is not empty it may not be read, and the
// project has its key alone.
type Sharing struct {
	Project Project // key, name, zone, hours and sources with their DSNs
	Gap     string  // "north does not share its numbers with group: …": said alike of one that does not and of one that is not there
}

// Closed is the sharing of a project that has not agreed to be summed up by a digest of another, or that there is not.
func Closed(key, by string) Sharing {
	return Sharing{Project: Project{Key: key}, Gap: fmt.Sprintf("%s does not share its numbers with %s: its owner adds %s under `shares`", key, by, by)}
}

// readersAtOnce is how many projects of a digest of several are read at a time.
const readersAtOnce = 2

// readSeveral reads each project of a digest of several, and sums their sections up. One that may not be read, cannot be read or says nothing
// leaves the others as they are: it has failed in their sums. hangs is the error of a source that says nothing.
func (l *Life) readSeveral(ctx context.Context, e Edition, whole bool) (all Snapshot, hangs, err error) {
	if len(e.Sharing) != len(e.Config.Projects) {
		return all, nil, fmt.Errorf("%d of the %d projects of %s were looked up", len(e.Sharing), len(e.Config.Projects), e.Name())
	}
	all = Snapshot{Version: SnapshotVersion, Name: e.Project.Name, Period: e.Period, Previous: e.Previous}
	var keys []string
	for _, c := range e.Config.Sections {
		keys = append(keys, c.Section)
	}
	read, errs := make([]Snapshot, len(e.Sharing)), make([]error, len(e.Sharing))
	turns, done := make(chan struct{}, readersAtOnce), sync.WaitGroup{}
	for i, s := range e.Sharing {
		if s.Gap != "" {
			continue
		}
		done.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			read[i], errs[i] = l.readOf(ctx, e, s.Project, keys, whole)
		})
	}
	done.Wait()
	if ctx.Err() != nil {
		return Snapshot{}, nil, ctx.Err()
	}
	all.First = true
	for i := range read {
		if errors.Is(errs[i], ErrHangs) {
			hangs = errs[i]
		}
		if e.Sharing[i].Gap != "" || errs[i] != nil {
			continue
		}
		all.ReadAt = earlier(all.ReadAt, read[i].ReadAt)
		all.DataUpTo = earlier(all.DataUpTo, read[i].DataUpTo)
		all.First = all.First && read[i].First
	}
	if all.ReadAt.IsZero() {
		all.ReadAt, all.First = l.Now().UTC(), false
	}
	for _, key := range keys {
		var shares []Share
		for i, s := range e.Sharing {
			shares = append(shares, shareOf(key, s, &read[i], errs[i]))
		}
		section := RollUp(key, shares)
		if err := section.CheckRollUp(); err != nil {
			section = Section{Key: key, Projects: section.Projects, Status: Broken, Reason: err.Error(), Figures: []Figure{}, Charts: []Chart{}, Tables: section.Tables, Notes: []Note{}}
		}
		all.Sections = append(all.Sections, section)
	}
	all.Aim(e.Config.Targets)
	return all, hangs, nil
}

// shareOf is what a project gave for a section. Why one failed is told without what its source said: that names hosts and users, and is for
// those who may read the project.
func shareOf(key string, s Sharing, read *Snapshot, err error) Share {
	broken := Section{Key: key, Status: Broken}
	if s.Gap != "" {
		broken.Reason = strings.TrimPrefix(s.Gap, s.Project.Key+" ")
		return Share{Project: s.Project.Key, Closed: true, Section: broken}
	}
	found := read.Section(key)
	switch {
	case err != nil || found == nil:
		broken.Reason = unreadShare
		return Share{Project: s.Project.Name, Section: broken}
	case found.Status == Broken:
		broken.Reason = found.Reason
		if !strings.HasPrefix(found.Reason, "statement timeout after ") {
			broken.Reason = unreadShare
		}
		return Share{Project: s.Project.Name, Section: broken}
	}
	return Share{Project: s.Project.Name, Section: *found}
}

const unreadShare = "its source could not be read"

// readOf reads sections of one project, each from the first of its sources, in its order, whose platform can fill it.
func (l *Life) readOf(ctx context.Context, e Edition, p Project, keys []string, whole bool) (all Snapshot, err error) {
	if len(p.Sources) == 0 {
		return all, fmt.Errorf("project %s has no source", p.Key)
	}
	rest := keys
	for _, source := range p.Sources {
		if len(rest) == 0 {
			break
		}
		of := e
		of.Project = p
		part, err := l.readSource(ctx, of, source.Key, rest, whole)
		if err != nil {
			return all, err
		}
		part.atClosing(e)
		if all.Sections == nil {
			all.First = part.First
		}
		all.ReadAt, all.DataUpTo = earlier(all.ReadAt, part.ReadAt), earlier(all.DataUpTo, part.DataUpTo)
		var missing []string
		for _, s := range part.Sections {
			if s.Status == Absent {
				missing = append(missing, s.Key)
			}
			if i := slices.IndexFunc(all.Sections, func(x Section) bool { return x.Key == s.Key }); i >= 0 {
				all.Sections[i] = s
			} else {
				all.Sections = append(all.Sections, s)
			}
		}
		rest = missing
	}
	return all, nil
}
