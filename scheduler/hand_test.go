package scheduler

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
)

// twoLanes is a ledger and a post with two connections, of which the deliveries 11 and 12 hang until they are called off or let go.
type twoLanes struct {
	digest.Ledger // the rest is not asked
	digest.Post

	mu    sync.Mutex
	ended map[int64]digest.DeliveryState
	let   chan struct{}
}

func (l *twoLanes) Edition(context.Context, int64) (digest.Edition, digest.Snapshot, error) {
	return digest.Edition{ID: 1}, digest.Snapshot{}, nil
}

func (l *twoLanes) Variant(_ context.Context, _ int64, c digest.Choice) (digest.Variant, bool, error) {
	return digest.Variant{Choice: c}, true, nil
}

func (l *twoLanes) Turn(_ context.Context, ended *digest.Attempt, next int64) (*digest.Delivery, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ended != nil {
		l.ended[ended.Delivery] = ended.State
	}
	if next == 0 {
		return nil, nil
	}
	return &digest.Delivery{ID: next, EditionID: 1, Subscriber: to(next), Attempts: 1}, nil
}

func to(id int64) digest.Subscriber { return digest.Subscriber{ID: id, Address: "a@example.com"} }

func (l *twoLanes) Connections() int                                      { return 2 }
func (l *twoLanes) Connection(context.Context) (digest.Connection, error) { return l, nil }
func (l *twoLanes) Leave(string) (func(), time.Duration)                  { return func() {}, 0 }
func (l *twoLanes) Form(digest.Message) (digest.Form, error)              { return l, nil }
func (l *twoLanes) Message(dst []byte, _ digest.Message) ([]byte, error)  { return dst, nil }
func (l *twoLanes) Ready(context.Context) (digest.Outcome, bool)          { return digest.Outcome{}, true }
func (l *twoLanes) Free()                                                 {}

func (l *twoLanes) Send(ctx context.Context, _ digest.Envelope, _ []byte) digest.Outcome {
	select {
	case <-ctx.Done():
		return digest.Outcome{State: digest.DeliveryUnknown}
	case <-l.let:
		return digest.Outcome{State: digest.DeliverySent}
	}
}

func TestADeliveryThatWasLostToOthersIsCalledOffAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	lanes := &twoLanes{ended: map[int64]digest.DeliveryState{}, let: make(chan struct{})}
	d := newDesk(t)
	m := d.maker(t, nil)
	life := digest.Life{Ledger: lanes, Post: lanes, Now: d.now, Letterhead: digest.Letterhead{
		Links: func(digest.Edition, digest.Subscriber) digest.Links { return digest.Links{} },
	}}
	m.Deliver = life.Deliver
	var held []int64
	var once sync.Once
	m.Leases = &renewals{desk: d, lost: func(in []digest.Delivery) ([]int64, error) {
		if len(in) < 2 {
			return nil, nil
		}
		held = nil
		for _, x := range in {
			held = append(held, x.ID)
		}
		once.Do(func() { time.AfterFunc(100*time.Millisecond, func() { close(lanes.let) }) })
		return []int64{11}, nil
	}}
	if err := m.prepare(t.Context(), 1, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.deliver(t.Context(), 1, 0, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(held)
	if !slices.Equal(held, []int64{11, 12}) || lanes.ended[11] != digest.DeliveryUnknown || lanes.ended[12] != digest.DeliverySent {
		t.Errorf("renewed %v, ended %v", held, lanes.ended)
	}
}
