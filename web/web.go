// Package web is one handler of what a browser, a mail program and a machine may ask: the readers' pages, the console, the API, and
// what watches a service (/healthz, /readyz, /metrics). Each is a package below it; what they know they ask of what cmd hands in.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"fortnight/web/console"
	"fortnight/web/look"
	"fortnight/web/reader"
)

// Config is what the handler needs.
type Config struct {
	Reader  reader.Config
	Console http.Handler // of console.New; nil: none
	API     http.Handler // answers /api/; nil: none
	Look    *look.Look   // the assets of both
	// Base is the path that people reach the pages under, where it is not the root: "/digest". Requests are answered with and
	// without it, as some proxies take it off.
	Base    string
	Secure  bool                        // people come by TLS, and are to come back by it (HSTS)
	Ready   func(context.Context) error // whether the database answers; nil: always
	Metrics http.Handler                // nil: no /metrics
	Log     *slog.Logger
}

// ReaderRoutes are the patterns that mails link to, with what those pages load: what a mux that has a root of its own gives to this
// handler.
func ReaderRoutes() []string { return append(reader.Routes(), "/assets/") }

// New makes the handler. It fails where the default locale lacks a phrase.
func New(c Config) (http.Handler, error) {
	c.Reader.Base, c.Reader.Log = c.Base, c.Log
	pages, err := reader.New(c.Reader)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /robots.txt", robots)
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", c.ready)
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	if c.Look != nil {
		mux.Handle("GET /assets/{name}", c.Look)
	}
	if c.Console != nil {
		for _, route := range console.Routes() {
			mux.Handle(route, c.Console)
		}
	}
	if c.API != nil {
		mux.Handle("/api/", c.API)
	}
	mux.Handle("/", limited(pages))
	base := &url.URL{Path: strings.TrimRight(c.Base, "/")} // as links spell it
	return c.guarded(under(base.EscapedPath(), mux)), nil
}

// under takes the base off a request's path, and makes the path a clean one: a mux would redirect to that, and not every
// mail program's one click follows.
func under(base string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		escaped := r.URL.EscapedPath()
		if below, ok := strings.CutPrefix(escaped, base); ok && (below == "" || below[0] == '/') {
			escaped = below
		}
		escaped = path.Clean("/" + escaped)
		plain, err := url.PathUnescape(escaped)
		if err != nil { // EscapedPath gives what can be read
			plain = "/"
		}
		clean := *r
		clean.URL = &url.URL{Path: plain, RawPath: escaped, RawQuery: r.URL.RawQuery}
		next.ServeHTTP(w, &clean)
	})
}

// guarded sets the headers that every answer has, unless it knows better: a page loads its stylesheet and posts to itself, no more;
// what it links to learns no address, as addresses hold tokens.
func (c Config) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		if c.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// limited keeps what a reader sends small: a form of a few fields.
func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}

// alive says that the process answers.
func alive(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "well") }

// ready says whether the process can do its work.
func (c Config) ready(w http.ResponseWriter, r *http.Request) {
	if c.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := c.Ready(ctx); err != nil {
			c.Log.Warn("readiness refused", "error", err)
			plain(w, http.StatusServiceUnavailable, "the database does not answer")
			return
		}
	}
	plain(w, http.StatusOK, "ready")
}

func robots(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "User-agent: *\nDisallow: /")
}

func plain(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words + "\n"))
}
