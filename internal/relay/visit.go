package relay

import (
	"errors"
	"io"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// visit is one connection's session.
type visit struct {
	r      *Relay
	c      *smtp.Conn
	wire   *wire
	signed bool // in

	from  string
	try   try
	ahead *Rule  // befalls the DATA to come
	over  func() // ends the transaction as far as the domain's limits go
}

func (r *Relay) visit(c *smtp.Conn) (smtp.Session, error) {
	return &visit{r: r, c: c, wire: wireOf(c), over: func() {}}, nil
}

func (v *visit) secret() bool {
	_, secret := v.c.TLSConnectionState()
	return secret
}

func (v *visit) Reset() {
	v.over()
	v.from, v.try, v.ahead, v.wire.instead = "", try{}, nil, nil
}

// Logout comes from another goroutine where the relay is closed: it touches nothing. A connection's end counts as the transaction's.
func (v *visit) Logout() error { return nil }

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	switch {
	case v.r.o.RequireTLS && !v.secret():
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Must issue a STARTTLS command first"}
	case v.r.o.User != "" && !v.signed:
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	if v.try.recipient != "" {
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 5, 3}, Message: "one recipient at a time"}
	}
	t, broken := v.r.tried(to)
	v.try = t
	v.over = sync.OnceFunc(func() { v.r.leave(domain(to)) })
	v.wire.ends(v.over)
	if broken.Code != 0 {
		return v.suffer(Rule{Name: "limit of " + broken.Domain, At: Rcpt, Code: broken.Code, Status: "4.7.1", Words: "too much at a time"})
	}
	if rule, befalls := v.r.befalling(Rcpt, t); befalls {
		if err := v.suffer(rule); err != nil {
			return err
		}
	}
	if rule, befalls := v.r.befalling(Data, t); befalls {
		v.ahead = &rule
		if !v.secret() { // else what goes over the wire cannot be read
			v.wire.instead = func() *verdict { return v.r.verdict(rule) }
		}
	}
	return nil
}

// verdict is a rule's in place of "354 Go ahead"; nil: that, late.
func (r *Relay) verdict(rule Rule) *verdict {
	r.pause(rule.Late)
	switch {
	case rule.Drop:
		return &verdict{last: true}
	case rule.Code != 0:
		return &verdict{line(rule.answer()), rule.Code == 421}
	}
	return nil
}

// What go-smtp is told where there is nothing more to be said.
var (
	errDropped = errors.New("the connection is dropped by a rule")
	errSaid    = errors.New("the refusal was written by a rule")
)

// suffer does what a rule says, and gives the answer in place of the good one; nil: the good one. The transaction is over before
// the answer is written, so that a sender which waits for it is never counted twice.
func (v *visit) suffer(rule Rule) error {
	v.r.pause(rule.Late)
	switch {
	case v.r.ended():
		_ = v.wire.Close()
		return errDropped
	case rule.Drop:
		v.fell(rule)
		_ = v.wire.Close()
		return errDropped
	case rule.Code != 0:
		v.fell(rule)
		v.wire.last = rule.Code == 421
		return rule.answer()
	}
	return nil
}

// fell records that a try came to nothing by a rule.
func (v *visit) fell(rule Rule) {
	v.over()
	v.r.refused(Refusal{To: v.try.recipient, Phase: rule.At, Code: rule.Code, Status: rule.Status, Dropped: rule.Drop, Rule: rule.Name})
	v.try.recipient = ""
}

func (v *visit) Data(body io.Reader) error {
	if rule := v.ahead; rule != nil && (rule.Drop || rule.Code != 0) {
		if !v.secret() { // said already, below
			v.fell(*rule)
			return errSaid
		}
		if !rule.Drop { // the sender reads no answer before it has written
			if _, err := io.Copy(io.Discard, body); err != nil {
				return err
			}
		}
		return v.suffer(*rule)
	}
	if rule, befalls := v.r.befalling(Middle, v.try); befalls {
		if _, err := io.CopyN(io.Discard, body, 512); err != nil {
			return err
		}
		if err := v.suffer(rule); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(body)
	if err != nil { // it broke off: nothing was taken
		return err
	}
	rule, befalls := v.r.befalling(End, v.try)
	if befalls && rule.Code != 0 {
		return v.suffer(rule)
	}
	v.r.took(v.from, v.try, raw, v.secret(), befalls)
	if befalls {
		v.r.pause(rule.Late)
	}
	v.over()
	if befalls && rule.Drop {
		_ = v.wire.Close()
		return errDropped
	}
	return nil
}

// AuthMechanisms are those that show the password.
func (v *visit) AuthMechanisms() []string {
	if v.r.o.User == "" {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

func (v *visit) Auth(mechanism string) (sasl.Server, error) {
	check := func(user, password string) error {
		if !v.secret() {
			v.r.heard()
		}
		if user != v.r.o.User || password != v.r.o.Password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "Authentication credentials invalid"}
		}
		v.signed = true
		return nil
	}
	if mechanism == sasl.Login {
		return &login{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// login asks for the name, then for the password.
type login struct {
	check func(user, password string) error
	user  *string
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil && l.user == nil:
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.user = &user
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.user, string(response))
}
