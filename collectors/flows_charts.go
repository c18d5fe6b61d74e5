package collectors

import (
	"cmp"
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
	c.Series = []digest.Series{{Key: "completed", Points: at.points(now, "passed", "")}, {Key: "failed", Points: at.points(now, "failed", "")}}
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
			c.Series = append(c.Series, digest.Series{Key: *s.Reason, Label: *s.Reason, Points: at.points(now, "failed", *s.Reason)})
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
		if (s.Fact == "passed" || s.Fact == "failed") && !slices.Contains(p.positions, *s.Position) {
			p.positions = append(p.positions, *s.Position)
		}
	}
	slices.Sort(p.positions)
	if len(p.positions) > mostSteps {
		p.positions, p.further = p.positions[:mostSteps], true
	}
	return p
}

func (p places) points(f *flowsRaw, fact, reason string) (points []digest.Point) {
	names := f.stepNames()
	for _, position := range p.positions {
		points = append(points, digest.Point{Key: strconv.FormatInt(position, 10), Label: names[position], Value: whole(0)})
	}
	if p.further {
		points = append(points, digest.Point{Key: "other", Role: digest.Other, Value: whole(0)})
	}
	for _, s := range f.steps {
		if s.Fact != fact || reason != "" && (s.Reason == nil || *s.Reason != reason) {
			continue
		}
		i := slices.Index(p.positions, *s.Position)
		if i < 0 {
			i = len(points) - 1
		}
		*points[i].Value += float64(s.Sessions)
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
		if s.Fact != "node" {
			continue
		}
		if names[*s.Position] = *s.Name; taken[*s.Position] || *s.Name == strconv.FormatInt(*s.Position, 10) {
			names[*s.Position] = ""
		}
		taken[*s.Position] = true
	}
	return names
}

// journey is one flow's way through its steps.
type journey struct {
	flow  sessionFact
	nodes []stepFact // in order of their place
	links []stepFact
}

// journeyList gives the journeys of the flows with the most sessions, and the names of those that have none.
func (f *flowsRaw) journeyList() (list []journey, rest []string) {
	for _, flow := range f.listBy("flow") {
		j := journey{flow: flow}
		for _, s := range f.steps {
			switch {
			case !same(s.Flow, flow.Flow):
			case s.Fact == "node":
				j.nodes = append(j.nodes, s)
			case s.Fact == "link":
				j.links = append(j.links, s)
			}
		}
		if len(j.nodes) == 0 {
			rest = append(rest, flow.name())
			continue
		}
		slices.SortStableFunc(j.nodes, func(a, b stepFact) int {
			return cmp.Or(cmp.Compare(*a.Position, *b.Position), cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(*a.Step, *b.Step))
		})
		list = append(list, j)
	}
	return list, rest
}

// name is how a flow is called; "" where nobody says.
func (f sessionFact) name() string {
	if f.Name == nil {
		return ""
	}
	return *f.Name
}

func same(a, b *string) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// journeys draws one Sankey a flow: journey, journey_2 … Its nodes are steps, in columns by their place; a link leads from each step to
// the next one that was new, the last to what became of the session.
func journeys(r *reader, now *flowsRaw) (charts []digest.Chart) {
	c, known := r.chart("journey", digest.Flow, digest.Count, "flow_step")
	list, _ := now.journeyList()
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
		of := digest.Place{Label: j.flow.name()}
		if j.flow.Flow != nil {
			of.Key = *j.flow.Flow
		}
		one.Of = &of
		one.Nodes, one.Links = j.picture()
		charts = append(charts, one)
	}
	return charts
}

// outcomes of a session, in the order of a journey's last column.
var outcomesOf = []digest.Node{
	{ID: "completed", Label: "completed"},
	{ID: "failed", Label: "failed", Role: digest.Nobody},
	{ID: "pending", Label: "pending", Role: digest.Nothing},
}

// picture puts steps into columns by their place: the first twelve places, and at each the six most visited steps; the others of a place,
// and all further places, are one node. Sessions that go from one such node to itself are no link.
func (j journey) picture() (nodes []digest.Node, links []digest.Link) {
	var positions []int64
	for _, n := range j.nodes {
		if !slices.Contains(positions, *n.Position) {
			positions = append(positions, *n.Position)
		}
	}
	last := min(len(positions), mostSteps+1)
	id := map[string]string{} // step to node
	branches := map[int]int{}
	add := func(n digest.Node) {
		if at := slices.IndexFunc(nodes, func(x digest.Node) bool { return x.ID == n.ID }); at >= 0 {
			nodes[at].Value += n.Value
			return
		}
		nodes = append(nodes, n)
	}
	for _, n := range j.nodes {
		column := min(slices.Index(positions, *n.Position), mostSteps)
		node := digest.Node{ID: fmt.Sprintf("%d:%s", column, *n.Step), Label: *n.Name, Column: column, Value: float64(n.Sessions)}
		if column == mostSteps || branches[column] >= mostBranches {
			node.ID, node.Label, node.Role = fmt.Sprintf("%d/other", column), "other", digest.Other
		} else {
			branches[column]++
		}
		id[*n.Step] = node.ID
		add(node)
	}
	for _, o := range outcomesOf {
		o.Column = last
		for _, l := range j.links {
			if l.Outcome != nil && *l.Outcome == o.ID {
				o.Value += float64(l.Sessions)
			}
		}
		if o.Value > 0 {
			o.ID = "end/" + o.ID
			nodes = append(nodes, o)
		}
	}
	for _, l := range j.links {
		link := digest.Link{From: id[*l.Step], Value: float64(l.Sessions)}
		if l.Next != nil {
			link.To = id[*l.Next]
		} else {
			link.To = "end/" + *l.Outcome
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
	order := func(node string) int {
		return slices.IndexFunc(nodes, func(n digest.Node) bool { return n.ID == node })
	}
	slices.SortStableFunc(links, func(a, b digest.Link) int {
		return cmp.Or(cmp.Compare(order(a.From), order(b.From)), cmp.Compare(order(a.To), order(b.To)))
	})
	return nodes, links
}

// wentBack counts the ways from a step to one of an earlier place, or of the same.
func (j journey) wentBack() (n int64) {
	position := map[string]int64{}
	for _, x := range j.nodes {
		position[*x.Step] = *x.Position
	}
	for _, l := range j.links {
		if l.Next != nil && position[*l.Next] <= position[*l.Step] {
			n += l.Sessions
		}
	}
	return n
}
