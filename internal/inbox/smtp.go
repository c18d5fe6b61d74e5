package inbox

import (
	"io"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server takes mail from anybody for anybody, with any login or none.
func (b *Inbox) server() *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{b: b}, nil }))
	s.Domain = "inbox.fortnight.example"
	s.MaxMessageBytes = b.o.Largest
	s.MaxRecipients = 100
	s.EnableSMTPUTF8 = true
	s.AllowInsecureAuth = true
	s.ReadTimeout, s.WriteTimeout = 5*time.Minute, time.Minute
	s.ErrorLog = silent{}
	return s
}

// visit is one connection.
type visit struct {
	b    *Inbox
	from string
	to   []string
}

func (v *visit) Reset()        { v.from, v.to = "", nil }
func (v *visit) Logout() error { return nil }

func (v *visit) Mail(from string, _ *smtp.MailOptions) error {
	v.from = from
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.to = append(v.to, to)
	return nil
}

// Data keeps a copy for each recipient, as each of them would find it.
func (v *visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range v.to {
		v.b.Add(v.from, to, raw)
	}
	return nil
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (v *visit) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == sasl.Login {
		return &login{}, nil
	}
	return sasl.NewPlainServer(func(string, string, string) error { return nil }), nil
}

// login asks for a name and a password and is content with both.
type login struct{ asked int }

func (l *login) Next([]byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		return []byte("Password:"), false, nil
	}
	return nil, true, nil
}

// silent: clients that hang up are everyday life here.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}
