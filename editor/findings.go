package editor

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"fortnight/digest"
)

// Findings are chosen in this order: each failed section, missed targets, the two largest bad changes, the largest good
// one (two where fewer things went wrong), the peak; three to five in all.
//
// How large a change is: its part of the previous value, with a floor under that (sizeOf). It is worth a sentence from a
// tenth on, a count by more than two, a percent by two points, a duration by a minute. Of figures that tell one story
// (median and slowest tenth of the waits, new and active users) only the one that moved most speaks for each side.
// What was handled, missed or waits is told only where it moved apart from what was offered. A provisional figure, and one that
// its footnote bars, is never a finding; nor is a neutral one.
const (
	mostFindings  = 5
	leastFindings = 3
	mostWorse     = 2
	mostTargets   = 2
	leastSize     = 0.1
	leastPoints   = 2
	leastSeconds  = 60
)

// story is what a figure can tell: with which others it shares a story, and where its link leads.
type story struct {
	section, figure string
	group           string
	link            string // phrase key below link., or "section" for the section's own title
	chart           string // "" leads to the section
}

// stories are all figures, in the order in which equals are told.
var stories = []story{
	{"contact_center", "missed", "fate", "by_day", "handled_vs_missed"},
	{"contact_center", "waiting", "fate", "by_day", "handled_vs_missed"},
	{"contact_center", "wait_p90", "waits", "waits", "average_wait_time"},
	{"contact_center", "wait_median", "waits", "waits", "average_wait_time"},
	{"contact_center", "wait_mean", "waits", "waits", "average_wait_time"},
	{"contact_center", "handled", "handled", "by_day", "handled_vs_missed"},
	{"chatbot", "bot_resolution_rate", "bot", "section", ""},
	{"chatbot", "bot_resolved", "bot", "section", ""},
	{"chatbot", "fallback_rate", "understanding", "intents", "intents"},
	{"activity", "new_users", "people", "users", ""},
	{"activity", "active_users", "people", "users", ""},
	{"contact_center", "unique_users", "served", "section", ""},
	{"contact_center", "transfers", "transfers", "section", ""},
	{"contact_center", "conversation_time_median", "talk", "by_day", "average_conversation_time"},
	{"contact_center", "conversation_time_mean", "talk", "by_day", "average_conversation_time"},
	{"contact_center", "total_conversations", "offered", "by_day", "handled_vs_missed"},
	{"contact_center", "accepted_from_before", "before", "section", ""},
	{"contact_center", "total_messages", "agent_messages", "section", ""},
	{"activity", "total_messages", "volume", "by_day", "incoming_messages"},
	{"activity", "conversations_total", "volume", "by_day", "conversations"},
	{"activity", "messages_per_conversation_mean", "length", "by_day", "messages_per_conversation"},
	{"activity", "peak_volume", "peak", "by_day", "max_messages_per_minute"},
	{"chatbot", "bot_conversations", "bot_volume", "section", ""},
	{"flows", "success_rate", "flow_outcome", "completion", "completion"},
	{"flows", "failure_rate", "flow_outcome", "completion", "completion"},
	{"flows", "responsive_success_rate", "flow_outcome", "completion", "completion"},
	{"flows", "failed_at_first_step", "flow_first_step", "by_step", "by_step"},
	{"flows", "appointment_rate", "flow_appointments", "section", ""},
	{"flows", "completion_rate", "flow_appointments", "section", ""},
	{"flows", "enrollment_rate", "flow_enrollments", "section", ""},
	{"outreach", "send_failures", "send_failures", "section", ""},
	{"outreach", "response_rate", "answers", "section", ""},
	{"service_levels", "answered_in_10_min", "responses", "responses", "response_time"},
	{"service_levels", "first_response_p90", "responses", "responses", "response_time"},
	{"service_levels", "first_response_median", "responses", "responses", "response_time"},
	{"service_levels", "first_response_mean", "responses", "responses", "response_time"},
	{"service_levels", "closed_within_hour", "closings", "by_day", "open_to_close"},
	{"service_levels", "closed_within_day", "closings", "by_day", "open_to_close"},
	{"service_levels", "open_to_close_p90", "closings", "by_day", "open_to_close"},
	{"service_levels", "open_to_close_median", "closings", "by_day", "open_to_close"},
	{"service_levels", "open_to_close_mean", "closings", "by_day", "open_to_close"},
	{"service_levels", "after_hours_messages", "after_hours", "section", ""},
}

// told is a story with the figure that tells it.
type told struct {
	story
	figure digest.Figure
	change change
}

// findings chooses and words them. anchors are the places in the letter that a link can lead to.
func (d *desk) findings(anchors map[string]bool) []digest.Finding {
	out := d.failures(anchors)
	if d.nobodyWrote() {
		return append(out, d.steady(anchors, 1, nil)...) // that is all that changed
	}
	targets, spoken := d.missedTargets(anchors)
	out = append(out, targets...)
	if onlyNow(&d.s) {
		return head(append(out, d.openFindings(anchors)...), mostFindings)
	}
	changes := d.changes(spoken)
	worse, better := pick(changes, digest.Worse), pick(changes, digest.Better)
	goods := 1
	if len(out) == 0 && len(worse) < mostWorse {
		goods = 2 // little went wrong: there is room for more of what went right
	}
	shown := append(head(worse, mostWorse), head(better, goods)...)
	peak, hasPeak := d.peak(anchors)

	have := len(out) + len(shown)
	if hasPeak {
		have++
	}
	for _, more := range [][]told{tail(better, goods), tail(worse, mostWorse)} {
		for _, t := range more {
			if have < leastFindings {
				shown = append(shown, t)
				have++
			}
		}
	}
	slices.SortStableFunc(shown, func(a, b told) int { return cmp.Compare(rank(a), rank(b)) })
	for _, t := range shown {
		out = append(out, d.changed(t, anchors))
	}
	if have < leastFindings || len(targets)+len(shown) == 0 {
		out = append(out, d.steady(anchors, leastFindings-have, shown)...)
	}
	if moved, ok := d.moved(anchors); ok {
		out = append(head(out, mostFindings-2), moved)
	}
	if hasPeak {
		out = append(head(out, mostFindings-1), peak)
	}
	return head(out, mostFindings)
}

// rank puts what got worse before what got better.
func rank(t told) int {
	if t.change.tone == digest.Worse {
		return 0
	}
	return 1
}

func (d *desk) failures(anchors map[string]bool) []digest.Finding {
	var out []digest.Finding
	for _, sec := range d.s.Sections {
		if sec.Status != digest.Broken {
			continue
		}
		f := digest.Finding{Tone: digest.Worse, Word: d.text("word.failed"), Text: d.say("finding." + sec.Key + ".failed")}
		d.lead(&f, anchors, "section", sec.Key)
		out = append(out, f)
	}
	return head(out, leastFindings)
}

// missedTargets gives the figures that missed their target, the furthest off first, and which figures have spoken.
func (d *desk) missedTargets(anchors map[string]bool) (out []digest.Finding, spoken map[string]bool) {
	spoken = map[string]bool{}
	type miss struct {
		section string
		figure  digest.Figure
		off     float64
	}
	var misses []miss
	for i := range d.s.Sections {
		sec := d.read(d.s.Sections[i].Key)
		if sec == nil {
			continue
		}
		for _, f := range sec.Figures {
			if f.Target == nil || !f.Value.Is() || f.Provisional || f.Barred || f.Unit == digest.Instant || f.Unit == digest.Text {
				continue
			}
			if _, off := d.offTarget(f); off > 0 {
				misses = append(misses, miss{sec.Key, f, off})
			}
		}
	}
	slices.SortStableFunc(misses, func(a, b miss) int { return cmp.Compare(b.off, a.off) })
	for _, m := range head(misses, mostTargets) {
		side, _ := d.offTarget(m.figure)
		f := digest.Finding{Tone: digest.Worse, Word: d.text("word." + side), Text: d.say("finding.target."+side,
			digest.S("label", d.text("figure."+m.section+"."+m.figure.Key+".label")),
			digest.S("v", d.value(m.figure.Unit, m.figure.Value)),
			digest.S("target", d.value(m.figure.Unit, digest.Num(*m.figure.Target))))}
		st := storyOf(m.section, m.figure.Key)
		d.lead(&f, anchors, st.link, place(st))
		out = append(out, f)
		spoken[m.section+"."+m.figure.Key] = true
	}
	return out, spoken
}

// offTarget says on which side of its target a figure's bad side is, below or above, and how far off it is, as a part of the target. One
// that is met is 0 or less, and so is one that is printed as its target is.
func (d *desk) offTarget(f digest.Figure) (side string, off float64) {
	side, off = "below", *f.Target-f.Value.Number
	if f.Direction == digest.Down {
		side, off = "above", -off
	}
	if d.value(f.Unit, f.Value) == d.value(f.Unit, digest.Num(*f.Target)) {
		off = 0
	}
	return side, off / math.Max(math.Abs(*f.Target), 1)
}

func storyOf(section, figure string) story {
	for _, s := range stories {
		if s.section == section && s.figure == figure {
			return s
		}
	}
	return story{section: section, figure: figure, link: "section"}
}

// changes lists every figure whose change is worth a sentence, the largest first, each story once for each side.
func (d *desk) changes(spoken map[string]bool) []told {
	if !d.compared() {
		return nil
	}
	var all []told
	for _, s := range stories {
		f, ok := figureOf(&d.s, s.section, s.figure)
		if !ok || f.Provisional || f.Barred || spoken[s.section+"."+s.figure] {
			continue
		}
		c, ok := changeOf(f)
		if !ok || c.tone == digest.Plain || !d.matters(f, c) || (slices.Contains(fates, s.figure) && d.followsOffered(c)) {
			continue
		}
		if f.Target != nil && c.tone == digest.Better {
			if _, off := d.offTarget(f); off > 0 {
				continue // nearer to its target, and short of it: no praise
			}
		}
		c.size = math.Round(c.size*100) / 100 // what is printed as the same change is the same
		all = append(all, told{s, f, c})
	}
	slices.SortStableFunc(all, func(a, b told) int { return cmp.Compare(b.change.size, a.change.size) })
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(t told) bool {
		key := t.group + string(t.change.tone)
		was := seen[key]
		seen[key] = true
		return was
	})
}

// matters keeps chance out of the findings. In a quiet period only counts can speak.
func (d *desk) matters(f digest.Figure, c change) bool {
	switch f.Unit {
	case digest.Count:
		return math.Abs(c.diff) > smallCount && c.size >= leastSize
	case digest.Percent:
		return !d.quiet && math.Abs(pointsBetween(f)) >= leastPoints
	case digest.Duration:
		return !d.quiet && math.Abs(c.diff) >= leastSeconds && c.size >= leastSize
	default:
		return !d.quiet && c.size >= leastSize
	}
}

// fates are the parts of what was offered to agents: there is more or less of them where more or less is offered.
var fates = []string{"handled", "missed", "waiting"}

// followsOffered tells a part that grew or shrank with what was offered, and by no more than a tenth beyond it.
func (d *desk) followsOffered(part change) bool {
	f, ok := figureOf(&d.s, "contact_center", "total_conversations")
	if !ok {
		return false
	}
	offered, ok := changeOf(f)
	switch {
	case !ok:
		return false
	case part.diff > 0:
		return offered.diff > 0 && 1+part.size <= (1+offered.size)*(1+leastSize)
	default:
		return offered.diff < 0 && 1-part.size >= (1-offered.size)*(1-leastSize)
	}
}

// changed words a change by its figure's phrase for that direction.
func (d *desk) changed(t told, anchors map[string]bool) digest.Finding {
	way := "more"
	if t.change.diff < 0 {
		way = "less"
	}
	key := "finding." + t.section + "." + t.figure.Key + "."
	if t.figure.Value.Number == 0 && d.w.Has(key+"none") {
		way = "none"
	}
	text := d.say(key+way, d.findingSlots(t.figure, t.change)...)
	if d.w.Has(key + "before_none") {
		before := d.say(key+"before_some", digest.N("n", t.figure.Previous.Number))
		if t.figure.Previous.Number == 0 {
			before = d.say(key + "before_none")
		}
		text = join(text, before)
	}
	f := digest.Finding{Tone: t.change.tone, Word: d.text("word." + string(t.change.tone)), Text: text}
	d.lead(&f, anchors, t.link, place(t.story))
	return f
}

// findingSlots are what a finding's phrase may use: {n} a count that chooses the plural, {v} the value, {m} the value
// before, {change} the difference without sign, {total} what a part is of.
func (d *desk) findingSlots(f digest.Figure, c change) []digest.Slot {
	slots := []digest.Slot{
		digest.S("v", d.value(f.Unit, f.Value)), digest.S("m", d.value(f.Unit, f.Previous)),
		digest.S("change", d.plainChange(f, c)),
	}
	if f.Unit == digest.Count || f.Unit == digest.MessagesPerMinute {
		slots = append(slots, digest.N("n", f.Value.Number))
	}
	if total, ok := figureOf(&d.s, "contact_center", "total_conversations"); ok {
		slots = append(slots, digest.S("total", d.value(total.Unit, total.Value)))
	}
	return slots
}

func place(s story) string {
	if s.chart == "" {
		return s.section
	}
	return s.section + "-" + s.chart
}

// lead sets a finding's link: to its chart, else to its section, else to the brief; where none is in the letter there is
// no link.
func (d *desk) lead(f *digest.Finding, anchors map[string]bool, link, anchor string) {
	section, _, _ := strings.Cut(anchor, "-")
	for _, a := range []string{anchor, section, "brief"} {
		if anchors[a] {
			f.Anchor = a
			if a == anchor && link != "section" {
				f.Link = d.text("link." + link)
			} else {
				f.Link = d.chapterTitle(a)
			}
			return
		}
	}
}

// chapterTitle is what the chapter of an anchor is called.
func (d *desk) chapterTitle(anchor string) string {
	if anchor == "brief" {
		return d.text("chapter.brief")
	}
	return d.title(anchor)
}

func pick(all []told, tone digest.Tone) []told {
	var out []told
	for _, t := range all {
		if t.change.tone == tone {
			out = append(out, t)
		}
	}
	return out
}

func head[T any](s []T, n int) []T { return s[:min(len(s), n):min(len(s), n)] }

func tail[T any](s []T, n int) []T { return s[min(len(s), n):] }
