// Package hooks posts a project's events to the addresses that it named. It signs what it posts, tries again what was not taken, and
// connects to no address that only this machine or its network can reach.
//
// It knows nothing of editions: a posting's body is made where the event happens.
package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"fortnight/digest"
)

// Books hold the postings, and say when one that was not taken is posted again.
type Books interface {
	// TakePostings gives at most n postings whose time has come, and to nobody else until the lease has ended; Tries counts this try.
	TakePostings(ctx context.Context, n int, lease time.Duration) ([]digest.DuePosting, error)
	// PostingEnded keeps what became of a try: Status, 0 where there was no answer, and Answer, what went wrong. A status of 200 to
	// 299 is the end of it.
	PostingEnded(ctx context.Context, p digest.Posting) error
}

// Config is what a Poster needs.
type Config struct {
	Books Books
	// Networks are those of one's own that may be posted to though nobody else can reach them, by http too.
	Networks []netip.Prefix
	Agent    string        // of User-Agent; "": Fortnight
	Timeout  time.Duration // of one posting, all in all; 0: 10 s
	Pause    time.Duration // between looks for what is due; 0: 2 s
	Now      func() time.Time
	Log      *slog.Logger
}

// Poster posts events.
type Poster struct {
	Config
	sealed, plain *http.Client // for https and http
}

const (
	atOnce = 32 // postings under way
	lease  = time.Minute
	kept   = 500 // octets of an answer
)

// New makes a poster. It looks at no proxy settings: through a proxy, whom it connects to could not be checked.
func New(c Config) *Poster {
	if c.Agent == "" {
		c.Agent = "Fortnight"
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Pause == 0 {
		c.Pause = 2 * time.Second
	}
	p := &Poster{Config: c}
	p.sealed, p.plain = p.client(p.public), p.client(p.own)
	return p
}

// client follows no redirect, keeps no connection, and asks allowed of each address that it is about to connect to.
func (p *Poster) client(allowed func(netip.Addr) error) *http.Client {
	dialer := &net.Dialer{Timeout: p.Timeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return allowed(to.Addr())
	}}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: p.Timeout, ResponseHeaderTimeout: p.Timeout,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       p.Timeout,
	}
}

// Run posts what is due until the context ends. It fails never: what the books refuse is logged and tried again.
func (p *Poster) Run(ctx context.Context) {
	for {
		n, err := p.Post(ctx)
		if err != nil && ctx.Err() == nil {
			p.Log.Error("webhook postings failed", "error", err)
		}
		if n > 0 && err == nil {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(p.Pause):
		}
	}
}

// Post posts what is due now, a few at a time, and says how many were taken up.
func (p *Poster) Post(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	due, err := p.Books.TakePostings(ctx, atOnce, lease)
	if err != nil {
		return 0, fmt.Errorf("take postings: %w", err)
	}
	var all sync.WaitGroup
	faults := make([]error, len(due))
	for i, d := range due {
		all.Go(func() {
			ended := p.post(ctx, d)
			if ctx.Err() != nil && ended.Status == 0 {
				return // stopped, not refused: its lease ends, and another posts it
			}
			if err := p.Books.PostingEnded(context.WithoutCancel(ctx), ended); err != nil {
				faults[i] = fmt.Errorf("keep what became of posting %d: %w", d.ID, err)
			}
		})
	}
	all.Wait()
	return len(due), errors.Join(faults...)
}

// post posts one and says what became of it.
func (p *Poster) post(ctx context.Context, d digest.DuePosting) digest.Posting {
	ended := d.Posting
	status, answer, err := p.send(ctx, d)
	switch {
	case err != nil:
		answer = clean(fault(err))
	case status >= 200 && status < 300:
		answer = ""
	}
	ended.Status, ended.Answer = status, answer
	return ended
}

func (p *Poster) send(ctx context.Context, d digest.DuePosting) (status int, answer string, err error) {
	if err := p.Check(d.URL); err != nil {
		return 0, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", p.Agent)
	r.Header.Set("Fortnight-Event", d.Kind)
	r.Header.Set("Fortnight-Id", strconv.FormatInt(d.ID, 10))
	r.Header.Set("Fortnight-Signature", Sign(d.Secret, p.Now(), d.Body))
	client := p.sealed
	if r.URL.Scheme == "http" {
		client = p.plain
	}
	res, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, kept)) // what it says beside its status is for people
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return res.StatusCode, clean("redirects to " + res.Header.Get("Location") + ", which is not followed: name that address"), nil
	}
	return res.StatusCode, clean(string(said)), nil
}

// Sign is the value of Fortnight-Signature: "t=UNIX,v1=HEX", the HMAC-SHA-256 of "UNIX.BODY" under the webhook's secret. Who checks
// it also looks whether the time is recent, so that nobody can post an old event again.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Check refuses an address that cannot be posted to, with what to write instead: a *digest.RefusedError of the field "url". Where its
// name leads is looked at when it is connected to, each time.
func (p *Poster) Check(address string) error { return Check(address, p.Networks) }

// Check is Poster.Check for those who only take addresses down.
func Check(address string, networks []netip.Prefix) error {
	refuse := func(reason string) error { return &digest.RefusedError{Field: "url", Reason: reason} }
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || len(address) > 2000:
		return refuse("This is not an address: write one such as https://example.com/hooks/fortnight.")
	case u.Scheme != "https" && (u.Scheme != "http" || len(networks) == 0):
		return refuse("Write https: what is posted names people's mail addresses.")
	case u.User != nil:
		return refuse("Take the name and password out of the address: each posting is signed instead.")
	case u.Fragment != "":
		return refuse("Take the part after # away: it is not sent.")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !reachable(a, networks) {
		return refuse(fmt.Sprintf("%s is not an address of the public internet.", a))
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return refuse("There is no such port.")
		}
	}
	return nil
}

// privateError is a connection that was not made because of where it would have led.
type privateError struct{ to netip.Addr }

func (e *privateError) Error() string {
	return fmt.Sprintf("the address leads to %s, which is not of the public internet", e.to)
}

// plainError is http to somebody else's network.
type plainError struct{}

func (plainError) Error() string { return "http is only for networks of one's own: write https" }

// public and own look at the address that is about to be connected to: whatever a name said before, this is where it leads.
func (p *Poster) public(to netip.Addr) error {
	if !reachable(to, p.Networks) {
		return &privateError{to}
	}
	return nil
}

func (p *Poster) own(to netip.Addr) error {
	switch {
	case among(p.Networks, to):
		return nil
	case reachable(to, nil):
		return plainError{}
	}
	return &privateError{to}
}

// fault puts an error of a posting into words, without the address, whose path may be a secret of its owner.
func fault(err error) string {
	var refused *digest.RefusedError
	var private *privateError
	var plain plainError
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &refused):
		return refused.Reason
	case errors.As(err, &private):
		return private.Error()
	case errors.As(err, &plain):
		return plain.Error()
	case errors.As(err, &dns):
		return "the name " + dns.Name + " is not known"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	return err.Error()
}

// clean makes what a stranger said fit for a line: printable, one space between words, at most as long as is kept.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > kept {
		s = strings.ToValidUTF8(s[:kept], "")
	}
	return s
}
