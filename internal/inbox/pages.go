package inbox

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pages
var files embed.FS

// The inbox's own pages load nothing but their own stylesheet, script, pictures and frames.
const ownPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// A mail's html runs no script, sends no form and loads nothing from elsewhere, however it is opened.
const mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

func (b *Inbox) routes() http.Handler {
	pages := template.Must(template.New("").Funcs(template.FuncMap{"size": size}).ParseFS(files, "pages/*.gohtml"))
	p := &pager{b: b, pages: pages}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.newest)
	mux.HandleFunc("GET /mail/inbox.css", asset("pages/inbox.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /mail/inbox.js", asset("pages/inbox.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /mail/latest", p.latest)
	mux.HandleFunc("GET /mail/{id}", p.mail)
	mux.HandleFunc("GET /mail/{id}/html", p.html)
	mux.HandleFunc("GET /mail/{id}/part/{n}", p.part)
	mux.HandleFunc("GET /mail/{id}/message.eml", p.eml)
	mux.HandleFunc("POST /mail/empty", p.empty)
	mux.HandleFunc("/", p.missing)
	return http.NewCrossOriginProtection().Handler(mux)
}

type pager struct {
	b     *Inbox
	pages *template.Template
}

// page is what a template sees.
type page struct {
	List    []item
	SMTP    string
	Open    bool // a mail is chosen
	Message Message
	Letter  letter
	At      string
	Date    string
	Size    int

	View   string // html, text, pictures, source, or the number of an attachment
	Width  int
	Fit    bool // no width was asked for: a narrow screen shows the mail at its own
	Scheme string
	Views  []choice
	Widths []choice
	Looks  []choice

	Attached, Pictures []part
	Shown              *part // the attachment in view
	Runs               []run
	Source             string
	Rewritten          string // the host whose links open here
}

type item struct {
	head
	ID      int
	At      string
	Current bool
}

// choice is a link of a segmented row.
type choice struct {
	Label, URL string
	Current    bool
}

func (p *pager) newest(w http.ResponseWriter, _ *http.Request) {
	all := p.b.Messages()
	if len(all) == 0 {
		p.show(w, http.StatusOK, "inbox.gohtml", page{})
		return
	}
	p.show(w, http.StatusOK, "inbox.gohtml", p.page(all[len(all)-1], nil))
}

func (p *pager) mail(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(r)
	if !ok {
		p.missing(w, r)
		return
	}
	p.show(w, http.StatusOK, "inbox.gohtml", p.page(m, r.URL.Query()))
}

// page gathers what the page of one mail says. Unknown choices fall back to the first.
func (p *pager) page(m Message, q url.Values) page {
	l := parse(m.Raw)
	v := page{
		Open: true, Message: m, Letter: l, At: m.At.Format("Mon 2 Jan 2006, 15:04:05 MST"), Size: len(m.Raw),
		View: q.Get("view"), Width: 600, Fit: !q.Has("width"), Scheme: light,
	}
	if !l.Date.IsZero() {
		v.Date = l.Date.Format("Mon 2 Jan 2006, 15:04:05 -0700")
	}
	if q.Get("width") == "360" {
		v.Width = 360
	}
	if q.Get("scheme") == dark {
		v.Scheme = dark
	}
	v.Attached, v.Pictures = l.files()
	if from := strings.TrimPrefix(strings.TrimPrefix(p.b.o.Rewrite.From, "https://"), "http://"); from != "" && strings.Contains(l.HTML, from) {
		v.Rewritten = from
	}
	p.choose(&v)
	switch v.View {
	case "text":
		v.Runs = p.b.linked(l.Text)
	case "source":
		v.Source = source(m.Raw)
	}
	return v
}

// choose settles which view is shown and writes the links to the others.
func (p *pager) choose(v *page) {
	link := func(view string, width int, scheme string) string {
		return fmt.Sprintf("/mail/%d?view=%s&width=%d&scheme=%s", v.Message.ID, view, width, scheme)
	}
	views := []choice{}
	add := func(view, label string) {
		views = append(views, choice{Label: label, URL: link(view, v.Width, v.Scheme), Current: v.View == view})
	}
	known := []string{}
	if v.Letter.HTML != "" {
		known = append(known, "html")
	}
	if v.Letter.Text != "" {
		known = append(known, "text")
	}
	if len(v.Pictures) > 0 {
		known = append(known, "pictures")
	}
	known = append(known, "source")
	for i := range v.Attached {
		if n := strconv.Itoa(v.Attached[i].N); n == v.View && v.Attached[i].PDF() {
			v.Shown = &v.Attached[i]
		}
	}
	if v.Shown == nil && !slices.Contains(known, v.View) {
		v.View = known[0]
	}
	labels := map[string]string{
		"html": "HTML", "text": "Text", "source": "Source",
		"pictures": fmt.Sprintf("Pictures %d", len(v.Pictures)),
	}
	for _, k := range known {
		add(k, labels[k])
	}
	v.Views = views
	for _, width := range []int{600, 360} {
		v.Widths = append(v.Widths, choice{strconv.Itoa(width), link("html", width, v.Scheme), width == v.Width})
	}
	for _, c := range []struct{ label, scheme string }{{"Light", light}, {"Dark", dark}} {
		v.Looks = append(v.Looks, choice{c.label, link("html", v.Width, c.scheme), c.scheme == v.Scheme})
	}
}

func (p *pager) show(w http.ResponseWriter, status int, name string, v page) {
	current := 0
	if v.Open {
		current = v.Message.ID
	}
	v.List, v.SMTP = p.b.list(current), p.b.o.SMTP
	var out bytes.Buffer
	if err := p.pages.ExecuteTemplate(&out, name, v); err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", ownPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// html is what the frame shows.
func (p *pager) html(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(r)
	if !ok {
		p.missing(w, r)
		return
	}
	scheme := light
	if r.URL.Query().Get("scheme") == dark {
		scheme = dark
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", mailPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(p.b.shown(m, parse(m.Raw), scheme))
}

// part is one leaf: shown where it can do no harm, else a download.
func (p *pager) part(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(r)
	n, err := strconv.Atoi(r.PathValue("n"))
	if !ok || err != nil {
		p.missing(w, r)
		return
	}
	parts := parse(m.Raw).Parts
	if n < 0 || n >= len(parts) {
		p.missing(w, r)
		return
	}
	it := parts[n]
	how := "attachment"
	if (it.Picture() || it.PDF()) && !r.URL.Query().Has("download") {
		how = "inline"
	}
	name := it.Name
	if name == "" {
		name = fmt.Sprintf("mail-%d-part-%d", m.ID, n)
	}
	send(w, r, it.Type, how, name, it.Bytes)
}

func (p *pager) eml(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(r)
	if !ok {
		p.missing(w, r)
		return
	}
	send(w, r, "message/rfc822", "attachment", fmt.Sprintf("mail-%d.eml", m.ID), m.Raw)
}

func send(w http.ResponseWriter, r *http.Request, kind, how, name string, b []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // the frame of a mail has an origin of its own
	h.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// latest is the number of the newest mail, for the page's script.
func (p *pager) latest(w http.ResponseWriter, _ *http.Request) {
	p.b.mu.Lock()
	last := p.b.last
	p.b.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, last)
}

func (p *pager) empty(w http.ResponseWriter, r *http.Request) {
	p.b.Empty()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *pager) missing(w http.ResponseWriter, _ *http.Request) {
	p.show(w, http.StatusNotFound, "missing.gohtml", page{})
}

func (p *pager) find(r *http.Request) (Message, bool) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return Message{}, false
	}
	return p.b.message(id)
}

func asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, files, name)
	}
}

// size writes bytes as people read them: 812 B, 21 kB, 1.4 MB.
func size(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " B"
	case n < 1_000_000:
		return strconv.Itoa((n+500)/1000) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}
