package editor

import (
	"math"
	"strings"

	"fortnight/digest"
)

// fewRestated is how many figures of a period are told in a sentence each; more become one list.
const fewRestated = 2

// restatements say, period by period, what figures were printed as and what they are now.
func (d *desk) restatements() []digest.Spans {
	type days struct{ first, end digest.Date }
	var periods []days
	byPeriod := map[days][]digest.Restatement{}
	for _, r := range d.b.Restated {
		if !d.seen(r) {
			continue
		}
		p := days{r.Period.First(), r.Period.End()}
		if byPeriod[p] == nil {
			periods = append(periods, p)
		}
		byPeriod[p] = append(byPeriod[p], r)
	}
	var out []digest.Spans
	for _, p := range periods {
		if len(byPeriod[p]) > fewRestated {
			out = append(out, d.restatedList(byPeriod[p]))
			continue
		}
		for _, r := range byPeriod[p] {
			out = append(out, d.restated(r))
		}
	}
	return out
}

// seen tells a restatement that a reader can see: both numbers are there and are not printed alike.
func (d *desk) seen(r digest.Restatement) bool {
	return planOf(r.Section) != nil && r.Printed.Is() && r.Now.Is() && d.value(r.Unit, r.Now) != d.value(r.Unit, r.Printed)
}

func (d *desk) restatedSlots(r digest.Restatement) []digest.Slot {
	key := "figure." + r.Section + "." + r.Figure + ".label"
	if r.Figure == "peak_time" {
		key = "figure." + r.Section + ".peak_volume.label"
	}
	return []digest.Slot{
		digest.S("range", d.w.Range(r.Period.First(), r.Period.Last())), digest.S("label", lowerFirst(d.text(key))),
		digest.S("now", d.value(r.Unit, r.Now)), digest.S("printed", d.value(r.Unit, r.Printed)),
	}
}

// restated is one figure in a sentence; of messages it says how many came later.
func (d *desk) restated(r digest.Restatement) digest.Spans {
	slots := d.restatedSlots(r)
	if r.Section != "activity" || r.Figure != "total_messages" {
		return d.say("restated.figure", slots...)
	}
	line := d.say("restated.messages", append(slots, digest.N("n", r.Now.Number))...)
	if more := math.Round(r.Now.Number - r.Printed.Number); more > 0 {
		line = join(line, d.say("restated.arrived", digest.N("n", more), digest.S("number", d.small(int(more)))))
	}
	return line
}

func (d *desk) restatedList(all []digest.Restatement) digest.Spans {
	var items []string
	for _, r := range all {
		items = append(items, d.text("restated.item", d.restatedSlots(r)...))
	}
	p := all[0].Period
	return d.say("restated.many", digest.S("range", d.w.Range(p.First(), p.Last())), digest.S("list", strings.Join(items, "; ")))
}
