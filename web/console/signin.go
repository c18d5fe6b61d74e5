package console

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/roster"
)

// How long links last.
const (
	signInLasts = 15 * time.Minute
	inviteLasts = 7 * 24 * time.Hour
)

// asking bounds the links that are being made and mailed at once: those asked for beyond it are let fall.
const asking = 16

// What a token or a browser's value looks like; others are not looked up.
var wellFormed = regexp.MustCompile(`^[A-Za-z0-9_-]{20,128}$`)

type signInPage struct {
	page
	Address string
	OIDC    string // what the other way in is called; "": there is none
	Note    string
}

// home sends who is signed in to where the work is.
func (c *console) home(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.Account.ID == 0 {
		http.Redirect(w, r, c.path("sign-in"), http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, c.homeOf(v.Memberships), http.StatusSeeOther)
	return nil
}

// homeOf is the only project's overview, or the list.
func (c *console) homeOf(m []digest.Membership) string {
	if len(m) == 1 {
		return c.path("p", m[0].Key, "")
	}
	return c.path("projects")
}

func (c *console) signInForm(v *visit) *signInPage {
	p := &signInPage{page: v.page("Sign in", "")}
	if c.oidc != nil {
		p.OIDC = c.oidc.Name
	}
	return p
}

func (c *console) signInPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	if v.Account.ID != 0 {
		return c.home(w, r, v)
	}
	p := c.signInForm(v)
	switch q := r.URL.Query(); {
	case q.Has("out"):
		p.Note = "You are signed out in this browser."
	case q.Has("ended"):
		p.Note = "Your session has ended, so what you sent was not saved. Sign in and send it again."
	}
	return c.show(w, r, "signin", p)
}

// askIn takes an address and always answers the same, at once: what becomes of it is nobody's business but the mailbox's.
func (c *console) askIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	address := strings.TrimSpace(r.PostForm.Get("address"))
	if fault := roster.FaultOfAddress(address); fault != "" {
		p := c.signInForm(v)
		p.Address, p.Status = shortened(address, 254), http.StatusUnprocessableEntity
		p.Faults = Faults{"address": fault}
		return c.show(w, r, "signin", p)
	}
	browser := c.cookied(r, "browser")
	if !wellFormed.MatchString(browser) {
		browser = rand.Text()
	}
	c.cookie(w, "browser", browser, signInLasts)
	if from := c.client(r); !c.throttle.allows(from, c.Now()) {
		c.Log.Warn("sign-in asked for too often", "from", from.String())
	} else {
		c.mailLink(context.WithoutCancel(r.Context()), address, browser)
	}
	p := &signInPage{page: v.page("Look into your mail", ""), Address: address}
	return c.show(w, r, "asked", p)
}

// mailLink makes a link and mails it, beside the request: how long that takes would tell whether the address has access.
func (c *console) mailLink(ctx context.Context, address, browser string) {
	select {
	case c.asking <- struct{}{}:
	default:
		c.Log.Warn("sign-in not mailed: too many are being mailed")
		return
	}
	go func() {
		defer func() { <-c.asking }()
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		token, account, err := c.House.AskIn(ctx, address, browser, signInLasts)
		switch {
		case errors.Is(err, digest.ErrNotFound):
			c.Log.Info("sign-in asked for by nobody who has access")
			return
		case errors.Is(err, digest.ErrNotDue):
			c.Log.Warn("sign-in asked for too often", "account", account.ID)
			return
		case err != nil:
			c.Log.Error("sign-in not made", "error", err)
			return
		}
		if err := c.Works.MailSignIn(ctx, account, c.linkTo(token), signInLasts); err != nil {
			c.Log.Error("sign-in not mailed", "account", account.ID, "error", err)
			return
		}
		c.Log.Info("sign-in mailed", "account", account.ID)
	}()
}

// linkTo is the whole address of a one-time link.
func (c *console) linkTo(token string) string {
	at := c.Base
	at.Path, at.RawPath, at.RawQuery, at.Fragment = strings.TrimRight(c.Base.Path, "/")+"/sign-in/"+token, "", "", ""
	return at.String()
}

type linkPage struct {
	page
	Post   string // where the button posts to
	Other  bool   // this browser did not ask for a link
	Failed bool
}

// linkPage shows a button. It changes nothing and asks nobody: mail programs and scanners follow links.
func (c *console) linkPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := &linkPage{page: v.page("Sign in", ""), Post: c.path("sign-in", r.PathValue("token"))}
	p.Other = c.cookied(r, "browser") == ""
	return c.show(w, r, "link", p)
}

// comeIn uses a link up.
func (c *console) comeIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	token, browser := r.PathValue("token"), c.cookied(r, "browser")
	if !wellFormed.MatchString(browser) {
		browser = ""
	}
	var account digest.Account
	err := digest.ErrNotFound
	if wellFormed.MatchString(token) {
		account, err = c.House.ComeIn(r.Context(), token, browser)
	}
	if errors.Is(err, digest.ErrNotFound) {
		c.Log.Warn("sign-in link refused", "from", c.client(r).String())
		p := &linkPage{page: v.page("This link does not sign you in", ""), Failed: true, Other: browser == ""}
		p.Status = http.StatusForbidden
		return c.show(w, r, "link", p)
	}
	if err != nil {
		return err
	}
	return c.signedIn(w, r, account, "link")
}

// signedIn begins a session, under a token of its own, and goes where the person wanted to.
func (c *console) signedIn(w http.ResponseWriter, r *http.Request, a digest.Account, by string) error {
	ctx := r.Context()
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, keyAccount, a.ID)
	c.seen(r, c.Now().Unix())
	c.cookie(w, "browser", "", 0)
	c.cookie(w, "to", "", 0)
	c.Log.Info("signed in", "account", a.ID, "by", by, "from", c.client(r).String())
	to := c.wanted(r)
	if to == "" {
		m, err := c.House.Memberships(ctx, a.ID)
		if err != nil {
			return err
		}
		to = c.homeOf(m)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// wanted is the page that somebody wanted before the sign-in: one of ours, or "".
func (c *console) wanted(r *http.Request) string {
	to, err := url.QueryUnescape(c.cookied(r, "to"))
	if err != nil {
		return ""
	}
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.ContainsAny(to, "\\\r\n\t") || strings.HasPrefix(to, "//") {
		return ""
	}
	below, ok := strings.CutPrefix(u.Path, c.base)
	if !ok || !strings.HasPrefix(below, "/p/") && !strings.HasPrefix(below, "/projects") && below != "/account" {
		return ""
	}
	return to
}

// signOut ends the session.
func (c *console) signOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	if v.Account.ID != 0 {
		c.Log.Info("signed out", "account", v.Account.ID)
	}
	http.Redirect(w, r, c.path("sign-in")+"?out", http.StatusSeeOther)
	return nil
}
