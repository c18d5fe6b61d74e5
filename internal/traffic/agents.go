package traffic

import (
	"fmt"
	"time"
)

func (d *desk) openAgents() {
	for _, team := range []string{"Support", "Billing"} {
		d.row("team", d.Tenant, team, team)
	}
	for _, s := range staff {
		a := &clerk{
			id: d.id("agent"), name: s.name, team: s.team, from: s.from, to: s.to, pace: s.pace,
			weekdays: [7]bool{true, true, true, true, true, true, true},
		}
		for _, off := range s.off {
			a.weekdays[off] = false
		}
		d.agents = append(d.agents, a)
		d.row("agent", d.Tenant, a.id, a.name, "agent", a.team, true)
	}
	d.row("agent", d.Tenant, "bot", "Desk bot", "bot", nil, true)
}

// shifts writes the sessions of a day: signed in at the start, away over a break, now and then a second window open.
func (d *desk) shifts(day time.Time) {
	for _, a := range d.agents {
		if !a.weekdays[day.Weekday()] || d.chance(0.03) {
			continue
		}
		from := d.local(day, a.from, 0).Add(time.Duration(d.rng.IntN(14)-4) * time.Minute)
		to := d.local(day, a.to, 0).Add(time.Duration(d.rng.IntN(30)-8) * time.Minute)
		rest := d.local(day, (a.from+a.to)/2, d.rng.IntN(30))
		back := rest.Add(d.about(35*time.Minute, 0.2))
		d.session(a, from, rest, "online")
		d.session(a, rest, back, "away")
		d.session(a, back, to, "online")
		if d.chance(0.15) {
			d.session(a, from.Add(time.Hour), from.Add(2*time.Hour), "online")
		}
	}
}

func (d *desk) session(a *clerk, from, to time.Time, state string) {
	if !to.Before(d.Until) {
		return
	}
	d.row("agent_session", d.Tenant, d.id("session"), a.id, from, to, to, state)
}

// campaign writes to people of the last weeks; some answer.
func (d *desk) campaign(day time.Time, week int) {
	id := d.id("campaign")
	at := d.local(day, 10, 0)
	if !at.Before(d.Until) {
		return
	}
	d.row("campaign", d.Tenant, id, fmt.Sprintf("News, week %d", week+1), "1", "whatsapp", at, at)
	seen := map[*person]bool{}
	for range 36 {
		u := d.someone()
		if seen[u] || u.first.After(at) {
			continue
		}
		seen[u] = true
		t := &talk{desk: d, id: d.id("conversation"), user: u, now: at.Add(time.Duration(d.rng.IntN(300)) * time.Second)}
		began := t.now
		t.says("out", "automation", "", nil)
		sent := t.now
		var responded any
		if d.chance(0.22) {
			t.wait(50*time.Minute, 0.9)
			if t.now.Before(d.Until) {
				responded = t.now
				t.says("in", "user", "", pick(d, asked))
				t.wait(5*time.Second, 0.3)
				t.says("out", "bot", "", nil)
				t.wait(4*time.Minute, 0.4)
				t.episode(1, began, t.now, "Information given", "bot", "")
			}
		}
		d.row("outbound_delivery", d.Tenant, d.id("outbound"), id, u.id, int32(1), sent, sent, sent.Add(3*time.Second), nil, nil,
			"delivered", true, nil, responded, nil, t.now, "closed", nil)
		d.row("conversation", d.Tenant, t.id, u.id, u.channel, nil, nil, nil, began, "campaign", "closed", nil,
			text(t.last), t.lastAt, t.lastBy, responded, nil, int16(0), false, "Campaign")
	}
}
