package mailer

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"fortnight/digest"
)

// exchange is one mail transaction: MAIL, RCPT and DATA, in one group where the server takes commands so (RFC 2920), else one
// after another; then the message, and the answer to it.
type exchange struct {
	m *Mailer
	s *session
	letter
	dead bool // the connection was closed before anything was answered
	busy bool // something was answered with 421
}

// letter is a message in its envelope.
type letter struct {
	from, to string // in angle brackets
	message  []byte
}

// The commands, in their order.
const (
	stepReset = iota
	stepMail
	stepRcpt
	stepData
)

// run gives the outcome; keep tells whether the connection may carry another message.
func (x *exchange) run(ctx context.Context) (o digest.Outcome, keep bool) {
	beyondASCII := !isASCII(x.from) || !isASCII(x.to)
	if beyondASCII && !x.s.utf8 {
		return digest.Outcome{
			State: digest.DeliveryFailed, Status: "5.6.7",
			Answer: x.m.c.server() + " does not take addresses with letters beyond ASCII before the @ (SMTPUTF8)",
		}, true
	}
	answers := x.ask(x.commands(beyondASCII))
	if r := answers[stepReset]; r.class() != 2 && !errors.Is(r.err, errNotAsked) {
		o, _ = x.m.beforeData(ctx, r)
		o.State = digest.DeliveryDeferred // whatever is said of RSET, nothing is said of this message
		return o, false
	}
	x.s.begun = true
	for _, step := range [...]int{stepMail, stepRcpt} {
		if r := answers[step]; r.class() != 2 {
			o, keep = x.m.beforeData(ctx, r)
			return o, keep && x.stepBack(step, answers[stepData])
		}
	}
	if r := answers[stepData]; r.code != 354 {
		return x.m.beforeData(ctx, r)
	}
	o, keep = x.m.afterData(ctx, x.hand())
	x.s.begun = !keep
	return o, keep
}

// commands are those of the transaction; no RSET where none is needed. Parameters are as go-mail's client gives them.
func (x *exchange) commands(beyondASCII bool) (all [4]string) {
	if x.s.begun {
		all[stepReset] = "RSET\r\n"
	}
	all[stepMail] = "MAIL FROM:" + x.from
	if x.s.eightBit {
		all[stepMail] += " BODY=8BITMIME"
	}
	if beyondASCII {
		all[stepMail] += " SMTPUTF8"
	}
	all[stepMail] += "\r\n"
	all[stepRcpt], all[stepData] = "RCPT TO:"+x.to+"\r\n", "DATA\r\n"
	return all
}

// errNotAsked stands for the answer to a command that was not given.
var errNotAsked = errors.New("not asked")

// ask gives the commands and takes the answers. One by one, it stops at the first that is refused; in a group it reads on, since
// every command has an answer. After a last word of the server there is none.
func (x *exchange) ask(commands [4]string) (answers [4]reply) {
	for i := range answers {
		answers[i].err = errNotAsked
	}
	var group string
	if x.s.pipeline {
		group = strings.Join(commands[:], "")
	}
	heard := false
	for i, command := range commands {
		if command == "" {
			continue
		}
		if !x.s.pipeline {
			group = command
		}
		answers[i] = x.say(group)
		group = ""
		r := answers[i]
		x.dead = !heard && r.err != nil && !slow(r.err)
		heard = true
		if r.closes() || (!x.s.pipeline && r.class() != 2) {
			break
		}
	}
	return answers
}

// say writes commands, where there are any, and reads an answer. One that could not be written may have been answered before: by a
// server that hangs up.
func (x *exchange) say(commands string) reply {
	if err := x.s.client.UpdateDeadline(x.m.c.Timeouts.Command); err != nil {
		return reply{err: err}
	}
	_, err := x.s.out.WriteString(commands)
	if err == nil {
		err = x.s.flush()
	}
	r := x.hear()
	if r.err != nil && err != nil {
		r.err = err
	}
	return r
}

// stepBack leaves a transaction that was refused at a step, whatever was answered to DATA. It tells whether the connection can go on.
func (x *exchange) stepBack(step int, toData reply) bool {
	switch {
	case errors.Is(toData.err, errNotAsked):
		return true
	case toData.closes():
		return false
	case toData.class() != 3:
		return toData.class() != 2
	case step == stepMail:
		return false // it would take an empty message, from nobody, for the recipient
	}
	return !x.say(".\r\n").closes() // nobody gets it: RFC 2920, 3.1
}

// hand writes the message and reads the answer. A server that will not read on may have said why.
func (x *exchange) hand() reply {
	if err := x.s.client.UpdateDeadline(x.m.c.Timeouts.Data); err != nil {
		return reply{err: err}
	}
	err := writeData(x.s.out, x.message)
	if err == nil {
		err = x.s.flush()
	}
	r := x.hear()
	if r.err != nil && err != nil {
		r.err = err
	}
	return r
}

// writeData writes a message as DATA takes it (RFC 5321, 4.5.2): a dot that begins a line is doubled, one by itself ends the message.
// A line end without its CR gets one. What needs neither goes to the connection as it is: the writer copies nothing that is longer
// than its buffer.
func writeData(w *bufio.Writer, message []byte) error {
	begin := 0 // of what is not written yet
	if len(message) > 0 && message[0] == '.' {
		_ = w.WriteByte('.') // an error stays with the writer
	}
	for at := 0; ; at++ {
		next := bytes.IndexByte(message[at:], '\n')
		if next < 0 {
			break
		}
		at += next
		if at == 0 || message[at-1] != '\r' {
			_, _ = w.Write(message[begin:at])
			_ = w.WriteByte('\r')
			begin = at
		}
		if at+1 < len(message) && message[at+1] == '.' {
			_, _ = w.Write(message[begin : at+1])
			_ = w.WriteByte('.')
			begin = at + 1
		}
	}
	_, _ = w.Write(message[begin:])
	if !bytes.HasSuffix(message, []byte("\n")) {
		_, _ = w.WriteString("\r\n")
	}
	_, _ = w.WriteString(".\r\n")
	return w.Flush()
}

// reply is a server's answer to a command.
type reply struct {
	code  int
	words string // of several lines, "\n" between them
	err   error  // no answer came
}

func (r reply) class() int { return r.code / 100 }

// closes tells whether nothing comes after a reply: none came, or the server says that it hangs up (RFC 5321, 3.8).
func (r reply) closes() bool { return r.err != nil || r.code == 421 }

// mostLines bounds an answer.
const mostLines = 100

// hear reads an answer. A code without words is one too (RFC 5321, 4.2); what is longer than the reader's buffer is cut off a line.
func (x *exchange) hear() reply {
	in := x.s.client.Text.R
	var r reply
	for number := range mostLines {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line = bytes.Clone(line)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = in.ReadSlice('\n')
			}
		}
		if err != nil {
			return reply{err: err}
		}
		code, words, more, ok := parseReply(bytes.TrimRight(line, "\r\n"))
		if !ok || (number > 0 && code != r.code) {
			return reply{err: fmt.Errorf("an answer that is none: %q", oneLine(string(line[:min(len(line), longestAnswer)])))}
		}
		if number > 0 {
			words = r.words + "\n" + words
		}
		r.code, r.words = code, words
		if !more {
			x.busy = x.busy || code == 421
			return r
		}
	}
	return reply{err: errors.New("an answer that does not end")}
}

func parseReply(line []byte) (code int, words string, more, ok bool) {
	if len(line) < 3 || (len(line) > 3 && line[3] != ' ' && line[3] != '-') {
		return 0, "", false, false
	}
	for _, b := range line[:3] {
		if b < '0' || b > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(b-'0')
	}
	if code < 200 || code > 599 {
		return 0, "", false, false
	}
	if len(line) > 3 {
		words, more = string(line[4:]), line[3] == '-'
	}
	return code, words, more, true
}

// slow tells whether an answer was waited for in vain.
func slow(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
