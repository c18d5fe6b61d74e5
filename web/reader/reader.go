// Package reader is the pages of those who get a digest, by the signed links of their mails and without an account: an edition to
// read, their wishes, what each figure means, the end of a subscription, and the beginning of one for whom a mail was forwarded to.
//
// It knows tokens and pages. Who a token belongs to, what was sent and when the next one leaves, it asks of what cmd hands in.
package reader

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// What the books answer to a link that leads nowhere.
var (
	ErrUnknown = errors.New("nobody's link")                    // a token, or an edition, that is nobody's
	ErrEnded   = errors.New("the link's life is over")          // the edition was made too long ago to be shown
	ErrRevoked = errors.New("the link was revoked")             // by those who run the project
	ErrOften   = errors.New("this was asked for too often")     // wait an hour
	ErrClosed  = errors.New("this digest takes no new readers") // by forwarding: Readers.Forwarding is off
)

// Readers looks up and changes subscriptions by the token of a mail's links. A token is 128 random bits or more; look it
// up by its hash, so that neither the store nor the time that a look-up takes gives one away.
type Readers interface {
	// Subscription gives whose token it is, whether or not the subscription has ended.
	Subscription(ctx context.Context, token string) (Subscription, error)
	// Unsubscribe ends it; doing so again changes nothing.
	Unsubscribe(ctx context.Context, token string) (Subscription, error)
	// Resubscribe takes that back; doing so again changes nothing.
	Resubscribe(ctx context.Context, token string) (Subscription, error)
	// Wish keeps what the reader has chosen, in place of what was chosen before.
	Wish(ctx context.Context, token string, w digest.Wishes) (Subscription, error)
}

// Editions gives what was sent.
type Editions interface {
	// Edition gives an edition as the token's owner was sent it: ErrUnknown, ErrEnded, ErrRevoked, or digest.ErrNotDue while it is
	// being made.
	Edition(ctx context.Context, edition int64, token string) (Reading, error)
	// PDF gives the same as a PDF, which carries no personal link. It is asked for where Reading.PDF says that there is one.
	PDF(ctx context.Context, edition int64, token string) ([]byte, error)
}

// Requests are the wishes of those whom a mail was forwarded to.
type Requests interface {
	// Ask keeps the wish; mail then sends its address a link that confirms it. mail is nil where the address is a subscriber's or may
	// not be written to: whoever asks is not to learn that, nor by the time that an answer takes. ErrClosed, or ErrOften where the
	// subscription's link or the address was used too often.
	Ask(ctx context.Context, token string, a Asking) (mail func(context.Context) error, err error)
	// Asked gives the wish that a confirming link belongs to: ErrUnknown, or ErrEnded where it is past its time.
	Asked(ctx context.Context, token string) (Asked, error)
	// Confirm takes the wish for meant; again changes nothing.
	Confirm(ctx context.Context, token string) (Asked, error)
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
	Footer  string        // of the project's brand; may be empty
	Contact string        // the address that answers to the mails reach; may be empty
	Since   time.Time     // in the zone it is to be printed in; zero: not said
	Ended   time.Time     // likewise; zero: goes on

	Config        digest.Config     // of the digest, without subscribers
	Kind          string            // of its cadence, aliases resolved
	Zone          string            // whose days the digest counts
	ProjectLocale string            // of its mails where a subscriber has none
	Given         digest.Subscriber // as configured
	Wishes        digest.Wishes     // what the reader chose over it
	Platforms     []string          // keys of those that its sections read
}

// Chosen is the subscriber as he wishes to be served.
func (s Subscription) Chosen() digest.Subscriber { return s.Given.With(s.Wishes, s.Config) }

// Reading is an edition as one reader was sent it.
type Reading struct {
	Subscription
	Edition       int64
	Variant       digest.Variant // with digest.Placeholders and cid: addresses
	Links         digest.Links   // the reader's own; an empty one leaves its link out
	PDF           *PDF           // nil: there is none
	Before, After *Neighbour     // editions of the same reader; nil: none
}

// PDF says how large a file is.
type PDF struct{ Size int } // bytes; 0: not known before it is asked for

// Neighbour is another edition that the same link's owner may read.
type Neighbour struct {
	Edition int64
	Period  digest.Period
}

// Coming is a reader's next mail.
type Coming struct {
	Leaves time.Time // in the reader's zone
	AsSoon bool      // that hour comes before the period has closed: it leaves as soon as the edition is ready
	Period digest.Period
	Gap    *digest.Period // days that are in no mail of this reader, because another cadence begins later; nil: none
	Never  bool           // there is none: the digest is switched off, or its cadence has no next date
}

// Asking is what somebody fills in whom a mail was forwarded to.
type Asking struct{ Address, Name, Locale string }

// Asked is a wish that was made.
type Asked struct {
	Project, Digest string // as readers see them
	Accent          digest.Colour
	Asking
	Confirmed bool
	Waits     bool // for somebody to approve it
}

// Config is what the pages need.
type Config struct {
	Readers  Readers
	Editions Editions
	Requests Requests // nil: nobody may ask
	// Next tells when a subscription's next mail leaves, if the reader wishes so.
	Next func(ctx context.Context, s Subscription, w digest.Wishes) (Coming, error)
	// Draw draws a chart of a letter for a page, in colours by name; Colours is the style sheet that these names have, light and
	// dark, for a brand's accent.
	Draw    func(l digest.Letter, p digest.Picture, width float64) ([]byte, error)
	Colours func(accent digest.Colour) []byte

	Words   func(locale string) (digest.Words, error) // of another language, or an error, for a locale that there is not
	Locales []string                                  // that a reader may choose
	Now     func() time.Time
	// LinkLife is how long an edition is shown, as the page says it that a link leads to which is nobody's; 0: 400 days.
	LinkLife time.Duration
	Look     *look.Look // what pages look like; nil: made anew, and answered under /assets/
	// Base is the path that readers reach the pages under, where it is not the root: "/digest".
	Base string
	// Locale is the language of pages that know no reader, and of readers whose own there is not; empty: "en".
	Locale string
	Log    *slog.Logger
}

// Routes are the patterns of the pages that mails link to: what a mux that has a root of its own gives to this handler.
func Routes() []string {
	return []string{"/view/", "/unsubscribe/", "/resubscribe/", "/preferences/", "/definitions/", "/forwarded/", "/confirm/", "/reader/"}
}

// pages answers the people who hold a mail.
type pages struct {
	c Config
	p *press
}

// New makes the handler of requests below the base path. It fails where the default locale lacks a phrase.
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
	mux := http.NewServeMux()
	if c.Look == nil {
		if c.Look, err = look.New((&url.URL{Path: strings.TrimRight(c.Base, "/")}).EscapedPath()); err != nil {
			return nil, err
		}
		mux.Handle("GET /assets/{name}", c.Look)
	}
	if c.LinkLife == 0 {
		c.LinkLife = 400 * 24 * time.Hour
	}
	p, err := newPress(c, words)
	if err != nil {
		return nil, err
	}
	a := &pages{c: c, p: p}
	mux.HandleFunc("GET /view/{edition}/{token}/mail", a.mail)
	mux.HandleFunc("GET /view/{edition}/{token}", a.archive)
	mux.HandleFunc("GET /view/{edition}/{token}/pdf", a.pdf)
	mux.HandleFunc("GET /view/{edition}/{token}/file/{name}", a.file)
	mux.HandleFunc("GET /view/{edition}/{token}/csv", a.csv)
	mux.HandleFunc("GET /view/{edition}/{token}/csv/{anchor}", a.csv)
	mux.HandleFunc("GET /unsubscribe/{token}", a.ask)
	mux.HandleFunc("POST /unsubscribe/{token}", a.unsubscribe)
	mux.HandleFunc("GET /resubscribe/{token}", a.ask) // a page reloaded after its POST
	mux.HandleFunc("POST /resubscribe/{token}", a.resubscribe)
	mux.Handle("GET /reader/{sheet}", p.sheets)
	mux.HandleFunc("GET /preferences/{token}", a.preferences)
	mux.HandleFunc("POST /preferences/{token}", a.wish)
	mux.HandleFunc("GET /definitions/{token}", a.definitions)
	mux.HandleFunc("GET /forwarded/{token}", a.forwarded)
	mux.HandleFunc("POST /forwarded/{token}", a.request)
	mux.HandleFunc("GET /confirm/{token}", a.asked)
	mux.HandleFunc("POST /confirm/{token}", a.confirm)
	mux.HandleFunc("/", a.unknown)
	return mux, nil
}
