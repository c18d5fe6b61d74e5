package console

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"fortnight/digest"
)

// OIDC is the sign-in by an OpenID Connect provider, beside that by mail. Nobody gets an account by it: the address that the
// provider has verified must have access already.
type OIDC struct {
	Name           string // as the button says it: "Lindenhof ID"
	Issuer         string // https://id.example
	Client, Secret string
	Scopes         []string     // beside openid and email
	HTTP           *http.Client // nil: one that waits 10 s
}

// How long a sign-in at the provider may take, and how long what it says of itself is believed.
const (
	oidcLasts    = 10 * time.Minute
	oidcBelieved = time.Hour
)

// provider is the OpenID Connect provider, found out about when somebody first wants to sign in by it.
type provider struct {
	OIDC
	back string // the whole address of /oidc/callback

	mu    sync.Mutex
	found *oidc.Provider
	at    time.Time
}

func newProvider(o OIDC, base url.URL) *provider {
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: 10 * time.Second, Transport: small{http.DefaultTransport}}
	}
	base.Path, base.RawPath, base.RawQuery, base.Fragment = strings.TrimRight(base.Path, "/")+"/oidc/callback", "", "", ""
	return &provider{OIDC: o, back: base.String()}
}

// small reads no more than 1 MB of an answer.
type small struct{ http.RoundTripper }

func (s small) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, 1<<20), answer.Body}
	}
	return answer, err
}

// ask gives the provider and a client's configuration for it.
func (p *provider) ask(ctx context.Context, now time.Time) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil || now.Sub(p.at) > oidcBelieved {
		found, err := oidc.NewProvider(ctx, p.Issuer)
		var other *oidc.IssuerMismatchError
		if errors.As(err, &other) && strings.TrimSuffix(other.Discovered, "/") == strings.TrimSuffix(p.Issuer, "/") { // some end in a slash
			found, err = oidc.NewProvider(ctx, other.Discovered)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("discovery at %s: %w", p.Issuer, err)
		}
		p.found, p.at = found, now
	}
	return p.found, &oauth2.Config{
		ClientID: p.Client, ClientSecret: p.Secret, RedirectURL: p.back, Endpoint: p.found.Endpoint(),
		Scopes: append([]string{oidc.ScopeOpenID, "email"}, p.Scopes...),
	}, nil
}

// oidcStart sends somebody to the provider.
func (c *console) oidcStart(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c.oidc == nil {
		return digest.ErrNotFound
	}
	_, config, err := c.oidc.ask(oidc.ClientContext(r.Context(), c.oidc.HTTP), c.Now())
	if err != nil {
		c.Log.Error("identity provider not reached", "issuer", c.oidc.Issuer, "error", err)
		return c.refuse(w, r, v, http.StatusBadGateway, c.oidc.Name+" does not answer. Try again in a minute, or let us mail you a link.")
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	c.cookie(w, "oidc", state+"."+nonce+"."+verifier, oidcLasts)
	http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
	return nil
}

// oidcCallback takes back who was sent there.
func (c *console) oidcCallback(w http.ResponseWriter, r *http.Request, v *visit) error {
	if c.oidc == nil {
		return digest.ErrNotFound
	}
	q := r.URL.Query()
	kept := strings.Split(c.cookied(r, "oidc"), ".")
	c.cookie(w, "oidc", "", 0)
	if len(kept) != 3 || subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(kept[0])) != 1 {
		return c.refuse(w, r, v, http.StatusBadRequest, "This sign-in was not begun in this browser, or took longer than 10 minutes. Begin again here.")
	}
	if fault := q.Get("error"); fault != "" {
		c.Log.Warn("identity provider refused", "issuer", c.oidc.Issuer, "error", shortened(fault, 100))
		if fault == "access_denied" {
			return c.refuse(w, r, v, http.StatusForbidden, c.oidc.Name+" did not let you through, or you chose not to go on.")
		}
		return c.refuse(w, r, v, http.StatusBadGateway, c.oidc.Name+" answered with a fault ("+shortened(fault, 100)+"). Whoever runs Fortnight can look into it.")
	}
	address, verified, err := c.identity(r.Context(), q.Get("code"), kept[1], kept[2])
	if err != nil {
		if r.Context().Err() != nil {
			return err
		}
		c.Log.Error("identity not proven", "issuer", c.oidc.Issuer, "error", err)
		return c.refuse(w, r, v, http.StatusBadGateway, c.oidc.Name+" did not prove who you are. Begin again; if it fails again, whoever runs Fortnight finds the reason in the log.")
	}
	if address == "" {
		return c.refuse(w, r, v, http.StatusForbidden, c.oidc.Name+" does not say what your address is.")
	}
	if !verified {
		return c.refuse(w, r, v, http.StatusForbidden, c.oidc.Name+" has not verified that "+address+" is yours. Verify it there, or let us mail you a link.")
	}
	account, err := c.House.AccountOf(r.Context(), address)
	if errors.Is(err, digest.ErrNotFound) {
		c.Log.Info("sign-in by somebody who has no access", "issuer", c.oidc.Issuer)
		return c.refuse(w, r, v, http.StatusForbidden, c.oidc.Name+" knows you as "+address+", which has no access here. An owner of the project can invite that address.")
	}
	if err != nil {
		return err
	}
	return c.signedIn(w, r, account, "oidc")
}

// identity exchanges the provider's code for an address, and whether the provider has verified that it is this person's.
func (c *console) identity(ctx context.Context, code, nonce, verifier string) (address string, verified bool, err error) {
	ctx = oidc.ClientContext(ctx, c.oidc.HTTP)
	found, config, err := c.oidc.ask(ctx, c.Now())
	if err != nil {
		return "", false, err
	}
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", false, fmt.Errorf("exchange the code: %w", err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return "", false, errors.New("the answer has no id_token")
	}
	token, err := found.VerifierContext(ctx, &oidc.Config{ClientID: c.oidc.Client, Now: c.Now}).Verify(ctx, raw)
	if err != nil {
		return "", false, err
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return "", false, errors.New("the id_token answers another sign-in")
	}
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // true, or as some write it "true"
	}
	if err := token.Claims(&claims); err != nil {
		return "", false, err
	}
	said, _ := strconv.ParseBool(fmt.Sprint(claims.Verified))
	return claims.Email, said, nil
}

// refuse shows the sign-in with what went wrong.
func (c *console) refuse(w http.ResponseWriter, r *http.Request, v *visit, status int, why string) error {
	p := c.signInForm(v)
	p.Status, p.Faults = status, Faults{"": why}
	return c.show(w, r, "signin", p)
}
