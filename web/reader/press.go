package reader

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

//go:embed all:pages
var files embed.FS

// press prints pages.
type press struct {
	words    func(locale string) (digest.Words, error)
	fallback digest.Words
	pages    *look.Press
	sheets   *sheets
	base     string // "", or a path without a slash at its end
	linkLife time.Duration
	log      *slog.Logger
}

func newPress(c Config, fallback digest.Words) (*press, error) {
	base := (&url.URL{Path: strings.TrimRight(c.Base, "/")}).EscapedPath() // as links spell it
	s, err := newSheets(base, c.Colours)
	if err != nil {
		return nil, err
	}
	folder, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	pages, err := c.Look.Press(folder, template.FuncMap{"spans": spans, "sheet": s.at, "tone": tone, "sign": sign})
	if err != nil {
		return nil, err
	}
	return &press{words: c.Words, fallback: fallback, pages: pages, sheets: s, base: base, linkLife: c.LinkLife, log: c.Log}, nil
}

// spans prints a sentence with its bold runs.
func spans(s digest.Spans) template.HTML {
	var w strings.Builder
	for _, x := range s {
		text := template.HTMLEscapeString(x.Text)
		if x.Bold {
			text = "<b>" + text + "</b>"
		}
		w.WriteString(text)
	}
	return template.HTML(w.String())
}

// page is what a template sees.
type page struct {
	words digest.Words
	slots []digest.Slot

	Known                        bool // the reader is
	Bare                         bool // without the links of a subscription
	Name, Masked                 string
	Project, Digest, Footer      string
	Since                        string
	Accent                       digest.Colour
	UnsubscribeAt, ResubscribeAt string
	PreferencesAt, DefinitionsAt string
	ForwardedAt                  string // "": nobody may ask
	Corner                       string // at the head's end; "": the digest
}

// Say gives a phrase with the reader's names in it.
func (p page) Say(key string) string { return p.words.Phrase("web."+key, p.slots...).String() }

// Put gives a phrase with the reader's names and one more text in it.
func (p page) Put(key, slot, text string) string {
	return p.words.Phrase("web."+key, append([]digest.Slot{digest.S(slot, text)}, p.slots...)...).String()
}

// Lang is the locale's tag.
func (p page) Lang() string { return p.words.Locale() }

// Dir is "ltr" or "rtl".
func (p page) Dir() string { return p.words.Dir() }

// about gathers what pages say of a subscription.
func (a *press) about(w digest.Words, token string, s Subscription) page {
	v := page{
		words: w, Known: true, Name: s.Name, Masked: look.Masked(s.Address), Accent: s.Accent,
		Project: s.Project, Digest: s.Digest, Corner: s.Digest, Footer: s.Footer,
		UnsubscribeAt: a.base + "/unsubscribe/" + token, ResubscribeAt: a.base + "/resubscribe/" + token,
		PreferencesAt: a.base + "/preferences/" + token, DefinitionsAt: a.base + "/definitions/" + token,
	}
	if s.Config.Readers.Forwarding != digest.ForwardingOff {
		v.ForwardedAt = a.base + "/forwarded/" + token
	}
	if v.Name == "" {
		v.Name = v.Masked
	}
	if !s.Since.IsZero() {
		d := digest.DateOf(s.Since)
		v.Since = w.Phrase("web.since", digest.S("date", w.LongRange(d, d))).String()
	}
	moment := ""
	if !s.Ended.IsZero() {
		moment = w.Moment(s.Ended)
	}
	v.slots = []digest.Slot{
		digest.S("name", v.Name), digest.S("first", firstName(s.Name, v.Name)), digest.S("project", s.Project),
		digest.S("digest", s.Digest), digest.S("moment", moment), digest.S("address", v.Masked),
	}
	return v
}

func firstName(name, otherwise string) string {
	if words := strings.Fields(name); len(words) > 0 {
		return words[0]
	}
	return otherwise
}

// page begins what a template sees: in the reader's locale, or where no reader is known (nil), in the first that the browser asks
// for and there is.
func (a *press) page(r *http.Request, s *Subscription) page {
	if s != nil {
		return a.about(a.choose(s.Locale), r.PathValue("token"), *s)
	}
	return page{words: a.choose(asked(r)...), slots: []digest.Slot{digest.N("days", math.Floor(a.linkLife.Hours()/24))}}
}

// show prints a page that says no more than whose it is.
func (a *press) show(w http.ResponseWriter, r *http.Request, status int, name string, s *Subscription) {
	a.print(w, status, name, a.page(r, s))
}

// print prints a page, all of it or none.
func (a *press) print(w http.ResponseWriter, status int, name string, data any) {
	body, err := a.set(name, data)
	a.give(w, status, name, body, err)
}

// set gives a page as it is printed.
func (a *press) set(name string, data any) ([]byte, error) {
	var out bytes.Buffer
	err := a.pages.Print(&out, name, data)
	return out.Bytes(), err
}

// give answers with a page, or with why there is none.
func (a *press) give(w http.ResponseWriter, status int, name string, body []byte, err error) {
	if err != nil {
		a.log.Error("page not printed", "page", name, "error", err)
		http.Error(w, "the page could not be printed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// pack compresses a large page where the browser takes that: an edition's drawings go through the net in an eighth of their size. It is
// for pages that show nothing of the request, whose size could otherwise tell what else is in them.
func pack(w http.ResponseWriter, r *http.Request, print func(http.ResponseWriter)) {
	w.Header().Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		print(w)
		return
	}
	p := &packed{ResponseWriter: w}
	print(p)
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // a level that there is
	_, _ = z.Write(p.body.Bytes())
	_ = z.Close()
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", fmt.Sprint(out.Len()))
	w.WriteHeader(p.status)
	_, _ = w.Write(out.Bytes())
}

// packed keeps an answer until it is compressed.
type packed struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (p *packed) WriteHeader(status int)      { p.status = status }
func (p *packed) Write(b []byte) (int, error) { return p.body.Write(b) }

func acceptsGzip(header string) bool {
	for _, coding := range strings.Split(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight == "" || strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != ""
		}
	}
	return false
}

// choose gives the words of the first locale that there is, else of the default.
func (a *press) choose(tags ...string) digest.Words {
	for _, tag := range tags[:min(len(tags), 10)] {
		if tag == "" || tag == "*" {
			continue
		}
		w, err := a.words(tag)
		if err == nil && language(w.Locale()) == language(tag) && w.Has("web.foot") { // not another's that stands in for it
			return w
		}
	}
	return a.fallback
}

// language is a tag's first part: es of es-MX.
func language(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}

// asked lists the languages of a browser in its order, each tag followed by its language alone.
func asked(r *http.Request) (tags []string) {
	for _, tag := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		tags = append(tags, tag, language(tag))
	}
	return tags
}
