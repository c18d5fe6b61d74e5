package mailer

import (
	"context"
	"encoding/base64"
	"errors"
	"net/textproto"
	"regexp"
	"strings"

	"fortnight/digest"
)

// longestAnswer bounds what is kept of a server's words.
const longestAnswer = 500

// beforeData classes a refusal of MAIL, RCPT or DATA, or silence: nothing of the message has gone out. The connection is kept
// after a refusal, not after an answer that no command asked for.
func (m *Mailer) beforeData(ctx context.Context, r reply) (digest.Outcome, bool) {
	if r.err != nil {
		return digest.Outcome{State: digest.DeliveryDeferred, Answer: m.silence(ctx, r.err)}, false
	}
	state := digest.DeliveryDeferred
	if r.class() == 5 && !aboutUs(r.code) {
		state = digest.DeliveryFailed
	}
	inStep := (r.class() == 4 || r.class() == 5) && !r.closes() && !aboutUs(r.code)
	return m.answered(r.code, r.words, state), inStep
}

// afterData classes the answer to a message. Silence means unknown, and so does an answer that is none.
func (m *Mailer) afterData(ctx context.Context, r reply) (digest.Outcome, bool) {
	if r.err != nil {
		return digest.Outcome{State: digest.DeliveryUnknown, Answer: "after DATA: " + m.silence(ctx, r.err)}, false
	}
	switch r.class() {
	case 2:
		return m.answered(r.code, r.words, digest.DeliverySent), true
	case 4:
		return m.answered(r.code, r.words, digest.DeliveryDeferred), !r.closes()
	case 5:
		return m.answered(r.code, r.words, digest.DeliveryFailed), true
	}
	return m.answered(r.code, r.words, digest.DeliveryUnknown), false
}

// silence says why no answer came. Closing the connection, which ends a wait, hides that it was called off.
func (m *Mailer) silence(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return m.what(err)
}

// aboutUs lists the refusals of RFC 4954 and RFC 3207 that ask for a login or for TLS: the configuration's fault, which
// no recipient should be written off for.
func aboutUs(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

// refusedEarly is the outcome where no connection could be made ready. Even a 5xx says nothing of the recipient there.
func (m *Mailer) refusedEarly(err error) digest.Outcome {
	o := digest.Outcome{State: digest.DeliveryDeferred, Answer: m.what(err)}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		o = m.answered(answer.Code, answer.Msg, digest.DeliveryDeferred)
	}
	var at *stageError
	if errors.As(err, &at) {
		o.Answer = "at the " + string(at.stage) + ": " + o.Answer
	}
	return o
}

// An enhanced status code opens each line of an answer (RFC 2034).
var enhanced = regexp.MustCompile(`(?m)^([245]\.\d{1,3}\.\d{1,3})(?:[ \t]+|$)`)

func (m *Mailer) answered(code int, words string, state digest.DeliveryState) digest.Outcome {
	o := digest.Outcome{State: state, Code: code}
	if found := enhanced.FindStringSubmatch(words); found != nil {
		o.Status = found[1]
		words = enhanced.ReplaceAllString(words, "")
	}
	o.Answer = m.hide(oneLine(words))
	if len(o.Answer) > longestAnswer {
		o.Answer = strings.ToValidUTF8(o.Answer[:longestAnswer], "") + "…"
	}
	return o
}

// hide keeps the password out of what a server may have echoed.
func (m *Mailer) hide(words string) string {
	if m.c.Password == "" {
		return words
	}
	p := string(m.c.Password)
	return strings.NewReplacer(p, "***",
		base64.StdEncoding.EncodeToString([]byte(p)), "***",
		base64.StdEncoding.EncodeToString([]byte("\x00"+m.c.Username+"\x00"+p)), "***").Replace(words)
}
