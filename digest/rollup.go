package digest

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Tally is how many projects a section sums up: All that its digest names, Read those of which there are numbers.
type Tally struct {
	All  int `json:"all"`
	Read int `json:"read"`
}

// Share is what one project of a digest of several gave for a section.
type Share struct {
	Project string  // its name as readers know it; of one that does not share, the key that the digest names
	Closed  bool    // it does not share its numbers, or is not there
	Section Section // as its own digest would have it; only Status and Reason are meant where it was not read
}

// The table and chart of a section that sums up several projects; its columns besides the figures.
const (
	ByProject     = "by_project"
	ProjectColumn = "project" // the project's name
	StateColumn   = "state"   // a Status, or NotShared
	NotShared     = "not_shared"
)

// RollUp sums a section up over projects, which are disjoint. What it holds is what may leave a project: figures, sums by day and a row
// for each project. It names nobody and no team, agent, flow or campaign.
//
//   - Counts, sums of durations and money of one currency are added; rates are of the sums that they are of (see ways). Medians, percentiles,
//     peaks and rates whose parts are no figures are not: they stand in the table by_project alone.
//   - A figure that some cannot know is the sum of the others: the note "counted" has how many these are. Nobody's is unavailable, or failed.
//   - A previous value is there where each of those counted has one, so that both are of the same projects.
func RollUp(key string, shares []Share) Section {
	r := rollUp{key: key, way: ways[key], shares: shares, counted: map[string]Value{}, derived: map[string]Value{}}
	out := Section{Key: key, Projects: &Tally{All: len(shares)}, Figures: []Figure{}, Charts: []Chart{}, Tables: []Table{}, Notes: []Note{}}
	var platforms, reasons []string
	broken, partial := 0, false
	for _, m := range shares {
		switch m.Section.Status {
		case Broken:
			broken++
			between := ": "
			if m.Closed {
				between = " "
			}
			reasons = append(reasons, m.Project+between+m.Section.Reason)
		case Absent:
		default:
			r.read = append(r.read, m.Section)
			partial = partial || m.Section.Status == Partial
			if p := m.Section.Platform; p != "" && !slices.Contains(platforms, p) {
				platforms = append(platforms, p)
			}
		}
	}
	out.Projects.Read = len(r.read)
	out.Reason = strings.Join(reasons, "\n")
	out.Tables = append(out.Tables, r.table())
	switch {
	case len(r.read) == 0 && broken > 0:
		out.Status = Broken
		return out
	case len(r.read) == 0:
		out.Status = Absent
		return out
	case broken > 0 || partial:
		out.Status = Partial
	default:
		out.Status = Complete
	}
	if len(platforms) == 1 {
		out.Platform = platforms[0]
	}
	out.Figures = r.figures()
	out.Charts = append(r.ranking(), r.daily()...)
	out.Notes = r.notes()
	return out
}

// rollUp is a section on its way from those of several projects to one.
type rollUp struct {
	key              string
	way              way
	shares           []Share
	read             []Section // of those that were read, in order
	counted, derived map[string]Value
	currencies       []string // of amounts that were not added
	unlike           int      // projects without a previous period
}

func (r *rollUp) figures() []Figure {
	all := []Figure{}
	for _, like := range r.known() {
		switch rate, isRate := r.way.rates[like.Key]; {
		case slices.Contains(r.way.sums, like.Key):
			all = append(all, r.sum(like))
		case isRate:
			all = append(all, r.rate(like, rate))
		}
	}
	return all
}

// known gives each figure as the first project that has it, in the section's order.
func (r *rollUp) known() (all []Figure) {
	for _, s := range r.read {
		for _, f := range s.Figures {
			if !slices.ContainsFunc(all, func(x Figure) bool { return x.Key == f.Key }) {
				all = append(all, f)
			}
		}
	}
	return all
}

// sum adds a figure up.
func (r *rollUp) sum(like Figure) Figure {
	var parts []Figure
	for _, s := range r.read {
		if f, ok := s.Figure(like.Key); ok && f.Value.Is() {
			parts = append(parts, f)
		}
	}
	out := r.of(like, parts)
	if len(parts) == 0 {
		return out
	}
	out.Value, out.Previous = Num(0), Num(0)
	compared := 0
	for _, f := range parts {
		out.Value.Number += f.Value.Number
		out.Previous.Number += f.Previous.Number
		if f.Previous.Is() {
			compared++
		}
	}
	if compared < len(parts) {
		out.Previous = None(Unavailable)
		if compared > 0 {
			r.unlike = max(r.unlike, len(parts)-compared)
		}
	}
	if like.Unit == Money {
		r.oneCurrency(&out, parts)
	}
	return out
}

// oneCurrency sets an amount's currency, or takes the amount away where there are several.
func (r *rollUp) oneCurrency(out *Figure, parts []Figure) {
	var seen []string
	for _, f := range parts {
		for _, v := range []Value{f.Value, f.Previous} {
			if v.Is() && !slices.Contains(seen, v.Currency) {
				seen = append(seen, v.Currency)
			}
		}
	}
	if len(seen) == 1 {
		out.Value.Currency = seen[0]
		if out.Previous.Is() {
			out.Previous.Currency = seen[0]
		}
		return
	}
	out.Value, out.Previous, out.Footnote = None(Empty), None(Empty), "currencies"
	delete(r.counted, out.Key)
	for _, c := range seen {
		if !slices.Contains(r.currencies, c) {
			r.currencies = append(r.currencies, c)
		}
	}
}

// rate divides sums of the projects that know both parts.
func (r *rollUp) rate(like Figure, of rate) Figure {
	var parts []Figure
	var now, before [2]float64
	compared := true
	for _, s := range r.read {
		f, ok := s.Figure(like.Key)
		part, okPart := of.part(&s)
		whole, okWhole := of.whole(&s)
		if !ok || !okPart || !okWhole || !part.Value.Is() || !whole.Value.Is() || f.Value.State == Unavailable {
			continue
		}
		parts = append(parts, f)
		now[0], now[1] = now[0]+part.Value.Number, now[1]+whole.Value.Number
		before[0], before[1] = before[0]+part.Previous.Number, before[1]+whole.Previous.Number
		compared = compared && part.Previous.Is() && whole.Previous.Is()
	}
	out := r.of(like, parts)
	if len(parts) == 0 {
		return out
	}
	scale := 1.0
	if like.Unit == Percent {
		scale = 100
	}
	divide := func(n [2]float64) Value {
		if n[1] == 0 {
			return None(Empty)
		}
		return Num(scale * n[0] / n[1])
	}
	out.Value, out.Previous = divide(now), None(Unavailable)
	if compared {
		out.Previous = divide(before)
	}
	return out
}

// of is a figure of several projects without its values: like one of theirs, where parts are those that know it.
func (r *rollUp) of(like Figure, parts []Figure) Figure {
	out := Figure{Key: like.Key, Unit: like.Unit, Direction: like.Direction, Target: like.Target, Value: None(Unavailable), Previous: None(Unavailable)}
	derived := 0
	for _, f := range parts {
		out.Provisional = out.Provisional || f.Provisional
		out.Barred = out.Barred || f.Barred
		if f.Footnote != "" {
			derived++
		}
	}
	if len(parts) == 0 {
		if like.Value.State == Empty {
			out.Value, out.Previous = None(Empty), None(Empty)
		}
		return out
	}
	r.counted[like.Key] = Num(float64(len(parts)))
	if derived > 0 {
		r.derived[like.Key] = Num(float64(derived))
	}
	return out
}

// table has a row for each project, in the digest's order: its state and its own figures.
func (r *rollUp) table() Table {
	t := Table{Key: ByProject, Columns: []Column{{ProjectColumn, Text}, {StateColumn, Text}}}
	figures := r.known()
	for _, key := range r.way.columns {
		if i := slices.IndexFunc(figures, func(f Figure) bool { return f.Key == key }); i >= 0 {
			t.Columns = append(t.Columns, Column{key, figures[i].Unit})
		}
	}
	for _, m := range r.shares {
		state := string(m.Section.Status)
		if m.Closed {
			state = NotShared
		}
		row, before := []Value{Say(m.Project), Say(state)}, []Value{Say(m.Project), Say(state)}
		for _, c := range t.Columns[2:] {
			f, ok := m.Section.Figure(c.Key)
			switch {
			case m.Section.Status == Broken:
				f.Value, f.Previous = None(Failed), None(Failed)
			case !ok:
				f.Value, f.Previous = None(Unavailable), None(Unavailable)
			}
			row, before = append(row, f.Value), append(before, f.Previous)
		}
		t.Rows, t.Previous = append(t.Rows, row), append(t.Previous, before)
	}
	return t
}

// notes are what footnotes, balances and captions rest on: over how many projects a figure is, and the projects' own notes, added up.
func (r *rollUp) notes() []Note {
	all := []Note{{Key: "counted", Values: r.counted}}
	if len(r.derived) > 0 {
		all = append(all, Note{Key: "derived_in", Values: r.derived})
	}
	if r.unlike > 0 {
		all = append(all, Note{Key: "no_previous", Values: map[string]Value{"count": Num(float64(r.unlike))}})
	}
	if len(r.currencies) > 0 {
		all = append(all, Note{Key: "currencies", Values: map[string]Value{"currencies": Say(strings.Join(r.currencies, ", "))}})
	}
	for _, n := range r.way.notes {
		if sum, ok := r.note(n); ok {
			all = append(all, sum)
		}
	}
	return all
}

// note adds up the values of a note over the projects that have it; those that the digest sets, the same for all, stay.
func (r *rollUp) note(n summed) (out Note, ok bool) {
	out = Note{Key: n.key, Values: map[string]Value{}}
	for _, s := range r.read {
		one, has := s.Note(n.key)
		if !has {
			continue
		}
		for _, same := range n.same {
			out.Values[same] = one.Values[same]
		}
		for _, key := range n.values {
			v, was := one.Values[key], out.Values[key]
			switch {
			case !ok:
				out.Values[key] = v
			case v.Is() && was.Is():
				out.Values[key] = Num(v.Number + was.Number)
			default:
				out.Values[key] = None(Unavailable)
			}
		}
		ok = true
	}
	return out, ok
}

// SameProjects tells whether two readings of a section are sums of the same projects, so that one may be held against the other; two of one
// project each are.
func (s Section) SameProjects(other Section) bool {
	if s.Projects == nil || other.Projects == nil {
		return s.Projects == other.Projects
	}
	return slices.Equal(s.summed(), other.summed())
}

// summed names the projects that were read.
func (s Section) summed() (names []string) {
	for _, t := range s.Tables {
		for _, row := range t.Rows {
			if t.Key == ByProject && len(row) > 1 && (row[1].Text == string(Complete) || row[1].Text == string(Partial)) {
				names = append(names, row[0].Text)
			}
		}
	}
	slices.Sort(names)
	return names
}

// CheckRollUp says where a section that sums up several projects does not agree with its own rows: each sum is that of its column. nil
// where it agrees, and of a section of one project.
func (s Section) CheckRollUp() error {
	if s.Projects == nil || len(s.Tables) == 0 {
		return nil
	}
	t := s.Tables[0]
	for i, c := range t.Columns {
		f, ok := s.Figure(c.Key)
		if !ok || !f.Value.Is() || !slices.Contains(ways[s.Key].sums, c.Key) {
			continue
		}
		var sum float64
		for _, row := range t.Rows {
			if row[i].Is() {
				sum += row[i].Number
			}
		}
		if math.Abs(sum-f.Value.Number) > 1e-6*math.Max(1, math.Abs(sum)) {
			return fmt.Errorf("%s of all projects is %v, and those of each come to %v", c.Key, f.Value.Number, sum)
		}
	}
	return nil
}
