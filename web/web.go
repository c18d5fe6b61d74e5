// Package web answers the links of a digest's mails: an edition in the browser, and the end of a subscription. It also
// answers the machines that watch a service (/healthz, /readyz, /metrics).
//
// It knows tokens and pages. Who a token belongs to, and what was sent, it asks of what cmd hands in.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"fortnight/web/reader"
)

// Config is what the handler needs.
type Config struct {
	Reader reader.Config
	// Base is the path that readers reach the pages under, where it is not the root: "/digest". Requests are answered with and
	// without it, as some proxies take it off.
	Base    string
	Ready   func(context.Context) error // whether the database answers; nil: always
	Metrics http.Handler                // nil: no /metrics
	Log     *slog.Logger
}

// Routes are the patterns of the pages that mails link to, with what these pages load: what a mux that has a root of its
// own gives to this handler.
func Routes() []string { return append(reader.Routes(), "/assets/") }

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
	mux.Handle("/", pages)
	base := &url.URL{Path: strings.TrimRight(c.Base, "/")} // as links spell it
	return guarded(under(base.EscapedPath(), mux)), nil
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

// guarded sets the headers that every answer has. A page of its own loads its stylesheet and posts to itself, no more;
// what it links to learns no address, as addresses hold tokens.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
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
