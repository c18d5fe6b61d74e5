package console

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"

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

// looking is what of a digest is looked at, and how.
type looking struct {
	From     digest.Date // of the period; zero: the last closed one
	Audience digest.Audience
	Locale   string
	Format   string // html, text or pdf
	Width    string // "600" or "360"
	Theme    string // "light" or "dark"
}

// lookingOf reads it from an address or a form; what it does not say is a manager's mail in the project's language, wide and light.
func lookingOf(q url.Values, p digest.Project, locales []string) looking {
	among := func(name string, all ...string) string {
		if one := q.Get(name); slices.Contains(all, one) {
			return one
		}
		return all[0]
	}
	own := p.Locale
	if !slices.Contains(locales, own) { // "es-MX" is written in "es"
		for _, l := range locales {
			if len(own) > len(l) && own[:len(l)] == l {
				own = l
			}
		}
	}
	l := looking{
		Audience: digest.Audience(among("audience", string(digest.Manager), string(digest.Admin), string(digest.Executive))),
		Locale:   among("locale", append([]string{own}, locales...)...),
		Format:   among("format", "html", "text", "pdf"), Width: among("width", "600", "360"), Theme: among("theme", "light", "dark"),
	}
	if d, err := digest.ParseDate(q.Get("period")); err == nil {
		l.From = d
	}
	return l
}

// query is the address's part that lookingOf reads; what is the default is left out.
func (l looking) query() url.Values {
	q := url.Values{}
	if !l.From.IsZero() {
		q.Set("period", l.From.String())
	}
	q.Set("audience", string(l.Audience))
	q.Set("locale", l.Locale)
	for name, value := range map[string]string{"format": l.Format, "width": l.Width, "theme": l.Theme} {
		if value != "html" && value != "600" && value != "light" {
			q.Set(name, value)
		}
	}
	return q
}

// choice is the variant that is looked at.
func (l looking) choice(c digest.Config) digest.Choice {
	return digest.Choice{Audience: l.Audience, Locale: l.Locale, PDF: l.Format == "pdf", Paper: c.Paper}
}

// previews keeps what was rendered for a short while, so that another width, theme or a second look does not read the sources again.
type previews struct {
	now  func() time.Time
	mu   sync.Mutex
	kept []kept // the newest last
}

type kept struct {
	key     [32]byte
	until   time.Time
	preview office.Preview
}

// A preview is kept for keepPreview, so that what a source says now is seen soon; mostPreviews are some ten megabytes.
const (
	keepPreview  = 90 * time.Second
	mostPreviews = 24
)

func newPreviews(now func() time.Time) *previews { return &previews{now: now} }

// of hands the previews to a page.
func (p *previews) of(do func(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error) act {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error { return do(w, r, v, p) }
}

func previewKey(project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice) ([32]byte, error) {
	p.Digests = nil
	raw, err := json.Marshal([]any{project, p, c, from, choice})
	return sha256.Sum256(raw), err
}

// get gives a preview, rendered where none is kept.
func (p *previews) get(ctx context.Context, v *visit, project digest.Project, c digest.Config, l looking) (office.Preview, error) {
	key, err := previewKey(v.In.Project, project, c, l.From, l.choice(c))
	if err != nil {
		return office.Preview{}, err
	}
	if one, ok := p.find(key); ok {
		return one, nil
	}
	one, err := v.c.Works.Preview(ctx, v.In.Project, project, c, l.From, l.choice(c))
	if err == nil && one.Fault == "" {
		p.keep(key, one)
	}
	return one, err
}

// peek gives a preview where one is kept.
func (p *previews) peek(v *visit, project digest.Project, c digest.Config, l looking) (office.Preview, bool) {
	key, err := previewKey(v.In.Project, project, c, l.From, l.choice(c))
	if err != nil {
		return office.Preview{}, false
	}
	return p.find(key)
}

func (p *previews) find(key [32]byte) (office.Preview, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.kept {
		if k.key == key && p.now().Before(k.until) {
			return k.preview, true
		}
	}
	return office.Preview{}, false
}

func (p *previews) keep(key [32]byte, one office.Preview) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.kept = slices.DeleteFunc(p.kept, func(k kept) bool { return k.key == key || !now.Before(k.until) })
	if len(p.kept) >= mostPreviews {
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, kept{key, now.Add(keepPreview), one})
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

// preview is the pane beside the form.
type previewPane struct {
	looking
	Periods, Audiences, Locales []option
	Frame                       string // its address
	Title                       string // of the frame: "The mail as a manager reads it, 360 px wide, dark"
	Subject                     string // "" where it is not known yet
	Told                        string // whose numbers they are; "" where that is not known yet
	Fault                       string
}

// paneOf makes the pane. With render it waits for the preview, a few seconds at most, to know the subject.
func (c *console) paneOf(r *http.Request, v *visit, p *previews, project digest.Project, d digest.DigestLine, now digest.Config, l looking, draft string, render bool) previewPane {
	at := clockOf(project, c.Now())
	periods, err := c.Works.Periods(project, now, 12)
	if l.From.IsZero() && len(periods) > 0 { // as the form would say it: the frame's address stays the same
		l.From = periods[0].First()
	}
	pane := previewPane{looking: l}
	for _, period := range periods {
		pane.Periods = append(pane.Periods, option{period.First().String(), at.span(period), period.First() == l.From})
	}
	for _, a := range []digest.Audience{digest.Manager, digest.Executive, digest.Admin} {
		pane.Audiences = append(pane.Audiences, option{string(a), capital(string(a)), a == l.Audience})
	}
	for _, tag := range c.Works.Locales() {
		pane.Locales = append(pane.Locales, option{tag, languageName(tag), tag == l.Locale})
	}
	q := l.query()
	q.Del("format")
	q.Del("width")
	if draft != "" {
		q.Set("draft", draft)
	}
	last := map[string]string{"html": "preview", "text": "preview.txt", "pdf": "preview.pdf"}[l.Format]
	pane.Frame = with(v.Path("digests", d.Config.Key, last), q)
	pane.Title = "The mail as " + withArticle(string(l.Audience)) + " reads it"
	switch l.Format {
	case "text":
		pane.Title += ", as plain text"
	case "pdf":
		pane.Title = "The PDF as " + withArticle(string(l.Audience)) + " gets it"
	default:
		pane.Title += ", " + l.Width + " px wide, " + l.Theme
	}
	one, known := p.peek(v, project, now, l)
	if !known && render && err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), 8*time.Second)
		one, err = p.get(ctx, v, project, now, l)
		cancel()
		known = err == nil
	}
	switch {
	case known:
		pane.Subject, pane.Fault = one.Variant.Letter.Subject, one.Fault
		pane.Told = "Numbers read now, from the sources."
		if one.Stored {
			pane.Told = "Numbers of the edition that was made."
		}
	case d.Last != nil && draft == "" && len(periods) > 0 && d.Last.Period.From.Equal(periods[0].From) && l.From == periods[0].First():
		pane.Subject = d.Last.Subject
	}
	return pane
}

func withArticle(noun string) string {
	if noun != "" && bytes.ContainsRune([]byte("aeiou"), rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// languageName is a language as its readers call it.
func languageName(tag string) string {
	if name := map[string]string{
		"en": "English", "es": "Español", "de": "Deutsch", "fr": "Français", "it": "Italiano", "pt": "Português", "nl": "Nederlands", "ar": "العربية", "ja": "日本語",
	}[tag]; name != "" {
		return name
	}
	return tag
}
