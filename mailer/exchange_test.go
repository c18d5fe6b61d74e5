package mailer_test

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/mailer"
)

func TestCommandsGoOutInAGroupAndEveryMixtureOfAnswersHasItsOutcome(t *testing.T) {
	const failed, deferred, unknown = digest.DeliveryFailed, digest.DeliveryDeferred, digest.DeliveryUnknown
	for _, c := range []struct {
		name  string
		says  map[string]string
		want  digest.Outcome
		heard string // after the greeting, in a group
		keeps bool   // the connection
	}{
		{
			"all refused alike: sender first",
			map[string]string{"MAIL": "553 5.1.8 no such sender", "RCPT": "503 first MAIL", "DATA": "503 first MAIL"},
			digest.Outcome{State: failed, Code: 553, Status: "5.1.8", Answer: "no such sender"},
			"MAIL RCPT DATA", true,
		},
		{
			"recipient refused, and so DATA",
			map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "554 5.5.1 no valid recipients"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody"},
			"MAIL RCPT DATA", true,
		},
		{
			"recipient refused, yet DATA is gone on with: a lone dot ends it",
			map[string]string{"RCPT": "550 5.1.1 nobody", ".": "554 no recipients"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody"},
			"MAIL RCPT DATA .", true,
		},
		{
			"the lone dot is taken for a message to nobody",
			map[string]string{"RCPT": "450 4.2.0 greylisted"},
			digest.Outcome{State: deferred, Code: 450, Status: "4.2.0", Answer: "greylisted"},
			"MAIL RCPT DATA .", true,
		},
		{
			"sender refused, yet all else is gone on with: nothing is sent in the sender's place",
			map[string]string{"MAIL": "451 4.3.0 later"},
			digest.Outcome{State: deferred, Code: 451, Status: "4.3.0", Answer: "later"},
			"MAIL RCPT DATA", false,
		},
		{
			"DATA refused for a time",
			map[string]string{"DATA": "451 4.3.5 later"},
			digest.Outcome{State: deferred, Code: 451, Status: "4.3.5", Answer: "later"},
			"MAIL RCPT DATA", true,
		},
		{
			"DATA refused for good",
			map[string]string{"DATA": "554 5.7.1 no"},
			digest.Outcome{State: failed, Code: 554, Status: "5.7.1", Answer: "no"},
			"MAIL RCPT DATA", true,
		},
		{
			"DATA answered as if it were done",
			map[string]string{"DATA": "250 queued"},
			digest.Outcome{State: deferred, Code: 250, Answer: "queued"},
			"MAIL RCPT DATA", false,
		},
		{
			"hangs up at DATA, with a word",
			map[string]string{"DATA": "421 4.3.2 shutting down"},
			digest.Outcome{State: deferred, Code: 421, Status: "4.3.2", Answer: "shutting down"},
			"MAIL RCPT DATA", false,
		},
		{
			"refuses the recipient and hangs up at DATA: the recipient is refused",
			map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "421 bye"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody"},
			"MAIL RCPT DATA", false,
		},
		{
			"refuses the recipient and hangs up without a word",
			map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "drop"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody"},
			"MAIL RCPT DATA", false,
		},
		{
			"refuses the recipient and hangs up at the lone dot",
			map[string]string{"RCPT": "550 5.1.1 nobody", ".": "drop"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody"},
			"MAIL RCPT DATA .", false,
		},
		{
			"hangs up after the data, with a word",
			map[string]string{".": "421 4.7.0 too many"},
			digest.Outcome{State: deferred, Code: 421, Status: "4.7.0", Answer: "too many"},
			"MAIL RCPT DATA .", false,
		},
		{
			"a word of three figures is an answer",
			map[string]string{"MAIL": "250", "RCPT": "250", ".": "250"},
			digest.Outcome{State: digest.DeliverySent, Code: 250},
			"MAIL RCPT DATA .", true,
		},
		{
			"an answer of several lines",
			map[string]string{"RCPT": "550-5.1.1 nobody\r\n550 5.1.1 here"},
			digest.Outcome{State: failed, Code: 550, Status: "5.1.1", Answer: "nobody here"},
			"MAIL RCPT DATA .", true,
		},
		{
			"an answer of 10,000 letters is cut",
			map[string]string{"DATA": "451 " + strings.Repeat("wait ", 2000)},
			digest.Outcome{State: deferred, Code: 451, Answer: strings.TrimSpace(strings.Repeat("wait ", 100)) + " …"},
			"MAIL RCPT DATA", true,
		},
		{
			"no answer, but words, before the data",
			map[string]string{"RCPT": "hello"},
			digest.Outcome{State: deferred, Answer: `an answer that is none: "hello"`},
			"MAIL RCPT DATA", false,
		},
		{
			"no answer, but words, after the data",
			map[string]string{".": "hello"},
			digest.Outcome{State: unknown, Answer: `an answer that is none: "hello"`},
			"MAIL RCPT DATA .", false,
		},
		{
			"lines of two answers in one",
			map[string]string{".": "250-taken\r\n550 or not"},
			digest.Outcome{State: unknown, Answer: `an answer that is none: "550 or not"`},
			"MAIL RCPT DATA .", false,
		},
		{
			"354 after the data",
			map[string]string{".": "354 more"},
			digest.Outcome{State: unknown, Code: 354, Answer: "more"},
			"MAIL RCPT DATA .", false,
		},
	} {
		for way, lockstep := range map[string]bool{"in a group": false, "one by one": true} {
			t.Run(c.name+"/"+way, func(t *testing.T) {
				k := &talker{says: c.says, lockstep: lockstep}
				clock := newClock()
				m := k.mailer(t, func(cfg *mailer.Config) { cfg.Connections, cfg.Now = 1, clock.Now })
				got := send(t, m)
				if i := strings.Index(got.Answer, "an answer that is none"); i >= 0 {
					got.Answer = got.Answer[i:]
				}
				if got != c.want {
					t.Errorf("got  %+v\nwant %+v", got, c.want)
				}
				heard := strings.TrimPrefix(k.commands(), "EHLO ")
				if !lockstep && heard != c.heard {
					if !strings.HasPrefix(c.heard, heard) || c.keeps { // a server that hung up may not have read all
						t.Errorf("heard %q, want %q", heard, c.heard)
					}
				}
				if lockstep && !strings.HasPrefix(c.heard, heard) {
					t.Errorf("heard %q, want the beginning of %q", heard, c.heard)
				}
				k.mu.Lock()
				k.says = nil
				k.mu.Unlock()
				clock.pass(time.Hour) // a pause is over
				if got := send(t, m); got.State != digest.DeliverySent {
					t.Fatalf("the next message: %+v", got)
				}
				if lockstep {
					return
				}
				dials := 2
				if c.keeps {
					dials = 1
				}
				if k.dialled() != dials {
					t.Errorf("%d connections for two messages, want %d", k.dialled(), dials)
				}
			})
		}
	}
}

func TestATransactionThatWasLeftIsResetBeforeTheNext(t *testing.T) {
	k := &talker{says: map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "554 no recipients"}}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections = 1 })
	send(t, m)
	k.say("RCPT", "250 ok")
	k.say("DATA", "354 go")
	k.commands()
	send(t, m)
	if got := k.commands(); got != "RSET MAIL RCPT DATA ." {
		t.Errorf("after a refusal: %s", got)
	}
	send(t, m)
	if got := k.commands(); got != "MAIL RCPT DATA ." {
		t.Errorf("after a message that was taken: %s", got)
	}
}

func TestALateAnswerIsNotTakenForTheNextMessages(t *testing.T) {
	k := &talker{says: map[string]string{"RCPT": "stall"}}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections, c.Timeouts.Command = 1, 100*time.Millisecond })
	if o := send(t, m); o.State != digest.DeliveryDeferred || o.Code != 0 || !strings.Contains(o.Answer, "no answer from") {
		t.Errorf("%+v", o)
	}
	k.say("RCPT", "250 ok")
	if o := send(t, m); o.State != digest.DeliverySent || k.dialled() != 2 {
		t.Errorf("%+v over %d connections", o, k.dialled())
	}
}

func TestWordsThatNobodyAskedForEndAConnectionAndAreNoAnswer(t *testing.T) {
	k := &talker{says: map[string]string{".": "250 taken\r\n550 5.0.0 or so"}}
	m := k.mailer(t, func(c *mailer.Config) { c.Connections = 1 })
	for range 2 {
		if o := send(t, m); o.State != digest.DeliverySent || o.Answer != "taken" {
			t.Errorf("%+v", o)
		}
	}
	if k.dialled() != 2 {
		t.Errorf("%d connections", k.dialled())
	}
}
