package console

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"

	"fortnight/digest"
	"fortnight/web/office"
)

// The preview shows a digest as it is filled in, saved or not. What is not saved travels in the address of the frame (a draft):
// nothing is kept here but what was rendered, for a short while.

// framePolicy lets a mail's page have its own styles and the pictures within it, in a frame of this console.
const framePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// inFrame sets the headers of what stands in a frame of this console. A browser does not show a page with a policy for openers in a
// frame without rights.
func inFrame(w http.ResponseWriter, policy, kind string) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Content-Type", kind)
	h.Del("Cross-Origin-Opener-Policy")
}

// draftOf writes a digest's configuration for an address: JSON, deflated, in base64url.
func draftOf(c digest.Config) (string, error) {
	c.Subscribers = nil
	raw, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write the draft: %w", err)
	}
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", fmt.Errorf("write the draft: %w", err)
	}
	_, _ = z.Write(raw) // into memory
	_ = z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// errDraft is the answer to an address that was cut or made up.
var errDraft = &digest.RefusedError{Reason: "This address is not whole: open the digest again."}

// fromDraft reads what draftOf wrote, of the digest of a key.
func fromDraft(s, key string) (digest.Config, error) {
	packed, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return digest.Config{}, errDraft
	}
	const most = 64 << 10
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), most+1))
	var c digest.Config
	if err != nil || len(raw) > most || json.Unmarshal(raw, &c) != nil || c.Key != key {
		return digest.Config{}, errDraft
	}
	c.Subscribers = nil
	return c, nil
}

// filledIn is the digest that a request is about: its draft, or as it is saved.
func (c *console) filledIn(r *http.Request, v *visit) (d digest.DigestLine, now digest.Config, err error) {
	if d, err = v.Office.Digest(r.Context(), r.PathValue("digest")); err != nil {
		return d, now, err
	}
	now = d.Config
	now.Subscribers = nil
	draft := r.FormValue("draft")
	if draft == "" || !v.May(digest.RoleEditor) {
		return d, now, nil
	}
	now, err = fromDraft(draft, d.Config.Key)
	now.Active = d.Config.Active
	return d, now, err
}

// previewed renders what a frame's address asks for.
func (c *console) previewed(r *http.Request, v *visit, p *previews, format string) (office.Preview, looking, error) {
	_, config, err := c.filledIn(r, v)
	if err != nil {
		return office.Preview{}, looking{}, err
	}
	project, err := v.Project(r.Context())
	if err != nil {
		return office.Preview{}, looking{}, err
	}
	l := lookingOf(r.URL.Query(), project, c.Works.Locales())
	l.Format = format
	one, err := p.get(r.Context(), v, project, config, l)
	return one, l, err
}

// noPreviewPage says in the frame why there is no preview.
type noPreviewPage struct {
	page
	Reasons []string
}

// noPreview answers a preview that could not be made. What the admin can mend is told; the log has the rest.
func (c *console) noPreview(w http.ResponseWriter, r *http.Request, v *visit, err error) error {
	inFrame(w, "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'", "text/html; charset=utf-8")
	view := &noPreviewPage{page: v.page("No preview", "")}
	switch faults := faultsOf(err); {
	case faults != nil:
		for _, reason := range faults {
			view.Reasons = append(view.Reasons, reason)
		}
		slices.Sort(view.Reasons)
		view.Status = http.StatusUnprocessableEntity
	case errors.Is(err, digest.ErrNotFound):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		view.Reasons, view.Status = []string{"The source took longer than a minute. Try a period that has an edition already."}, http.StatusGatewayTimeout
	default:
		if r.Context().Err() == nil {
			c.Log.Error("preview not made", "project", v.In.Key, "digest", r.PathValue("digest"), "error", err)
		}
		view.Reasons, view.Status = []string{sentence(err.Error())}, http.StatusBadGateway
	}
	return c.show(w, r, "nopreview", view)
}

func (c *console) previewHTML(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	one, l, err := c.previewed(r, v, p, "html")
	if err != nil {
		return c.noPreview(w, r, v, err)
	}
	inFrame(w, framePolicy, "text/html; charset=utf-8")
	_, err = w.Write(themed(one.HTML, l.Theme == "dark"))
	return err
}

// A mail has its dark colours under this question; a frame asks the machine, not the frame's page.
var (
	darkAsked   = regexp.MustCompile(`@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)`)
	lightOrDark = regexp.MustCompile(`(color-scheme\s*:\s*|name="color-scheme" content=")light dark`)
)

// themed answers the mail's question for it, so that a preview is dark where dark was asked for, on any machine.
func themed(mail []byte, dark bool) []byte {
	media, scheme := "@media not all", "${1}light"
	if dark {
		media, scheme = "@media all", "${1}dark"
	}
	return lightOrDark.ReplaceAll(darkAsked.ReplaceAll(mail, []byte(media)), []byte(scheme))
}

func (c *console) previewText(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	one, _, err := c.previewed(r, v, p, "text")
	if err != nil {
		return c.noPreview(w, r, v, err)
	}
	text, err := digest.Personal(one.Variant.Text, digest.Placeholders, func(s string) string { return s })
	if err != nil {
		return err
	}
	inFrame(w, framePolicy, "text/plain; charset=utf-8")
	_, err = w.Write(text)
	return err
}

func (c *console) previewPDF(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error {
	one, _, err := c.previewed(r, v, p, "pdf")
	if err != nil {
		return c.noPreview(w, r, v, err)
	}
	if len(one.Variant.PDF) == 0 {
		return c.noPreview(w, r, v, &digest.RefusedError{Reason: "No PDF was set."})
	}
	inFrame(w, "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+fileName(one.Variant.PDFName)+`"`)
	_, err = w.Write(one.Variant.PDF)
	return err
}
