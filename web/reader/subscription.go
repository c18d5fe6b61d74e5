package reader

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"fortnight/digest"
)

// A token has at least 128 bits; what cannot be one is not looked up.
var token = regexp.MustCompile(`^[A-Za-z0-9_-]{22,128}$`)

// ask shows whose subscription it is. It changes nothing: mail programs and scanners follow links.
func (a *pages) ask(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	switch {
	case err != nil:
		a.fail(w, r, err)
	case !s.Ended.IsZero():
		a.p.show(w, r, http.StatusOK, "ended", &s)
	case r.URL.Query().Has("keep"):
		a.p.show(w, r, http.StatusOK, "kept", &s)
	default:
		v := &asking{page: a.p.page(r, &s)}
		v.Less = a.less(r, v.page, s)
		a.p.print(w, http.StatusOK, "ask", v)
	}
}

// asking is the page that asks whether a subscription is to end.
type asking struct {
	page
	Less []lesser
}

// unsubscribe is the page's button and a mail program's one click (RFC 8058): no cookie, no login, no redirect. A body that says
// something else ends nothing; see meant.
func (a *pages) unsubscribe(w http.ResponseWriter, r *http.Request) {
	if !meant(r) {
		s, err := a.subscription(r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.p.show(w, r, http.StatusBadRequest, "unsure", &s)
		return
	}
	if !token.MatchString(r.PathValue("token")) {
		a.fail(w, r, ErrUnknown)
		return
	}
	s, err := a.c.Readers.Unsubscribe(r.Context(), r.PathValue("token"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.c.Log.Info("reader unsubscribed", "subscriber", s.ID, "project", s.Project, "digest", s.Digest)
	a.p.show(w, r, http.StatusOK, "ended", &s)
}

// resubscribe is the way back.
func (a *pages) resubscribe(w http.ResponseWriter, r *http.Request) {
	if !token.MatchString(r.PathValue("token")) {
		a.fail(w, r, ErrUnknown)
		return
	}
	s, err := a.c.Readers.Resubscribe(r.Context(), r.PathValue("token"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.c.Log.Info("reader resubscribed", "subscriber", s.ID, "project", s.Project, "digest", s.Digest)
	a.p.show(w, r, http.StatusOK, "resubscribed", &s)
}

// meant tells whether a POST is a one click: its body is List-Unsubscribe=One-Click, in whichever of the two ways a form is sent
// and whatever type it claims, or there is none, as some mail providers send it. The address alone names the subscription, and
// nobody POSTs to it by following links; a wish that is not granted ends among the complaints.
func meant(r *http.Request) bool {
	const field, value = "List-Unsubscribe", "One-Click"
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		if r.ParseMultipartForm(64<<10) != nil {
			return false
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		return strings.TrimSpace(r.PostFormValue(field)) == value
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	body = bytes.TrimSpace(body)
	said, err := url.ParseQuery(string(body))
	return len(body) == 0 || err == nil && said.Get(field) == value
}

func (a *pages) subscription(r *http.Request) (Subscription, error) {
	t := r.PathValue("token")
	if !token.MatchString(t) {
		return Subscription{}, ErrUnknown
	}
	return a.c.Readers.Subscription(r.Context(), t)
}

func (a *pages) unknown(w http.ResponseWriter, r *http.Request) { a.fail(w, r, ErrUnknown) }

// fail shows why there is no page. The log has the pattern, not the address: addresses hold tokens.
func (a *pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrUnknown):
		a.p.show(w, r, http.StatusNotFound, "unknown", nil)
	case errors.Is(err, digest.ErrNotDue):
		w.Header().Set("Retry-After", "120")
		a.p.show(w, r, http.StatusServiceUnavailable, "early", nil)
	case errors.Is(err, ErrEnded):
		a.gone(w, r, "over", nil)
	case errors.Is(err, ErrRevoked):
		a.gone(w, r, "revoked", nil)
	default:
		if r.Context().Err() == nil {
			a.c.Log.Error("page failed", "route", r.Pattern, "error", err)
		}
		w.Header().Set("Retry-After", "120")
		a.p.show(w, r, http.StatusServiceUnavailable, "fault", nil)
	}
}

// gone is a page that was here and is no more.
type gone struct {
	page
	key string
}

// Tell gives one of the page's phrases.
func (g gone) Tell(part string) string { return g.Say(g.key + "." + part) }

func (a *pages) gone(w http.ResponseWriter, r *http.Request, key string, s *Subscription) {
	a.p.print(w, http.StatusGone, "gone", gone{a.p.page(r, s), key})
}
