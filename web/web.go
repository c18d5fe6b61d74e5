// Package web answers the links of a digest's mails: an edition in the browser, and the end of a subscription. It also
// answers the machines that watch a service (/healthz, /readyz, /metrics).
//
// It knows tokens and pages. Who a token belongs to, and what was sent, it asks of what cmd hands in.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"fortnight/digest"
)

// ErrUnknown is what Readers and View answer to a token, or an edition, that is nobody's.
var ErrUnknown = errors.New("nobody's link")

// Readers looks up and changes subscriptions by the token of a mail's links. A token is 128 random bits or more; look it
// up by its hash, so that neither the store nor the time that a look-up takes gives one away.
type Readers interface {
	// Subscription gives whose token it is, whether or not the subscription has ended.
	Subscription(ctx context.Context, token string) (Subscription, error)
	// Unsubscribe ends it; doing so again changes nothing.
	Unsubscribe(ctx context.Context, token string) (Subscription, error)
	// Resubscribe takes that back; doing so again changes nothing.
	Resubscribe(ctx context.Context, token string) (Subscription, error)
}

// Subscription is one person's digest, as a page says it.
type Subscription struct {
	ID      int64  // for the log
	Name    string // of the person; may be empty
	Address string // shown masked: whoever holds a forwarded mail must not learn more than the name
	Locale  string
	Project string        // as readers see it: "Support desk"
	Digest  string        // as readers see it: "Weekly digest"; may be empty
	Accent  digest.Colour // of the project's brand; 0: Fortnight's own
	Since   time.Time     // in the zone it is to be printed in; zero: not said
	Ended   time.Time     // likewise; zero: goes on
}

// View is an edition as one reader was sent it.
type View struct {
	HTML   []byte         // of the variant, with digest.Placeholders and cid: addresses
	Images []digest.Image // what the cid: addresses mean
	Links  digest.Links   // the reader's own
}

// Config is what the pages need.
type Config struct {
	Readers Readers
	// View gives an edition as the token's owner was sent it: ErrUnknown, or digest.ErrNotDue while it is being made.
	View  func(ctx context.Context, edition int64, token string) (View, error)
	Words func(locale string) (digest.Words, error) // of another language, or an error, for a locale that there is not
	// Base is the path that readers reach the pages under, where it is not the root: "/digest". Requests are answered with and
	// without it, as some proxies take it off.
	Base string
	// Locale is the language of pages that know no reader, and of readers whose own there is not; empty: "en".
	Locale  string
	Ready   func(context.Context) error // whether the database answers; nil: always
	Metrics http.Handler                // nil: no /metrics
	Log     *slog.Logger
}

// Routes are the patterns of the pages that mails link to, with what these pages load: what a mux that has a root of its
// own gives to this handler.
func Routes() []string { return []string{"/view/", "/unsubscribe/", "/resubscribe/", "/assets/"} }

// New makes the handler. It fails where the default locale lacks a phrase.
func New(c Config) (http.Handler, error) {
	if c.Locale == "" {
		c.Locale = "en"
	}
	words, err := c.Words(c.Locale)
	if err != nil {
		return nil, fmt.Errorf("words of the pages: %w", err)
	}
	var missing []string
	for _, key := range Phrases() {
		if !words.Has(key) {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("locale %s has no phrase %s", c.Locale, strings.Join(missing, ", "))
	}
	p, err := newPress(c, words)
	if err != nil {
		return nil, err
	}
	r := &reader{c: c, p: p}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /view/{edition}/{token}", r.view)
	mux.HandleFunc("GET /unsubscribe/{token}", r.ask)
	mux.HandleFunc("POST /unsubscribe/{token}", r.unsubscribe)
	mux.HandleFunc("GET /resubscribe/{token}", r.ask) // a page reloaded after its POST
	mux.HandleFunc("POST /resubscribe/{token}", r.resubscribe)
	mux.HandleFunc("GET /assets/fortnight.css", stylesheet)
	mux.HandleFunc("GET /robots.txt", robots)
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", c.ready)
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	mux.HandleFunc("/", r.unknown)
	return guarded(under(p.base, mux)), nil
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
