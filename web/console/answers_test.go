package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestAReceiversAnswerIsReadByItsEnhancedCodeThenItsWordsThenItsCode(t *testing.T) {
	for _, x := range []struct {
		code           int
		status, answer string
		want           cause
	}{
		{550, "5.1.1", "User unknown", causeNoAddress},
		{552, "5.2.2", "Mailbox full", causeFull},
		{554, "5.7.1", "Message refused by policy", causePolicy},
		{554, "5.7.1", "looks like SPAM to us", causeListed},
		{550, "5.7.1", "DMARC policy of the domain", causeUnsigned},
		{550, "5.7.26", "unauthenticated", causeUnsigned},
		{451, "4.7.1", "Greylisted, try again later", causeGreylisted},
		{450, "4.2.0", "Recipient address rejected: Greylisted for 5 minutes", causeGreylisted},
		{550, "", "no such user here", causeNoAddress},
		{550, "5.0.0", "go away", causeRefused},
		{421, "", "closing", causeBusy},
		{556, "5.1.10", "null MX", causeNoDomain},
		{499, "", "", causeNotNow},
		{599, "", "", causeRefused},
		{0, "", "after DATA: connection lost", causeNoAnswer},
		{0, "", "dial tcp: lookup mail.nowhere.example: no such host", causeUnreachable},
		{250, "2.0.0", "", causeNoAnswer}, // never asked of what was taken
		{552, "x.y", "", causeFull},
	} {
		if got := causeOf(x.code, x.status, x.answer); got != x.want {
			t.Errorf("%d %s %s means %s, not %s", x.code, x.status, x.answer, got, x.want)
		}
	}
}

func TestEveryCauseHasItsWords(t *testing.T) {
	seen := map[cause]bool{}
	for _, subject := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		for detail := range 31 {
			if c := ofDetail(fmt.Sprintf("%s.%d", subject, detail)); c != "" {
				seen[c] = true
			}
		}
	}
	for code := range 600 {
		seen[ofCode(code)] = true
	}
	for c := range seen {
		m := c.meaning()
		if m.one == "" || m.many == "" || !strings.HasSuffix(m.told, ".") || m.mend != "" && !strings.HasSuffix(m.mend, ".") {
			t.Errorf("%s is told as %+v", c, m)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d causes are ever found", len(seen))
	}
}

func TestFailedDeliveriesAreGroupedInWords(t *testing.T) {
	b := theClinics()
	is(t, "two full, one unknown", grouping(b.deliveries[13]), "Two mailboxes are full, one address does not exist.")
	is(t, "one that was given up", grouping([]digest.DeliveryLine{{Delivery: digest.Delivery{State: digest.DeliveryExpired}, Code: 451}}), "One server did not take the mail in time.")
	is(t, "none", grouping(nil), "")
}

func TestWhatBecameOfADeliveryIsToldInWords(t *testing.T) {
	c := theClock()
	line := func(change func(*digest.DeliveryLine)) digest.DeliveryLine {
		d := digest.DeliveryLine{Delivery: digest.Delivery{Attempts: 1, Date: march(25, 8, 0)}, ChangedAt: march(25, 8, 1)}
		change(&d)
		return d
	}
	for _, x := range []struct {
		name string
		d    digest.DeliveryLine
		want string
	}{
		{
			"an unknown address", line(func(d *digest.DeliveryLine) { d.State, d.Code, d.Status = "failed", 550, "5.1.1" }),
			"The address does not exist. Look how it is spelled, or ask the person for the new one.",
		},
		{"a full mailbox, after three tries", line(func(d *digest.DeliveryLine) {
			d.State, d.Code, d.Status, d.Attempts, d.ChangedAt = "failed", 552, "5.2.2", 3, march(25, 12, 1)
		}), "The mailbox is full. Tried for 4 h 1 min, given up at Wed 12:01. The person has to make room; then resend."},
		{"a deferred one", line(func(d *digest.DeliveryLine) {
			d.State, d.Code, d.LastAnswer, d.NextAt, d.Expires = "deferred", 451, "Greylisted", march(25, 12, 40), march(26, 8, 0)
		}), "The server does not know the sender yet and asks to come again later. Next try 12:40, last at Thu 26 Mar 08:00."},
		{"one without an answer", line(func(d *digest.DeliveryLine) { d.State = "unknown" }), "It may have arrived. A resend can make a second copy."},
		{"one that unsubscribed", line(func(d *digest.DeliveryLine) { d.State, d.Why = "suppressed", "unsubscribed" }), "Unsubscribed."},
		{
			"one that bounced before", line(func(d *digest.DeliveryLine) { d.State, d.Why = "suppressed", "hard bounce 5.1.1" }),
			"A mail to this address came back for good. The address does not exist.",
		},
		{"one that waits for its hour elsewhere", line(func(d *digest.DeliveryLine) {
			d.State, d.NextAt, d.Subscriber.Zone = "planned", march(25, 13, 0), "America/New_York"
		}), "Leaves at Wed 13:00 (08:00 in New York)."},
		{"one that may leave", line(func(d *digest.DeliveryLine) { d.State, d.NextAt = "planned", march(25, 8, 0) }), "Leaves as soon as its turn comes."},
		{"one given up in time", line(func(d *digest.DeliveryLine) {
			d.State, d.Code, d.Attempts, d.ChangedAt = "expired", 421, 9, march(24, 8, 0)
		}), "Tried 9 times, given up at Tue 24 Mar 08:00. The receiver’s server is busy or asks for fewer mails at a time."},
		{"one that was sent", line(func(d *digest.DeliveryLine) { d.State = "sent" }), ""},
		{"one that came back", line(func(d *digest.DeliveryLine) {
			d.State, d.Bounce = "sent", &digest.BounceLine{Kind: "hard", Status: "5.2.1", At: march(25, 9, 0)}
		}), "Taken, and came back on Wed 25 Mar 09:00. The mailbox is switched off. Ask whether the person still works there."},
		{"a complaint", line(func(d *digest.DeliveryLine) {
			d.State, d.Bounce = "sent", &digest.BounceLine{Kind: "complaint", At: march(25, 9, 0)}
		}), "Reported as spam on Wed 25 Mar 09:00. The address gets nothing more."},
	} {
		is(t, x.name, told(c, x.d), x.want)
	}
	is(t, "an answer as it came", quoted(550, "5.1.1", "User\n unknown"), "550 5.1.1 User unknown")
	is(t, "what came before an answer", quoted(0, "", "connection lost"), "connection lost")
	is(t, "the day of a try", lastTry(c, digest.EditionLine{ReadyAt: march(25, 8, 0)}, march(25, 8, 0).Add(31*time.Second)), "08:00:31")
	is(t, "another day", lastTry(c, digest.EditionLine{ReadyAt: march(23, 8, 0)}, march(25, 8, 0)), "Wed 25 Mar 08:00:00")
}
