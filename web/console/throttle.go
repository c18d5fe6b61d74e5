package console

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Who asks for a link may do so this often from one place; an account's own limit is the house's.
const (
	askedAtMost = 10
	askedWithin = 10 * time.Minute
	placesKept  = 10_000
)

// throttle counts what comes from a place: an IPv4 address, or an IPv6 network of 64 bits, which one customer has. It forgets the
// oldest places where there are too many.
type throttle struct {
	mu     sync.Mutex
	places map[netip.Prefix][]time.Time
	order  []netip.Prefix // by first time
}

func newThrottle() *throttle { return &throttle{places: map[netip.Prefix][]time.Time{}} }

// allows counts one more and tells whether it is within what one place may.
func (t *throttle) allows(from netip.Addr, now time.Time) bool {
	place := networkOf(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	times, known := t.places[place]
	if !known {
		if len(t.order) >= placesKept {
			delete(t.places, t.order[0])
			t.order = t.order[1:]
		}
		t.order = append(t.order, place)
	}
	var recent []time.Time
	for _, at := range times {
		if now.Sub(at) < askedWithin {
			recent = append(recent, at)
		}
	}
	if len(recent) >= askedAtMost {
		t.places[place] = recent
		return false
	}
	t.places[place] = append(recent, now)
	return true
}

func networkOf(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // of an invalid address: the zero place, which all such share
	return p
}

// client is the address that a request comes from: the connection's own, or where that is a proxy of ours, the last one in
// X-Forwarded-For that is none. Nobody else's word is taken for it.
func (c *console) client(r *http.Request) netip.Addr {
	own, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	at := own.Addr().Unmap()
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(said) - 1; i >= 0 && c.proxy(at); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(said[i]))
		if err != nil {
			break
		}
		at = before.Unmap()
	}
	return at
}

func (c *console) proxy(a netip.Addr) bool {
	for _, p := range c.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
