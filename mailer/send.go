package mailer

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/textproto"
	"regexp"
	"strings"

	"fortnight/digest"
)

// longestAnswer bounds what is kept of a server's words.
const longestAnswer = 500

// Send hands a composed message to the server for one recipient and says what became of it.
//
// sent: the server took it (2xx after the data). deferred: a 4xx, or anything that went wrong before DATA without being
// a refusal of this message; trying again makes no second copy. failed: a 5xx to sender, recipient or message. unknown:
// the message's bytes were under way and no answer came.
func (m *Mailer) Send(ctx context.Context, from, to string, message []byte) digest.Outcome {
	sender, err := parseAddress(digest.Address{Address: from})
	if err != nil {
		return digest.Outcome{State: digest.DeliveryFailed, Answer: "sender: " + err.Error()}
	}
	recipient, err := parseAddress(digest.Address{Address: to})
	if err != nil {
		return digest.Outcome{State: digest.DeliveryFailed, Answer: "recipient: " + err.Error()}
	}
	var s *session
	select {
	case s = <-m.slots:
	case <-ctx.Done():
		return digest.Outcome{State: digest.DeliveryDeferred, Answer: "stopped before a connection to " + m.c.server() + " was free"}
	}
	defer func() { m.slots <- s }()

	letter := letter{envelope(sender), envelope(recipient), message}
	if s != nil {
		var o digest.Outcome
		if o, s = m.reuse(ctx, s, letter); o.State != "" {
			return o
		}
	}
	if s, err = m.dial(ctx); err != nil {
		s = nil
		return m.refusedEarly(err)
	}
	o, keep := m.carry(ctx, s, letter)
	if !keep {
		s.conn.Close()
		s = nil
	}
	return o
}

// letter is a message in its envelope.
type letter struct {
	from, to string // in angle brackets
	message  []byte
}

// reuse tries an open connection. A server may have closed it, or have had enough messages on it: as long as nothing of
// the message went out, that is no attempt, and the outcome has no state.
func (m *Mailer) reuse(ctx context.Context, s *session, l letter) (digest.Outcome, *session) {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	usable := s.fresh(m.c.Timeouts.Dial)
	if stop(); usable && ctx.Err() == nil {
		o, keep := m.carry(ctx, s, l)
		if keep {
			return o, s
		}
		if o.State != digest.DeliveryDeferred || (o.Code != 0 && o.Code != 421) || ctx.Err() != nil {
			s.conn.Close()
			return o, nil
		}
	}
	s.conn.Close()
	return digest.Outcome{}, nil
}

// carry does one mail transaction. keep tells whether the connection may carry another.
func (m *Mailer) carry(ctx context.Context, s *session, l letter) (o digest.Outcome, keep bool) {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer func() { keep = stop() && keep }()

	beyondASCII := !isASCII(l.from) || !isASCII(l.to)
	if offered, _ := s.client.Extension("SMTPUTF8"); beyondASCII && !offered {
		return digest.Outcome{
			State: digest.DeliveryFailed, Status: "5.6.7",
			Answer: m.c.server() + " does not take addresses with letters beyond ASCII before the @ (SMTPUTF8)",
		}, true
	}
	s.client.SkipSMTPUTF8(!beyondASCII)
	for _, step := range []func() error{
		func() error { return s.client.Mail(l.from) },
		func() error { return s.client.Rcpt(l.to) },
	} {
		if err := s.client.UpdateDeadline(m.c.Timeouts.Command); err != nil {
			return m.beforeData(ctx, err)
		}
		if err := step(); err != nil {
			return m.beforeData(ctx, err)
		}
	}
	if err := s.client.UpdateDeadline(m.c.Timeouts.Command); err != nil {
		return m.beforeData(ctx, err)
	}
	data, err := s.client.Data()
	if err != nil {
		return m.beforeData(ctx, err)
	}
	return m.data(ctx, s, data, l.message)
}

// data sends the bytes and waits for the answer. From here on silence means unknown.
func (m *Mailer) data(ctx context.Context, s *session, data io.WriteCloser, message []byte) (digest.Outcome, bool) {
	err := s.client.UpdateDeadline(m.c.Timeouts.Data)
	if err == nil {
		_, err = data.Write(message)
	}
	if err == nil {
		err = data.Close()
	} else if _, _, early := s.client.Text.ReadResponse(250); isAnswer(early) {
		err = early // a server that will not read on may have said why
	}
	if err == nil {
		words := ""
		if r, ok := data.(interface{ ServerResponse() string }); ok {
			words = r.ServerResponse()
		}
		return m.answered(250, words, digest.DeliverySent), true
	}
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return digest.Outcome{State: digest.DeliveryUnknown, Answer: "after DATA: " + m.what(err)}, false
	}
	switch {
	case answer.Code/100 == 2:
		return m.answered(answer.Code, answer.Msg, digest.DeliverySent), true
	case answer.Code/100 == 4:
		return m.answered(answer.Code, answer.Msg, digest.DeliveryDeferred), answer.Code != 421
	case answer.Code/100 == 5:
		return m.answered(answer.Code, answer.Msg, digest.DeliveryFailed), true
	}
	return m.answered(answer.Code, answer.Msg, digest.DeliveryUnknown), false
}

// beforeData classes an error of MAIL, RCPT or DATA: nothing of the message has gone out. The connection is kept after a
// refusal, not after an answer that no command asked for.
func (m *Mailer) beforeData(ctx context.Context, err error) (digest.Outcome, bool) {
	var answer *textproto.Error
	if !errors.As(err, &answer) {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return digest.Outcome{State: digest.DeliveryDeferred, Answer: m.what(err)}, false
	}
	state := digest.DeliveryDeferred
	if answer.Code/100 == 5 && !aboutUs(answer.Code) {
		state = digest.DeliveryFailed
	}
	inStep := (answer.Code/100 == 4 || answer.Code/100 == 5) && answer.Code != 421 && !aboutUs(answer.Code)
	return m.answered(answer.Code, answer.Msg, state), inStep
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

func isAnswer(err error) bool {
	var answer *textproto.Error
	return errors.As(err, &answer)
}
