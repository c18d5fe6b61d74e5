// Package traffic writes lifelike traffic of a support desk into Fortnight's own event tables, for `fortnight demo`: a
// bot with intents in three languages and flows, agents in shifts and two teams, transfers, missed chats, an outage
// that makes a peak, and a campaign. The same seed and weeks give the same rows.
package traffic

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// Plan says what to write.
type Plan struct {
	Schema string // of the event tables
	Tenant string
	Name   string
	Zone   *time.Location
	Until  time.Time // traffic ends here: the end of the last closed week
	Weeks  int
	Seed   uint64
}

// Write makes the traffic and copies it into the tables in one transaction.
func Write(ctx context.Context, conn *pgx.Conn, p Plan) error {
	d := newDesk(p)
	d.openAgents()
	first := p.Until.In(p.Zone).AddDate(0, 0, -7*p.Weeks)
	for week := range p.Weeks {
		monday := first.AddDate(0, 0, 7*week)
		d.growth = 0.72 + 0.28*float64(week)/float64(max(p.Weeks-1, 1))
		d.lastWeek = week == p.Weeks-1
		for day := range 7 {
			d.workDay(monday.AddDate(0, 0, day), week)
		}
		if week%4 == 0 {
			d.campaign(monday.AddDate(0, 0, 1), week)
		}
	}
	return d.copyTo(ctx, conn)
}

// desk is the support desk while its traffic is made up.
type desk struct {
	Plan
	rng      *rand.Rand
	growth   float64
	lastWeek bool
	users    []*person
	agents   []*clerk
	ids      map[string]int
	rows     map[string][][]any
}

type person struct {
	id, name, language, channel string
	first                       time.Time // first inbound message; zero: never wrote
}

type clerk struct {
	id, name, team string
	weekdays       [7]bool // Sunday first
	from, to       int     // local hours of the shift
	pace           float64 // how fast the first answer comes; 1 is usual
}

func newDesk(p Plan) *desk {
	return &desk{Plan: p, rng: rand.New(rand.NewPCG(p.Seed, 14)), ids: map[string]int{}, rows: map[string][][]any{}}
}

func (d *desk) id(kind string) string {
	d.ids[kind]++
	return fmt.Sprintf("%s-%d", kind, d.ids[kind])
}

func (d *desk) chance(p float64) bool { return d.rng.Float64() < p }

// about gives a duration around m: log-normal, so most are shorter and a few much longer.
func (d *desk) about(m time.Duration, spread float64) time.Duration {
	return time.Duration(float64(m) * math.Exp(d.rng.NormFloat64()*spread)).Round(time.Second)
}

// pick chooses by weight.
func pick[T any](d *desk, items []weighted[T]) T {
	total := 0.0
	for _, i := range items {
		total += i.weight
	}
	x := d.rng.Float64() * total
	for _, i := range items {
		if x -= i.weight; x < 0 {
			return i.item
		}
	}
	return items[len(items)-1].item
}

type weighted[T any] struct {
	item   T
	weight float64
}

// byHour is how traffic lies over a local day, from hour 0.
var byHour = []float64{1, 1, 0, 0, 0, 1, 2, 5, 9, 13, 14, 12, 9, 10, 11, 10, 9, 7, 5, 5, 4, 3, 2, 1}

// byWeekday is how it lies over a week, Sunday first.
var byWeekday = []float64{0.45, 1.05, 1.25, 1.2, 1.05, 0.95, 0.55}

func (d *desk) workDay(day time.Time, week int) {
	n := int(34*d.growth*byWeekday[day.Weekday()]*math.Exp(d.rng.NormFloat64()*0.12) + 0.5)
	for range n {
		hour := pick(d, hours)
		at := d.local(day, hour, d.rng.IntN(60)).Add(time.Duration(d.rng.IntN(60)) * time.Second)
		d.conversation(at, entry(d), nil)
	}
	if d.lastWeek && day.Weekday() == time.Wednesday {
		d.outage(day)
	}
	d.shifts(day)
}

// outage brings many people within a quarter of an hour.
func (d *desk) outage(day time.Time) {
	for range 17 {
		at := d.local(day, 11, 2).Add(d.about(4*time.Minute, 0.7))
		d.conversation(at, entry(d), &intents[1])
	}
}

func (d *desk) local(day time.Time, hour, minute int) time.Time {
	y, m, dd := day.Date()
	return time.Date(y, m, dd, hour, minute, 0, 0, d.Zone)
}

func (d *desk) someone() *person {
	if len(d.users) > 30 && d.chance(0.42) {
		return d.users[len(d.users)-1-d.rng.IntN(min(len(d.users), 260))]
	}
	language := pick(d, languages)
	pool := people[language]
	p := &person{id: d.id("user"), language: language, channel: pick(d, channels)}
	p.name = pool[0][d.rng.IntN(len(pool[0]))] + " " + pool[1][d.rng.IntN(len(pool[1]))]
	d.users = append(d.users, p)
	return p
}

func entry(d *desk) string { return pick(d, entries) }
