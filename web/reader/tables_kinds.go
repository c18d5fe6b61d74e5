package reader

import (
	"math"
	"strconv"

	"fortnight/digest"
)

// fields is a heat map: row, column, value, and what that is held against where anything is.
func (s *tables) fields(t *table, p digest.Picture) {
	c := &p.Chart
	held := false
	for _, x := range c.Cells {
		held = held || x.Of != nil
	}
	across, down := "hour", "weekday"
	for _, x := range c.X {
		if _, err := strconv.Atoi(x.Key); err != nil {
			across = "name"
		}
	}
	for _, y := range c.Y {
		if _, err := strconv.Atoi(y.Key); err != nil {
			down = "name"
		}
	}
	t.Head = []heading{{Text: s.say(down)}, {Text: s.say(across)}, {Text: capital(orElse(p.Legend.Value, s.say("value"))), Number: true, Unit: c.Unit}}
	if held {
		t.Head = append(t.Head, heading{Text: capital(orElse(p.Legend.Of, s.say("value"))), Number: true, Unit: digest.Ratio})
	}
	for _, x := range c.Cells {
		if x.X < 0 || x.X >= len(c.X) || x.Y < 0 || x.Y >= len(c.Y) {
			continue
		}
		r := row{Cells: []cell{placed(c.Y[x.Y]), placed(c.X[x.X]), s.number(c.Unit, x.Value)}}
		if held {
			r.Cells = append(r.Cells, s.number(digest.Ratio, x.Of))
		}
		t.Rows = append(t.Rows, r)
	}
}

func placed(p digest.Place) cell { return cell{Text: orElse(p.Label, p.Key)} }

// bins is a histogram: from, to, how many and which share; an open end has no to.
func (s *tables) bins(t *table, p digest.Picture) {
	points, unit := current(&p.Chart).Points, p.Chart.Unit
	t.Head = []heading{
		{Text: s.say("from"), Number: true, Unit: digest.Duration},
		{Text: s.say("to"), Number: true, Unit: digest.Duration},
		{Text: capital(orElse(p.Legend.Current, s.say("value"))), Number: true, Unit: unit},
	}
	total := 0.0
	for _, x := range points {
		if x.Value != nil {
			total += *x.Value
		}
	}
	shares := unit == digest.Count && total > 0
	if shares {
		t.Head = append(t.Head, heading{Text: s.say("share"), Number: true, Unit: digest.Percent})
	}
	for _, x := range points {
		r := row{Cells: []cell{s.number(digest.Duration, x.From), s.number(digest.Duration, x.To), s.number(unit, x.Value)}}
		if shares {
			r.Cells = append(r.Cells, s.number(digest.Percent, part(x.Value, &total)))
		}
		t.Rows = append(t.Rows, r)
	}
}

// stages is a funnel: step, value, its share of the first and of the one before.
func (s *tables) stages(t *table, p digest.Picture) {
	points, unit := current(&p.Chart).Points, p.Chart.Unit
	t.Head = []heading{
		{Text: s.say("name")},
		{Text: capital(orElse(p.Legend.Current, s.say("value"))), Number: true, Unit: unit},
		{Text: s.say("of_first"), Number: true, Unit: digest.Percent},
		{Text: s.say("of_before"), Number: true, Unit: digest.Percent},
	}
	for i, x := range points {
		r := row{Cells: []cell{{Text: x.Label}, s.number(unit, x.Value)}}
		var first, before *float64
		if i > 0 {
			first, before = part(x.Value, points[0].Value), part(x.Value, points[i-1].Value)
		}
		t.Rows = append(t.Rows, row{Cells: append(r.Cells, s.number(digest.Percent, first), s.number(digest.Percent, before))})
	}
}

// part is a share in percents, to one place; nil of nothing.
func part(v, of *float64) *float64 {
	if v == nil || of == nil || *of <= 0 {
		return nil
	}
	p := math.Round(1000**v / *of) / 10
	return &p
}
