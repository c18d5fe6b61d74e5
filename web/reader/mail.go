package reader

import (
	"bytes"
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"strconv"
	"strings"

	"fortnight/digest"
)

// viewPolicy lets a mail's page have its own styles and the pictures within it, and nothing else.
const viewPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mail shows an edition as it was sent, pictures and all in one answer.
func (a *pages) mail(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	page, err := digest.Personal(v.Variant.HTML, v.Links, html.EscapeString)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", viewPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(withPictures(page, v.Variant.Images))
}

// withPictures puts pictures into a page in place of their Content-IDs.
func withPictures(page []byte, images []digest.Image) []byte {
	var pairs []string
	size := len(page)
	for _, i := range images {
		data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(i.PNG)
		size += len(data)
		for _, quote := range []string{`"`, `'`} {
			pairs = append(pairs, "cid:"+html.EscapeString(i.ContentID)+quote, data+quote)
		}
	}
	var out bytes.Buffer
	out.Grow(size)
	_, _ = strings.NewReplacer(pairs...).WriteString(&out, string(page))
	return out.Bytes()
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
