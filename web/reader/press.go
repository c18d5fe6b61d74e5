package reader

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

//go:embed pages
var files embed.FS

// Phrases are the keys that every locale of the pages has.
func Phrases() []string {
	return []string{
		"web.skip", "web.foot", "web.since",
		"web.unsubscribe.title", "web.unsubscribe.heading", "web.unsubscribe.lead", "web.unsubscribe.button",
		"web.unsubscribe.keep", "web.unsubscribe.consequence",
		"web.stranger.title", "web.stranger.text",
		"web.kept.heading", "web.kept.text",
		"web.ended.heading", "web.ended.text", "web.ended.back",
		"web.resubscribe.button", "web.resubscribed.heading", "web.resubscribed.text",
		"web.unsure.heading", "web.unsure.text",
		"web.unknown.title", "web.unknown.heading", "web.unknown.lead", "web.unknown.cut", "web.unknown.old",
		"web.unknown.gone", "web.unknown.help",
		"web.early.title", "web.early.heading", "web.early.text",
		"web.fault.title", "web.fault.heading", "web.fault.text",
	}
}

// press prints pages.
type press struct {
	words     func(locale string) (digest.Words, error)
	fallback  digest.Words
	templates *template.Template
	base      string // "", or a path without a slash at its end
	log       *slog.Logger
}

func newPress(c Config, fallback digest.Words) (*press, error) {
	t, err := template.New("").Option("missingkey=error").ParseFS(files, "pages/*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("page templates: %w", err)
	}
	base := &url.URL{Path: strings.TrimRight(c.Base, "/")} // as links spell it
	return &press{words: c.Words, fallback: fallback, templates: t, base: base.EscapedPath(), log: c.Log}, nil
}

// page is what a template sees.
type page struct {
	words digest.Words
	slots []digest.Slot

	StyleAt                      string
	Known                        bool // the reader is
	Name, Masked, Initials       string
	Project, Letter, Digest      string
	Since                        string
	Tile, TileInk                string // colours of the project's letter; "" for Fortnight's own
	UnsubscribeAt, ResubscribeAt string
}

// Say gives a phrase with the reader's names in it.
func (p page) Say(key string) string { return p.words.Phrase("web."+key, p.slots...).String() }

// Lang is the locale's tag.
func (p page) Lang() string { return p.words.Locale() }

// Dir is "ltr" or "rtl".
func (p page) Dir() string { return p.words.Dir() }

// about gathers what pages say of a subscription.
func about(w digest.Words, base, token string, s Subscription) page {
	v := page{
		words: w, Known: true, Name: s.Name, Masked: masked(s.Address), Initials: initials(s.Name, 2),
		Project: s.Project, Letter: initials(s.Project, 1), Digest: s.Digest,
		UnsubscribeAt: base + "/unsubscribe/" + token, ResubscribeAt: base + "/resubscribe/" + token,
	}
	if v.Name == "" {
		v.Name = v.Masked
	}
	first := v.Name
	if words := strings.Fields(s.Name); len(words) > 0 {
		first = words[0]
	}
	if !s.Since.IsZero() {
		d := digest.DateOf(s.Since)
		v.Since = w.Phrase("web.since", digest.S("date", w.LongRange(d, d))).String()
	}
	moment := ""
	if !s.Ended.IsZero() {
		moment = w.Moment(s.Ended)
	}
	v.slots = []digest.Slot{digest.S("name", v.Name), digest.S("first", first), digest.S("project", s.Project), digest.S("moment", moment)}
	if s.Accent != 0 {
		v.Tile, v.TileInk = tile(s.Accent)
	}
	return v
}

// show prints a page in the reader's locale; where no reader is known (nil), in the first that the browser asks for and
// there is.
func (p *press) show(w http.ResponseWriter, r *http.Request, status int, name string, s *Subscription) {
	v := page{}
	if s != nil {
		v = about(p.choose(s.Locale), p.base, r.PathValue("token"), *s)
	} else {
		v.words = p.choose(asked(r)...)
	}
	v.StyleAt = p.base + "/assets/fortnight.css"
	var out bytes.Buffer
	if err := p.templates.ExecuteTemplate(&out, name+".gohtml", v); err != nil {
		p.log.Error("page not printed", "page", name, "error", err)
		http.Error(w, "the page could not be printed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// choose gives the words of the first locale that there is, else of the default.
func (p *press) choose(tags ...string) digest.Words {
	for _, tag := range tags[:min(len(tags), 10)] {
		if tag == "" || tag == "*" {
			continue
		}
		w, err := p.words(tag)
		if err == nil && language(w.Locale()) == language(tag) && w.Has("web.foot") { // not another's that stands in for it
			return w
		}
	}
	return p.fallback
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

// masked leaves an address recognisable to its owner only: m••••z@lindenhof.example.
func masked(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "••••"
	}
	local := []rune(address[:at])
	if len(local) < 3 {
		return string(local[0]) + "••••" + address[at:]
	}
	return string(local[0]) + "••••" + string(local[len(local)-1]) + address[at:]
}

// initials takes the first letters of the first and the last word.
func initials(name string, n int) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r) })
	if len(words) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	out := string(unicode.ToUpper(first))
	if n > 1 && len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		out += string(unicode.ToUpper(last))
	}
	return out
}

// tile gives a brand's colour and the ink that can be read on it (4.5:1 or better against one of the two).
func tile(c digest.Colour) (ground, ink string) {
	r, g, b, _ := c.RGBA()
	ground = fmt.Sprintf("#%02x%02x%02x", r, g, b)
	if luminance(r, g, b) > .179 { // where white and black are equally far
		return ground, "#000000"
	}
	return ground, "#ffffff"
}

// luminance is WCAG's, 0 to 1.
func luminance(r, g, b uint8) float64 {
	part := func(c uint8) float64 {
		v := float64(c) / 255
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*part(r) + .7152*part(g) + .0722*part(b)
}

func stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, files, "pages/fortnight.css")
}
