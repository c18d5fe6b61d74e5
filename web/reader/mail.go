package reader

import (
	"errors"
	"net/http"
	"strconv"
)

// viewPolicy lets a mail's page have its own styles and the pictures within it, and nothing else.
const viewPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mail shows an edition as it was sent, pictures and all in one answer.
func (a *pages) mail(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	page, err := v.Variant.Page(v.Links)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", viewPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
}

// reading finds the edition that a request is about; where it gives none, it has answered why.
func (a *pages) reading(w http.ResponseWriter, r *http.Request) (Reading, bool) {
	edition, err := strconv.ParseInt(r.PathValue("edition"), 10, 64)
	if err != nil || !token.MatchString(r.PathValue("token")) {
		a.fail(w, r, ErrUnknown)
		return Reading{}, false
	}
	v, err := a.c.Editions.Edition(r.Context(), edition, r.PathValue("token"))
	if errors.Is(err, ErrEnded) || errors.Is(err, ErrRevoked) { // said in the reader's own language
		if s, unknown := a.subscription(r); unknown == nil {
			key := "over"
			if errors.Is(err, ErrRevoked) {
				key = "revoked"
			}
			a.gone(w, r, key, &s)
			return Reading{}, false
		}
	}
	if err != nil {
		a.fail(w, r, err)
		return Reading{}, false
	}
	return v, true
}
