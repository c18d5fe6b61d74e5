package mailer

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/time/rate"
)

// Limits bound what goes out, in each process.
type Limits struct {
	Rate              float64          // messages a minute to the mail server; 0: as many as it takes
	DomainConnections int              // of all connections, those that one recipient domain may have; 0: half of them, at least 1
	DomainRate        float64          // messages a minute to one recipient domain; 0: as many as the mail server takes
	Domains           map[string]Limit // named domains have limits of their own: "gmail.com"
}

// Limit is that of a named domain. What is 0 is as for every other.
type Limit struct {
	Connections int
	Rate        float64 // messages a minute
}

func (l Limits) validate() error {
	var faults []error
	check := func(what string, connections int, rate float64) {
		if connections < 0 {
			faults = append(faults, fmt.Errorf("%s: %d connections: give 1 or more", what, connections))
		}
		if rate < 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
			faults = append(faults, fmt.Errorf("%s: %g messages a minute: give more than 0", what, rate))
		}
	}
	check("the mail server's limit", 0, l.Rate)
	check("the limit of a domain", l.DomainConnections, l.DomainRate)
	for name, one := range l.Domains {
		check("the limit of "+name, one.Connections, one.Rate)
	}
	return errors.Join(faults...)
}

// limits counts what is under way and what has left.
type limits struct {
	mu      sync.Mutex
	c       Limits
	relay   *rate.Limiter // nil: no limit
	domains map[string]*domain
}

// domain is a recipient domain that something is under way to, or has left for a moment ago.
type domain struct {
	connections, most int
	rate              *rate.Limiter // nil: no limit
}

const (
	// aMoment is when to ask again whether one of a domain's connections is free: nobody knows when that will be.
	aMoment = 100 * time.Millisecond
	// manyDomains is how many are remembered before those that have their whole rate again are forgotten.
	manyDomains = 10_000
)

func newLimits(c Limits, connections int) *limits {
	if c.DomainConnections == 0 {
		c.DomainConnections = max(connections/2, 1)
	}
	named := make(map[string]Limit, len(c.Domains))
	for name, one := range c.Domains {
		named[folded(name)] = one
	}
	c.Domains = named
	return &limits{c: c, relay: bucket(c.Rate), domains: map[string]*domain{}}
}

// bucket holds a second's worth, at least one message: so many may leave at once after a rest.
func bucket(perMinute float64) *rate.Limiter {
	if perMinute == 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(perMinute/60), max(1, int(perMinute/60)))
}

// take asks for a place for a message to an address. Where there is none, give is nil and wait is when to ask again.
func (l *limits) take(to string, now time.Time) (give func(), wait time.Duration) {
	name := folded(to[strings.LastIndexByte(to, '@')+1:])
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.domain(name, now)
	if d.connections >= d.most {
		return nil, aMoment
	}
	if wait := max(until(l.relay, now), until(d.rate, now)); wait > 0 {
		return nil, wait
	}
	for _, b := range [...]*rate.Limiter{l.relay, d.rate} {
		if b != nil {
			b.AllowN(now, 1)
		}
	}
	d.connections++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if d.connections--; d.connections == 0 && d.rate == nil {
			delete(l.domains, name)
		}
	}, 0
}

// until is how long a bucket needs to hold a message.
func until(b *rate.Limiter, now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	missing := 1 - b.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(missing / float64(b.Limit()) * float64(time.Second)))
}

func (l *limits) domain(name string, now time.Time) *domain {
	if d := l.domains[name]; d != nil {
		return d
	}
	if len(l.domains) >= manyDomains {
		for name, d := range l.domains {
			if d.connections == 0 && (d.rate == nil || d.rate.TokensAt(now) >= float64(d.rate.Burst())) {
				delete(l.domains, name)
			}
		}
	}
	d := &domain{most: l.c.DomainConnections}
	perMinute := l.c.DomainRate
	if own := l.c.Domains[name]; own != (Limit{}) {
		if own.Connections > 0 {
			d.most = own.Connections
		}
		if own.Rate > 0 {
			perMinute = own.Rate
		}
	}
	d.rate = bucket(perMinute)
	l.domains[name] = d
	return d
}

// folded writes a domain as limits know it: in ASCII and small letters.
func folded(domain string) string {
	domain = strings.TrimSuffix(domain, ".")
	if isASCII(domain) {
		return strings.ToLower(domain)
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return strings.ToLower(domain)
}
