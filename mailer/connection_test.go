package mailer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/mailer"
)

// sendOver sends a message over a connection as a lane does.
func sendOver(t *testing.T, m *mailer.Mailer, c digest.Connection) digest.Outcome {
	t.Helper()
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	if o, ready := c.Ready(t.Context()); !ready {
		return o
	}
	return c.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw)
}

func connect(t *testing.T, m *mailer.Mailer) digest.Connection {
	t.Helper()
	c, err := m.Connection(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAConnectionIsDialledWhenItIsToBeReadyAndKeptWhenItIsFreed(t *testing.T) {
	k := &talker{}
	m := k.mailer(t)
	c := connect(t, m)
	if k.dialled() != 0 {
		t.Error("dialled before it was to be ready")
	}
	for range 3 {
		if o := sendOver(t, m, c); o.State != digest.DeliverySent {
			t.Fatalf("%+v", o)
		}
	}
	c.Free()
	c = connect(t, m)
	defer c.Free()
	if o := sendOver(t, m, c); o.State != digest.DeliverySent || k.dialled() != 1 {
		t.Errorf("%+v over %d connections", o, k.dialled())
	}
}

func TestThereAreAsManyConnectionsAsConfiguredAndWaitingForOneCanBeCalledOff(t *testing.T) {
	m := (&talker{}).mailer(t, func(c *mailer.Config) { c.Connections = 2 })
	if n := m.Connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
	one, two := connect(t, m), connect(t, m)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := m.Connection(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third: %v", err)
	}
	one.Free()
	one.Free() // twice is once
	three := connect(t, m)
	if _, err := m.Connection(ctx); err == nil {
		t.Error("freeing one twice gave two")
	}
	two.Free()
	three.Free()
}

func TestAnIdleConnectionIsAskedAfterTenSecondsWhetherItIsThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		idle  time.Duration
		reset string
		dials int
		heard string
	}{
		{"9 s: not asked", 9 * time.Second, "250 ok", 1, "MAIL RCPT DATA ."},
		{"10 s: asked", 10 * time.Second, "250 ok", 1, "RSET MAIL RCPT DATA ."},
		{"gone", 10 * time.Second, "drop", 2, "RSET EHLO MAIL RCPT DATA ."},
		{"a goodbye to one that was idle is no wish for a pause", 10 * time.Second, "421 4.4.2 idle for too long", 2, "RSET EHLO MAIL RCPT DATA ."},
		{"an answer that makes no sense", 10 * time.Second, "500 what", 2, "RSET EHLO MAIL RCPT DATA ."},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, clock := &talker{says: map[string]string{"RSET": c.reset}}, newClock()
			m := k.mailer(t, func(cfg *mailer.Config) { cfg.Connections, cfg.Now = 1, clock.Now })
			send(t, m)
			k.commands()
			clock.pass(c.idle)
			if o := send(t, m); o.State != digest.DeliverySent {
				t.Errorf("%+v", o)
			}
			if got := k.commands(); got != c.heard || k.dialled() != c.dials {
				t.Errorf("heard %q over %d connections, want %q over %d", got, k.dialled(), c.heard, c.dials)
			}
		})
	}
}

func TestAConnectionThatDiedWhileIdleIsMadeAnewOnceAndIsNoAttempt(t *testing.T) {
	k := &talker{}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections = 1 })
	c := connect(t, m)
	defer c.Free()
	sendOver(t, m, c)
	k.say("MAIL", "drop") // as if it had hung up already
	o := sendOver(t, m, c)
	if o.State != digest.DeliveryDeferred || o.Code != 0 || k.dialled() != 2 {
		t.Errorf("a server that hangs up at every MAIL: %+v over %d connections, want 2", o, k.dialled())
	}
	if o := sendOver(t, m, c); o.State != digest.DeliveryDeferred || k.dialled() != 3 {
		t.Errorf("a new connection is not made anew: %+v over %d connections, want 3", o, k.dialled())
	}
	k.say("MAIL", "250 ok")
	sendOver(t, m, c)
	k.say("RCPT", "drop")
	if o := sendOver(t, m, c); o.State != digest.DeliveryDeferred || k.dialled() != 4 {
		t.Errorf("one that dies after its first answer was not idle: %+v over %d connections, want 4", o, k.dialled())
	}
}

func TestAConnectionCarriesNoMoreThan500Messages(t *testing.T) {
	k := &talker{}
	m := k.mailer(t)
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	for range 1001 {
		if o := m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw); o.State != digest.DeliverySent {
			t.Fatalf("%+v", o)
		}
	}
	if k.dialled() != 3 {
		t.Errorf("%d connections for 1001 messages, want 3", k.dialled())
	}
}

func TestClosingWaitsForNoGoodbyeLongerThanItMay(t *testing.T) {
	k := &talker{says: map[string]string{"QUIT": "stall"}}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections, c.Timeouts.Dial = 3, time.Minute })
	var all []digest.Connection
	for range 3 {
		c := connect(t, m)
		sendOver(t, m, c)
		all = append(all, c)
	}
	for _, c := range all {
		c.Free()
	}
	ctx, cancel := contextFor(t, 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := m.Close(ctx); err != nil || time.Since(begun) > 20*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	k.say("QUIT", "221 bye")
	if o := send(t, m); o.State != digest.DeliverySent || k.dialled() != 4 {
		t.Errorf("after Close: %+v over %d connections", o, k.dialled())
	}
}

func TestAMailerWithoutAClockComposesOnly(t *testing.T) {
	m := post(t)
	if _, err := m.Connection(t.Context()); err == nil {
		t.Error("it gives connections")
	}
	if o := m.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, nil); o.State != digest.DeliveryDeferred {
		t.Errorf("%+v", o)
	}
	if gone, wait := m.Leave(reader); gone != nil || wait <= 0 {
		t.Error("it lets mail leave")
	}
}

func contextFor(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}
