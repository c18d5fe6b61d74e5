package digest

import "time"

// Scheduled is a digest as the schedule sees it.
type Scheduled struct {
	Digest  int64
	Project Project // without its digests
	Config  Config
	LastDue time.Time // the latest due that the schedule has dealt with; zero: none since it was switched on
	Covered time.Time // the latest end of a period that has an edition; zero: there is none
	Cadence string    // of the readers that it is for, a kind of Config.Readers.Cadences; "": the digest's own
}

// Name is PROJECT/DIGEST, as commands take it.
func (s Scheduled) Name() string { return s.Project.Key + "/" + s.Config.Key }

// Opening is an edition to be opened.
type Opening struct {
	Digest           int64
	Label            string // "SD-2020-W13"
	Due              time.Time
	Start            time.Time // not begun before: Due, or later by the digest's jitter
	Period, Previous Period
	Archive          bool        // missed: it is collected and kept, not mailed
	Listed           bool        // missed, and told of by the mail of the one opened after it
	CatchUp          []Period    // missed ones that its mail tells of, newest first
	AtOnce           bool        // sent at once, whatever hour it is for a subscriber
	ByHand           bool        // asked for by a person, or missed: the schedule's LastDue stays as it is
	Cadence          string      // of the readers that it is for; "": the digest's own
	Spec             CadenceSpec // that cadence, where Cadence is not empty: it takes the place of the configuration's
}
