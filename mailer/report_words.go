package mailer

import (
	"cmp"
	"regexp"
	"strings"
)

// Signs of a bounce that no machine was meant to read.
var (
	qsbmf       = regexp.MustCompile(`^\s*Hi\. This is the .{1,100} at `) // QSBMF: qmail, and those that write like it
	daemon      = regexp.MustCompile(`(?i)mailer-?daemon|postmaster|mail delivery (sub)?system|mail ?administrator|system administrator|microsoftexchange`)
	undelivered = regexp.MustCompile(`(?i)undeliver|returned mail|return(ed)? to sender|failure notice|delivery (status )?notification|delivery[^:]{0,20}(fail|error|delay|incomplete|problem)|` +
		`mail[^:]{0,20}(fail|error|returned)|not (be |been )?delivered|could not send|non[- ]?remis|unzustellbar|nicht zugestellt|no (se pudo|se ha podido) entregar|` +
		`n[ãa]o entregue|onbestelbaar|mancat[ao] (consegna|recapito)|niedostarcz|warning: message`)
	waiting = regexp.MustCompile(`(?i)warning: (message|could not send)|message[^.\n]{0,60} delayed|delivery[^.\n]{0,20} (delayed|incomplete)|not yet been delivered|` +
		`do not need to resend|delivery attempts will continue|will (continue|keep) (to )?(try|retry)|still (trying|being tried)|will be (re)?tried`)
	givenUp   = regexp.MustCompile(`(?i)in the queue too long|retry time(out)? (exceeded|not reached)|delivery time expired|message (has )?expired|for (too long|the (last|past) \d+ (hour|day)s?)|could not be delivered (for|within) `)
	permanent = regexp.MustCompile(`(?i)permanent (error|fatal|failure)|fatal error|failed permanently`)
	someone   = regexp.MustCompile(`[^\s<>"'(),;:\\\[\]@]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
)

// bounceInWords reads a bounce that is prose. Somebody's reply that quotes one is none: a bounce comes from no one, or from a
// daemon.
func (p *parts) bounceInWords(subject string) (Report, bool) {
	failedFor := p.head.get("x-failed-recipients")
	if autoReply.MatchString(subject) && failedFor == "" {
		return Report{}, false
	}
	fromNobody := strings.Join(strings.Fields(p.head.get("return-path")), "") == "<>"
	fromDaemon := daemon.MatchString(p.head.get("from"))
	flat := recipientGroups(flatStart.ReplaceAllString(p.text, "\n\n$0"))
	why := p.reason()
	coded := codeIn(why) != "" || smtpCode.MatchString(why)
	switch {
	case failedFor != "", qsbmf.MatchString(p.text), strings.HasPrefix(firstWord(p.head.get("content-type")), "multipart/report"):
	case fromDaemon && (undelivered.MatchString(subject) || coded), fromNobody && undelivered.MatchString(subject):
	default:
		return Report{}, false
	}
	if len(flat) > 0 { // a status notification whose parts were lost on the way
		return notification(flat), true
	}
	r := Report{Action: "failed", Diagnostic: why, Status: sharper("", why), Recipient: cmp.Or(someone.FindString(failedFor), someone.FindString(why))}
	switch {
	case waiting.MatchString(subject), waiting.MatchString(p.text) && !permanent.MatchString(p.text):
		r.Kind, r.Why, r.Action = Delayed, "delivery delayed", "delayed"
	case givenUp.MatchString(p.text) && first(r.Status) != '5':
		r.Kind, r.Why, r.Status = Soft, "delivery given up", cmp.Or(r.Status, "4.4.7")
	case r.Status == "" && failedFor == "" && !permanent.MatchString(p.text):
		r.Kind, r.Why = Soft, "delivery failed, nobody says why"
	default:
		r.Kind, r.Why = failed(r.Status)
	}
	return r, true
}

var flatStart = regexp.MustCompile(`(?im)^(?:original|final)-recipient:.*$`)

// reason is the paragraph that says why: with a code, else with known words, else with somebody's address, else the first.
func (p *parts) reason() string {
	paragraphs := emptyLines.Split(strings.TrimSpace(p.text), -1)
	if len(paragraphs) > 100 {
		paragraphs = paragraphs[:100]
	}
	known := func(words string) bool {
		for _, p := range phrases {
			if p.words.MatchString(words) {
				return true
			}
		}
		return false
	}
	for _, says := range []func(string) bool{
		func(words string) bool { return codeIn(words) != "" },
		smtpCode.MatchString,
		known,
		someone.MatchString,
	} {
		for _, words := range paragraphs {
			if says(words) {
				return words
			}
		}
	}
	return paragraphs[0]
}

var (
	complained = regexp.MustCompile(`(?i)^complaint about message from `) // Outlook.com's junk reports are not RFC 5965
	autoReply  = regexp.MustCompile(`(?i)out of (the )?office|auto(matic|mated)?[- ]?(reply|response|answer)|on (vacation|holiday|leave)\b|abwesen|automatische (antwort|r[üu]ckmeldung)|r[ée]ponse automatique|absen(ce|t) du bureau|` +
		`respuesta autom|fuera de (la )?oficina|risposta automatica|fuori (sede|ufficio)|resposta autom|fora do escrit|automatisch antwoord|afwezig|autosvar|fr[åa]nvaro|poza biurem|автоответ|自動(応答|返信)|自动(回复|答复)|الرد التلقائي`)
	challenge = regexp.MustCompile(`(?i)challenge|(verif|confirm)\w* (your|that you|the sender|this) .{0,40}(message|mail|human|sender|delivery)|(requires|needs|awaiting|pending) (your )?(verif|confirm|approv)|` +
		`(sender|message) (verif|confirm)ication|boxtrapper|spam ?arrest|\btmda\b|confirm[- ]delivery`)
)

// notByHand says which sign tells that no person wrote it, or "".
func (p *parts) notByHand(subject string) string {
	has := func(names ...string) bool {
		for _, name := range names {
			if p.head.get(name) != "" {
				return true
			}
		}
		return false
	}
	submitted := firstWord(p.head.get("auto-submitted"))
	precedence := firstWord(p.head.get("precedence"))
	switch {
	case has("x-tmda-fingerprint", "x-boxtrapper", "x-spamarrest"), challenge.MatchString(subject):
		return "challenge"
	case submitted != "" && submitted != "no", // RFC 3834
		has("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-auto-reply-from", "x-mail-autoreply", "x-vacation", "x-auto-response-suppress"),
		precedence == "auto_reply", precedence == "auto-reply",
		autoReply.MatchString(subject):
		return "auto-reply"
	case precedence == "bulk", precedence == "junk", precedence == "list", has("list-id", "list-unsubscribe"):
		return "bulk mail"
	}
	return ""
}
