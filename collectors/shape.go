package collectors

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"fortnight/digest"
)

// number tells how a figure is taken from the raw numbers of one period.
type number[T any] struct {
	key       string
	unit      digest.Unit
	direction digest.Direction
	relation  string // whose capability says whether the platform can know it
	value     func(*T) digest.Value
}

// figures takes each number from the period and from the previous one; before is nil in a first edition. What the
// platform cannot know is unavailable, with the platform's reason as its footnote.
func figures[T any](r *reader, now, before *T, list []number[T]) []digest.Figure {
	out := make([]digest.Figure, 0, len(list))
	for _, n := range list {
		f := digest.Figure{
			Key: n.key, Unit: n.unit, Direction: n.direction,
			Value: digest.None(digest.Unavailable), Previous: digest.None(digest.Unavailable),
		}
		support, note := r.capability(n.relation, n.key)
		if support != SupportFull {
			f.Footnote = note
		}
		if support != SupportNone {
			f.Value = n.value(now)
			if before != nil {
				f.Previous = n.value(before)
			}
		}
		out = append(out, f)
	}
	return out
}

// count is a number of things.
func count[N ~int | ~int64](n N) digest.Value { return digest.Num(float64(n)) }

// share is part of whole in percent; n/a where the whole is 0.
func share(part, whole int64) digest.Value {
	if whole == 0 {
		return digest.None(digest.Empty)
	}
	return digest.Num(100 * float64(part) / float64(whole))
}

// chart begins a chart. known is false where the platform cannot know it: the chart is then finished.
func (r *reader) chart(key string, kind digest.Kind, unit digest.Unit, relation string) (c digest.Chart, known bool) {
	support, note := r.capability(relation, key)
	c = digest.Chart{Key: key, Kind: kind, Unit: unit, State: digest.HasValue}
	if support != SupportFull {
		c.Footnote = note
	}
	if support == SupportNone {
		c.State = digest.Unavailable
		return c, false
	}
	return c, true
}

// points gives one point a local day of the reader's period, in order; value takes the day's place from 0, and gives nil
// for a gap.
func (r *reader) points(value func(i int) *float64) []digest.Point {
	points := make([]digest.Point, len(r.Days))
	for i, d := range r.Days {
		points[i] = digest.Point{At: d.Date, Value: value(i)}
	}
	return points
}

// line makes a chart of one series over days beside the previous period's, which has dates of its own. A chart of
// nothing but gaps is n/a.
func line[T any](r *reader, key string, kind digest.Kind, unit digest.Unit, relation string, now, before *T, value func(raw *T, i int) *float64) digest.Chart {
	c, known := r.chart(key, kind, unit, relation)
	if !known {
		return c
	}
	current := digest.Series{Key: "current", Points: r.points(func(i int) *float64 { return value(now, i) })}
	c.Series = []digest.Series{current}
	if before != nil {
		c.Series = append(c.Series, digest.Series{Key: "previous", Points: r.previous.points(func(i int) *float64 { return value(before, i) })})
	}
	if !slices.ContainsFunc(current.Points, func(p digest.Point) bool { return p.Value != nil }) {
		c.State = digest.Empty
	}
	return c
}

// row is one bar of a ranking or slice of a donut.
type row struct {
	key, label string
	role       digest.Role
	value      float64
	first      time.Time // of its first event: breaks ties
	count      int       // how many rows an "other" stands for
}

// special makes a row that is no ordinary category; its key and label are its role.
func special(role digest.Role, value float64) row {
	return row{key: string(role), label: string(role), role: role, value: value}
}

// ranked sorts rows: ordinary ones by value, ties earliest first, then by name; behind them other, unknown, fallback.
func ranked(rows []row) []row {
	order := []digest.Role{digest.Ordinary, digest.Other, digest.Nothing, digest.Nobody, digest.Unknown, digest.Fallback}
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.role), slices.Index(order, b.role)),
			cmp.Compare(b.value, a.value), a.first.Compare(b.first), cmp.Compare(a.label, b.label), cmp.Compare(a.key, b.key),
		)
	})
	return out
}

// top sorts rows, keeps the n first ordinary ones (0: all) and sums the further ones as "other", which stands before "unknown" and "fallback".
func top(rows []row, n int) []row {
	rows = ranked(rows)
	ordinary := slices.IndexFunc(rows, func(x row) bool { return x.role != digest.Ordinary })
	if ordinary < 0 {
		ordinary = len(rows)
	}
	if n == 0 || ordinary <= n {
		return rows
	}
	other := special(digest.Other, 0)
	for _, x := range rows[n:ordinary] {
		other.value += x.value
		other.count++
	}
	return slices.Concat(rows[:n], []row{other}, rows[ordinary:])
}

// rankingOf makes a ranking or donut of counts that keeps n ordinary rows; 0 keeps all.
func rankingOf[T any](r *reader, key string, kind digest.Kind, relation string, now, before *T, rows func(*T) []row, n int) digest.Chart {
	c, known := r.chart(key, kind, digest.Count, relation)
	if !known {
		return c
	}
	if before == nil {
		return categories(c, top(rows(now), n), nil, false)
	}
	return categories(c, top(rows(now), n), rows(before), true)
}

// categories fills a ranking or donut with rows in order. The series of the previous period has the same rows in the
// same order, each with what it was then; its "other" is all that has no row of its own. Without any row it is n/a.
func categories(c digest.Chart, now, before []row, hasBefore bool) digest.Chart {
	points := []digest.Point{}
	for _, x := range now {
		points = append(points, digest.Point{Key: x.key, Label: x.label, Role: x.role, Count: x.count, Value: &x.value})
	}
	c.Series = []digest.Series{{Key: "current", Points: points}}
	if len(now) == 0 {
		c.State = digest.Empty
	}
	if !hasBefore {
		return c
	}
	type name struct { // a reason may be called "other" too
		key  string
		role digest.Role
	}
	other := name{string(digest.Other), digest.Other}
	was := map[name]float64{}
	for _, x := range before {
		own := name{x.key, x.role}
		if !slices.ContainsFunc(now, func(y row) bool { return own == name{y.key, y.role} }) {
			own = other
		}
		was[own] += x.value
	}
	previous := []digest.Point{}
	for _, p := range points {
		value := was[name{p.Key, p.Role}]
		p.Value, p.Count = &value, 0
		previous = append(previous, p)
	}
	c.Series = append(c.Series, digest.Series{Key: "previous", Points: previous})
	return c
}

// identity is a truth that numbers must keep.
type identity struct {
	name  string
	holds bool
	got   string
}

// check names the first identity that does not hold: numbers that contradict each other are not to be printed.
func check(identities ...identity) error {
	for _, i := range identities {
		if !i.holds {
			return fmt.Errorf("the numbers contradict each other: %s does not hold (%s)", i.name, i.got)
		}
	}
	return nil
}

// whole is a count as a point's value.
func whole(n int64) *float64 {
	value := float64(n)
	return &value
}
