package ledger_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
	"fortnight/ledger"
)

// far is a ledger with a lease of a second, and whether PostgreSQL is out of its reach: what it asks meanwhile has no answer.
func far(t *testing.T, b book) (l *ledger.Ledger, away *atomic.Bool) {
	t.Helper()
	away = &atomic.Bool{}
	config := b.pool.Config().Copy()
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		for away.Load() && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &mute{c, away}, err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	o := b.Options
	o.Lease = 4 * time.Second
	return ledger.New(pool, o), away
}

// mute is a connection over which nothing goes out while PostgreSQL is away.
type mute struct {
	net.Conn
	away *atomic.Bool
}

func (m *mute) Write(p []byte) (int, error) {
	if m.away.Load() {
		m.Conn.Close()
		return 0, errors.New("no route to the database")
	}
	return m.Conn.Write(p)
}

// A failover takes half a minute; the relay has taken the mail long before.
func TestAnAnswerIsRecordedHoweverLongPostgreSQLIsAway(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	l, away := far(t, b)
	first, err := again(l.Turn(t.Context(), nil, ds[0].ID))
	if err != nil {
		t.Fatal(err)
	}
	away.Store(true)
	turn := turning(t.Context(), l, ended(first, sent), ds[1].ID)
	select {
	case got := <-turn:
		t.Fatalf("it gives up: %v, %v", got.begun, got.err)
	case <-time.After(6 * time.Second): // a lease and a half
	}
	b.clock.pass(8 * time.Second)
	away.Store(false)
	got := <-turn
	if got.err != nil || got.begun == nil || got.begun.ID != ds[1].ID {
		t.Errorf("it gives %v, %v", got.begun, got.err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySent, "queued")
}

func TestABeginThatWasGivenUpDoesNotComeAboutLater(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 40)
	l, away := far(t, b)
	if _, err := l.Turn(t.Context(), nil, 1<<40); err != nil { // the pool has a connection
		t.Fatal(err)
	}
	away.Store(true)
	var lanes sync.WaitGroup
	for _, id := range ids {
		lanes.Go(func() {
			if d, err := l.Turn(t.Context(), nil, id); d != nil || err == nil {
				t.Errorf("it gives %v, %v", d, err)
			}
		})
	}
	lanes.Wait()
	away.Store(false)
	for range 5 { // whatever waited is written by now
		if _, err := l.Turn(t.Context(), nil, 1<<40); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if end, err := b.Ended(t.Context(), edition); err != nil || end.Counts[digest.DeliverySending] != 0 {
		t.Errorf("they are %v, %v", end.Counts, err)
	}
}

// What cannot be begun is at fault, not what has ended.
func TestAnAnswerIsRecordedThoughTheNextCannotBeBegun(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	exec(t, b, `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''poison''; END';
		CREATE TRIGGER poison BEFORE UPDATE ON fortnight.deliveries FOR EACH ROW WHEN (new.recipient ->> 'Name' = 'Bo') EXECUTE FUNCTION poison()`)
	first := attempt(t, b, ds[0].ID)
	if d, err := b.Turn(t.Context(), ended(first, sent), ds[1].ID); d != nil || err == nil {
		t.Errorf("it gives %v, %v", d, err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySent, "queued")
	is(t, b, edition, ds[1].ID, digest.DeliveryPlanned, "")
}

// PostgreSQL has answered each question of the batch before it tries to commit.
func TestACommitThatFailsIsNoRecord(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	first := attempt(t, b, ds[0].ID)
	exec(t, b, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not committed''; END';
		CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON fortnight.attempts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`)
	if d, err := b.Turn(t.Context(), ended(first, sent), ds[1].ID); d != nil || err == nil {
		t.Errorf("it gives %v, %v", d, err)
	}
	is(t, b, edition, ds[0].ID, digest.DeliverySending, "")
	is(t, b, edition, ds[1].ID, digest.DeliveryPlanned, "")
}

// Leases are compared with each process's own clock: ten seconds between two of them take nothing from whoever is at work, and what a
// killed process leaves is taken up ten seconds later at most.
func TestClocksTenSecondsApartTakeNothingFromTheLiving(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ahead time.Duration // of the other's clock
		takes time.Duration // after the last renewal
	}{
		"the other is ahead":  {10 * time.Second, 10 * time.Second},
		"the other is behind": {-10 * time.Second, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			o := b.Options
			o.Now = func() time.Time { return b.clock.now().Add(c.ahead) }
			other := ledger.New(connect(t, b.pool.Config().ConnString()), o)
			d := attempt(t, b, ds[0].ID)
			for range 12 { // a minute in which it is renewed
				b.clock.pass(lease/4 - time.Millisecond)
				if abandoned, err := other.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
					t.Fatalf("abandoned are %v, %v", abandoned, err)
				}
				if got, err := other.Turn(t.Context(), nil, d.ID); err != nil || got != nil {
					t.Fatalf("the other begins %v, %v", got, err)
				}
				if lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{d}); err != nil || len(lost) != 0 {
					t.Fatalf("lost are %v, %v", lost, err)
				}
			}
			b.clock.pass(c.takes - time.Second)
			if abandoned, err := other.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
				t.Errorf("too early abandoned are %v, %v", abandoned, err)
			}
			b.clock.pass(time.Second)
			if abandoned, err := other.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
				t.Errorf("abandoned are %v, %v", abandoned, err)
			}
		})
	}
}
