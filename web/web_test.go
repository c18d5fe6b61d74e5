package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/reader"
)

// mute has every phrase and says none.
type mute struct{ digest.Words }

func (mute) Has(string) bool { return true }
func (mute) Locale() string  { return "en" }

// named answers its name, what it was asked, and how much it could read.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		_, _ = w.Write([]byte(name + " " + r.URL.RequestURI() + strings.Repeat("+", min(1, len(body)))))
	})
}

func served(t *testing.T, change func(*Config)) func(method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	looks, err := look.New("/digest")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Reader:  reader.Config{Words: func(string) (digest.Words, error) { return mute{}, nil }, Look: looks},
		Console: named("console"), API: named("api"), Look: looks, Base: "/digest/", Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		return w
	}
}

func TestEveryAddressHasItsHandler(t *testing.T) {
	ask := served(t, nil)
	for path, want := range map[string]string{
		"/":                         "console /",
		"/sign-in":                  "console /sign-in",
		"/sign-in/token":            "console /sign-in/token",
		"/projects?x=1":             "console /projects?x=1",
		"/p/desk/":                  "console /p/desk",
		"/p/desk/digests/weekly":    "console /p/desk/digests/weekly",
		"/digest/p/desk/settings":   "console /p/desk/settings",
		"/digest//p/desk/../desk/a": "console /p/desk/a",
		"/account":                  "console /account",
		"/oidc/callback?code=1":     "console /oidc/callback?code=1",
		"/api/v1/digests":           "api /api/v1/digests",
		"/digest/api/v1/digests":    "api /api/v1/digests",
		"/healthz":                  "well\n",
		"/readyz":                   "ready\n",
		"/robots.txt":               "User-agent: *\nDisallow: /\n",
	} {
		if w := ask("GET", path, ""); w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
	}
}

func TestAssetsAreKeptForEverUnderNamesOfTheirContent(t *testing.T) {
	ask := served(t, nil)
	looks, _ := look.New("/digest")
	for path, kind := range map[string]string{looks.Style(): "text/css; charset=utf-8", looks.Script(): "text/javascript; charset=utf-8"} {
		w := ask("GET", path, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	if w := ask("GET", "/assets/fortnight.000000000000.css", ""); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("another version's: %d %v", w.Code, w.Header())
	}
}

func TestAnswersAreGuarded(t *testing.T) {
	ask := served(t, nil)
	for _, path := range []string{"/healthz", "/p/desk/", "/api/v1/x", "/assets/none"} {
		h := ask("GET", path, "").Header()
		if h.Get("Content-Security-Policy") == "" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s promises TLS that there is not", path)
		}
	}
	if h := served(t, func(c *Config) { c.Secure = true })("GET", "/healthz", "").Header(); h.Get("Strict-Transport-Security") == "" {
		t.Error("behind TLS nothing is said of it")
	}
}

func TestOnlyReadersFormsAreHeldSmall(t *testing.T) {
	ask := served(t, nil)
	if w := ask("POST", "/p/desk/digests/weekly/import", strings.Repeat("a", 200_000)); w.Code != http.StatusOK || !strings.HasSuffix(w.Body.String(), "+") {
		t.Errorf("the console limits its own: %d", w.Code)
	}
}

func TestReadinessIsTheDatabases(t *testing.T) {
	ask := served(t, func(c *Config) {
		c.Ready = func(context.Context) error { return errors.New("no answer") }
	})
	if w := ask("GET", "/readyz", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", w.Code)
	}
}
