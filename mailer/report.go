package mailer

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
)

// Kind is what a report means for a delivery and its address.
type Kind string

const (
	Hard      Kind = "hard"      // refused for good; the status tells whether because of the address
	Soft      Kind = "soft"      // given up, for a reason that passes: a full mailbox, a server away for days
	Delayed   Kind = "delayed"   // still being tried: there is another report to come, or none
	Complaint Kind = "complaint" // the reader called it spam
	Ignored   Kind = "ignored"   // auto-replies, challenges, receipts, news of success, and whatever is no report
)

// Report is what came back to a return path: a status notification (RFC 3464, RFC 6533), a complaint (RFC 5965), a bounce in
// some server's own words, or mail that is none of these.
type Report struct {
	Kind       Kind
	Why        string   // what it was taken for: "delivery failed", "auto-reply", "challenge"
	Action     string   // as RFC 3464 calls it: failed, delayed, delivered, relayed or expanded; "" where there is none
	Status     string   // enhanced status code (RFC 3463): "5.1.1"; "" where none came and none follows from the words
	Diagnostic string   // the remote server's words on one line
	Recipient  string   // whose copy it was, as the report has it: a forwarder may have made it another than the subscriber's
	Addresses  []string // where a return path may stand, the surest first: those long enough to hold a token
	Hash       [32]byte // SHA-256 of the report with line feeds only: the same however it was fetched
}

// ReportLimit is how much of a report is read, octets. What says why stands before the message that is sent back.
const ReportLimit = 1 << 20

// ParseReport reads one report. Anything that can be read is a report: what cannot be understood is an ignored one. An error
// is the reader's.
func ParseReport(raw io.Reader) (Report, error) {
	b, err := io.ReadAll(io.LimitReader(raw, ReportLimit))
	if err != nil {
		return Report{}, fmt.Errorf("read a report: %w", err)
	}
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	found := open(b)
	r := found.judge()
	r.Hash = sha256.Sum256(b)
	r.Addresses = found.addresses()
	r.Diagnostic = short(r.Diagnostic)
	return r, nil
}

// judge takes the surest evidence first: what machines write for machines, then known words, then signs of an auto-reply. Exim
// marks its bounces as auto-replies, so bounces are looked for before.
func (p *parts) judge() Report {
	subject := p.subject()
	switch {
	case p.feedback != nil:
		return p.complaint()
	case len(p.groups) > 0:
		return notification(p.groups)
	case p.receipt:
		return Report{Kind: Ignored, Why: "read receipt"}
	case complained.MatchString(subject) && p.returned != nil:
		return Report{Kind: Complaint, Why: "complaint", Recipient: p.returned.get("x-hmxmroriginalrecipient")}
	}
	if r, ok := p.bounceInWords(subject); ok {
		return r
	}
	return Report{Kind: Ignored, Why: cmp.Or(p.notByHand(subject), "not a report")}
}

// complaint reads an abuse report. Types that are not known are complaints too (RFC 5965, 7.3), but for those that tell of
// something else.
func (p *parts) complaint() Report {
	kind := strings.ToLower(p.feedback.get("feedback-type"))
	r := Report{Kind: Complaint, Why: "complaint", Recipient: recipientOf(p.feedback.get("original-rcpt-to"))}
	if kind != "" {
		r.Why += ": " + short(kind)
	}
	switch kind {
	case "not-spam":
		r.Kind, r.Why = Ignored, "the opposite of a complaint"
	case "auth-failure", "dmarc": // RFC 6591: of signatures, not of readers
		r.Kind, r.Why = Ignored, "a report on authentication"
	}
	return r
}

// notification reads the groups of a status notification, one a recipient. A return path has one recipient, so several
// are what that one was expanded to: the copy is lost only where all lost it.
func notification(groups []fields) Report {
	mild := func(k Kind) int { return strings.Index("hard soft delayed ignored", string(k)) }
	var worst, mildest Report
	for i, g := range groups {
		r := oneRecipient(g)
		if i == 0 || mild(r.Kind) < mild(worst.Kind) {
			worst = r
		}
		if i == 0 || mild(r.Kind) > mild(mildest.Kind) {
			mildest = r
		}
	}
	if worst.Kind == Hard && mildest.Kind != Hard {
		worst.Kind, worst.Why = Soft, "delivery failed for one of several"
	}
	return worst
}

func oneRecipient(g fields) Report {
	status, diagnostic := g.get("status"), afterType(g.get("diagnostic-code"))
	if diagnostic == "" { // Exchange and others give their own words beside the status
		_, diagnostic, _ = strings.Cut(status, " ")
	}
	r := Report{
		Action: firstWord(g.get("action")), Diagnostic: strings.TrimSpace(diagnostic),
		Status:    sharper(codeIn(status), diagnostic),
		Recipient: cmp.Or(recipientOf(g.get("final-recipient")), recipientOf(g.get("original-recipient"))),
	}
	switch r.Action {
	case "failed", "delayed", "delivered", "relayed", "expanded":
	default: // not a word of RFC 3464: the status speaks
		r.Action = map[byte]string{'2': "delivered", '4': "delayed"}[first(r.Status)]
		r.Action = cmp.Or(r.Action, "failed")
	}
	switch r.Action {
	case "failed":
		r.Kind, r.Why = failed(r.Status)
	case "delayed":
		r.Kind, r.Why = Delayed, "delivery delayed"
	default:
		r.Kind, r.Why = Ignored, "news of success: "+r.Action
	}
	return r
}

// failed classes a delivery that was given up. A 4.x.x is one that was tried for as long as the server would; a full mailbox
// or server is emptied some day; 5.4.7 is a delivery whose time ran out. What remains would be refused again.
func failed(status string) (Kind, string) {
	switch {
	case first(status) == '4', first(status) == '2', status == "5.2.2", status == "5.3.1", status == "5.4.5", status == "5.4.7":
		return Soft, "delivery given up"
	}
	return Hard, "delivery failed"
}

func first(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// short keeps words on one line and bounded.
func short(words string) string {
	words = strings.Join(strings.Fields(oneLine(words)), " ")
	if len(words) > longestAnswer {
		words = strings.ToValidUTF8(words[:longestAnswer], "") + "…"
	}
	return words
}
