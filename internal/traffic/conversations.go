package traffic

import "time"

// talk is one conversation while it is made up.
type talk struct {
	*desk
	id     string
	user   *person
	now    time.Time
	seq    int // of assignments
	last   string
	lastAt time.Time
	lastBy string
	lastIn time.Time // of the user
}

// conversation makes up everything that follows from somebody writing at an instant. asks, when set, is what they want.
func (d *desk) conversation(at time.Time, entryPoint string, asks *intent) {
	if !at.Before(d.Until) {
		return
	}
	t := &talk{desk: d, id: d.id("conversation"), user: d.someone(), now: at}
	want := asks
	if want == nil {
		want = pick(d, asked)
	}
	opened := t.now
	t.says("in", "user", "", want)
	t.flow(want)
	t.now = t.now.Add(d.about(4*time.Second, 0.4))
	t.says("out", "bot", "", nil)
	for range 1 + d.rng.IntN(3) {
		t.wait(35*time.Second, 0.7)
		t.says("in", "user", "", pick(d, asked))
		t.wait(4*time.Second, 0.3)
		t.says("out", "bot", "", nil)
	}
	if d.chance(want.bot) {
		t.wait(2*time.Minute, 0.5)
		t.episode(1, opened, t.now, pick(d, reasons), "bot", "")
	} else {
		t.handOff(1, opened)
	}
	t.close(entryPoint, opened)
}

func (t *talk) wait(m time.Duration, spread float64) { t.now = t.now.Add(t.about(m, spread)) }

// handOff puts the conversation into the queue until an agent takes it, or nobody does.
func (t *talk) handOff(episode int, opened time.Time) {
	offered := t.now
	taker, taken := t.taker(offered)
	if taker == nil || t.chance(0.035) {
		t.missed(episode, opened, offered)
		return
	}
	t.now = taken
	t.seq++
	from := t.now
	t.says("out", "agent", taker.id, nil)
	t.exchange(taker.id)
	if t.chance(0.09) {
		if other, at := t.taker(t.now.Add(30 * time.Second)); other != nil && other != taker && at.Sub(t.now) < 6*time.Hour {
			t.assignment(taker, "initial", offered, from, from, t.now, "agent", "transferred")
			passed := t.now
			t.now = at
			t.seq++
			t.says("out", "agent", other.id, nil)
			t.exchange(other.id)
			t.assignment(other, "transfer", passed, at, at, t.now, "agent", "closed")
			t.episode(episode, opened, t.now, pick(t.desk, reasons), "agent", other.id)
			return
		}
	}
	t.wait(3*time.Minute, 0.8)
	t.assignment(taker, "initial", offered, from, from, t.now, "agent", "closed")
	t.episode(episode, opened, t.now, pick(t.desk, reasons), "agent", taker.id)
	if episode < 3 && t.chance(0.06) {
		t.wait(16*time.Hour, 0.5)
		if t.now.Before(t.Until) {
			reopened := t.now
			t.says("in", "user", "", pick(t.desk, asked))
			t.handOff(episode+1, reopened)
		}
	}
}

// exchange is what agent and user then say to each other.
func (t *talk) exchange(agent string) {
	for range 1 + t.rng.IntN(4) {
		t.wait(90*time.Second, 0.9)
		t.says("in", "user", "", nil)
		t.wait(75*time.Second, 0.8)
		t.says("out", "agent", agent, nil)
	}
}

// missed is a conversation that nobody took; most are closed by the system two days later.
func (t *talk) missed(episode int, opened, offered time.Time) {
	t.wait(40*time.Minute, 0.5)
	t.says("in", "user", "", nil)
	t.seq++
	end := offered.Add(26*time.Hour + t.about(10*time.Hour, 0.4))
	t.assignment(nil, "queue", offered, time.Time{}, time.Time{}, end, "system", "expired")
	t.episode(episode, opened, end, "", "system", "")
}

// taker gives the agent who takes a conversation that was offered at an instant, and when.
func (t *talk) taker(offered time.Time) (*clerk, time.Time) {
	for day := range 3 {
		var free []weighted[*clerk]
		starts := map[*clerk]time.Time{}
		local := offered.In(t.Zone).AddDate(0, 0, day)
		for _, a := range t.agents {
			from, to := t.local(local, a.from, 0), t.local(local, a.to, 0)
			if !a.weekdays[local.Weekday()] || !offered.Before(to.Add(-20*time.Minute)) {
				continue
			}
			start := from
			if offered.After(from) {
				start = offered
			}
			starts[a] = start.Add(t.about(time.Duration(7*a.pace*float64(time.Minute)), 0.9))
			free = append(free, weighted[*clerk]{a, 1 / a.pace})
		}
		if len(free) > 0 {
			a := pick(t.desk, free)
			return a, starts[a]
		}
	}
	return nil, time.Time{}
}

// flow begins a guided conversation where the intent has one.
func (t *talk) flow(want *intent) {
	if want.flow == "" || !t.chance(0.8) {
		return
	}
	done := t.chance(0.74)
	end := t.now.Add(t.about(3*time.Minute, 0.5))
	status, reason, steps := "completed", any(nil), 4
	if !done {
		status, reason, steps = "failed", "TIMEOUT", 1+t.rng.IntN(3)
	}
	if !end.Before(t.Until) {
		return
	}
	t.row("flow_session", t.Tenant, t.desk.id("flow"), want.flow, want.flow, "1", nil, t.id, t.user.id, "chat", t.now,
		t.now.Add(20*time.Second), end, end, end, status, reason, nil, int32(steps), int32(steps), false, "user")
}

// says adds a message; want, when set, is what the bot understood of it.
func (t *talk) says(direction, author, agent string, want *intent) string {
	if !t.now.Before(t.Until) {
		return t.last
	}
	id := t.desk.id("message")
	delivery := "delivered"
	if direction == "out" && t.chance(0.004) {
		delivery = "failed"
	}
	var language any
	if direction == "in" {
		if t.chance(0.96) {
			language = t.user.language
		}
		if t.user.first.IsZero() || t.now.Before(t.user.first) {
			t.user.first = t.now
		}
	}
	t.row("message", t.Tenant, id, t.id, t.user.id, t.now, direction, author, text(agent), delivery, nil, language, nil)
	if want != nil {
		name, confidence, fallback := any(want.name), 0.72+0.27*t.rng.Float64(), false
		if t.chance(0.08) {
			name, confidence, fallback = "fallback", 0.2+0.2*t.rng.Float64(), true
		}
		t.row("intent_hit", t.Tenant, id, t.id, t.user.id, t.now, name, confidence, fallback, "nlu")
	}
	t.last, t.lastAt, t.lastBy = id, t.now, author
	if author == "automation" {
		t.lastBy = "system" // what a campaign sends is nobody's turn
	}
	if direction == "in" {
		t.lastIn = t.now
	}
	return id
}

func (t *talk) assignment(a *clerk, kind string, offered, accepted, replied, ended time.Time, by, reason string) {
	if !offered.Before(t.Until) {
		return
	}
	var agent, team any
	if a != nil {
		agent, team = a.id, a.team
	}
	var endedBy, endReason any = by, reason
	if !ended.Before(t.Until) {
		endedBy, endReason = nil, nil
	}
	t.row("assignment", t.Tenant, t.desk.id("assignment"), t.id, t.user.id, agent, team, int32(t.seq), kind, offered,
		t.known(accepted), t.known(replied), t.known(ended), endedBy, endReason, "recorded")
}

func (t *talk) episode(seq int, opened, closed time.Time, reason, by, agent string) {
	if !opened.Before(t.Until) {
		return
	}
	var closedBy any = by
	if !closed.Before(t.Until) {
		reason, agent, closedBy = "", "", nil
	}
	t.row("episode", t.Tenant, t.id, int32(seq), opened, t.known(closed), text(reason), closedBy, text(agent), nil)
}

// close writes the conversation itself, as it stands when the traffic ends.
func (t *talk) close(entryPoint string, opened time.Time) {
	status := "closed"
	if !t.now.Before(t.Until) {
		status = "open"
	}
	t.row("conversation", t.Tenant, t.id, t.user.id, t.user.channel, nil, nil, nil, opened, "user", status, nil,
		text(t.last), t.lastAt, t.lastBy, t.lastIn, nil, int16(0), false, text(entryPoint))
}

// known is nil for what has not happened when the traffic ends.
func (d *desk) known(t time.Time) any {
	if t.IsZero() || !t.Before(d.Until) {
		return nil
	}
	return t
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
