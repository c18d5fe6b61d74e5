package charts

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"

	"pgregory.net/rapid"
)

func filledWith(d digest.Drawing, k digest.Colour) (n int) {
	for _, s := range shapes(d) {
		if s.Fill == k {
			n++
		}
	}
	return n
}

func TestAHeatMapShowsEveryFieldAndWhereNobodyWas(t *testing.T) {
	c := newCharts(t)
	count := func(e exhibit) (zeros, warm, without int) {
		th := themed(e.frame)
		d := mustDraw(t, c, e)
		zeros = filledWith(d, th.track)
		for _, share := range tints {
			warm += filledWith(d, mix(th.ground, th.accent, share))
			without += filledWith(d, mix(th.ground, th.missed, share))
		}
		return zeros, warm - 4, without // four squares are the legend's
	}
	want := func(p digest.Picture) (zeros, warm, without int) {
		for _, cell := range p.Chart.Cells {
			switch {
			case cell.Value == nil:
			case *cell.Value == 0:
				zeros++
			case cell.Of != nil && *cell.Of == 0:
				without++
			default:
				warm++
			}
		}
		return zeros, warm, without
	}
	for _, name := range []string{"heatmap", "heatmap dark", "heatmap full", "heatmap against nothing", "heatmap nobody there", "heatmap gaps", "heatmap with cells of nowhere"} {
		e := named(t, name)
		z, w, n := count(e)
		if name == "heatmap with cells of nowhere" {
			e.picture.Chart.Cells = e.picture.Chart.Cells[:7*24]
		}
		wz, ww, wn := want(e.picture)
		if wn > 0 {
			n-- // the legend's square
		}
		if z != wz || w != ww || n != wn {
			t.Errorf("%s: %d zeros, %d warm, %d where nobody was; want %d, %d, %d", name, z, w, n, wz, ww, wn)
		}
	}
	got := texts(mustDraw(t, c, named(t, "heatmap")))
	for _, want := range []string{"missed and waiting", "no agent connected", "agents connected, up to 6", "Mon", "Sun", "00:00", "21:00"} {
		if !has(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if got := texts(mustDraw(t, c, named(t, "heatmap of one field"))); !has(got, "1") || has(got, "0") {
		t.Errorf("one field among gaps: %q", got)
	}
	if got := texts(mustDraw(t, c, named(t, "heatmap of hundreds"))); !has(got, "3,663\u2002missed and waiting") {
		t.Errorf("where the fields have no numbers the legend has the largest: %q", got)
	}
	if got := texts(mustDraw(t, c, named(t, "heatmap one huge among small"))); !has(got, "1,000,000,000\u2002missed and waiting") || !has(got, "5") {
		t.Errorf("one number that has no room: %q", got)
	}
}

func TestTheTintsOfAHeatMapCarryTheirNumbers(t *testing.T) {
	for name, th := range both() {
		for i, share := range tints {
			for tone, bright := range map[digest.Colour]digest.Colour{th.accent: th.onAccent, th.missed: th.ground} {
				on := th.ink
				if i >= dark {
					on = bright
				}
				if r := contrast(on, mix(th.ground, tone, share)); r < 4.2 { // figures are bold
					t.Errorf("%s: a number on %.2f of %06X is %.2f:1", name, share, tone>>8, r)
				}
			}
			if i > 0 {
				if d := apart(mix(th.ground, th.accent, share), mix(th.ground, th.accent, tints[i-1])); d < 5 {
					t.Errorf("%s: tints %d and %d are %.1f apart", name, i-1, i, d)
				}
			}
			if d := apart(mix(th.ground, th.accent, share), mix(th.ground, th.missed, share)); d < 3.5 { // the steps below say it too
				t.Errorf("%s: with and without somebody are %.1f apart at %.2f", name, d, share)
			}
		}
	}
}

func TestAHistogramsDurationsStandWhereItsBarsMeet(t *testing.T) {
	c := newCharts(t)
	d := mustDraw(t, c, named(t, "histogram"))
	var under []digest.Label
	for _, l := range labels(d) {
		if l.Y > d.Height-30 {
			under = append(under, l)
		}
	}
	want := map[string]bool{"0": true, "1\u00a0min": true, "5\u00a0min": true, "10\u00a0min": true, "30\u00a0min": true, "1\u00a0h": true, "4\u00a0h": true, "8\u00a0h\u00a0+": true}
	if len(under) != len(want) {
		t.Errorf("%d durations under the bars", len(under))
	}
	th := themed(digest.Frame{})
	if n := filledWith(d, th.accent); n != 3 {
		t.Errorf("%d bars are within the target, of 0 to 1, 1 to 5 and 5 to 10 minutes", n)
	}
	at := map[string]float64{}
	for _, l := range under {
		if !want[l.Text] {
			t.Errorf("a duration %q", l.Text)
		}
		at[l.Text] = l.X
	}
	marked := false
	for _, s := range shapes(d) {
		if len(s.Dash) > 0 {
			marked = true
			if x := s.Path[0].P[0].X; math.Abs(x-at["10\u00a0min"]) > 1 {
				t.Errorf("the target's line stands at %v, ten minutes at %v", x, at["10\u00a0min"])
			}
		}
	}
	if !marked || !has(texts(d), "target 10 min") {
		t.Errorf("no target in %q", texts(d))
	}
	if d := mustDraw(t, c, named(t, "histogram without a target")); filledWith(d, th.accent) != 1 {
		t.Error("without a target the largest bar alone is in the accent")
	}
	if got := texts(mustDraw(t, c, named(t, "histogram with a hole"))); !has(got, "3 min – 5 min") {
		t.Errorf("bars that do not meet are named each: %q", got)
	}
	if got := texts(mustDraw(t, c, named(t, "histogram gaps"))); has(got, "0") && strings.Count(strings.Join(got, "|"), "0") == 0 {
		t.Errorf("a gap is no zero: %q", got)
	}
}

func TestAFunnelTellsSharesOfTheFirstStepAndOfTheOneBefore(t *testing.T) {
	c := newCharts(t)
	got := strings.Join(texts(mustDraw(t, c, named(t, "funnel"))), "|")
	for _, want := range []string{"recipients|1,240|sent|1,198|97 %|97 %|", "|read|802|65 %|70 %|", "|responded|214|17 %|27 %|", "|finished|96|8 %|45 %|", "of all", "of the step|before"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	unknown := strings.Join(texts(mustDraw(t, c, named(t, "funnel with a step that cannot be known"))), "|")
	if !strings.Contains(unknown, "|delivered|–|read|–|responded|214|17 %|") || strings.Contains(unknown, "17 %|17 %") {
		t.Errorf("what is not known has no share, nor the step after it one of it: %q", unknown)
	}
	if zero := strings.Join(texts(mustDraw(t, c, named(t, "funnel all zero"))), "|"); strings.Contains(zero, "%") {
		t.Errorf("shares of nothing: %q", zero)
	}
}

func TestAStepThatMoreReachedThanTheOneBeforeIsNoPartOfIt(t *testing.T) {
	p := named(t, "funnel")
	points := slices.Clone(p.picture.Chart.Series[0].Points)
	more := *points[len(points)-2].Value + 10
	points[len(points)-1].Value = &more
	p.picture.Chart.Series = []digest.Series{{Key: "current", Points: points}}
	got := strings.Join(texts(mustDraw(t, newCharts(t), p)), "|")
	if !strings.Contains(got, "|finished|224|18 %|") || strings.Contains(got, "105 %") { // 214 + 10, of 1,240
		t.Errorf("%q", got)
	}
}

// passing gives the lanes beside a row's stop, and the stop itself, as intervals.
func (j *journey) passing(row int) (all [][2]float64) {
	all = append(all, [2]float64{j.x[row], j.x[row] + max(j.stops[row].value, 0)*j.scale})
	for _, l := range j.lanes {
		if l.from < row && l.to > row {
			all = append(all, [2]float64{l.x[row-l.from], l.x[row-l.from] + l.wide})
		}
	}
	return all
}

func TestNoLinkOfAJourneyRunsOverAStepThatItPasses(t *testing.T) {
	c := newCharts(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "steps")
		reached := rapid.Float64Range(1, 5000).Draw(t, "began")
		p := digest.Picture{Drawn: true, Chart: digest.Chart{Kind: digest.Flow, Unit: digest.Count}}
		id := func(i int) string { return string(rune('a' + i)) }
		in := make([]float64, n+1)
		in[0] = math.Round(reached)
		link := func(a, z string, v float64) {
			p.Chart.Links = append(p.Chart.Links, digest.Link{From: a, To: z, Value: v})
		}
		for i := range n {
			p.Chart.Nodes = append(p.Chart.Nodes, digest.Node{ID: id(i), Label: intake[i%len(intake)], Column: i, Value: in[i]})
			left := in[i]
			for _, end := range []string{"completed", "failed", "pending"} {
				v := math.Floor(left * rapid.Float64Range(0, .3).Draw(t, end))
				link(id(i), end, v)
				left -= v
			}
			if i+2 < n {
				v := math.Floor(left * rapid.Float64Range(0, .3).Draw(t, "skip"))
				link(id(i), id(i+2), v)
				in[i+2], left = in[i+2]+v, left-v
			}
			if i+1 < n {
				link(id(i), id(i+1), left)
				in[i+1] += left
			} else {
				link(id(i), "completed", left)
			}
		}
		for _, end := range []string{"completed", "failed", "pending"} {
			p.Chart.Nodes = append(p.Chart.Nodes, digest.Node{ID: end, Label: end, Column: n})
		}
		b := newBoard(c.set, newRecorder(c.set), p, digest.Frame{}, plain{})
		if !b.isJourney() {
			t.Fatal("it is drawn across")
		}
		j := b.stops()
		const room = 260
		j.layOut(room, 8, 3)
		for row := range j.stops {
			all := j.passing(row)
			for i, a := range all {
				if a[0] < -1e-6 || a[1] > room+1e-6 {
					t.Fatalf("row %d: %v lies outside of %v", row, a, room)
				}
				for _, z := range all[:i] {
					if math.Min(a[1], z[1])-math.Max(a[0], z[0]) > 1e-6 {
						t.Fatalf("row %d: %v and %v overlap", row, a, z)
					}
				}
			}
		}
		if _, err := c.Draw(p, digest.Frame{}, plain{}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAJourneyNamesEveryStepInItsOrderAndEndsInRed(t *testing.T) {
	c := newCharts(t)
	e := named(t, "journey")
	d := mustDraw(t, c, e)
	got := strings.Join(texts(d), "|")
	for _, want := range []string{"Welcome and consent|412|100 %|", "|Which practice do you|want to visit?|372|90 %|", "|completed|233|57 %|failed|160|39 %|pending|25|6 %"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	th := themed(digest.Frame{})
	if n := filledWith(d, th.missed); n != 1 {
		t.Errorf("%d nodes are red", n)
	}
	if n := filledWith(d, alpha(th.missed, .34)); n != 1 {
		t.Errorf("what fails is drawn as %d streams", n)
	}
	if n := len(e.picture.Chart.Nodes); len(d.Areas) != n {
		t.Errorf("%d of %d rows can be pointed at", len(d.Areas), n)
	}
	x := map[string]float64{} // an end that nobody came to changes nothing for the others
	all := named(t, "journey that all complete")
	j := newBoard(c.set, newRecorder(c.set), all.picture, all.frame, plain{}).stops()
	j.layOut(260, 8, 3)
	for i, s := range j.stops {
		x[s.Label] = j.x[i]
	}
	if x["completed"] != 0 || x["failed"] < 200 {
		t.Errorf("the ends stand at %v", x)
	}
	for _, name := range []string{"flow", "flow thicket", "flow huge"} {
		x := named(t, name)
		if b := newBoard(c.set, newRecorder(c.set), x.picture, x.frame, plain{}); b.isJourney() {
			t.Errorf("%s is drawn down the page", name)
		}
	}
}

func TestStacksOfNamedThingsAreRows(t *testing.T) {
	c := newCharts(t)
	got := strings.Join(texts(mustDraw(t, c, named(t, "steps"))), "|")
	for _, want := range []string{"Welcome and consent|371|35|6|412", "Goodbye|233|233"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if one := strings.Join(texts(mustDraw(t, c, named(t, "steps one"))), "|"); !strings.Contains(one, "recipients|7|7 failed|14") {
		t.Errorf("where there is room failures are told in words: %q", one)
	}
	reasons := named(t, "steps by reason")
	seen := map[digest.Colour]bool{}
	b := newBoard(c.set, newRecorder(c.set), reasons.picture, reasons.frame, plain{})
	for i, s := range reasons.picture.Chart.Series {
		seen[b.stackColour(s, i)] = true
	}
	if len(seen) != 9 {
		t.Errorf("nine reasons have %d colours", len(seen))
	}
	all := texts(mustDraw(t, c, reasons))
	for _, name := range reasons.picture.Legend.Series {
		if !has(all, name) {
			t.Errorf("the legend lacks %q: %q", name, all)
		}
	}
}

func TestADonutOfWhatBecameOfThingsIsInTheirColours(t *testing.T) {
	c := newCharts(t)
	for _, name := range []string{"donut three rows", "donut three rows dark"} {
		e := named(t, name)
		th := themed(e.frame)
		b := newBoard(c.set, newRecorder(c.set), e.picture, e.frame, plain{})
		slices, _, _ := b.slices()
		want := []digest.Colour{th.accent, th.missed, th.missedSoft}
		for i, s := range slices {
			if s.colour != want[i] || s.hollow {
				t.Errorf("%s: %s is %06X", name, s.Key, s.colour>>8)
			}
			for _, o := range want[:i] {
				if d := apart(s.colour, o); d < leastApart {
					t.Errorf("%s: %06X and %06X are %.1f apart", name, s.colour>>8, o>>8, d)
				}
			}
		}
	}
	reasons := one(digest.Donut, digest.Count, rows(row{"failed", 3, ""}, row{"Solved", 9, ""}), nil)
	b := newBoard(c.set, newRecorder(c.set), reasons, digest.Frame{}, plain{})
	if slices, _, _ := b.slices(); slices[0].colour != b.categories[0] {
		t.Error("a reason that people called failed is no outcome")
	}
}
