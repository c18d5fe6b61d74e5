package collectors

import (
	"cmp"
	"slices"
	"strconv"
)

// step is a step of a flow, with what became of the sessions that visited it.
type step struct {
	flow      *string
	key, name string
	position  int64            // its place in the flow
	sessions  int64            // that visited it
	passed    int64            // of those that ended: went on from it, or completed there
	failed    map[string]int64 // by reason, those that failed there: it was their last new step
	next      map[string]int64 // by the key of the step that was new after it
	ended     map[string]int64 // by what became of those of which it was the last new step: completed, failed, pending
}

// stepsOf gives the steps of all flows, those of one in the order of their places. Sessions of which no step is known went through as many as
// they reached, which are called by their numbers.
func stepsOf(ways []stepFact) []step {
	byKey := map[[2]string]*step{}
	var all []*step
	at := func(flow *string, key, name string, position int64) *step {
		id := [2]string{flowKey(flow), key}
		s := byKey[id]
		if s == nil {
			s = &step{flow: flow, key: key, name: key, position: position, failed: map[string]int64{}, next: map[string]int64{}, ended: map[string]int64{}}
			byKey[id], all = s, append(all, s)
		}
		if name != "" && (s.name == key || name < s.name) {
			s.name = name
		}
		s.position = min(s.position, position)
		return s
	}
	visit := func(s *step, next, state string, reason *string, n int64) {
		s.sessions += n
		if next != "" {
			s.next[next] += n
		} else {
			s.ended[state] += n
		}
		switch {
		case state == "completed", state == "failed" && next != "":
			s.passed += n
		case state == "failed":
			s.failed[textOf(reason)] += n
		}
	}
	for _, w := range ways {
		if w.Fact == "way" {
			visit(at(w.Flow, textOf(w.Step), textOf(w.Name), w.Position), textOf(w.Next), w.State, w.Reason, w.Sessions)
			continue
		}
		for i := int64(1); i <= w.Position; i++ {
			next := ""
			if i < w.Position {
				next = strconv.FormatInt(i+1, 10)
			}
			visit(at(w.Flow, strconv.FormatInt(i, 10), "", i), next, w.State, w.Reason, w.Sessions)
		}
	}
	slices.SortStableFunc(all, func(a, b *step) int {
		return cmp.Or(cmp.Compare(flowKey(a.flow), flowKey(b.flow)), cmp.Compare(a.position, b.position), cmp.Compare(b.sessions, a.sessions), cmp.Compare(a.key, b.key))
	})
	out := make([]step, len(all))
	for i, s := range all {
		out[i] = *s
	}
	return out
}

// flowKey tells a flow that nobody names from one called "".
func flowKey(flow *string) string {
	if flow == nil {
		return ""
	}
	return "=" + *flow
}

// journey is one flow's way through its steps.
type journey struct {
	flow  sessionFact
	steps []step // in the order of their places
}

// mostJourneys is how many flows have a journey.
const mostJourneys = 4

// journeys gives the journeys of the flows with the most sessions, and the names of those that have none.
func (f *flowsRaw) journeys() (list []journey, rest []string) {
	for i, flow := range f.listBy("flow") {
		if i >= mostJourneys {
			rest = append(rest, flow.name())
			continue
		}
		j := journey{flow: flow}
		for _, s := range f.steps {
			if same(s.flow, flow.Flow) {
				j.steps = append(j.steps, s)
			}
		}
		list = append(list, j)
	}
	return list, rest
}

// way is where sessions went from a step: to another, or to their end.
type way struct {
	from, to *step // to is nil for an end
	end      string
	sessions int64
}

// ways lists them in the order of the steps that they lead from and to, ends last.
func (j journey) ways() (list []way) {
	at := func(key string) *step {
		return &j.steps[slices.IndexFunc(j.steps, func(s step) bool { return s.key == key })]
	}
	for i := range j.steps {
		from := &j.steps[i]
		for k := range j.steps {
			if n := from.next[j.steps[k].key]; n > 0 {
				list = append(list, way{from, at(j.steps[k].key), "", n})
			}
		}
		for _, o := range outcomesOf() {
			if n := from.ended[o.ID]; n > 0 {
				list = append(list, way{from, nil, o.ID, n})
			}
		}
	}
	return list
}

// wentBack counts the ways from a step to one of an earlier place, or of the same.
func (j journey) wentBack() (n int64) {
	for _, w := range j.ways() {
		if w.to != nil && w.to.position <= w.from.position {
			n += w.sessions
		}
	}
	return n
}

// name is how a flow is called; "" where nobody says.
func (f sessionFact) name() string { return textOf(f.Name) }

func same(a, b *string) bool { return flowKey(a) == flowKey(b) }
