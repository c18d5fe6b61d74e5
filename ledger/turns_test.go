package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/ledger"
)

var (
	sent    = digest.Outcome{State: digest.DeliverySent, Code: 250, Status: "2.0.0", Answer: "queued"}
	busy    = digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Status: "4.3.0", Answer: "try later"}
	refused = digest.Outcome{State: digest.DeliveryFailed, Code: 554, Status: "5.7.1", Answer: "not wanted"}
	silence = digest.Outcome{State: digest.DeliveryUnknown, Answer: "the connection broke after the message"}
)

// planned is a ledger with an edition that is ready: Ana, Bo and Cy are to get it.
func planned(t testing.TB) (b book, edition int64, deliveries []digest.Delivery) {
	t.Helper()
	b = filled(t)
	edition = opened(t, b, "2020-03-23")
	return b, edition, ready(t, b, edition, 307, 192)
}

// queued is a ledger with an edition that is ready for n subscribers besides Ana, Bo and Cy.
func queued(t testing.TB, n int) (b book, edition int64, deliveries []int64) {
	t.Helper()
	b = filled(t)
	deliveries = many(t, b, n)
	if err := b.pool.QueryRow(t.Context(), "SELECT edition_id FROM fortnight.editions").Scan(&edition); err != nil {
		t.Fatal(err)
	}
	return b, edition, deliveries
}

// attempt begins an attempt.
func attempt(t testing.TB, b book, delivery int64) digest.Delivery {
	t.Helper()
	d, err := b.Turn(t.Context(), nil, delivery)
	if err != nil || d == nil {
		t.Fatalf("an attempt of delivery %d gives %v, %v", delivery, d, err)
	}
	return *d
}

// declined expects that nothing begins.
func declined(t testing.TB, b book, delivery int64) {
	t.Helper()
	if d, err := b.Turn(t.Context(), nil, delivery); err != nil || d != nil {
		t.Errorf("an attempt of delivery %d gives %v, %v", delivery, d, err)
	}
}

func record(t testing.TB, b book, d digest.Delivery, o digest.Outcome) {
	t.Helper()
	if begun, err := b.Turn(t.Context(), ended(d, o), 0); err != nil || begun != nil {
		t.Fatalf("recording %s of delivery %d gives %v, %v", o.State, d.ID, begun, err)
	}
}

func ended(d digest.Delivery, o digest.Outcome) *digest.Attempt {
	return &digest.Attempt{Delivery: d.ID, Number: d.Attempts, Outcome: o}
}

// is holds what a delivery has become: its state, then its last answer.
func is(t testing.TB, b book, edition, delivery int64, want digest.DeliveryState, answer string) ledger.DeliveryLine {
	t.Helper()
	for _, d := range deliveries(t, b, edition) {
		if d.ID == delivery {
			if d.State != want || !strings.Contains(d.LastAnswer, answer) {
				t.Errorf("it is %s, %q, want %s, %q", d.State, d.LastAnswer, want, answer)
			}
			return d
		}
	}
	t.Fatalf("no delivery %d", delivery)
	return ledger.DeliveryLine{}
}

func exec(t testing.TB, b book, sql string, with ...any) {
	t.Helper()
	if _, err := b.pool.Exec(t.Context(), sql, with...); err != nil {
		t.Fatal(err)
	}
}

// locked holds a lock until free is called.
func locked(t testing.TB, b book, sql string, with ...any) (free func()) {
	t.Helper()
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), sql, with...); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Commit(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// waiting gives the processes of the database that stand at a lock, once there is one.
func waiting(t testing.TB, b book) (pids []int) {
	t.Helper()
	for len(pids) == 0 {
		rows, err := b.pool.Query(t.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		if err != nil {
			t.Fatal(err)
		}
		if pids, err = pgx.CollectRows(rows, pgx.RowTo[int]); err != nil {
			t.Fatal(err)
		}
	}
	return pids
}

type turned struct {
	begun *digest.Delivery
	err   error
}

// turning takes a turn meanwhile.
func turning(ctx context.Context, l *ledger.Ledger, ended *digest.Attempt, next int64) <-chan turned {
	done := make(chan turned, 1)
	go func() {
		d, err := l.Turn(ctx, ended, next)
		done <- turned{d, err}
	}()
	return done
}

func TestATurnRecordsOneDeliveryAndBeginsTheNext(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first := attempt(t, b, ds[0].ID)
	b.clock.pass(2 * time.Second)
	second, err := b.Turn(t.Context(), ended(first, sent), ds[1].ID)
	if err != nil || second == nil {
		t.Fatal(second, err)
	}
	want := ds[1]
	want.State, want.Attempts, want.NextAt = digest.DeliverySending, 1, b.clock.now().Add(20*time.Second)
	got := *second
	if len(got.Subscriber.Token) != 26 {
		t.Errorf("its token is %q", got.Subscriber.Token)
	}
	if s, err := b.Subscription(t.Context(), got.Subscriber.Token); err != nil || s.Subscriber.ID != got.Subscriber.ID {
		t.Errorf("its token is of %v, %v", s, err)
	}
	got.Subscriber.Token = ""
	if !got.Date.Equal(want.Date) || !got.NextAt.Equal(want.NextAt) {
		t.Errorf("its date is %s, want %s; its lease ends %s, want %s", got.Date, want.Date, got.NextAt, want.NextAt)
	}
	got.Date, got.NextAt = want.Date, want.NextAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("begun is %+v, want %+v", got, want)
	}
	if is(t, b, edition, ds[0].ID, digest.DeliverySent, "queued"); stateOf(t, b, edition, ds[1].ID) != digest.DeliverySending {
		t.Error("the second is not being sent")
	}
	if e, _, err := b.Edition(t.Context(), edition); err != nil || e.State != digest.EditionSending {
		t.Errorf("the edition is %s, %v", e.State, err)
	}
	attempts, err := b.Attempts(t.Context(), ds[0].ID)
	if err != nil || len(attempts) != 1 || attempts[0].Outcome != sent || !attempts[0].StartedAt.Equal(monday) || !attempts[0].EndedAt.Equal(monday.Add(2*time.Second)) {
		t.Errorf("the first one's attempts are %+v, %v", attempts, err)
	}
	attempts, err = b.Attempts(t.Context(), ds[1].ID)
	if err != nil || len(attempts) != 1 || attempts[0].State != digest.DeliverySending || !attempts[0].EndedAt.IsZero() {
		t.Errorf("the second one's attempts are %+v, %v", attempts, err)
	}
}

func TestADeliveryIsBegunOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b, _, ds := planned(t)
	var won atomic.Int32
	for _, err := range together(30, func(int) error {
		d, err := b.Turn(t.Context(), nil, ds[0].ID)
		if d != nil {
			won.Add(1)
		}
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if won.Load() != 1 {
		t.Errorf("%d began an attempt", won.Load())
	}
}

func TestTwoProcessesOnOneBatchNeverBeginTheSameDelivery(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 500)
	other := ledger.New(connect(t, b.pool.Config().ConnString()), b.Options)
	var begun [2]atomic.Int32
	for _, err := range together(10, func(lane int) error {
		process := []*ledger.Ledger{b.Ledger, other}[lane%2]
		var before *digest.Attempt
		for _, id := range ids {
			d, err := process.Turn(t.Context(), before, id)
			if err != nil {
				return err
			}
			before = nil
			if d != nil {
				begun[lane%2].Add(1)
				before = ended(*d, sent)
			}
		}
		_, err := process.Turn(t.Context(), before, 0)
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if n := begun[0].Load() + begun[1].Load(); n != 500 {
		t.Errorf("%d and %d attempts were begun for 500 deliveries", begun[0].Load(), begun[1].Load())
	}
	for _, d := range deliveries(t, b, edition)[3:] {
		if d.State != digest.DeliverySent || d.Attempts != 1 {
			t.Errorf("delivery %d is %s after %d attempts", d.ID, d.State, d.Attempts)
		}
	}
}

func TestUnsubscribingOneOfAThousandQueuedStopsThatOne(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 1000)
	last := ids[999]
	lane := func(i int) error {
		var before *digest.Attempt
		for _, id := range ids[i*100 : i*100+100] {
			if id == ids[500] { // while others are under way
				exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE name = 'Subscriber 1000'")
			}
			d, err := b.Turn(t.Context(), before, id)
			if err != nil {
				return err
			}
			if d == nil {
				before = nil
				continue
			}
			before = ended(*d, sent)
		}
		_, err := b.Turn(t.Context(), before, 0)
		return err
	}
	for i := range 9 {
		if err := lane(i); err != nil {
			t.Fatal(err)
		}
	}
	if err := lane(9); err != nil {
		t.Fatal(err)
	}
	end, err := b.Ended(t.Context(), edition)
	if err != nil || end.Counts[digest.DeliverySent] != 999 || end.Counts[digest.DeliverySuppressed] != 1 {
		t.Errorf("they are %v, %v", end.Counts, err)
	}
	if d := is(t, b, edition, last, digest.DeliverySuppressed, "unsubscribed"); d.Attempts != 0 {
		t.Errorf("it was tried %d times", d.Attempts)
	}
}

// The unsubscribing and the turn meet at the subscriber's row: whichever comes second waits for the other.
func TestAnUnsubscribingIsSeenByATurnThatWaitedForIt(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	free := locked(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE subscriber_id = $1", ds[0].Subscriber.ID)
	turn := turning(t.Context(), b.Ledger, nil, ds[0].ID)
	waiting(t, b)
	free()
	if got := <-turn; got.begun != nil || got.err != nil {
		t.Errorf("the turn gives %v, %v", got.begun, got.err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySuppressed, "unsubscribed")
}

func TestWhoeverMayNotBeWrittenToIsNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*testing.T, book)
		answer string
	}{
		"suppressed, in other letters": {func(t *testing.T, b book) {
			if err := b.Suppress(t.Context(), "desk", "BO@example.org", "complaint"); err != nil {
				t.Fatal(err)
			}
		}, "suppressed: complaint"},
		"removed by the configuration": {func(t *testing.T, b book) {
			exec(t, b, "UPDATE fortnight.subscribers SET removed_at = now() WHERE name = 'Bo'")
		}, "removed from the digest"},
		"deleted": {func(t *testing.T, b book) { exec(t, b, "DELETE FROM fortnight.subscribers WHERE name = 'Bo'") }, "erased"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			c.change(t, b)
			declined(t, b, ds[1].ID)
			if d := is(t, b, edition, ds[1].ID, digest.DeliverySuppressed, c.answer); d.Attempts != 0 {
				t.Errorf("it was tried %d times", d.Attempts)
			}
			if _, err := b.Unsuppress(t.Context(), "desk", "bo@example.org"); err != nil {
				t.Fatal(err)
			}
			declined(t, b, ds[1].ID) // for good
			attempt(t, b, ds[0].ID)  // others are
		})
	}
}

func TestWhatWasErasedUnderWayKeepsNoAnswer(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	d := attempt(t, b, ds[0].ID)
	if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
		t.Fatal(err)
	}
	record(t, b, d, digest.Outcome{State: digest.DeliverySent, Code: 250, Answer: "ana@example.org has it"})
	if line := is(t, b, edition, d.ID, digest.DeliverySent, ""); line.LastAnswer != "" || line.Subscriber.Address != "" {
		t.Errorf("it says %+v", line)
	}
	if all, err := b.Attempts(t.Context(), d.ID); err != nil || len(all) != 1 || all[0].Answer != "" {
		t.Errorf("its attempts are %+v, %v", all, err)
	}
}

func TestOnlyEditionsToBeSentAreSent(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	for _, state := range []string{"held", "parked", "discarded", "done"} {
		exec(t, b, "UPDATE fortnight.editions SET state = $1", state)
		declined(t, b, ds[0].ID)
		if pending, err := b.Pending(t.Context(), edition, 0); err != nil || len(pending) != 0 {
			t.Errorf("of an edition that is %s %d are pending, %v", state, len(pending), err)
		}
	}
	exec(t, b, "UPDATE fortnight.editions SET state = 'sending'")
	attempt(t, b, ds[0].ID)
}

func TestATurnWhoseConnectionBreaksIsTakenAgain(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first := attempt(t, b, ds[0].ID)
	free := locked(t, b, "SELECT FROM fortnight.deliveries WHERE delivery_id = $1 FOR UPDATE", ds[1].ID)
	turn := turning(t.Context(), b.Ledger, ended(first, sent), ds[1].ID)
	for _, pid := range waiting(t, b) {
		exec(t, b, "SELECT pg_terminate_backend($1)", pid)
	}
	free()
	if got := <-turn; got.err != nil || got.begun == nil || got.begun.Attempts != 1 {
		t.Fatalf("it gives %v, %v", got.begun, got.err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySent, "queued")
}

// The commit came about, and the connection broke before anybody heard of it.
func TestATurnFindsWhatItHasCommittedUnheard(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first := attempt(t, b, ds[0].ID)
	config := b.pool.Config().Copy()
	config.MaxConns = 1
	var deaf atomic.Bool
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &cut{c, &deaf}, err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	l := ledger.New(pool, b.Options)
	for range 4 { // the questions are prepared, so that a turn is one round trip
		if _, err := l.Turn(t.Context(), ended(first, sent), 1<<40); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'planned', attempts = 0 WHERE delivery_id = $1", first.ID)
	exec(t, b, "DELETE FROM fortnight.attempts")
	if first, err = again(l.Turn(t.Context(), nil, ds[0].ID)); err != nil {
		t.Fatal(err)
	}
	deaf.Store(true)
	second, err := again(l.Turn(t.Context(), ended(first, sent), ds[1].ID))
	if err != nil || deaf.Load() || second.Attempts != 1 {
		t.Fatalf("it gives %+v, %v; the answer was cut off: %t", second, err, !deaf.Load())
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySent, "queued")
	if all, err := b.Attempts(t.Context(), ds[0].ID); err != nil || len(all) != 1 {
		t.Errorf("its attempts are %+v, %v", all, err)
	}
	deaf.Store(true)
	record(t, book{Ledger: l}, second, busy) // recorded twice, it is one attempt and one doubling of the pause
	if d := is(t, b, edition, ds[1].ID, digest.DeliveryDeferred, "try later"); d.Attempts != 1 || !d.NextAt.Equal(b.clock.now().Add(time.Minute)) {
		t.Errorf("after %d attempts it waits until %s", d.Attempts, d.NextAt)
	}
}

func again(d *digest.Delivery, err error) (digest.Delivery, error) {
	if d == nil {
		return digest.Delivery{}, errors.Join(err, errors.New("nothing begun"))
	}
	return *d, err
}

// cut is a connection that breaks, where it is deaf, when the server has answered.
type cut struct {
	net.Conn
	deaf *atomic.Bool
}

func (c *cut) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil && c.deaf.CompareAndSwap(true, false) {
		c.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAnAnswerIsRecordedThoughTheWorkWasCalledOff(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	d := attempt(t, b, ds[0].ID)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	odd := digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.2.2", Answer: "no\x00 such \xff user " + strings.Repeat("é", 4000)}
	if begun, err := b.Turn(ctx, ended(d, odd), ds[1].ID); err != nil || begun != nil {
		t.Fatalf("it gives %v, %v", begun, err)
	}
	if line := is(t, b, edition, d.ID, digest.DeliveryFailed, "no such � user éé"); line.Code != 550 || line.Status != "5.2.2" {
		t.Errorf("it is %+v", line)
	}
	is(t, b, edition, ds[1].ID, digest.DeliveryPlanned, "")
}

func TestWhatIsNoOutcomeIsNotRecorded(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	d := attempt(t, b, ds[0].ID)
	for name, a := range map[string]*digest.Attempt{
		"planned":                  {Delivery: d.ID, Number: 1, Outcome: digest.Outcome{State: digest.DeliveryPlanned}},
		"no number":                {Delivery: d.ID, Outcome: sent},
		"a number out of reach":    {Delivery: d.ID, Number: 1 << 40, Outcome: sent},
		"a reply code of 5 digits": {Delivery: d.ID, Number: 1, Outcome: digest.Outcome{State: digest.DeliverySent, Code: 25000}},
	} {
		if _, err := b.Turn(t.Context(), a, ds[1].ID); err == nil {
			t.Errorf("%s is taken as an outcome", name)
		}
	}
	if _, err := b.Turn(t.Context(), &digest.Attempt{Delivery: d.ID, Number: 2, Outcome: sent}, 0); err != nil {
		t.Error(err)
	}
	is(t, b, edition, d.ID, digest.DeliverySending, "") // an attempt that never was changes nothing
	is(t, b, edition, ds[1].ID, digest.DeliveryPlanned, "")
}

func TestWhoIsCalledOffWaitsFourSecondsForPostgreSQL(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	d := attempt(t, b, ds[0].ID)
	free := locked(t, b, "SELECT FROM fortnight.deliveries WHERE delivery_id = $1 FOR UPDATE", d.ID)
	ctx, cancel := context.WithCancel(t.Context())
	turn := turning(ctx, b.Ledger, ended(d, sent), ds[1].ID)
	waiting(t, b)
	cancel()
	start := time.Now()
	if got := <-turn; got.err == nil || got.begun != nil {
		t.Errorf("it gives %v, %v", got.begun, got.err)
	}
	if took := time.Since(start); took < 3*time.Second || took > 20*time.Second {
		t.Errorf("it waited %s", took)
	}
	free()
	is(t, b, edition, ds[1].ID, digest.DeliveryPlanned, "")
}

func TestATurnThatCannotBeWrittenDoesNotHinderOthers(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 60)
	exec(t, b, fmt.Sprintf(`CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END';
		CREATE TRIGGER poison BEFORE UPDATE ON fortnight.deliveries FOR EACH ROW WHEN (new.delivery_id = %d) EXECUTE FUNCTION poison()`, ids[30]))
	var lanes sync.WaitGroup
	for i := range 20 {
		lanes.Go(func() {
			for _, id := range ids[i*3 : i*3+3] {
				d, err := b.Turn(t.Context(), nil, id)
				if poisoned := id == ids[30]; (err != nil) != poisoned || (d == nil) != poisoned {
					t.Errorf("delivery %d gives %v, %v", id, d, err)
				}
			}
		})
	}
	lanes.Wait()
	if end, err := b.Ended(t.Context(), edition); err != nil || end.Counts[digest.DeliverySending] != 59 {
		t.Errorf("they are %v, %v", end.Counts, err)
	}
}

func TestATokenThatDoesNotOpenIsNoAttemptInDoubt(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	exec(t, b, "UPDATE fortnight.subscribers SET token_sealed = 'x' WHERE name = 'Ana'")
	if d, err := b.Turn(t.Context(), nil, ds[0].ID); d != nil || err == nil || !strings.Contains(err.Error(), "SECRET_KEY") {
		t.Errorf("it gives %v, %v", d, err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliveryDeferred, "SECRET_KEY")
}
