package console

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"fortnight/digest"
)

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

// preview is the pane beside the form.
type previewPane struct {
	looking
	Periods, Audiences, Locales []option
	Frame                       string // its address
	Title                       string // of the frame: "The mail as a manager reads it, 360 px wide, dark"
	Subject                     string // "" where it is not known yet
	Told                        string // whose numbers they are; "" where that is not known yet
	Weight                      string // what becomes of a mail that is too long; "" of others
	Fault                       string
}

// clip is how much of a mail's HTML Gmail shows, in bytes, as senders have measured it; it leads to the rest by a link.
const clip = 102_000

// weightOf says that a mail is longer than clip, and what helps; "" where it is not.
func weightOf(html []byte) string {
	if len(html) <= clip {
		return ""
	}
	return fmt.Sprintf("This mail has %d kB. Gmail shows the first %d and a link to the rest: fewer sections, or some of them in a digest of their own, keep it whole.", len(html)/1000, clip/1000)
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
		pane.Weight = weightOf(one.Variant.HTML)
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
