package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/ledger"
)

// awaitHeld waits until n editions are held, and gives them by the key of their digest.
func (p *place) awaitHeld(t *testing.T, n int, x *process) map[string]ledger.EditionLine {
	t.Helper()
	await(t, fmt.Sprintf("%d editions held", n), time.Minute, func() bool {
		select {
		case <-x.ended:
			t.Fatalf("serve ended: %v\n%s", x.cmd.ProcessState, &x.err)
		default:
		}
		return len(p.editions(t, digest.EditionHeld)) == n
	})
	held := map[string]ledger.EditionLine{}
	for _, e := range p.editions(t, digest.EditionHeld) {
		held[e.Config.Key] = e
	}
	return held
}

// attachment is the part of a mail with a content type.
func attachment(t *testing.T, raw []byte, kind string) (body []byte) {
	t.Helper()
	whole, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.Walk(func(_ []int, part *message.Entity, err error) error {
		if is, _, _ := part.Header.ContentType(); err == nil && is == kind {
			body, err = io.ReadAll(part.Body)
		}
		return err
	}); err != nil || body == nil {
		t.Fatalf("no %s: %v", kind, err)
	}
	return body
}

// TestPromise17SuspiciousDigestsAreHeldAndPartlyFailedOnesNameTheGap: a week without any message after four busy ones, on a source that
// has written since; a source that refuses; a table that is locked.
func TestPromise17SuspiciousDigestsAreHeldAndPartlyFailedOnesNameTheGap(t *testing.T) {
	t.Parallel()
	_, due, endOf := instants()
	end := endOf(due)
	const readers = `          - {address: reader00@desk.example, name: Reader 0, audience: manager, pdf: true}
          - {address: reader01@desk.example, name: Reader 1, audience: executive, pdf: true}
`
	var before, afterRelease, afterDiscard, gaps int

	t.Run("zeros after four busy periods", func(t *testing.T) {
		box, addr := newInbox(t)
		p := newPlace(t, addr)
		dsn := eventsOf(t, everyDay(time.Now()), fmt.Sprintf(`DELETE FROM fortnight_events.message WHERE sent_at >= '%s' AND sent_at < '%s'`,
			end.AddDate(0, 0, -7).Format(time.RFC3339), end.Format(time.RFC3339)))
		p.env["RELEASED_DSN"], p.env["DISCARDED_DSN"], p.env["FORTNIGHT_ADMIN_EMAIL"] = dsn, dsn, "admin@desk.example"
		p.apply(t, weekly(due, map[string]string{"released": "activity", "discarded": "activity"}, manyReaders(2)))
		for _, name := range []string{"desk/released", "desk/discarded"} {
			for weeks := 5; weeks > 1; weeks-- {
				p.must(t, "send", "--digest", name, "--from", end.AddDate(0, 0, -7*weeks).Format(time.DateOnly))
			}
		}
		if n := len(box.Messages()); n != 16 {
			t.Fatalf("%d mails of the weeks before, want 16", n)
		}
		p.wasDown(t, due, 1)
		x, _ := p.serve(t)
		held := p.awaitHeld(t, 2, x)
		for _, e := range held {
			contains(t, "the reason", e.Reason, "every main figure is 0")
			if len(e.Deliveries) != 0 {
				t.Errorf("%s has deliveries while it is held: %v", e.Name(), e.Deliveries)
			}
		}
		time.Sleep(3 * time.Second)
		of := func(digestKey string) (n int) {
			for _, e := range p.editions(t, "") {
				if e.Config.Key == digestKey && e.Period.To.Equal(end) {
					n = e.Deliveries[digest.DeliverySent]
				}
			}
			return n
		}
		if before = len(mailsTo(box, "reader00@desk.example")) - 8; before != 0 || of("released")+of("discarded") != 0 {
			t.Errorf("%d mails while held", before)
		}
		told := strings.Join(toldOf(t, box), "\n")
		contains(t, "what the admin was told", told, held["released"].Label)
		if strings.Count(told, "is held") != 2 {
			t.Errorf("the admin was told:\n%s", told)
		}
		p.must(t, "editions", "discard", fmt.Sprint(held["discarded"].ID))
		contains(t, "release", p.must(t, "editions", "release", fmt.Sprint(held["released"].ID)), "is ready")
		await(t, "the released one done", time.Minute, func() bool { return of("released") == 2 })
		time.Sleep(2 * time.Second)
		afterRelease, afterDiscard = of("released"), of("discarded")
		mails := mailsTo(box, "reader00@desk.example")
		if len(mails) != 9 || afterDiscard != 0 {
			t.Fatalf("%d mails, %d of the discarded edition", len(mails), afterDiscard)
		}
		contains(t, "the subject", oneLine(decodedSubject(t, mails[8].Raw)), "0 messages")
		dated, err := headers(t, mails[8].Raw).Date()
		if err != nil || time.Since(dated) > time.Minute {
			t.Errorf("it is dated %v, %v; want its release", dated, err)
		}
		if n := len(p.editions(t, digest.EditionDiscarded)); n != 1 {
			t.Errorf("%d editions discarded", n)
		}
	})

	t.Run("all sections failed", func(t *testing.T) {
		box, addr := newInbox(t)
		w := wayTo(t, eventsOf(t, everyDay(time.Now())))
		p := dueDesk(t, addr, due, 1, w.dsn)
		if err := w.listener.Close(); err != nil {
			t.Fatal(err)
		}
		x, _ := p.serve(t)
		e := p.awaitHeld(t, 1, x)["events"]
		contains(t, "the reason", e.Reason, "no section could be read", "connections are refused")
		time.Sleep(3 * time.Second)
		if n := len(mailsTo(box, "reader00@desk.example")); n != 0 || len(p.editions(t, digest.EditionHeld)) != 1 {
			t.Errorf("%d mails", n)
		}
		p.must(t, "editions", "discard", fmt.Sprint(e.ID))
	})

	t.Run("one section failed", func(t *testing.T) {
		box, addr := newInbox(t)
		dsn := eventsOf(t, everyDay(time.Now()))
		p := newPlace(t, addr)
		p.env["EVENTS_DSN"] = dsn
		p.apply(t, weekly(due, map[string]string{"events": "activity chatbot contact_center"}, readers))
		p.wasDown(t, due, 1)
		lock, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer lock.Close(context.WithoutCancel(t.Context()))
		if _, err := lock.Exec(t.Context(), "BEGIN; LOCK TABLE fortnight_events.intent_hit IN ACCESS EXCLUSIVE MODE"); err != nil {
			t.Fatal(err)
		}
		x, _ := p.serve(t)
		p.awaitDone(t, 1, x)
		for _, to := range []string{"reader00@desk.example", "reader01@desk.example"} {
			mails := mailsTo(box, to)
			if len(mails) != 1 {
				t.Fatalf("%s has %d mails", to, len(mails))
			}
			raw := mails[0].Raw
			parts := bodies(t, raw)
			for what, said := range map[string]struct{ text, want string }{
				"the subject": {oneLine(decodedSubject(t, raw)), "chatbot missing"},
				"the html":    {seen([]byte(parts["text/html"])), "Chatbot could not be read"},
				"the text":    {oneLine(parts["text/plain"]), "Chatbot could not be read"},
				"the PDF":     {readPDF(t, attachment(t, raw, "application/pdf")), "Chatbot could not be read"},
			} {
				contains(t, what, said.text, said.want)
				if what != "the subject" {
					contains(t, what, said.text, "2 of 3 sections complete")
				}
				if strings.Contains(said.text, said.want) {
					gaps++
				}
			}
		}
	})
	t.Logf("figures: zeros after four busy weeks: held, %d mails before, %d after release, %d after discard; all failed: held, 0 mails; one failed: named in %d of 8 (subject, html, text, PDF of 2 readers)",
		before, afterRelease, afterDiscard, gaps)
}
