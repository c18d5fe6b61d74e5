package mailer_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/mailer"
)

// push has ten lanes send three messages each, as far as Leave lets them. It counts what was sent and gives the longest wait that a
// lane was told.
func push(t *testing.T, m *mailer.Mailer) (sent int, wait time.Duration) {
	t.Helper()
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var lanes sync.WaitGroup
	together := make(chan struct{})
	for range 10 {
		lanes.Go(func() {
			<-together
			for range 3 {
				gone, w := m.Leave(reader)
				if gone == nil {
					mu.Lock()
					wait = max(wait, w)
					mu.Unlock()
					return
				}
				c, err := m.Connection(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				o, ready := c.Ready(t.Context())
				if ready {
					o = c.Send(t.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw)
				}
				c.Free()
				gone()
				mu.Lock()
				if o.State == digest.DeliverySent {
					sent++
				}
				mu.Unlock()
			}
		})
	}
	close(together)
	lanes.Wait()
	return sent, wait
}

func TestA421PausesTheWholeServerAndOneConnectionTriesFirst(t *testing.T) {
	for name, at := range map[string]string{"greeting": "", "EHLO": "EHLO", "MAIL": "MAIL", "RCPT": "RCPT", "DATA": "DATA", "after the data": "."} {
		t.Run(name, func(t *testing.T) {
			k, clock := &talker{says: map[string]string{at: "421 4.7.0 try again later"}}, newClock()
			m := k.mailer(t, func(c *mailer.Config) {
				c.Connections, c.Now, c.Limits.DomainConnections = 10, clock.Now, 10
			})
			sent, wait := push(t, m)
			before := k.dialled()
			if sent != 0 || before > 10 || wait != time.Minute {
				t.Fatalf("%d sent over %d connections, told to wait %s", sent, before, wait)
			}
			clock.pass(59 * time.Second)
			if sent, wait := push(t, m); sent != 0 || wait != time.Second || k.dialled() != before {
				t.Errorf("within the pause: %d sent, %d more connections, wait %s", sent, k.dialled()-before, wait)
			}
			for _, minutes := range []int{2, 4, 8, 15, 15} {
				length := time.Duration(minutes) * time.Minute
				clock.pass(15 * time.Minute)
				before := k.dialled()
				sent, wait := push(t, m)
				if dials := k.dialled() - before; sent != 0 || dials != 1 || wait != length {
					t.Errorf("after a pause: %d sent, %d connections tried, want 1; wait %s, want %s", sent, dials, wait, length)
				}
			}
			good := map[string]string{"": "220 hello", "EHLO": "250 PIPELINING", "DATA": "354 go"}[at]
			if good == "" {
				good = "250 ok"
			}
			k.say(at, good)
			clock.pass(15 * time.Minute)
			if o := send(t, m); o.State != digest.DeliverySent {
				t.Fatalf("%+v", o)
			}
			if sent, _ := push(t, m); sent != 30 {
				t.Errorf("when it is well again %d of 30 are sent", sent)
			}
			k.say(at, "421 4.7.0 try again later")
			if err := m.Close(t.Context()); err != nil { // so that a greeting is needed again
				t.Fatal(err)
			}
			if _, wait := push(t, m); wait != time.Minute {
				t.Errorf("the next pause is a first again, not %s", wait)
			}
		})
	}
}

func TestTheOthersFollowOnlyWhenTheOneThatTriesWasAnswered(t *testing.T) {
	k, clock := &talker{says: map[string]string{"RCPT": "421 4.7.0 later"}}, newClock()
	m := k.mailer(t, func(c *mailer.Config) {
		c.Connections, c.Now, c.Limits.DomainConnections = 10, clock.Now, 10
	})
	send(t, m)
	clock.pass(time.Minute)
	first, _ := m.Leave(reader)
	if first == nil {
		t.Fatal("nobody may try")
	}
	if second, wait := m.Leave(reader); second != nil || wait <= 0 || wait > time.Second {
		t.Fatalf("two may try, or wait %s", wait)
	}
	first() // it found nothing to do
	next, _ := m.Leave(reader)
	if next == nil {
		t.Fatal("the one that tried is gone, and nobody may try in its place")
	}
	clock.pass(10 * time.Second)
	if another, _ := m.Leave(reader); another == nil {
		t.Error("no answer for ten seconds, and nobody else may try")
	}
	k.say("RCPT", "550 5.1.1 nobody") // an answer, if no yes
	if o := send(t, m); o.State != digest.DeliveryFailed {
		t.Fatalf("%+v", o)
	}
	for range 5 {
		if gone, _ := m.Leave(reader); gone == nil {
			t.Error("the server answered, and the others have to wait")
		}
	}
}

func TestAServerThatCannotBeReachedIsLeftAloneForFiveSecondsThenLonger(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := gone.Addr().(*net.TCPAddr)
	gone.Close()
	clock := newClock()
	m := (&server{addr: addr}).mailer(t, func(c *mailer.Config) { c.Connections, c.Now, c.Limits.DomainConnections = 10, clock.Now, 10 })
	for _, seconds := range []int{5, 10, 20, 40, 80, 160, 320, 640, 900, 900} {
		want := time.Duration(seconds) * time.Second
		if sent, wait := push(t, m); sent != 0 || wait != want {
			t.Errorf("%d sent, wait %s, want %s", sent, wait, want)
		}
		o := send(t, m)
		if o.State != digest.DeliveryDeferred || o.Code != 0 {
			t.Errorf("a single mail within the pause: %+v", o)
		}
		clock.pass(want)
	}
	back, err := net.Listen("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	k := &talker{}
	over := make(chan struct{})
	defer func() { close(over); back.Close() }()
	go func() {
		for {
			c, err := back.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); k.talk(c, over) }()
		}
	}()
	if first, _ := push(t, m); first == 0 {
		t.Error("it can be reached again, and nothing is sent")
	}
	if sent, _ := push(t, m); sent != 30 {
		t.Errorf("%d of 30 are sent", sent)
	}
}

func TestStoppingAConnectionThatIsBeingMadeIsNoFaultOfTheServers(t *testing.T) {
	k := &talker{says: map[string]string{"": "stall"}}
	m := k.mailer(t)
	ctx, cancel := contextFor(t, 50*time.Millisecond)
	defer cancel()
	if o := m.Send(ctx, digest.Envelope{ReturnPath: sender, To: reader}, nil); o.State != digest.DeliveryDeferred {
		t.Errorf("%+v", o)
	}
	if gone, _ := m.Leave(reader); gone == nil {
		t.Error("the server is given a pause")
	}
}
