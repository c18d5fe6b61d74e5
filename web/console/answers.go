package console

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// cause is what a receiver's answer means.
type cause string

// The causes.
const (
	causeNoAddress   cause = "noAddress"
	causeNoDomain    cause = "noDomain"
	causeBadAddress  cause = "badAddress"
	causeMoved       cause = "moved"
	causeDisabled    cause = "disabled"
	causeFull        cause = "full"
	causeTooBig      cause = "tooBig"
	causeCrowded     cause = "crowded"
	causeSender      cause = "sender"
	causePolicy      cause = "policy"
	causeUnsigned    cause = "unsigned"
	causeListed      cause = "listed"
	causeGreylisted  cause = "greylisted"
	causeBusy        cause = "busy"
	causeUnreachable cause = "unreachable"
	causeLoops       cause = "loops"
	causeExpired     cause = "expired"
	causeLogin       cause = "login"
	causeSecret      cause = "secret"
	causeNotUnicode  cause = "notUnicode"
	causeForm        cause = "form"
	causeRefused     cause = "refused"
	causeNotNow      cause = "notNow"
	causeNoAnswer    cause = "noAnswer"
)

// meaning is a cause in words.
type meaning struct {
	one, many string // "mailbox is full", "mailboxes are full": after a number
	told      string // of one delivery: "The mailbox is full."
	mend      string // what to do; may be empty
}

func (c cause) meaning() meaning {
	switch c {
	case causeNoAddress:
		return meaning{"address does not exist", "addresses do not exist", "The address does not exist.", "Look how it is spelled, or ask the person for the new one."}
	case causeNoDomain:
		return meaning{"address is of a domain that takes no mail", "addresses are of a domain that takes no mail", "The domain after the @ takes no mail.", "Look how it is spelled."}
	case causeBadAddress:
		return meaning{"address is not one that the server understands", "addresses are not ones that the server understands", "The server cannot read the address.", "Look for odd signs in it."}
	case causeMoved:
		return meaning{"mailbox has moved", "mailboxes have moved", "The mailbox has moved and leaves no new address.", "Ask the person for the new one."}
	case causeDisabled:
		return meaning{"mailbox is switched off", "mailboxes are switched off", "The mailbox is switched off.", "Ask whether the person still works there."}
	case causeFull:
		return meaning{"mailbox is full", "mailboxes are full", "The mailbox is full.", "The person has to make room; then resend."}
	case causeTooBig:
		return meaning{"mailbox takes no mail of this size", "mailboxes take no mail of this size", "The mail is larger than the server takes.", "Link the PDF for this subscriber, in place of attaching it."}
	case causeCrowded:
		return meaning{"server has no room left", "servers have no room left", "The receiver’s server has no room left.", "Resend later, or tell whoever runs it."}
	case causeSender:
		return meaning{"server refuses our sender’s address", "servers refuse our sender’s address", "The server refuses the sender’s address.", "Look at the sender in the project’s settings, and run “fortnight doctor”."}
	case causePolicy:
		return meaning{"server refuses the message by its rules", "servers refuse the message by their rules", "The receiver’s rules refuse the message.", "Ask the receiver to allow the sender’s domain."}
	case causeUnsigned:
		return meaning{"server does not trust our sender", "servers do not trust our sender", "The sender’s domain did not prove that the mail is its own (SPF, DKIM or DMARC).", "“fortnight doctor” says which record is missing."}
	case causeListed:
		return meaning{"server takes us for a sender of spam", "servers take us for a sender of spam", "The receiver takes the sender, or what the mail says, for spam.", "Ask the receiver to allow the sender’s domain; look whether its address is on a block list."}
	case causeGreylisted:
		return meaning{"server asks to come again later", "servers ask to come again later", "The server does not know the sender yet and asks to come again later.", ""}
	case causeBusy:
		return meaning{"server is busy", "servers are busy", "The receiver’s server is busy or asks for fewer mails at a time.", ""}
	case causeUnreachable:
		return meaning{"server could not be reached", "servers could not be reached", "The receiver’s server could not be reached.", "Resend later; look how the domain is spelled if it stays so."}
	case causeLoops:
		return meaning{"mail goes round in a circle", "mails go round in a circle", "The receiver’s servers hand the mail round in a circle.", "Tell whoever runs them."}
	case causeExpired:
		return meaning{"server did not take the mail in time", "servers did not take the mail in time", "It was not taken in the time that mail is tried for.", "Resend."}
	case causeLogin:
		return meaning{"mail was refused for want of a login", "mails were refused for want of a login", "The relay asks for a login, or for TLS.", "Look at FORTNIGHT_SMTP_USERNAME, FORTNIGHT_SMTP_PASSWORD and FORTNIGHT_SMTP_TLS."}
	case causeSecret:
		return meaning{"server asks for an encrypted way", "servers ask for an encrypted way", "The server asks for an encrypted connection that could not be made.", "Look at FORTNIGHT_SMTP_TLS and the relay’s certificate."}
	case causeNotUnicode:
		return meaning{"server cannot carry an address with such letters", "servers cannot carry an address with such letters", "The server cannot carry an address with letters beyond a–z.", "Ask the person for another address."}
	case causeForm:
		return meaning{"server did not take the mail’s form", "servers did not take the mail’s form", "The server did not take the form of the mail.", "Tell whoever runs Fortnight, with the answer above."}
	case causeRefused:
		return meaning{"server refused the mail", "servers refused the mail", "The server refused the mail and gives no reason that is known here.", "Its words above may say more."}
	case causeNotNow:
		return meaning{"server could not take the mail now", "servers could not take the mail now", "The server could not take the mail now.", ""}
	case causeNoAnswer:
		return meaning{"server gave no answer", "servers gave no answer", "The connection was lost before the server had taken the mail.", ""}
	}
	return meaning{}
}

// ofDetail reads an enhanced status code of RFC 3463 and its registry (IANA, SMTP Enhanced Status Codes), without its class; "": it says
// nothing.
func ofDetail(detail string) cause {
	switch detail {
	case "1.1", "2.4":
		return causeNoAddress
	case "1.2", "1.10":
		return causeNoDomain
	case "1.3", "1.4":
		return causeBadAddress
	case "1.6", "7.17", "7.18":
		return causeMoved
	case "1.7", "1.8", "7.27":
		return causeSender
	case "2.1", "7.13":
		return causeDisabled
	case "2.2":
		return causeFull
	case "2.3", "3.4":
		return causeTooBig
	case "3.1":
		return causeCrowded
	case "3.2", "4.5", "5.3", "7.28":
		return causeBusy
	case "3.5", "4.6":
		return causeLoops
	case "4.1", "4.2", "4.3", "4.4":
		return causeUnreachable
	case "4.7":
		return causeExpired
	case "5.1", "5.2", "5.4", "5.5", "6.1", "6.2", "6.3":
		return causeForm
	case "6.7", "6.8", "6.9", "6.10":
		return causeNotUnicode
	case "7.0", "7.1", "7.2":
		return causePolicy
	case "7.8", "7.9":
		return causeLogin
	case "7.10", "7.11", "7.30":
		return causeSecret
	case "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.29":
		return causeUnsigned
	}
	return ""
}

// ofCode reads a reply code of RFC 5321 and its followers, where no enhanced one says more.
func ofCode(code int) cause {
	switch code {
	case 421:
		return causeBusy
	case 450, 451:
		return causeNotNow
	case 452:
		return causeCrowded
	case 454:
		return causeSecret
	case 500, 501, 502, 503, 504, 555:
		return causeForm
	case 521, 556:
		return causeNoDomain
	case 523:
		return causeTooBig
	case 530, 534, 535, 538:
		return causeLogin
	case 550, 554:
		return causeRefused
	case 551:
		return causeMoved
	case 552:
		return causeFull
	case 553:
		return causeBadAddress
	}
	switch code / 100 {
	case 5:
		return causeRefused
	case 4:
		return causeNotNow
	}
	return causeNoAnswer
}

// ofWords reads what servers write where their codes say little; the first that is found counts. "": it says nothing.
func ofWords(answer string) cause {
	answer = strings.ToLower(answer)
	for _, w := range []struct {
		word  string
		cause cause
	}{
		{"greylist", causeGreylisted},
		{"graylist", causeGreylisted},
		{"user unknown", causeNoAddress},
		{"unknown user", causeNoAddress},
		{"no such user", causeNoAddress},
		{"does not exist", causeNoAddress},
		{"no mailbox here", causeNoAddress},
		{"mailbox full", causeFull},
		{"over quota", causeFull},
		{"quota exceeded", causeFull},
		{"spam", causeListed},
		{"blocklist", causeListed},
		{"blacklist", causeListed},
		{"dmarc", causeUnsigned},
		{"dkim", causeUnsigned},
		{"rate limit", causeBusy},
		{"too many", causeBusy},
		{"no such host", causeUnreachable},
		{"connection refused", causeUnreachable},
	} {
		if strings.Contains(answer, w.word) {
			return w.cause
		}
	}
	return ""
}

// causeOf reads a receiver's answer: its enhanced code first, then its words, then its reply code. Codes that say nothing (X.0.0), and
// those that servers give for many things, leave the word to the words.
func causeOf(code int, status, answer string) cause {
	detail := ""
	if class, rest, ok := strings.Cut(status, "."); ok && (class == "4" || class == "5") {
		detail = rest
	}
	by := ofDetail(detail)
	if by != "" && !strings.HasSuffix(detail, ".0") && detail != "7.1" {
		return by
	}
	if c := ofWords(answer); c != "" {
		return c
	}
	if by != "" {
		return by
	}
	return ofCode(code)
}

// quoted is the receiver's answer as it came: "550 5.1.1 User unknown". Nothing came: what went wrong before.
func quoted(code int, status, answer string) string {
	var parts []string
	if code != 0 {
		parts = append(parts, fmt.Sprint(code))
	}
	for _, s := range []string{status, strings.Join(strings.Fields(answer), " ")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// grouping tells the causes of several deliveries in one sentence, those of most first: "Two mailboxes are full, one address does not
// exist."
func grouping(lines []digest.DeliveryLine) string {
	type group struct {
		cause cause
		n     int
	}
	var groups []group
	for _, d := range lines {
		c := causeOf(d.Code, d.Status, d.LastAnswer)
		if d.State == digest.DeliveryExpired {
			c = causeExpired
		}
		at := slices.IndexFunc(groups, func(g group) bool { return g.cause == c })
		if at < 0 {
			groups, at = append(groups, group{c, 0}), len(groups)
		}
		groups[at].n++
	}
	slices.SortStableFunc(groups, func(a, b group) int { return b.n - a.n })
	var parts []string
	for _, g := range groups {
		what := g.cause.meaning().many
		if g.n == 1 {
			what = g.cause.meaning().one
		}
		parts = append(parts, spelled(g.n)+" "+what)
	}
	if len(parts) == 0 {
		return ""
	}
	return capital(strings.Join(parts, ", ")) + "."
}

// told says what became of a delivery, and what follows from it.
func told(c clock, d digest.DeliveryLine) string {
	why := causeOf(d.Code, d.Status, d.LastAnswer).meaning()
	switch d.State {
	case digest.DeliveryPlanned:
		if d.NextAt.After(c.now) {
			return "Leaves at " + leaves(c, d) + "."
		}
		return "Leaves as soon as its turn comes."
	case digest.DeliverySending:
		return "On its way now."
	case digest.DeliverySent:
		return bounced(c, d.Bounce)
	case digest.DeliveryDeferred:
		words := why.told
		if !d.NextAt.IsZero() {
			words += " Next try " + nextTry(c, d)
		}
		return words
	case digest.DeliveryFailed:
		words := why.told
		if span := d.ChangedAt.Sub(d.Date); d.Attempts > 1 && span > 0 {
			words += fmt.Sprintf(" Tried for %s, given up at %s.", lasting(span), c.lately(d.ChangedAt))
		}
		return strings.TrimSpace(words + " " + why.mend)
	case digest.DeliveryExpired:
		return fmt.Sprintf("Tried %s, given up at %s. %s", look.Count(d.Attempts, "time", ""), c.moment(d.ChangedAt), why.told)
	case digest.DeliveryUnknown:
		return "It may have arrived. A resend can make a second copy."
	case digest.DeliverySuppressed:
		return suppressed(d.Why)
	}
	return ""
}

// leaves is when a planned delivery leaves; where the subscriber's zone is another, in both: "Mon 14:00 (08:00 in New York)".
func leaves(c clock, d digest.DeliveryLine) string {
	at := c.lately(d.NextAt)
	if zone, err := time.LoadLocation(d.Subscriber.Zone); err == nil && d.Subscriber.Zone != "" && d.NextAt.In(zone).Format("15:04") != c.hour(d.NextAt) {
		at += fmt.Sprintf(" (%s in %s)", d.NextAt.In(zone).Format("15:04"), placeOf(zone))
	}
	return at
}

// nextTry is "12:40, last at Tue 31 Mar 08:00.".
func nextTry(c clock, d digest.DeliveryLine) string {
	at := c.lately(d.NextAt)
	if digest.DateOf(d.NextAt.In(c.zone())) == c.today() {
		at = c.hour(d.NextAt)
	}
	if d.Expires.IsZero() {
		return at + "."
	}
	return at + ", last at " + c.moment(d.Expires) + "."
}

// bounced tells of a report that came back by mail after the server had taken the message; "" where none did.
func bounced(c clock, b *digest.BounceLine) string {
	if b == nil {
		return ""
	}
	at := c.moment(b.At)
	switch b.Kind {
	case "complaint":
		return "Reported as spam on " + at + ". The address gets nothing more."
	case "hard":
		why := causeOf(0, b.Status, b.Diagnostic).meaning()
		return "Taken, and came back on " + at + ". " + why.told + " " + why.mend
	case "soft", "delayed":
		why := causeOf(0, b.Status, b.Diagnostic).meaning()
		return "Taken, and delayed on the way (" + at + "). " + why.told
	}
	return "Taken, and a report came back on " + at + "."
}

// suppressed says why a delivery was not tried.
func suppressed(why string) string {
	status, bounce := strings.CutPrefix(why, "hard bounce")
	code, refused := strings.CutPrefix(why, "refused with ")
	switch {
	case refused:
		return "Its server refused a mail for good (" + code + "). " + causeOf(550, code, "").meaning().told
	case bounce:
		return strings.TrimSpace("A mail to this address came back for good. " + causeOf(0, strings.TrimSpace(status), "").meaning().told)
	case why == "complaint":
		return "A mail was reported as spam: nothing is sent to this address."
	case why == "unsubscribed":
		return "Unsubscribed."
	case why == "":
		return "Unsubscribed, or the address is suppressed."
	}
	return sentence(why)
}
