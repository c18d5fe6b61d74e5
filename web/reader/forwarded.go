package reader

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// forwarded is the form of somebody whom a mail was forwarded to.
type forwarded struct {
	page
	At      string
	Asking  Asking
	Locales []option
	Fault   string
	Sent    bool   // a mail is on its way, or would be
	Closed  bool   // nobody may ask here
	Contact string // whom to ask then; may be empty
	Decided bool   // somebody approves who asks
}

// forwarded shows the form. The page belongs to somebody else's subscription, so it tells nothing of that but the project.
func (a *pages) forwarded(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	v := a.forward(r, s)
	v.Sent = r.URL.Query().Has("sent")
	status := http.StatusOK
	if v.Closed {
		status = http.StatusForbidden
	}
	a.p.print(w, status, "forwarded", v)
}

func (a *pages) forward(r *http.Request, s Subscription) *forwarded {
	words := a.p.choose(asked(r)...)
	if s.Locale != "" && r.Header.Get("Accept-Language") == "" {
		words = a.p.choose(s.Locale)
	}
	v := &forwarded{page: a.p.about(words, r.PathValue("token"), s), Contact: s.Contact}
	v.At = a.p.base + "/forwarded/" + r.PathValue("token")
	v.Corner, v.Bare = "", true
	v.Closed = a.c.Requests == nil || s.Config.Readers.Forwarding == digest.ForwardingOff
	v.Decided = s.Config.Readers.Forwarding != digest.ForwardingConfirm
	for _, l := range a.c.Locales {
		v.Locales = append(v.Locales, option{Value: l, Label: a.inItself(l), Chosen: language(words.Locale()) == language(l)})
	}
	return v
}

// request takes a wish down. Whatever becomes of it, the answer is the same: it does not tell who is subscribed.
func (a *pages) request(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	v := a.forward(r, s)
	if v.Closed {
		a.p.print(w, http.StatusForbidden, "forwarded", v)
		return
	}
	if err := r.ParseForm(); err != nil {
		a.fail(w, r, ErrUnknown)
		return
	}
	v.Asking = Asking{Address: strings.TrimSpace(r.PostFormValue("address")), Name: oneLine(r.PostFormValue("name")), Locale: r.PostFormValue("locale")}
	if !slices.Contains(a.c.Locales, v.Asking.Locale) {
		v.Asking.Locale = v.words.Locale()
	}
	for i := range v.Locales {
		v.Locales[i].Chosen = v.Locales[i].Value == v.Asking.Locale
	}
	if !addressed(v.Asking.Address) {
		v.Fault = v.Say("forwarded.fault")
		a.p.print(w, http.StatusUnprocessableEntity, "forwarded", v)
		return
	}
	send, err := a.c.Requests.Ask(r.Context(), r.PathValue("token"), v.Asking)
	switch {
	case errors.Is(err, ErrOften):
		v.Fault = v.Say("forwarded.often")
		w.Header().Set("Retry-After", "3600")
		a.p.print(w, http.StatusTooManyRequests, "forwarded", v)
	case errors.Is(err, ErrClosed):
		v.Closed = true
		a.p.print(w, http.StatusForbidden, "forwarded", v)
	case err != nil:
		a.fail(w, r, err)
	default:
		if send != nil { // behind the answer, which takes as long where nothing is sent
			go a.posted(context.WithoutCancel(r.Context()), send)
		}
		a.c.Log.Info("somebody asked to subscribe", "forwarder", s.ID, "project", s.Project, "digest", s.Digest)
		http.Redirect(w, r, v.At+"?sent", http.StatusSeeOther)
	}
}

// posted sends what asks an address to confirm. One that is lost is asked for again.
func (a *pages) posted(ctx context.Context, send func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := send(ctx); err != nil {
		a.c.Log.Error("confirmation not mailed", "error", err)
	}
}

// addressed tells whether a text is one plain address with a dot in its domain.
func addressed(text string) bool {
	p, err := mail.ParseAddress(text)
	if err != nil || p.Address != text || p.Name != "" || len(text) > 254 {
		return false
	}
	domain := text[strings.LastIndexByte(text, '@')+1:]
	return strings.Contains(strings.Trim(domain, "."), ".")
}

// oneLine makes a name of what was filled in: without line ends, and of a length that a name may have.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

// confirming is the page that a confirming link leads to.
type confirming struct {
	page
	K  Asked
	At string
}

func (a *pages) confirmation(r *http.Request, k Asked) *confirming {
	v := &confirming{page: page{Bare: true, words: a.p.choose(k.Locale), Known: true, Project: k.Project, Digest: k.Digest, Accent: k.Accent}, K: k}
	v.At = a.p.base + "/confirm/" + r.PathValue("token")
	v.slots = []digest.Slot{digest.S("project", k.Project), digest.S("digest", k.Digest), digest.S("address", k.Address), digest.S("name", orElse(k.Name, k.Address))}
	return v
}

// asked shows what is to be confirmed; it changes nothing, as mail programs and scanners follow links.
func (a *pages) asked(w http.ResponseWriter, r *http.Request) {
	a.confirmed(w, r, Requests.Asked)
}

// confirm takes the wish for meant.
func (a *pages) confirm(w http.ResponseWriter, r *http.Request) {
	a.confirmed(w, r, Requests.Confirm)
}

// asks is Requests.Asked or Requests.Confirm.
type asks func(of Requests, ctx context.Context, token string) (Asked, error)

func (a *pages) confirmed(w http.ResponseWriter, r *http.Request, by asks) {
	if a.c.Requests == nil || !token.MatchString(r.PathValue("token")) {
		a.fail(w, r, ErrUnknown)
		return
	}
	k, err := by(a.c.Requests, r.Context(), r.PathValue("token"))
	switch {
	case errors.Is(err, ErrEnded):
		a.gone(w, r, "confirm.over", nil)
	case err != nil:
		a.fail(w, r, err)
	default:
		a.p.print(w, http.StatusOK, "confirm", a.confirmation(r, k))
	}
}
