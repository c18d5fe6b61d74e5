package collectors

import (
	"fmt"
	"slices"
	"strconv"

	"fortnight/digest"
)

const (
	mostSteps    = 12 // that a chart of steps, and a journey, has places for; further ones are one
	mostBranches = 6  // steps that a journey names at one place
)

// completion is what became of the sessions that ended.
func completion(r *reader, now, before *flowsRaw) digest.Chart {
	c, known := r.chart("completion", digest.Donut, digest.Count, "flow_session")
	if !known {
		return c
	}
	slices := func(f *flowsRaw) []digest.Point {
		return []digest.Point{
			{Key: "completed", Label: "completed", Value: whole(f.all.Completed)},
			{Key: "failed_at_first_step", Label: "failed_at_first_step", Value: whole(f.all.FailedAtFirst)},
			{Key: "failed_later", Label: "failed_later", Value: whole(f.all.Failed - f.all.FailedAtFirst)},
		}
	}
	c.Series = []digest.Series{{Key: "current", Points: slices(now)}}
	if before != nil {
		c.Series = append(c.Series, digest.Series{Key: "previous", Points: slices(before)})
	}
	if now.all.ended() == 0 {
		c.State = digest.Empty
	}
	return c
}

// byStep is, of the sessions that ended, how many went on from each step and how many failed there. Points are steps in order; those of one
// flow have its steps' names.
func byStep(r *reader, now *flowsRaw) digest.Chart {
	c, known := r.chart("by_step", digest.StackedBar, digest.Count, "flow_session")
	if !known {
		return c
	}
	at := now.stepsAt()
	c.Series = []digest.Series{
		{Key: "completed", Points: at.points(now, func(s step) int64 { return s.passed })},
		{Key: "failed", Points: at.points(now, func(s step) (n int64) {
			for _, failed := range s.failed {
				n += failed
			}
			return n
		})},
	}
	if now.all.ended() == 0 {
		c.State = digest.Empty
	}
	return c
}

// failureByStep is why sessions failed at each step: a series a reason, the most frequent first.
func failureByStep(r *reader, now *flowsRaw) digest.Chart {
	c, known := r.chart("failure_by_step", digest.StackedBar, digest.Count, "flow_session")
	if !known {
		return c
	}
	at := now.stepsAt()
	for _, s := range now.listBy("reason") {
		if s.Failed > 0 {
			c.Series = append(c.Series, digest.Series{Key: *s.Reason, Label: *s.Reason, Points: at.points(now, func(x step) int64 { return x.failed[*s.Reason] })})
		}
	}
	if len(c.Series) == 0 {
		c.State = digest.Empty
	}
	return c
}

// places are the steps of a chart, in order; the last may stand for all further ones.
type places struct {
	positions []int64
	further   bool
}

// stepsAt finds the places at which a session that ended was.
func (f *flowsRaw) stepsAt() (p places) {
	for _, s := range f.steps {
		if (s.passed > 0 || len(s.failed) > 0) && !slices.Contains(p.positions, s.position) {
			p.positions = append(p.positions, s.position)
		}
	}
	slices.Sort(p.positions)
	if len(p.positions) > mostSteps {
		p.positions, p.further = p.positions[:mostSteps], true
	}
	return p
}

// points adds up a number of the steps by their places.
func (p places) points(f *flowsRaw, of func(step) int64) (points []digest.Point) {
	names := f.stepNames()
	for _, position := range p.positions {
		points = append(points, digest.Point{Key: strconv.FormatInt(position, 10), Label: names[position], Value: whole(0)})
	}
	if p.further {
		points = append(points, digest.Point{Key: "other", Role: digest.Other, Value: whole(0)})
	}
	for _, s := range f.steps {
		i := slices.Index(p.positions, s.position)
		if i < 0 && p.further {
			i = len(points) - 1
		}
		if i >= 0 {
			*points[i].Value += float64(of(s))
		}
	}
	return points
}

// stepNames are the names of steps by their place, where all sessions are of one flow and one step stands there.
func (f *flowsRaw) stepNames() map[int64]string {
	if len(f.listBy("flow")) != 1 {
		return nil
	}
	names, taken := map[int64]string{}, map[int64]bool{}
	for _, s := range f.steps {
		if names[s.position] = s.name; taken[s.position] || s.name == strconv.FormatInt(s.position, 10) {
			names[s.position] = ""
		}
		taken[s.position] = true
	}
	return names
}

// journeys draws one Sankey a flow: journey, journey_2 … Its nodes are steps, in columns by their place; a link leads from each step to
// the next one that was new, the last to what became of the session.
func journeys(r *reader, now *flowsRaw) (charts []digest.Chart) {
	c, known := r.chart("journey", digest.Flow, digest.Count, "flow_step")
	list, _ := now.journeys()
	if !known || len(list) == 0 {
		if known {
			c.State = digest.Empty
		}
		return []digest.Chart{c}
	}
	for i, j := range list {
		one := c
		if i > 0 {
			one.Key = fmt.Sprintf("journey_%d", i+1)
		}
		one.Of = &digest.Place{Key: textOf(j.flow.Flow), Label: j.flow.name()}
		one.Nodes, one.Links = j.picture()
		charts = append(charts, one)
	}
	return charts
}

// outcomesOf are what becomes of a session, in the order of a journey's last column.
func outcomesOf() []digest.Node {
	return []digest.Node{
		{ID: "completed", Label: "completed"},
		{ID: "failed", Label: "failed", Role: digest.Nobody},
		{ID: "pending", Label: "pending", Role: digest.Nothing},
	}
}

// picture puts steps into columns by their place: the first twelve places, and at each the six most visited steps; the others of a place,
// and all further places, are one node. Sessions that go from one such node to itself are no link.
func (j journey) picture() (nodes []digest.Node, links []digest.Link) {
	var positions []int64
	for _, s := range j.steps {
		if !slices.Contains(positions, s.position) {
			positions = append(positions, s.position)
		}
	}
	id := map[string]string{} // step to node
	branches := map[int]int{}
	for _, s := range j.steps {
		column := min(slices.Index(positions, s.position), mostSteps)
		node := digest.Node{ID: fmt.Sprintf("%d:%s", column, s.key), Label: s.name, Column: column, Value: float64(s.sessions)}
		if column == mostSteps || branches[column] >= mostBranches {
			node.ID, node.Label, node.Role = fmt.Sprintf("%d/other", column), "other", digest.Other
		}
		branches[column]++
		id[s.key] = node.ID
		if at := slices.IndexFunc(nodes, func(x digest.Node) bool { return x.ID == node.ID }); at >= 0 {
			nodes[at].Value += node.Value
		} else {
			nodes = append(nodes, node)
		}
	}
	ways := j.ways()
	for _, o := range outcomesOf() {
		o.Column = min(len(positions), mostSteps+1)
		for _, w := range ways {
			if w.end == o.ID {
				o.Value += float64(w.sessions)
			}
		}
		if o.ID = "end/" + o.ID; o.Value > 0 {
			nodes = append(nodes, o)
		}
	}
	for _, w := range ways {
		link := digest.Link{From: id[w.from.key], To: "end/" + w.end, Value: float64(w.sessions)}
		if w.to != nil {
			link.To = id[w.to.key]
		}
		at := slices.IndexFunc(links, func(x digest.Link) bool { return x.From == link.From && x.To == link.To })
		switch {
		case link.From == link.To:
		case at >= 0:
			links[at].Value += link.Value
		default:
			links = append(links, link)
		}
	}
	return nodes, links
}
