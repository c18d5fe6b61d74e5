package digest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
)

// office is a ledger and a post in memory: it notes in which order things happen.
type office struct {
	digest.Ledger
	mu       sync.Mutex
	events   []string
	lines    int
	leave    func(to string) (bool, time.Duration) // nil: at once
	ready    func() (digest.Outcome, bool)         // nil: at once
	send     func(ctx context.Context, to string) digest.Outcome
	unformed error
	taken    int
}

func (o *office) note(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, fmt.Sprintf(format, args...))
}

func (o *office) Edition(context.Context, int64) (digest.Edition, digest.Snapshot, error) {
	return digest.Edition{ID: 1, Label: "SD-2020-W13"}, digest.Snapshot{}, nil
}

func (o *office) Variant(_ context.Context, _ int64, c digest.Choice) (digest.Variant, bool, error) {
	return digest.Variant{Choice: c}, true, nil
}

func (o *office) Turn(_ context.Context, ended *digest.Attempt, next int64) (*digest.Delivery, error) {
	if ended != nil {
		o.note("%d %s", ended.Delivery, ended.State)
	}
	if next == 0 {
		return nil, nil
	}
	o.note("%d begins", next)
	return &digest.Delivery{ID: next, Attempts: 1, Subscriber: digest.Subscriber{Address: address(next)}}, nil
}

func (o *office) Compose(digest.Message) ([]byte, error) { return nil, nil }

func (o *office) Form(digest.Message) (digest.Form, error) { return stamp{}, o.unformed }

func (o *office) Connections() int { return o.lines }

func (o *office) Connection(context.Context) (digest.Connection, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken++
	return &wire{o}, nil
}

func (o *office) Leave(to string) (func(), time.Duration) {
	if o.leave != nil {
		if may, wait := o.leave(to); !may {
			return nil, wait
		}
	}
	return func() {}, 0
}

type stamp struct{}

func (stamp) Message(dst []byte, m digest.Message) ([]byte, error) {
	return append(dst, m.To.Address...), nil
}

type wire struct{ o *office }

func (w *wire) Ready(context.Context) (digest.Outcome, bool) {
	if w.o.ready != nil {
		return w.o.ready()
	}
	return digest.Outcome{}, true
}

func (w *wire) Send(ctx context.Context, e digest.Envelope, message []byte) digest.Outcome {
	w.o.note("%s sends %s", e.To, message)
	if w.o.send != nil {
		return w.o.send(ctx, e.To)
	}
	return digest.Outcome{State: digest.DeliverySent}
}

func (w *wire) Free() {
	w.o.mu.Lock()
	defer w.o.mu.Unlock()
	w.o.taken--
}

func address(delivery int64) string {
	domain := "slow.example"
	if delivery < 10 {
		domain = "quick.example"
	}
	return fmt.Sprintf("%d@%s", delivery, domain)
}

func queued(ids ...int64) (all []digest.Delivery) {
	for _, id := range ids {
		all = append(all, digest.Delivery{ID: id, Subscriber: digest.Subscriber{Address: address(id)}})
	}
	return all
}

func (o *office) life() *digest.Life {
	return &digest.Life{Letterhead: digest.Letterhead{Links: func(digest.Edition, digest.Subscriber) digest.Links { return digest.Links{} }}, Ledger: o, Post: o, Now: func() time.Time { return time.Unix(1_000_000, 0) }}
}

func never() bool { return false }

func TestAConnectionBeginsItsNextMessageWhenTheOneBeforeIsRecorded(t *testing.T) {
	o := &office{lines: 1}
	if err := o.life().Deliver(t.Context(), 1, queued(1, 2), &digest.Hand{}, never); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 begins", "1@quick.example sends 1@quick.example", "1 sent",
		"2 begins", "2@quick.example sends 2@quick.example", "2 sent",
	}
	if !slices.Equal(o.events, want) || o.taken != 0 {
		t.Errorf("%q, %d connections kept", o.events, o.taken)
	}
}

func TestWhatIsNotDueIsLeftAlone(t *testing.T) {
	o := &office{lines: 2}
	pending := queued(1, 2)
	pending[1].NextAt = time.Unix(1_000_001, 0)
	if err := o.life().Deliver(t.Context(), 1, pending, &digest.Hand{}, never); err != nil || slices.Contains(o.events, "2 begins") {
		t.Errorf("%q, %v", o.events, err)
	}
}

func TestADomainThatHasToWaitLetsOthersGoFirst(t *testing.T) {
	var asked int
	o := &office{lines: 1, leave: func(to string) (bool, time.Duration) {
		asked++
		return !strings.HasSuffix(to, "@slow.example") || asked > 3, time.Millisecond
	}}
	if err := o.life().Deliver(t.Context(), 1, queued(10, 1), &digest.Hand{}, never); err != nil {
		t.Fatal(err)
	}
	if slices.Index(o.events, "1 begins") > slices.Index(o.events, "10 begins") || !slices.Contains(o.events, "10 sent") {
		t.Errorf("%q", o.events)
	}
}

func TestWhatHasToWaitLongGoesBackToTheLedgerWithTheInstantToComeAgain(t *testing.T) {
	o := &office{lines: 2, leave: func(string) (bool, time.Duration) { return false, time.Minute }}
	hand := &digest.Hand{}
	if err := o.life().Deliver(t.Context(), 1, queued(1, 2), hand, never); err != nil || len(o.events) != 0 {
		t.Errorf("%q, %v", o.events, err)
	}
	if again := hand.Again(); !again.Equal(time.Unix(1_000_060, 0)) {
		t.Errorf("come again at %v", again)
	}
}

func TestAConnectionThatCannotBeMadeIsAnAttemptOfOneDelivery(t *testing.T) {
	o := &office{lines: 1, ready: func() (digest.Outcome, bool) {
		return digest.Outcome{State: digest.DeliveryDeferred, Answer: "connection refused"}, false
	}}
	var once bool
	o.leave = func(string) (bool, time.Duration) { // the relay is paused after the first
		first := !once
		once = true
		return first, time.Hour
	}
	if err := o.life().Deliver(t.Context(), 1, queued(1, 2), &digest.Hand{}, never); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 begins", "1 deferred"}; !slices.Equal(o.events, want) {
		t.Errorf("%q", o.events)
	}
}

func TestAFormThatCannotBeMadeBeginsNothing(t *testing.T) {
	o := &office{lines: 2, unformed: errors.New("no")}
	err := o.life().Deliver(t.Context(), 1, queued(1, 2), &digest.Hand{}, never)
	if err == nil || !strings.Contains(err.Error(), "compose: no") || len(o.events) != 0 {
		t.Errorf("%q, %v", o.events, err)
	}
}

func TestAPanicOverAMessageIsAnErrorOfItsEditionWithTheOutcomesBeforeItRecorded(t *testing.T) {
	o := &office{lines: 1}
	o.send = func(_ context.Context, to string) digest.Outcome {
		if to == address(2) {
			panic("index out of range [3]")
		}
		return digest.Outcome{State: digest.DeliverySent}
	}
	err := o.life().Deliver(t.Context(), 1, queued(1, 2, 3), &digest.Hand{}, never)
	if err == nil || err.Error() != "panic: index out of range [3]" {
		t.Errorf("the error is %v", err)
	}
	if !slices.Contains(o.events, "1 sent") || !slices.Contains(o.events, "2 begins") || slices.Contains(o.events, "3 begins") {
		t.Errorf("%q", o.events)
	}
}

func TestADeliveryInOtherHandsIsCalledOff(t *testing.T) {
	hand := &digest.Hand{}
	o := &office{lines: 1}
	o.send = func(ctx context.Context, _ string) digest.Outcome {
		if held := hand.Held(); len(held) != 1 || held[0].ID != 1 {
			t.Errorf("in hand: %v", held)
		}
		hand.Lose(1)
		<-ctx.Done()
		if cause := context.Cause(ctx); !errors.Is(cause, digest.ErrNotDue) {
			t.Errorf("called off by %v", cause)
		}
		return digest.Outcome{State: digest.DeliveryUnknown}
	}
	if err := o.life().Deliver(t.Context(), 1, queued(1), hand, never); err != nil || len(hand.Held()) != 0 {
		t.Errorf("%v, in hand %v", err, hand.Held())
	}
}

func TestEnoughEndsARoundWithItsOutcomesRecorded(t *testing.T) {
	var sent int
	o := &office{lines: 1}
	o.send = func(context.Context, string) digest.Outcome {
		sent++
		return digest.Outcome{State: digest.DeliverySent}
	}
	if err := o.life().Deliver(t.Context(), 1, queued(1, 2, 3), &digest.Hand{}, func() bool { return sent == 2 }); err != nil {
		t.Fatal(err)
	}
	if last := o.events[len(o.events)-1]; last != "2 sent" || slices.Contains(o.events, "3 begins") {
		t.Errorf("%q", o.events)
	}
}
