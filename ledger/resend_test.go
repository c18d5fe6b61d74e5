package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// finished is the edition of planned, done: Ana's delivery has failed, Bo's is unknown, Cy's was sent.
func finished(t *testing.T) (b book, edition int64, ds []digest.Delivery) {
	t.Helper()
	b, edition, ds = planned(t)
	if choices, err := b.StartRendering(t.Context(), edition); err != nil || len(choices) != 3 {
		t.Fatalf("rendered %v, %v", choices, err)
	} else {
		for _, c := range choices {
			rendered(t, b, edition, c)
		}
	}
	exec(t, b, "UPDATE fortnight.editions SET hold_unknown = true")
	b.clock.pass(3 * time.Hour)
	ends(t, b, ds[0].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 552, Status: "5.2.2", Answer: "mailbox full"})
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryUnknown, Answer: "connection lost"})
	ends(t, b, ds[2].ID, sent)
	if state, err := b.Finish(t.Context(), edition); err != nil || state != digest.EditionDone {
		t.Fatalf("it is %s, %v", state, err)
	}
	return b, edition, ds
}

func TestWhatFailedIsSentAgainAsTheSameMessage(t *testing.T) {
	t.Parallel()
	b, id, ds := finished(t)
	desk, by := maya(t, b)
	first := is(t, b, id, ds[0].ID, digest.DeliveryFailed, "mailbox full")
	b.clock.pass(30*24*time.Hour + 300*time.Millisecond)
	now := b.clock.now()
	if n, err := desk.Resend(t.Context(), by, id, nil); err != nil || n != 1 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	line, _, err := desk.Edition(t.Context(), id)
	if err != nil || line.State != digest.EditionSending || !line.FinishedAt.IsZero() || fmt.Sprint(line.Deliveries) != "map[deferred:1 sent:1 unknown:1]" {
		t.Errorf("the edition is %s with %v, %v", line.State, line.Deliveries, err)
	}
	if failed := scalarOf[int](t, b, "SELECT failed FROM fortnight.editions WHERE edition_id = $1", id); failed != 0 {
		t.Errorf("%d are counted as failed", failed)
	}
	d := is(t, b, id, ds[0].ID, digest.DeliveryDeferred, "mailbox full")
	if d.MessageID != first.MessageID || !d.Date.Equal(first.Date) || d.Attempts != 1 || !d.NextAt.Equal(now.Truncate(time.Second)) || !d.Expires.Equal(now.Add(7*24*time.Hour)) {
		t.Errorf("Ana's is %+v", d)
	}

	// A running serve finds it, renders nothing, and sends the batch that it made.
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 0 {
		t.Errorf("it is abandoned at once: %v, %v", abandoned, err)
	}
	b.clock.pass(lease)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
		t.Errorf("nobody takes it up: %v, %v", abandoned, err)
	}
	if choices, err := b.StartRendering(t.Context(), id); !errors.Is(err, digest.ErrNotDue) || len(choices) != 0 {
		t.Errorf("%v are rendered anew, %v", choices, err)
	}
	idle, err := b.Idle(t.Context(), id)
	if err != nil || !slices.Equal(idle, []int{1}) {
		t.Errorf("the batches %v wait, %v", idle, err)
	}
	if pending, err := b.Pending(t.Context(), id, 1); err != nil || len(pending) != 1 || pending[0].ID != ds[0].ID {
		t.Errorf("in it are %v, %v", pending, err)
	}
	again := ends(t, b, ds[0].ID, sent)
	if again.Attempts != 2 || again.MessageID != first.MessageID || !again.Date.Equal(first.Date) || again.Subscriber.Token == "" {
		t.Errorf("the attempt is %+v", again)
	}
	if state, err := b.Finish(t.Context(), id); err != nil || state != digest.EditionDone {
		t.Errorf("then it is %s, %v", state, err)
	}
	line, _, err = desk.Edition(t.Context(), id)
	if err != nil || fmt.Sprint(line.Deliveries) != "map[sent:2 unknown:1]" {
		t.Errorf("its deliveries are %v, %v", line.Deliveries, err)
	}
	if whole, err := desk.Delivery(t.Context(), ds[0].ID); err != nil || len(whole.Tries) != 2 || whole.Tries[0].Status != "5.2.2" || whole.Tries[1].State != digest.DeliverySent {
		t.Errorf("its attempts are %+v, %v", whole.Tries, err)
	}
	get(t, "the audit", written(t, desk), "Maya ~ edition desk/weekly SD-2020-W13: resend, 1 delivery")
}

func TestWhatIsUnknownIsSentAgainOnlyWhereItIsNamed(t *testing.T) {
	t.Parallel()
	b, id, ds := finished(t)
	desk, by := maya(t, b)
	if n, err := desk.Resend(t.Context(), by, id, []int64{ds[1].ID, ds[2].ID}); err != nil || n != 1 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	is(t, b, id, ds[0].ID, digest.DeliveryFailed, "mailbox full")
	is(t, b, id, ds[1].ID, digest.DeliveryDeferred, "connection lost")
	is(t, b, id, ds[2].ID, digest.DeliverySent, sent.Answer)
	get(t, "the audit", written(t, desk), fmt.Sprintf("Maya ~ edition desk/weekly SD-2020-W13: resend, delivery %d", ds[1].ID))

	// It stays in doubt whatever comes of it, unless it is sent: a first copy may have arrived.
	b.clock.pass(time.Second)
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 550, Status: "5.7.1", Answer: "no"})
	is(t, b, id, ds[1].ID, digest.DeliveryUnknown, "no")
}

// The week of 23 March failed for Ana and expired for Cy. Cy chooses months, and gets March, which has all of the week; Ana stays with weeks. Sent again, the week is for Ana alone, however it is asked for.
func TestWhoWasMailedTheDaysWithAnotherEditionSinceGetsNoResend(t *testing.T) {
	t.Parallel()
	b := chosen(t)
	week, who := mails(t, b, "", "2020-03-23", "2020-03-30", newYork)
	get(t, "the week", who, "Ana", "Bo", "Cy")
	exec(t, b, "UPDATE fortnight.deliveries SET state = CASE WHEN recipient->>'Name' = 'Ana' THEN 'failed' WHEN recipient->>'Name' = 'Cy' THEN 'expired' ELSE 'sent' END")
	setState(t, b, week, "done")
	ids := map[string]int64{}
	for _, d := range deliveries(t, b, week) {
		ids[d.Subscriber.Name] = d.ID
	}
	wish(t, b, "Cy", digest.Wishes{Cadence: "monthly"})
	march, who := mails(t, b, "monthly", "2020-03-01", "2020-04-01", newYork)
	get(t, "March", who, "Cy")
	desk, by := maya(t, b)
	if n, err := desk.Resend(t.Context(), by, week, []int64{ids["Cy"]}); err != nil || n != 0 {
		t.Errorf("for Cy alone %d are sent again, %v", n, err)
	}
	if n, err := desk.Resend(t.Context(), by, week, nil); err != nil || n != 1 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	is(t, b, week, ids["Cy"], digest.DeliveryExpired, "")
	get(t, "the audit", written(t, desk), "Maya ~ edition desk/weekly SD 2020-03-23: resend, 1 delivery, 1 left out, mailed days of it with another edition")

	// March failed for Cy too, and the week is sent again to him: then he is to get the week, and March no more.
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'failed' WHERE recipient->>'Name' = 'Cy'")
	setState(t, b, march, "done")
	if n, err := desk.Resend(t.Context(), by, week, nil); err != nil || n != 1 {
		t.Errorf("after March failed %d are sent again, %v", n, err)
	}
	if n, err := desk.Resend(t.Context(), by, march, nil); err != nil || n != 0 {
		t.Errorf("of March %d are sent again, %v", n, err)
	}
}

func TestWhoHasLeftOrMayNotBeWrittenToGetsNoResend(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(b book){
		"unsubscribed": func(b book) {
			exec(t, b, "UPDATE fortnight.subscribers SET unsubscribed_at = now() WHERE name = 'Ana'")
		},
		"taken out": func(b book) { exec(t, b, "UPDATE fortnight.subscribers SET removed_at = now() WHERE name = 'Ana'") },
		"suppressed": func(b book) {
			if err := b.Suppress(t.Context(), "desk", "ANA@example.org", "hard bounce 5.1.1"); err != nil {
				t.Fatal(err)
			}
		},
		"erased": func(b book) {
			if _, err := b.Erase(t.Context(), "ana@example.org"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, id, ds := finished(t)
			desk, by := maya(t, b)
			leave(b)
			for _, named := range [][]int64{nil, {ds[0].ID}} {
				if n, err := desk.Resend(t.Context(), by, id, named); err != nil || n != 0 {
					t.Errorf("%d are sent again, %v", n, err)
				}
			}
			if e, _, err := b.Edition(t.Context(), id); err != nil || e.State != digest.EditionDone || stateOf(t, b, id, ds[0].ID) != digest.DeliveryFailed || len(written(t, desk)) != 0 {
				t.Errorf("it is %s, hers %s, written %v, %v", e.State, stateOf(t, b, id, ds[0].ID), written(t, desk), err)
			}
		})
	}
}

func TestWhatExpiredBeforeAnAttemptIsDatedNow(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	desk, by := maya(t, b)
	b.clock.pass(8 * 24 * time.Hour)
	for _, d := range ds {
		declined(t, b, d.ID)
	}
	if state, err := b.Finish(t.Context(), id); err != nil || state != digest.EditionDone {
		t.Fatalf("it is %s, %v", state, err)
	}
	if n, err := desk.Resend(t.Context(), by, id, nil); err != nil || n != 3 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	for i, d := range deliveries(t, b, id) {
		if d.State != digest.DeliveryPlanned || d.Attempts != 0 || !d.Date.Equal(b.clock.now()) || d.MessageID != ds[i].MessageID {
			t.Errorf("%s's is %+v", d.Subscriber.Name, d)
		}
	}
	// Nobody had rendered anything for them: that is made up for.
	if choices, err := b.StartRendering(t.Context(), id); err != nil || len(choices) != 3 {
		t.Errorf("rendered %v, %v", choices, err)
	}
}

func TestAResendWaitsForNoBatchThatIsAsleep(t *testing.T) {
	t.Parallel()
	b, id, ds := planned(t)
	desk, by := maya(t, b)
	b.clock.pass(3 * time.Hour)
	ends(t, b, ds[0].ID, digest.Outcome{State: digest.DeliveryFailed, Code: 552, Status: "5.2.2", Answer: "mailbox full"})
	ends(t, b, ds[1].ID, digest.Outcome{State: digest.DeliveryDeferred, Code: 451, Answer: "in four hours"})
	ends(t, b, ds[2].ID, sent)
	if err := b.Rest(t.Context(), id, 0, b.clock.now().Add(4*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n, err := desk.Resend(t.Context(), by, id, nil); err != nil || n != 1 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	if idle, err := b.Idle(t.Context(), id); err != nil || !slices.Equal(idle, []int{1}) {
		t.Errorf("the batches %v wait, %v", idle, err)
	}
	b.clock.pass(lease)
	if abandoned, err := b.Abandoned(t.Context()); err != nil || len(abandoned) != 1 {
		t.Errorf("nobody takes it up: %v, %v", abandoned, err)
	}
	ends(t, b, ds[0].ID, sent)
}

func TestManyAreSentAgainInBatchesOfTwoHundred(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	crowd(t, b, 447)
	id := opened(t, b, "2020-03-23")
	ready(t, b, id, 307, 192)
	exec(t, b, "UPDATE fortnight.deliveries SET state = 'failed', attempts = 1")
	if n, err := desk.Resend(t.Context(), by, id, nil); err != nil || n != 450 {
		t.Fatalf("%d are sent again, %v", n, err)
	}
	idle, err := b.Idle(t.Context(), id) // planned in the batches 0, 1 and 2
	if err != nil || !slices.Equal(idle, []int{3, 4, 5}) {
		t.Errorf("the batches %v wait, %v", idle, err)
	}
	for batch, want := range map[int]int{3: 200, 4: 200, 5: 50} {
		if pending, err := b.Pending(t.Context(), id, batch); err != nil || len(pending) != want {
			t.Errorf("batch %d has %d, %v", batch, len(pending), err)
		}
	}
}

func TestOfAnEditionThatIsStoppedNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	b, id, ds := finished(t)
	desk, by := maya(t, b)
	for _, state := range []string{"due", "collecting", "held", "parked", "archived", "discarded"} {
		setState(t, b, id, state)
		_, err := desk.Resend(t.Context(), by, id, nil)
		if !errors.Is(err, digest.ErrNotDue) || !strings.Contains(err.Error(), "SD-2020-W13 of desk/weekly is "+state) {
			t.Errorf("of one that is %s it gives %v", state, err)
		}
	}
	setState(t, b, id, "done")
	if _, err := desk.Resend(t.Context(), by, id, []int64{ds[0].ID, 4711}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("with a delivery that is not its own it gives %v", err)
	}
	if _, err := desk.Resend(t.Context(), by, 4711, nil); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("of an edition that does not exist it gives %v", err)
	}
	is(t, b, id, ds[0].ID, digest.DeliveryFailed, "mailbox full")
}

func TestALateAnswerCountsThoughTheEditionIsDone(t *testing.T) {
	t.Parallel()
	b, id, ds := finished(t)
	desk, _ := maya(t, b)
	if e, _, err := desk.Edition(t.Context(), id); err != nil || fmt.Sprint(e.Deliveries) != "map[failed:1 sent:1 unknown:1]" {
		t.Errorf("its deliveries are %v, %v", e.Deliveries, err)
	}
	if _, err := b.Turn(t.Context(), &digest.Attempt{Delivery: ds[1].ID, Number: 1, Outcome: sent}, 0); err != nil {
		t.Fatal(err)
	}
	if e, _, err := desk.Edition(t.Context(), id); err != nil || fmt.Sprint(e.Deliveries) != "map[failed:1 sent:2]" {
		t.Errorf("its deliveries are %v, %v", e.Deliveries, err)
	}
}
