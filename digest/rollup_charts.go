package digest

import (
	"slices"
)

// ranking sets the projects' first figure side by side.
func (r *rollUp) ranking() []Chart {
	c := Chart{Key: ByProject, Kind: Ranking, State: HasValue}
	current, previous := Series{Key: "current"}, Series{Key: "previous"}
	compared := false
	for _, m := range r.shares {
		f, ok := m.Section.Figure(r.way.columns[0])
		if !ok || !f.Value.Is() || m.Section.Status == Broken || m.Section.Status == Absent {
			continue
		}
		c.Unit = f.Unit
		p, q := Point{Key: m.Project, Label: m.Project}, Point{Key: m.Project, Label: m.Project}
		p.Value = &f.Value.Number
		if f.Previous.Is() {
			q.Value, compared = &f.Previous.Number, true
		}
		current.Points, previous.Points = append(current.Points, p), append(previous.Points, q)
	}
	if len(current.Points) == 0 {
		return []Chart{}
	}
	c.Series = []Series{current}
	if compared {
		c.Series = append(c.Series, previous)
	}
	return []Chart{c}
}

// daily adds up the charts by day whose values are counts, over the projects that have them.
func (r *rollUp) daily() (all []Chart) {
	for _, key := range r.way.daily {
		var of []*Chart
		for i := range r.read {
			if c := r.read[i].Chart(key); c != nil && c.State == HasValue {
				of = append(of, c)
			}
		}
		if len(of) == 0 {
			continue
		}
		out := Chart{Key: key, Kind: of[0].Kind, Unit: of[0].Unit, State: HasValue}
		var ok bool
		if out.Series, ok = addUp(of, func(c *Chart) []Series { return c.Series }); !ok {
			continue
		}
		previous := func(c *Chart) []Series {
			if c.Previous == nil {
				return nil
			}
			return c.Previous.Series
		}
		if before, ok := addUp(of, previous); ok && len(before) > 0 {
			out.Previous = &Before{Series: before}
		}
		r.counted["chart."+key] = Num(float64(len(of)))
		all = append(all, out)
	}
	return all
}

// addUp adds series of the same key day by day; a day that one has a gap on is a gap. A series that not each has is left out: the previous
// period of a project that is new. ok is false where the days differ.
func addUp(charts []*Chart, of func(*Chart) []Series) (all []Series, ok bool) {
	for _, first := range of(charts[0]) {
		sum := Series{Key: first.Key, Label: first.Label, Role: first.Role}
		for _, p := range first.Points {
			sum.Points = append(sum.Points, Point{At: p.At, Value: p.Value})
		}
		whole := true
		for _, c := range charts[1:] {
			i := slices.IndexFunc(of(c), func(s Series) bool { return s.Key == first.Key })
			if i < 0 {
				whole = false
				break
			}
			points := of(c)[i].Points
			if len(points) != len(sum.Points) {
				return nil, false
			}
			for j, p := range points {
				to := &sum.Points[j]
				switch {
				case p.At != to.At:
					return nil, false
				case p.Value == nil || to.Value == nil:
					to.Value = nil
				default:
					n := *to.Value + *p.Value
					to.Value = &n
				}
			}
		}
		if whole {
			all = append(all, sum)
		} else if first.Key != "previous" {
			return nil, false
		}
	}
	return all, true
}
