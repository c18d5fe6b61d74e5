package digest

import (
	"context"
	"errors"
	"time"
)

// ErrNotDue is what a Ledger answers where an edition is not in the state that the step begins with: somebody else has done
// it, or is doing it. The step is over; nothing is wrong.
var ErrNotDue = errors.New("already done or in other hands")

// NotYetError says that an edition waits for its sources; nothing is wrong with it.
type NotYetError struct {
	Until  time.Time // when to look again
	Reason string
	Brief  bool // it takes its course: nobody need be told
}

// Error names what is waited for.
func (e *NotYetError) Error() string {
	return e.Reason + "\nlooked at again at " + e.Until.UTC().Format(time.RFC3339)
}

// Ledger remembers what was planned, collected and sent.
type Ledger interface {
	// StartCollecting moves a due edition to collecting and gives it with its sources, or with the projects that it sums up; ErrNotDue where it is further already.
	// It counts as a try: after three that were not followed by KeepSnapshot or PutOff the edition is parked.
	StartCollecting(ctx context.Context, edition int64) (Edition, error)
	// PutOff makes an edition that is being collected due again, not to be taken up before an instant. The try does not count.
	PutOff(ctx context.Context, edition int64, until time.Time, reason string) error
	// KeepSnapshot stores what was collected. Where hold is empty it plans a delivery for each subscriber in the same transaction,
	// says how many, and the edition is ready; an edition for the archive is archived. Else the edition is held for that reason.
	KeepSnapshot(ctx context.Context, edition int64, s Snapshot, hash, hold string) (planned int, err error)
	// KeepUnmailed stores what was collected of an edition that nobody is mailed, and why, in words: it is done, without deliveries.
	KeepUnmailed(ctx context.Context, edition int64, s Snapshot, hash, why string) error
	// Edition gives an edition with its snapshot.
	Edition(ctx context.Context, edition int64) (Edition, Snapshot, error)
	// Before gives the snapshots of the digest's n latest editions before this one, newest first; fewer where there are fewer.
	Before(ctx context.Context, edition int64, n int) ([]Snapshot, error)
	// CaughtUp gives the snapshots of the missed periods that a catch-up mail lists, newest first; whole is false while one of
	// them is yet to be collected.
	CaughtUp(ctx context.Context, edition int64) (listed []Snapshot, whole bool, err error)
	// Restated compares the previous values of a snapshot with those stored for that period.
	Restated(ctx context.Context, edition int64, s Snapshot) ([]Restatement, error)
	// Printed gives what the digest's edition for another period had collected; nil where there was none.
	Printed(ctx context.Context, edition int64, p Period) (*Snapshot, error)
	// Logo gives the picture of an edition's project, as Edition.Project.Brand.Logo names it; ErrNotFound where it is not there.
	Logo(ctx context.Context, e Edition) (Logo, error)
	// StartRendering gives the variants that open deliveries of an edition need and that are not stored; ErrNotDue where there
	// is none, or the edition is not one to be sent. It counts as a try, as StartCollecting does, until KeepVariant.
	StartRendering(ctx context.Context, edition int64) ([]Choice, error)
	// KeepVariant stores a rendered variant under the edition, once; a later one of the same choice is ignored and the
	// stored one given back, so that every message of it is the same.
	KeepVariant(ctx context.Context, edition int64, v Variant) (Variant, error)
	// Variant gives a stored variant; ok is false where there is none yet.
	Variant(ctx context.Context, edition int64, c Choice) (v Variant, ok bool, err error)
	// Turn is a connection's visit between two messages: in one transaction it writes what became of the one (nil: there was none) and
	// begins an attempt of the next (0: there is none). Begun is nil where there is nothing to send: it has come to an end,
	// the subscriber has left, it is in other hands, its edition is not one to be sent. From Turn's return on, a crash leaves the
	// outcome of what was begun in doubt. An error means that nothing of it is certain.
	Turn(ctx context.Context, ended *Attempt, next int64) (begun *Delivery, err error)
	// Finish marks the edition done where every delivery has come to an end, and says how it stands.
	Finish(ctx context.Context, edition int64) (EditionState, error)
}
