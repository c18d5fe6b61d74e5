package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// What a request may have where its route says nothing.
const (
	bodySize = 256 << 10
	answerIn = 15 * time.Second
)

// pagePolicy is what a page may load and where it may post: this host, and nothing written in the page itself.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"

// handler is all of the console.
func (c *console) handler() http.Handler {
	mux := http.NewServeMux()
	open := func(pattern string, do act) {
		mux.Handle(pattern, c.answering(route{pattern: pattern, do: do}, c.stranger))
	}
	open("GET /{$}", c.home)
	open("GET /sign-in", c.signInPage)
	open("POST /sign-in", c.askIn)
	open("GET /sign-in/{token}", c.linkPage)
	open("POST /sign-in/{token}", c.comeIn)
	open("POST /sign-out", c.signOut)
	open("GET /oidc/start", c.oidcStart)
	open("GET /oidc/callback", c.oidcCallback)
	for _, one := range c.personRoutes() {
		mux.Handle(one.pattern, c.answering(one, c.person))
	}
	for _, one := range c.projectRoutes() {
		method, path, _ := strings.Cut(one.pattern, " ")
		mux.Handle(method+" /p/{project}"+path, c.answering(one, c.member))
		if path == "/{$}" { // some take the slash at the end off
			mux.Handle(method+" /p/{project}", c.answering(one, c.member))
		}
	}
	// What is left: another method's address, or nobody's. That of a project is told to its people only.
	left := func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if allowed := allowed(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			return errMethod
		}
		return digest.ErrNotFound
	}
	mux.Handle("/", c.answering(route{do: left}, c.person))
	mux.Handle("/p/{project}/", c.answering(route{do: left, role: digest.RoleViewer}, c.member))

	crossing := http.NewCrossOriginProtection()
	if c.Base.Host != "" {
		_ = crossing.AddTrustedOrigin(c.Base.Scheme + "://" + c.Base.Host) // where a proxy changes Host; a base that is no origin trusts nobody
	}
	crossing.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Log.Warn("request of another site refused", "from", c.client(r).String(), "origin", r.Header.Get("Origin"))
		http.Error(w, "This form was sent by another site, so nothing was done. Open the page here and send it again.", http.StatusForbidden)
	}))
	return c.guarded(loading(c.sessions.LoadAndSave(crossing.Handler(mux))))
}

var errMethod = errors.New("this address is not for that")

// allowed lists the methods that the address of a request has, if not its own.
func allowed(mux *http.ServeMux, r *http.Request) (methods []string) {
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := *r
		other.Method = m
		if _, pattern := mux.Handler(&other); m != r.Method && strings.HasPrefix(pattern, m+" ") {
			methods = append(methods, m)
		}
	}
	return methods
}

// guarded sets the headers of every answer.
func (c *console) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Referrer-Policy", "no-referrer")
		if !secure(c.Config) {
			// Without TLS a browser says of a form only by Origin where it comes from, and under no-referrer it says null. This one
			// tells other sites as little.
			h.Set("Referrer-Policy", "same-origin")
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("Cache-Control", "no-store")
		if secure(c.Config) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// entrance finds out who asks and whether they may; where it answers by itself, by sending to the sign-in, it gives no visit and no
// error. With an error it gives the visit as far as it is known.
type entrance func(w http.ResponseWriter, r *http.Request, need route) (*visit, error)

// answering is a route with all that surrounds it: time, size, who asks, and what is shown where it fails.
func (c *console) answering(one route, enter entrance) http.Handler {
	size, within := one.size, one.within
	if size == 0 {
		size = bodySize
	}
	if within == 0 {
		within = answerIn
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, size)
		began := &begun{ResponseWriter: w}
		v := &visit{c: c, r: r}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				c.Log.Error("page panicked", "route", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				c.fail(began, r, v, errors.New("panic"), false)
			}
		}()
		who, err := enter(began, r, one)
		if who != nil {
			v = who
		} else if err == nil {
			return
		}
		if err == nil && r.Method == http.MethodPost && !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			err = r.ParseForm()
		}
		if err == nil {
			err = one.do(began, r, v)
		}
		if err != nil {
			c.fail(began, r, v, err, true)
		}
	})
}

// begun knows whether an answer has begun: one that fails half way cannot become a page.
type begun struct {
	http.ResponseWriter
	yes bool
}

func (b *begun) WriteHeader(status int)      { b.yes = true; b.ResponseWriter.WriteHeader(status) }
func (b *begun) Write(p []byte) (int, error) { b.yes = true; return b.ResponseWriter.Write(p) }
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// stranger may be anyone; who is signed in is known.
func (c *console) stranger(w http.ResponseWriter, r *http.Request, _ route) (*visit, error) {
	return c.visitor(r)
}

// person is somebody who is signed in.
func (c *console) person(w http.ResponseWriter, r *http.Request, _ route) (*visit, error) {
	v, err := c.visitor(r)
	if err == nil && v.Account.ID == 0 {
		c.toSignIn(w, r)
		return nil, nil
	}
	return v, err
}

// member is somebody who is in the project of the path, in a role that suffices. To others there is no such project.
func (c *console) member(w http.ResponseWriter, r *http.Request, need route) (*visit, error) {
	v, err := c.person(w, r, need)
	if err != nil || v == nil {
		return v, err
	}
	i := slices.IndexFunc(v.Memberships, func(m digest.Membership) bool { return m.Key == r.PathValue("project") })
	if i < 0 {
		return v, digest.ErrNotFound
	}
	v.In = v.Memberships[i]
	v.Role = v.In.Role
	if v.Account.Operator {
		v.Role = digest.RoleOwner
	}
	v.Office = c.Project(v.In.Project)
	if !v.May(need.role) {
		return v, &roleError{need.role}
	}
	return v, nil
}

// roleError says that a role does not suffice.
type roleError struct{ need digest.MemberRole }

func (e *roleError) Error() string { return "this takes the role " + string(e.need) }

// visitor reads who asks from the session. A session whose account is gone ends.
func (c *console) visitor(r *http.Request) (*visit, error) {
	v := &visit{c: c, r: r}
	id := c.sessions.GetInt64(r.Context(), keyAccount)
	if id == 0 {
		return v, nil
	}
	a, err := c.House.Account(r.Context(), id)
	if errors.Is(err, digest.ErrNotFound) {
		return v, c.sessions.Destroy(r.Context())
	}
	if err != nil {
		return v, fmt.Errorf("who asks: %w", err)
	}
	if v.Memberships, err = c.House.Memberships(r.Context(), id); err != nil {
		return v, fmt.Errorf("projects of who asks: %w", err)
	}
	v.Account = a
	v.By = digest.Actor{Account: a.ID, Name: a.Called(), Via: "console"}
	if now := c.Now().Unix(); now-c.sessions.GetInt64(r.Context(), keySeen) >= int64(seenEvery.Seconds()) {
		c.seen(r, now)
	}
	return v, nil
}

// seen notes when and where a session was used last.
func (c *console) seen(r *http.Request, now int64) {
	c.sessions.Put(r.Context(), keySeen, now)
	c.sessions.Put(r.Context(), keyFrom, c.client(r).String())
	c.sessions.Put(r.Context(), keyAgent, shortened(r.UserAgent(), 300))
}

// shortened cuts a text to n bytes at most, at a letter's border.
func shortened(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}

// toSignIn sends somebody to the sign-in, and back here afterwards where this is a page.
func (c *console) toSignIn(w http.ResponseWriter, r *http.Request) {
	to := c.path("sign-in")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		back := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
		if s := c.base + back.String(); len(s) <= 1000 && r.URL.Path != "/" {
			c.cookie(w, "to", url.QueryEscape(s), signInLasts)
		}
	} else {
		to += "?ended"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
