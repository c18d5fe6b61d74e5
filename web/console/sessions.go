package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// How long a session lasts: without a request, and at all.
const (
	sessionIdle  = 12 * time.Hour
	sessionLasts = 14 * 24 * time.Hour
	// seenEvery is how exact the list of sessions says when one was last seen; it spares a write a request.
	seenEvery = time.Minute
)

// What a session holds. The first three are columns of the ledger's; see office.House.
const (
	keyAccount = "account" // int64
	keyAgent   = "agent"   // string
	keyFrom    = "from"    // string
	keySeen    = "seen"    // int64, Unix seconds
	keyKind    = "said.kind"
	keyText    = "said.text"
)

func newSessions(c Config) *scs.SessionManager {
	return &scs.SessionManager{ // scs.New would begin a store in memory, with a goroutine that never ends
		Lifetime: sessionLasts,
		Store:    &sessionStore{CtxStore: c.Sessions, now: c.Now},
		Codec:    jsonCodec{},
		Cookie:   scs.SessionCookie{Name: cookieName(c, "session"), Path: "/", HttpOnly: true, Secure: secure(c), SameSite: http.SameSiteLaxMode, Persist: true},
		ErrorFunc: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil {
				c.Log.Error("session not kept", "error", err)
			}
			w.Header().Set("Retry-After", "30")
			http.Error(w, "Sessions cannot be read now. Try again in a minute.", http.StatusServiceUnavailable)
		},
	}
}

// secure tells whether people come by TLS.
func secure(c Config) bool { return c.Base.Scheme == "https" }

// cookieName is a cookie's name: under TLS one that a browser takes from this very host alone.
func cookieName(c Config, what string) string {
	if secure(c) {
		return "__Host-fortnight-" + what
	}
	return "fortnight-" + what
}

// cookie is one of the short-lived cookies beside the session's; an empty value takes it away.
func (c *console) cookie(w http.ResponseWriter, what, value string, lasts time.Duration) {
	k := &http.Cookie{
		Name: cookieName(c.Config, what), Value: value, Path: "/", HttpOnly: true, Secure: secure(c.Config),
		SameSite: http.SameSiteLaxMode, MaxAge: int(lasts.Seconds()),
	}
	if value == "" {
		k.MaxAge = -1
	}
	http.SetCookie(w, k)
}

// cookied is such a cookie's value; "" where there is none.
func (c *console) cookied(r *http.Request, what string) string {
	k, err := r.Cookie(cookieName(c.Config, what))
	if err != nil {
		return ""
	}
	return k.Value
}

// sessionStore ends sessions that are idle, and never brings back one that was ended while a request of it was on its way.
type sessionStore struct {
	scs.CtxStore
	now func() time.Time
}

type loadedKey struct{}

// loading gives a request a place to note which session it began with.
func loading(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(loadedContext(r.Context())))
	})
}

func loadedContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadedKey{}, new(string))
}

// FindCtx gives a session.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	b, found, err := s.CtxStore.FindCtx(ctx, token)
	if loaded, ok := ctx.Value(loadedKey{}).(*string); ok && found {
		*loaded = token
	}
	return b, found, err
}

// CommitCtx keeps a session.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	if loaded, ok := ctx.Value(loadedKey{}).(*string); ok && *loaded == token {
		if _, found, err := s.CtxStore.FindCtx(ctx, token); err != nil || !found {
			return err
		}
	}
	if idle := s.now().Add(sessionIdle); idle.Before(expiry) {
		expiry = idle
	}
	return s.CtxStore.CommitCtx(ctx, token, b, expiry)
}

// jsonCodec writes a session as JSON, for the store to read whose it is. Values are strings and whole numbers.
type jsonCodec struct{}

// Encode gives a session's bytes.
func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	all := map[string]any{"ends": deadline.Unix()}
	for k, v := range values {
		all[k] = v
	}
	return json.Marshal(all)
}

// Decode reads them.
func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return time.Time{}, nil, fmt.Errorf("session: %w", err)
	}
	for k, v := range values {
		if n, ok := v.(json.Number); ok {
			whole, err := n.Int64()
			if err != nil {
				return time.Time{}, nil, fmt.Errorf("session: %w", err)
			}
			values[k] = whole
		}
	}
	ends, _ := values["ends"].(int64)
	delete(values, "ends")
	if values == nil {
		values = map[string]any{}
	}
	return time.Unix(ends, 0).UTC(), values, nil
}

// flash keeps what the next page says.
func (c *console) flash(r *http.Request, f Flash) {
	c.sessions.Put(r.Context(), keyKind, f.Kind)
	c.sessions.Put(r.Context(), keyText, f.Text)
}

// said gives it, once; nil where there is nothing to say.
func (c *console) said(r *http.Request) *Flash {
	f := Flash{Kind: c.sessions.PopString(r.Context(), keyKind), Text: c.sessions.PopString(r.Context(), keyText)}
	if f.Text == "" {
		return nil
	}
	return &f
}
