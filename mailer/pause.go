package mailer

import (
	"sync"
	"time"
)

// Pauses are those of the whole mail server; a zero takes its default. Each is twice the one before until a message was taken.
type Pauses struct {
	Busy    time.Duration // the first after an answer of 421: 1 min
	Refused time.Duration // the first after a connection that could not be made: 5 s
	Longest time.Duration // 15 min
}

func (p Pauses) withDefaults() Pauses {
	if p.Busy <= 0 {
		p.Busy = time.Minute
	}
	if p.Refused <= 0 {
		p.Refused = 5 * time.Second
	}
	if p.Longest <= 0 {
		p.Longest = 15 * time.Minute
	}
	return p
}

// pause holds mail back from a server that asked for it or cannot be reached:
//
//	open ──failed──▶ paused ──time──▶ trial: one goes, and the others follow when it was answered
//	                   ▲                └──failed──┘
type pause struct {
	c Pauses

	mu     sync.Mutex
	why    cause
	until  time.Time // the pause's end
	number int       // of pauses in a row
	trial  int       // the number of the one that tries; 0: none does
	trials int
	tried  time.Time // when another may try too, as no answer came to the one before
}

// cause says why there is a pause.
type cause int

const (
	none    cause = iota
	refused       // a connection could not be made
	busy          // 421
)

// aTrial is how long the one that tries is waited for.
const aTrial = 10 * time.Second

// leave asks whether mail may go. Where it may, gone is to be called when it has; where not, wait says when to ask again.
func (p *pause) leave(now time.Time) (gone func(), wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.why == none:
		return func() {}, 0
	case now.Before(p.until):
		return nil, p.until.Sub(now)
	case p.trial != 0 && now.Before(p.tried):
		return nil, min(aMoment, p.tried.Sub(now))
	}
	p.trials++
	mine := p.trials
	p.trial, p.tried = mine, now.Add(aTrial)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.trial == mine { // it came to nothing: another tries
			p.trial = 0
		}
	}, 0
}

// left is how long a pause still lasts; 0: there is none.
func (p *pause) left(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == none {
		return 0
	}
	return max(p.until.Sub(now), 0)
}

// failed begins a pause. Those that fail while there is one were under way when it began: they make it no longer, but as long as
// their own reason asks for.
func (p *pause) failed(why cause, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := p.c.Refused
	if why == busy {
		first = p.c.Busy
	}
	within := p.why != none && now.Before(p.until)
	if !within {
		p.number++
	}
	length := first
	for range p.number - 1 {
		if length *= 2; length >= p.c.Longest {
			break
		}
	}
	if end := now.Add(min(length, p.c.Longest)); !within || (why > p.why && end.After(p.until)) {
		p.why, p.until, p.trial = why, end, 0
	}
}

// made tells that a connection was made: a server that could not be reached can.
func (p *pause) made(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why == refused && !now.Before(p.until) {
		p.why, p.trial = none, 0
	}
}

// answered tells that a message had an answer that was not 421; taken, that it was a yes, so that the next pause is a first again. Of
// what was under way when a pause began, neither counts.
func (p *pause) answered(taken bool, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.why != none && now.Before(p.until) {
		return
	}
	p.why, p.trial = none, 0
	if taken {
		p.number = 0
	}
}
