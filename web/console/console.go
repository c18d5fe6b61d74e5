// Package console is the pages of those who run projects: server-rendered, English, of use without a script. It knows who asks
// and what they may; what there is to show and to change it asks of web/office.
package console

import (
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
)

//go:embed all:pages
var files embed.FS

// Config is what the console needs.
type Config struct {
	House   office.House
	Project func(id int64) office.Project
	Works   office.Works
	Words   func(locale string) (digest.Words, error) // what figures are called by and written in; asked for "en"
	// Colours is the style sheet of what Works.DrawSVG draws, in a brand's accent, light and dark; nil: there is none.
	Colours func(accent digest.Colour) []byte
	// Sessions keeps sessions under a hash of their token. What it keeps is JSON; see office.House.
	Sessions scs.CtxStore
	// Base is where people reach the console: https://digest.example/fortnight. Its path is taken off before requests come here.
	Base url.URL
	Look *look.Look
	OIDC *OIDC // nil: sign-in by mail only
	// Proxies are the addresses whose X-Forwarded-For is believed; none: the connection's own address is the client's.
	Proxies []netip.Prefix
	Now     func() time.Time
	Log     *slog.Logger
}

// console answers.
type console struct {
	Config
	press    *look.Press
	sessions *scs.SessionManager
	base     string // path of Base, without a slash at its end, as links spell it
	throttle *throttle
	asking   chan struct{} // a place for each link that is being mailed
	oidc     *provider     // nil: not configured
}

// New makes the console's handler, for the paths of Routes below the base path.
func New(c Config) (http.Handler, error) {
	k, err := newConsole(c)
	if err != nil {
		return nil, err
	}
	return k.handler(), nil
}

func newConsole(c Config) (*console, error) {
	folder, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	press, err := c.Look.Press(folder, funcs())
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	base := url.URL{Path: strings.TrimRight(c.Base.Path, "/")}
	k := &console{Config: c, press: press, base: base.EscapedPath(), throttle: newThrottle(), asking: make(chan struct{}, asking)}
	k.sessions = newSessions(c)
	if c.OIDC != nil {
		k.oidc = newProvider(*c.OIDC, c.Base)
	}
	return k, nil
}

// Routes are the patterns that the console answers.
func Routes() []string {
	return []string{"/{$}", "/sign-in", "/sign-in/", "/sign-out", "/oidc/", "/account", "/account/", "/projects", "/projects/", "/p/"}
}
