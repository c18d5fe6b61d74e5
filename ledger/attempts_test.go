package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"fortnight/digest"
)

func TestADeferredDeliveryIsTriedAfterAMinuteThenTwoUntilItExpires(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	var pauses []time.Duration
	for range 100 {
		record(t, b, attempt(t, b, ds[0].ID), busy)
		d := deliveries(t, b, edition)[0]
		if d.State != digest.DeliveryDeferred {
			break
		}
		pauses = append(pauses, d.NextAt.Sub(b.clock.now()))
		b.clock.pass(pauses[len(pauses)-1] - time.Second)
		declined(t, b, ds[0].ID)
		b.clock.pass(time.Second)
	}
	var sum time.Duration
	for i, p := range pauses {
		if want := min(time.Minute<<min(i, 20), 4*time.Hour); p != want {
			t.Errorf("pause %d lasts %s, want %s", i+1, p, want)
		}
		sum += p
	}
	// 1+2+4+8+16+32+64+128 minutes are 4 h 15 min; then 4 h each while 168 h are not over: 40 more.
	if len(pauses) != 48 || sum != 4*time.Hour+15*time.Minute+160*time.Hour {
		t.Errorf("%d pauses of %s in all", len(pauses), sum)
	}
	is(t, b, edition, ds[0].ID, digest.DeliveryExpired, "try later")
}

func TestADeliveryThatWaitedTooLongExpiresUntried(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	b.clock.pass(169 * time.Hour)
	declined(t, b, ds[0].ID)
	if d := is(t, b, edition, ds[0].ID, digest.DeliveryExpired, ""); d.Attempts != 0 {
		t.Errorf("it was tried %d times", d.Attempts)
	}
}

func TestARefusedDeliveryIsTriedOnce(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	record(t, b, attempt(t, b, ds[0].ID), refused)
	b.clock.pass(24 * time.Hour)
	declined(t, b, ds[0].ID)
	if d := is(t, b, edition, ds[0].ID, digest.DeliveryFailed, "not wanted"); d.Attempts != 1 || d.Code != 554 || d.Status != "5.7.1" {
		t.Errorf("it is %+v", d)
	}
}

func TestOnlyAnAddressThatIsWrongIsSuppressed(t *testing.T) {
	t.Parallel()
	b, _, ids := queued(t, 100)
	for i, c := range []struct {
		status     string
		suppressed bool
	}{
		{"5.1.1", true},
		{"5.1.2", true},
		{"5.1.3", true},
		{"5.1.6", true},
		{"5.1.10", true},
		{"5.2.1", true},
		{"5.1.7", false},
		{"5.1.8", false},
		{"5.2.2", false},
		{"5.2.0", false},
		{"5.7.1", false},
		{"5.0.0", false},
		{"5.3.4", false},
		{"4.1.1", false},
		{"", false},
	} {
		exec(t, b, "UPDATE fortnight.editions SET state = 'sending'") // however many it are
		d := attempt(t, b, ids[i])
		record(t, b, d, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: c.status, Answer: "no"})
		var reason string
		if err := b.pool.QueryRow(t.Context(), "SELECT coalesce(min(reason), '') FROM fortnight.suppressions WHERE address = $1", d.Subscriber.Address).Scan(&reason); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "refused with " + c.status}[c.suppressed]; reason != want {
			t.Errorf("after %q the address is suppressed as %q, want %q", c.status, reason, want)
		}
	}
	exec(t, b, "UPDATE fortnight.editions SET state = 'sending'")
	deferred := attempt(t, b, ids[50])
	record(t, b, deferred, digest.Outcome{State: digest.DeliveryDeferred, Code: 450, Status: "5.1.1"})
	var n int
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight.suppressions").Scan(&n); err != nil || n != 6 {
		t.Errorf("%d addresses are suppressed, %v", n, err)
	}
}

func TestMoreThanATwentiethRefusedHoldsTheEdition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		subscribers, refused int
		reason               string // "": not held
	}{
		{7, 2, ""}, // of ten: two are not enough to tell
		{7, 3, "3 of 10 deliveries were refused for good (30.0 %): more than 5 % hold an edition"},
		{57, 3, ""}, // of sixty: a twentieth, not more
		{57, 4, "4 of 60 deliveries were refused for good (6.7 %): more than 5 % hold an edition"},
	} {
		t.Run(fmt.Sprintf("%d of %d", c.refused, c.subscribers+3), func(t *testing.T) {
			t.Parallel()
			b, edition, ids := queued(t, c.subscribers)
			underWay := attempt(t, b, ids[0])
			for _, id := range ids[1:c.refused] {
				record(t, b, attempt(t, b, id), refused)
			}
			last := attempt(t, b, ids[c.refused])
			begun, err := b.Turn(t.Context(), ended(last, refused), ids[c.refused+1]) // held, it begins no more, in the same turn
			if err != nil || (begun == nil) != (c.reason != "") {
				t.Errorf("the turn gives %v, %v", begun, err)
			}
			e, _, err := b.Edition(t.Context(), edition)
			if err != nil || (e.State == digest.EditionHeld) != (c.reason != "") || e.Reason != c.reason {
				t.Errorf("it is %s: %q, %v", e.State, e.Reason, err)
			}
			record(t, b, underWay, sent)
			is(t, b, edition, underWay.ID, digest.DeliverySent, "queued")
			if c.reason == "" {
				return
			}
			exec(t, b, "UPDATE fortnight.editions SET state = 'sending', reason = '', released_at = now()")
			record(t, b, attempt(t, b, ids[c.refused+1]), refused)
			if e, _, err := b.Edition(t.Context(), edition); err != nil || e.State != digest.EditionSending {
				t.Errorf("released, it is %s, %v", e.State, err)
			}
		})
	}
}

func TestAnAnswerThatNeverCameIsTriedOnceMore(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	record(t, b, attempt(t, b, ds[0].ID), silence)
	if d := is(t, b, edition, ds[0].ID, digest.DeliveryDeferred, "connection broke"); !d.NextAt.Equal(b.clock.now().Add(time.Minute)) {
		t.Errorf("it waits until %s", d.NextAt)
	}
	declined(t, b, ds[0].ID)
	b.clock.pass(time.Minute)
	again := attempt(t, b, ds[0].ID)
	if again.Attempts != 2 || again.MessageID != ds[0].MessageID || !again.Date.Equal(ds[0].Date) {
		t.Errorf("the second attempt is %+v", again)
	}
	record(t, b, again, silence)
	is(t, b, edition, ds[0].ID, digest.DeliveryUnknown, "connection broke")
	b.clock.pass(24 * time.Hour)
	declined(t, b, ds[0].ID)
}

func TestAProjectThatHoldsUnknownDeliveriesTriesNoneAgain(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	exec(t, b, "UPDATE fortnight.editions SET hold_unknown = true")
	record(t, b, attempt(t, b, ds[0].ID), silence)
	is(t, b, edition, ds[0].ID, digest.DeliveryUnknown, "connection broke")
	b.clock.pass(24 * time.Hour)
	declined(t, b, ds[0].ID)
	is(t, b, edition, ds[0].ID, digest.DeliveryUnknown, "connection broke")
}

func TestASenderThatIsKilledIsMadeUpForThreeTimes(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	for try, state := range []digest.DeliveryState{digest.DeliveryDeferred, digest.DeliveryDeferred, digest.DeliveryDeferred, digest.DeliveryUnknown} {
		if d := attempt(t, b, ds[0].ID); d.Attempts != try+1 {
			t.Errorf("attempt %d is counted as %d", try+1, d.Attempts)
		}
		b.clock.pass(20 * time.Second) // it is killed, and its lease runs out
		declined(t, b, ds[0].ID)
		is(t, b, edition, ds[0].ID, state, "the process ended before the server's answer was recorded")
		b.clock.pass(4 * time.Minute)
	}
	b.clock.pass(24 * time.Hour)
	declined(t, b, ds[0].ID)
}

func TestALeaseThatRanOutLeavesDoubt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hold  bool
		state digest.DeliveryState
	}{"tried once more": {false, digest.DeliveryDeferred}, "held": {true, digest.DeliveryUnknown}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			exec(t, b, "UPDATE fortnight.editions SET hold_unknown = $1", c.hold)
			d := attempt(t, b, ds[0].ID)
			for range 6 { // the server takes its time, the lease is renewed
				b.clock.pass(15 * time.Second)
				if lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{d}); err != nil || len(lost) != 0 {
					t.Fatal(lost, err)
				}
			}
			b.clock.pass(19 * time.Second)
			declined(t, b, d.ID)
			is(t, b, edition, d.ID, digest.DeliverySending, "")
			b.clock.pass(time.Second)
			declined(t, b, d.ID)
			is(t, b, edition, d.ID, c.state, "the process ended before the server's answer was recorded")
			if lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{d}); err != nil || len(lost) != 1 || lost[0] != d.ID {
				t.Errorf("lost are %v, %v", lost, err)
			}
			all, err := b.Attempts(t.Context(), d.ID)
			if err != nil || len(all) != 1 || all[0].State != digest.DeliveryUnknown {
				t.Errorf("its attempts are %+v, %v", all, err)
			}
			b.clock.pass(time.Minute)
			if again, err := b.Turn(t.Context(), nil, d.ID); err != nil || (again == nil) != c.hold {
				t.Errorf("a minute later an attempt gives %v, %v", again, err)
			}
		})
	}
}

// Of what was in doubt once nobody can say that it did not arrive.
func TestADeliveryInDoubtEndsAsSentOrUnknown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then   func(*testing.T, book, digest.Delivery)
		state  digest.DeliveryState
		answer string
	}{
		"sent":    {func(t *testing.T, b book, d digest.Delivery) { record(t, b, attempt(t, b, d.ID), sent) }, digest.DeliverySent, "queued"},
		"refused": {func(t *testing.T, b book, d digest.Delivery) { record(t, b, attempt(t, b, d.ID), refused) }, digest.DeliveryUnknown, "not wanted"},
		"unsubscribed": {func(t *testing.T, b book, d digest.Delivery) {
			exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now()")
			declined(t, b, d.ID)
		}, digest.DeliveryUnknown, "unsubscribed; whether it was sent before is not known"},
		"expired": {func(t *testing.T, b book, d digest.Delivery) {
			b.clock.pass(168 * time.Hour)
			declined(t, b, d.ID)
		}, digest.DeliveryUnknown, "connection broke"},
		"deferred until it is too late": {func(t *testing.T, b book, d digest.Delivery) {
			b.clock.pass(166*time.Hour + 57*time.Minute)
			d = attempt(t, b, d.ID)
			b.clock.pass(time.Hour)
			if _, err := b.Renew(t.Context(), d.EditionID, 0, []digest.Delivery{d}); err != nil {
				t.Fatal(err)
			}
			record(t, b, d, busy)
			b.clock.pass(2 * time.Minute)
			record(t, b, attempt(t, b, d.ID), busy)
		}, digest.DeliveryUnknown, "try later"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			record(t, b, attempt(t, b, ds[0].ID), silence)
			b.clock.pass(time.Minute)
			c.then(t, b, ds[0])
			is(t, b, edition, ds[0].ID, c.state, c.answer)
		})
	}
}

func TestAnAnswerThatComesLateIsTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		hold  bool
		late  digest.Outcome
		state digest.DeliveryState
	}{
		"sent, while it waits":      {false, sent, digest.DeliverySent},
		"refused, while it waits":   {false, refused, digest.DeliveryFailed},
		"put off, while it waits":   {false, busy, digest.DeliveryDeferred},
		"none after all":            {false, silence, digest.DeliveryDeferred},
		"sent, when given up":       {true, sent, digest.DeliverySent},
		"refused, when given up":    {true, refused, digest.DeliveryFailed},
		"put off, when given up":    {true, busy, digest.DeliveryDeferred},
		"none after it is given up": {true, silence, digest.DeliveryUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			exec(t, b, "UPDATE fortnight.editions SET hold_unknown = $1", c.hold)
			d := attempt(t, b, ds[0].ID)
			b.clock.pass(20 * time.Second)
			declined(t, b, d.ID) // the lease ran out, though the process was asleep only
			b.clock.pass(10 * time.Second)
			for range 2 { // told twice, it is one answer
				record(t, b, d, c.late)
			}
			line := is(t, b, edition, d.ID, c.state, "")
			if wait := line.NextAt.Sub(b.clock.now()); c.late == busy && wait != time.Minute || c.late == silence && !c.hold && wait != 50*time.Second {
				t.Errorf("it is tried again in %s", wait)
			}
			all, err := b.Attempts(t.Context(), d.ID)
			if err != nil || len(all) != 1 || all[0].State != c.late.State {
				t.Errorf("its attempts are %+v, %v", all, err)
			}
			if c.late != busy {
				return
			}
			b.clock.pass(time.Minute) // the doubt has gone, and may come once more
			exec(t, b, "UPDATE fortnight.editions SET hold_unknown = false")
			record(t, b, attempt(t, b, d.ID), silence)
			is(t, b, edition, d.ID, digest.DeliveryDeferred, "connection broke")
		})
	}
}

func TestALateAnswerOfAnEarlierAttemptCountsOnlyIfItWasSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late  digest.Outcome
		state digest.DeliveryState
		lost  int
	}{"sent": {sent, digest.DeliverySent, 1}, "refused": {refused, digest.DeliverySending, 0}, "put off": {busy, digest.DeliverySending, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, edition, ds := planned(t)
			first := attempt(t, b, ds[0].ID)
			record(t, b, first, silence)
			b.clock.pass(time.Minute)
			second := attempt(t, b, ds[0].ID)
			record(t, b, first, c.late)
			is(t, b, edition, first.ID, c.state, "")
			lost, err := b.Renew(t.Context(), edition, 0, []digest.Delivery{second})
			if err != nil || len(lost) != c.lost {
				t.Errorf("lost are %v, %v", lost, err)
			}
			record(t, b, second, refused)
			want := map[bool]digest.DeliveryState{true: digest.DeliverySent, false: digest.DeliveryUnknown}[c.late == sent]
			is(t, b, edition, first.ID, want, "")
			all, err := b.Attempts(t.Context(), first.ID)
			if err != nil || len(all) != 2 || all[0].Outcome != c.late || all[1].Outcome != refused {
				t.Errorf("its attempts are %+v, %v", all, err)
			}
		})
	}
}

func TestAnEditionThatIsOverTriesNothingAgain(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	d := attempt(t, b, ds[0].ID)
	exec(t, b, "UPDATE fortnight.editions SET hold_unknown = true")
	b.clock.pass(20 * time.Second)
	declined(t, b, d.ID)
	exec(t, b, "UPDATE fortnight.editions SET state = 'done'")
	record(t, b, d, busy)
	is(t, b, edition, d.ID, digest.DeliveryExpired, "try later")
}

func TestAnEditionIsDoneWhenItsLastDeliveryIs(t *testing.T) {
	t.Parallel()
	b, edition, ds := planned(t)
	exec(t, b, "UPDATE fortnight.editions SET hold_unknown = true")
	b.clock.pass(3 * time.Hour) // Cy's hour
	finish := func(want digest.EditionState) {
		t.Helper()
		if state, err := b.Finish(t.Context(), edition); state != want || err != nil {
			t.Errorf("it is %s, want %s, %v", state, want, err)
		}
	}
	finish(digest.EditionReady)
	for i, o := range []digest.Outcome{sent, silence, refused} {
		d := attempt(t, b, ds[i].ID)
		finish(digest.EditionSending)
		record(t, b, d, o)
	}
	finish(digest.EditionDone)
	finish(digest.EditionDone)
	lines, err := b.Editions(t.Context(), "desk/weekly", 10)
	if err != nil || len(lines) != 1 {
		t.Fatalf("editions %v, %v", lines, err)
	}
	e := lines[0]
	if e.State != digest.EditionDone || !e.FinishedAt.Equal(b.clock.now()) || len(e.Deliveries) != 3 || e.Deliveries[digest.DeliverySent] != 1 {
		t.Errorf("it is listed as %+v", e)
	}
	end, err := b.Ended(t.Context(), edition)
	if err != nil || len(end.Counts) != 3 || end.Counts[digest.DeliveryUnknown] != 1 {
		t.Errorf("it ended as %v, %v", end.Counts, err)
	}
	if len(end.Bad) != 2 || end.Bad[0].Subscriber.Name != "Bo" || end.Bad[0].State != digest.DeliveryUnknown ||
		end.Bad[1].LastAnswer != "not wanted" || end.Bad[1].State != digest.DeliveryFailed {
		t.Errorf("it ended badly with %+v", end.Bad)
	}
}

func TestAtMostTwentyBadEndsAreNamed(t *testing.T) {
	t.Parallel()
	b, edition, ids := queued(t, 30)
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'expired'")
	end, err := b.Ended(t.Context(), edition)
	if err != nil || end.Counts[digest.DeliveryExpired] != 33 || len(end.Bad) != 20 || end.Bad[19].ID != ids[16] {
		t.Errorf("it ended as %v with %d named, %v", end.Counts, len(end.Bad), err)
	}
}
