package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
)

// admit lets a request in whose token is of the project and has the operation's scope.
func (a *api) admit(ctx huma.Context, next func(huma.Context)) {
	key, bearer := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
	key = strings.TrimSpace(key)
	if !bearer || !strings.HasPrefix(key, "fn_") || len(key) > 200 {
		a.turnAway(ctx, unauthorized("Send a project's token: Authorization: Bearer fn_…"))
		return
	}
	token, err := a.House.TokenOf(ctx.Context(), key)
	if errors.Is(err, digest.ErrNotFound) {
		a.turnAway(ctx, unauthorized("The token is not known, was revoked or has ended."))
		return
	}
	if err != nil {
		a.turnAway(ctx, a.problemOf(ctx.Context(), err))
		return
	}
	if wait := a.rates.take(token.ID); wait > 0 {
		p := problem(http.StatusTooManyRequests, "busy", fmt.Sprintf("A token may ask %d times a minute.", a.Rate))
		ctx.SetHeader("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		a.turnAway(ctx, p)
		return
	}
	if project := ctx.Param("project"); project != token.ProjectKey && strings.Contains(ctx.Operation().Path, "{project}") {
		a.turnAway(ctx, notFound())
		return
	}
	for _, scope := range ctx.Operation().Security[0]["token"] {
		if !token.May(digest.Scope(scope)) {
			p := problem(http.StatusForbidden, "scope", fmt.Sprintf("The token “%s” may not do this: it needs the scope %s.", token.Name, scope))
			p.Scope = scope
			ctx.SetHeader("WWW-Authenticate", fmt.Sprintf(`Bearer error="insufficient_scope", scope="%s"`, scope))
			a.turnAway(ctx, p)
			return
		}
	}
	next(huma.WithValue(ctx, visitKey{}, visit{
		token: token, books: a.Project(token.Project), by: digest.Actor{Token: token.ID, Name: token.Name, Via: "api"}, url: ctx.URL(),
	}))
}

// turnAway answers a problem in place of an operation.
func (a *api) turnAway(ctx huma.Context, p *Problem) {
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	ctx.SetHeader("Content-Type", problemJSON)
	ctx.SetStatus(p.Status)
	_ = a.huma.Marshal(ctx.BodyWriter(), problemJSON, p) // the client is gone where it fails
}

// guarded sets what every answer has, and puts the mux's own refusals into the form of the others.
func (a *api) guarded(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		said := refusal{header: http.Header{}}
		handler.ServeHTTP(&said, r)
		p := notFound()
		p.Detail = "There is no such address below " + Root + "."
		if said.status == http.StatusMethodNotAllowed {
			h.Set("Allow", said.header.Get("Allow"))
			p = problem(http.StatusMethodNotAllowed, "method", fmt.Sprintf("%s is not for this address; %s is.", r.Method, said.header.Get("Allow")))
		}
		h.Set("Content-Type", problemJSON)
		w.WriteHeader(p.Status)
		_ = a.huma.Marshal(w, problemJSON, p)
	})
}

// refusal hears what a mux says of an address that is not served.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) Write(b []byte) (int, error) { return len(b), nil }
func (r *refusal) WriteHeader(status int)      { r.status = status }

// rates are how fast tokens ask: each has a bucket of a tenth of a minute's requests, which fills at the minute's rate.
type rates struct {
	mu      sync.Mutex
	now     func() time.Time
	every   time.Duration // one request
	most    float64       // at once
	buckets map[int64]bucket
	swept   time.Time
}

type bucket struct {
	left float64
	at   time.Time
}

func newRates(perMinute int, now func() time.Time) *rates {
	return &rates{now: now, every: time.Minute / time.Duration(perMinute), most: max(1, float64(perMinute)/10), buckets: map[int64]bucket{}}
}

// take takes one request of a token's, or says how long to wait.
func (r *rates) take(token int64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.swept) > time.Minute { // who has asked nothing for a minute has a full bucket again
		for id, b := range r.buckets {
			if now.Sub(b.at) > time.Minute {
				delete(r.buckets, id)
			}
		}
		r.swept = now
	}
	b, ok := r.buckets[token]
	if !ok {
		b = bucket{r.most, now}
	}
	b.left = min(r.most, b.left+float64(now.Sub(b.at))/float64(r.every))
	b.at = now
	var wait time.Duration
	if b.left >= 1 {
		b.left--
	} else {
		wait = time.Duration((1 - b.left) * float64(r.every))
	}
	r.buckets[token] = b
	return max(wait, 0)
}
