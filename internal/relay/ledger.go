package relay

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"net/mail"
	"slices"
	"time"
)

// Ledger is what a relay saw: the receiver's side of the story.
type Ledger struct {
	Copies         []Copy         // in the order in which they were taken
	Refusals       []Refusal      // what came to nothing by a rule or a limit
	Tries          []Try          // every RCPT
	Connects       []time.Time    // those that were turned away at the greeting included
	Busiest        map[string]int // most transactions at a time by domain; under "", most connections
	Violations     map[string]int // of limits, by domain
	ClearPasswords int            // passwords that came without TLS
}

// Copy is one message that was taken.
type Copy struct {
	To         string
	MessageID  string // without brackets
	Sum        [sha256.Size]byte
	Size       int
	Date       string // the header, as it came
	ReturnPath string // of the envelope
	Head       mail.Header
	Raw        []byte // with Options.Keep only
	At         time.Time
	Try        int  // of the recipient, from 1
	Secret     bool // came through TLS
	Lost       bool // its answer was dropped, or late
}

// Refusal is a try that came to nothing, or a connection turned away at the greeting (To is "").
type Refusal struct {
	To      string
	At      time.Time
	Phase   Phase
	Code    int
	Status  string
	Dropped bool
	Rule    string
}

// Try is a recipient named.
type Try struct {
	To string
	At time.Time
}

// To gives a recipient's copies.
func (l Ledger) To(recipient string) (all []Copy) {
	for _, c := range l.Copies {
		if c.To == recipient {
			all = append(all, c)
		}
	}
	return all
}

// Lost names those of some recipients that have no copy.
func (l Ledger) Lost(recipients []string) (lost []string) {
	has := map[string]bool{}
	for _, c := range l.Copies {
		has[c.To] = true
	}
	for _, to := range recipients {
		if !has[to] {
			lost = append(lost, to)
		}
	}
	return lost
}

// Pair is a copy and the one of the same message to the same recipient before it.
type Pair struct{ Before, Again Copy }

// Doubles gives every copy beyond the first of a message.
func (l Ledger) Doubles() (all []Pair) {
	last := map[[2]string]Copy{}
	for _, c := range l.Copies {
		key := [2]string{c.To, c.MessageID}
		if before, ok := last[key]; ok {
			all = append(all, Pair{before, c})
		}
		last[key] = c
	}
	return all
}

// Unlike gives the doubles whose bytes or Date differ, and those that a recipient has under another Message-ID of the same
// Feedback-ID, which names an edition.
func (l Ledger) Unlike() (all []Pair) {
	for _, p := range l.Doubles() {
		if p.Before.Sum != p.Again.Sum || p.Before.Date != p.Again.Date {
			all = append(all, p)
		}
	}
	first := map[[2]string]Copy{}
	for _, c := range l.Copies {
		key := [2]string{c.To, c.Edition()}
		before, ok := first[key]
		switch {
		case !ok:
			first[key] = c
		case key[1] != "" && before.MessageID != c.MessageID:
			all = append(all, Pair{before, c})
		}
	}
	return all
}

// Edition is the copy's Feedback-ID.
func (c Copy) Edition() string { return c.Head.Get("Feedback-Id") }

// First gives when the first copy of each kind came: of each Copy.Edition, say.
func (l Ledger) First(kind func(Copy) string) map[string]time.Time {
	first := map[string]time.Time{}
	for _, c := range l.Copies {
		if k := kind(c); first[k].IsZero() {
			first[k] = c.At
		}
	}
	return first
}

// Tried gives when each recipient was first named.
func (l Ledger) Tried() map[string]time.Time {
	first := map[string]time.Time{}
	for _, t := range l.Tries {
		if first[t.To].IsZero() {
			first[t.To] = t.At
		}
	}
	return first
}

// Most is the most tries for a domain ("" for all) in any stretch of time of a length.
func (l Ledger) Most(of string, per time.Duration) (most int) {
	var window []time.Time
	for _, t := range l.Tries {
		if of != "" && domain(t.To) != of {
			continue
		}
		window = append(window, t.At)
		for t.At.Sub(window[0]) >= per {
			window = window[1:]
		}
		most = max(most, len(window))
	}
	return most
}

func (l Ledger) clone() Ledger {
	l.Copies, l.Refusals, l.Tries = slices.Clone(l.Copies), slices.Clone(l.Refusals), slices.Clone(l.Tries)
	l.Connects, l.Busiest, l.Violations = slices.Clone(l.Connects), maps.Clone(l.Busiest), maps.Clone(l.Violations)
	return l
}

// connected records a connection and gives its number, from 1.
func (r *Relay) connected() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledger.Connects = append(r.ledger.Connects, r.o.Now())
	r.enter("")
	return len(r.ledger.Connects)
}

// enter counts one more at a time; r.mu is held.
func (r *Relay) enter(domain string) {
	r.now[domain]++
	r.ledger.Busiest[domain] = max(r.ledger.Busiest[domain], r.now[domain])
}

func (r *Relay) leave(domain string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now[domain]--
}

// tried records that a recipient was named, and gives the limit that this breaks, if any.
func (r *Relay) tried(to string) (t try, broken Limit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, of := r.o.Now(), domain(to)
	h := r.tries[to]
	if h == nil {
		h = &history{first: now}
		r.tries[to] = h
	}
	h.tries++
	r.ledger.Tries = append(r.ledger.Tries, Try{to, now})
	r.enter(of)
	for _, limit := range r.o.Limits {
		if limit.Domain != of {
			continue
		}
		if limit.Connections > 0 && r.now[of] > limit.Connections || limit.Messages > 0 && r.lately(of, now, limit.Per) > limit.Messages {
			r.ledger.Violations[of]++
			broken = limit
		}
	}
	return try{recipient: to, number: h.tries, since: now.Sub(h.first)}, broken
}

// lately counts the tries for a domain within a time; r.mu is held.
func (r *Relay) lately(of string, now time.Time, per time.Duration) (n int) {
	if per == 0 {
		per = time.Minute
	}
	for _, t := range slices.Backward(r.ledger.Tries) {
		if now.Sub(t.At) >= per {
			break
		}
		if domain(t.To) == of {
			n++
		}
	}
	return n
}

func (r *Relay) refused(f Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.At = r.o.Now()
	r.ledger.Refusals = append(r.ledger.Refusals, f)
}

func (r *Relay) heard() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ledger.ClearPasswords++
}

// took writes a copy into the ledger.
func (r *Relay) took(from string, t try, raw []byte, secret, lost bool) {
	c := Copy{To: t.recipient, Sum: sha256.Sum256(raw), Size: len(raw), ReturnPath: from, Try: t.number, Secret: secret, Lost: lost}
	if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		c.Head, c.Date = m.Header, m.Header.Get("Date")
		c.MessageID = string(bytes.Trim([]byte(m.Header.Get("Message-Id")), "<> "))
	}
	if r.o.Keep {
		c.Raw = raw
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c.At = r.o.Now()
	r.ledger.Copies = append(r.ledger.Copies, c)
	close(r.arrived)
	r.arrived = make(chan struct{})
}
