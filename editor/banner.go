package editor

import (
	"math"
	"time"

	"fortnight/digest"
)

// lateFrom is the delay from which an edition says that it is late. Waiting for fresh data may take two hours.
const lateFrom = 3 * time.Hour

// late is "3 days late", or "" for an edition in time.
func (d *desk) late() string {
	if d.b.Due.IsZero() || d.b.SentAt.IsZero() || d.b.SentAt.Sub(d.b.Due) < lateFrom {
		return ""
	}
	hours := d.b.SentAt.Sub(d.b.Due).Hours()
	if hours < 24 {
		return d.text("late.hours", digest.N("n", math.Floor(hours)))
	}
	return d.text("late.days", digest.N("n", math.Round(hours/24)))
}

// bannerAndContract gives the one strip above the headline, for the worst of what is to be told, and the contract line,
// which takes the rest.
func (d *desk) bannerAndContract() (*digest.Banner, digest.Spans) {
	type alert struct {
		banner digest.Banner
		short  string
	}
	var alerts []alert
	without, of := d.gapsOfProjects()
	missing := d.missing()
	if len(without) > 0 && len(missing) < len(d.s.Sections) {
		alerts = append(alerts, alert{digest.Banner{
			Kind:  "failed",
			Title: d.text("banner.projects.title", d.gapSlots(without, of)...),
			Text:  sentences(d.whyGaps(without), d.text("banner.projects.text", d.gapSlots(without, of)...), d.told()),
		}, ""})
	} else if len(missing) > 0 {
		// The contract line tells failed sections by their number, always.
		alerts = append(alerts, alert{digest.Banner{
			Kind:  "failed",
			Title: d.text("banner.failed.title", d.missingSlots(missing)...),
			Text:  sentences(d.reasonOf(), d.text(d.restKey()), d.told()),
		}, ""})
	}
	if n := len(d.b.CatchUp); n > 0 {
		total := float64(n + 1)
		alerts = append(alerts, alert{digest.Banner{
			Kind:  "catchup",
			Title: d.text("banner.catchup.title", digest.N("n", total)),
			Text: sentences(
				d.text("banner.catchup.since", digest.S("date", d.w.DayMonth(d.b.CatchUp[n-1].Period.End()))),
				d.text("banner.catchup.archive", digest.N("n", float64(n)), digest.S("number", d.small(n)))),
		}, d.text("banner.catchup.title", digest.N("n", total)) + "."})
	} else if late := d.late(); late != "" {
		due := d.b.Due.In(d.s.Period.Location())
		alerts = append(alerts, alert{digest.Banner{
			Kind: "late", Title: d.text("banner.late.title", digest.S("late", late)),
			Text: d.text("banner.late.text", digest.S("due", d.w.Moment(due))),
		}, d.text("banner.late.title", digest.S("late", late)) + "."})
	}
	if upTo := d.dataUpTo(); !upTo.IsZero() {
		title := d.text("banner.dataupto.title", digest.S("moment", d.until(upTo)))
		alerts = append(alerts, alert{digest.Banner{
			Kind: "dataupto", Title: title, Text: d.text("banner.dataupto.text"),
		}, title + "."})
	}
	rest := d.missingBefore()
	var strip *digest.Banner
	for i, a := range alerts {
		if i == 0 {
			strip = &a.banner
		} else if a.short != "" {
			rest = append(rest, a.short)
		}
	}
	return strip, d.contract(rest)
}

// dataUpTo is the instant at which the data end before the period does, in its zone; of a catch-up mail the first such one. The zero
// time: they are whole.
func (d *desk) dataUpTo() time.Time {
	var first time.Time
	for _, s := range d.caught() {
		if at := s.DataUpTo; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at.In(d.s.Period.Location())
		}
	}
	return first
}

// until is an instant that data reach up to: of those that ended long ago the date, with its year.
func (d *desk) until(at time.Time) string {
	if d.longAgo(at) {
		day := digest.DateOf(at)
		return d.w.LongRange(day, day)
	}
	return d.w.Moment(at)
}

// longAgo tells whether an instant is so far back that its day and month alone would be taken for this year's.
func (d *desk) longAgo(at time.Time) bool { return at.Before(d.s.Period.To.AddDate(0, -6, 0)) }

// reasonOf gives the first failed section's reason, where it says one.
func (d *desk) reasonOf() string {
	if without, _ := d.gapsOfProjects(); len(without) > 0 {
		return d.whyGaps(without)
	}
	for _, sec := range d.s.Sections {
		if sec.Status == digest.Broken && sec.Reason != "" {
			return withStop(upperFirst(d.cause(sec.Reason)))
		}
	}
	return ""
}

// told says that somebody knows of it, where somebody does.
func (d *desk) told() string {
	if !d.b.AdminTold {
		return ""
	}
	return d.text("banner.failed.told")
}

// restKey tells whether anything else was read.
func (d *desk) restKey() string {
	for _, sec := range d.s.Sections {
		if sec.Status != digest.Broken {
			return "banner.failed.rest"
		}
	}
	return "banner.failed.nothing"
}

// contract is the line of exact bounds: zone, hours, when the data was read, which sections are complete.
func (d *desk) contract(alerts []string) digest.Spans {
	loc := d.s.Period.Location()
	hours := d.s.Period.Hours()
	for _, older := range d.b.CatchUp {
		hours += older.Period.Hours()
	}
	read := d.s.ReadAt.In(loc)
	out := join(
		d.say("contract.zone", digest.S("zone", loc.String()), digest.S("hours", d.number(hours))),
		d.say("contract.read", digest.S("date", d.w.DayMonth(digest.DateOf(read))), digest.S("time", d.w.Clock(read))),
	)
	if len(d.b.CatchUp) > 0 {
		out = join(out, d.say("contract.newest_first."+d.span))
	}
	complete, partial, failed := 0, 0, false
	for _, sec := range d.s.Sections {
		switch sec.Status {
		case digest.Partial:
			partial++
		case digest.Broken:
			failed = true
		case digest.Absent:
		default:
			complete++
		}
	}
	total := max(d.b.Sections, len(d.s.Sections))
	slots := []digest.Slot{
		digest.S("complete", d.w.Count(float64(complete))), digest.N("total", float64(total)), digest.S("partial", d.w.Count(float64(partial))),
	}
	switch {
	case failed && partial > 0:
		out = join(out, bold(d.say("contract.sections_partial", slots...)))
	case failed:
		out = join(out, bold(d.say("contract.sections", slots...)))
	case partial > 0:
		out = join(out, d.say("contract.sections_partial", slots...))
	case len(d.b.CatchUp) == 0 || complete < total:
		out = join(out, d.say("contract.sections", slots...))
	}
	if without, of := d.gapsOfProjects(); of > 0 {
		said := d.say("contract.projects", d.gapSlots(without, of)...)
		if len(without) > 0 {
			said = bold(said)
		}
		out = join(out, said)
	}
	for _, a := range alerts {
		out = join(out, digest.Spans{{Text: a, Bold: true}})
	}
	return out
}

// dates is the line below the headline: which days, and which they are compared with.
func (d *desk) dates() string {
	period := d.s.Period
	if n := len(d.b.CatchUp); n > 0 {
		return d.text("dates.catchup."+d.span, digest.S("range", d.w.FullRange(d.b.CatchUp[n-1].Period.First(), period.Last())),
			digest.N("n", float64(n+1)), digest.S("number", d.small(n+1)))
	}
	this := digest.S("range", d.w.FullRange(period.First(), period.Last()))
	switch {
	case d.s.First:
		return d.text("dates.first", this)
	case !d.compared():
		return d.text("dates.alone", this)
	}
	return d.text("dates.compared", this, digest.S("previous", d.w.MonthRange(d.s.Previous.First(), d.s.Previous.Last())))
}

// kind is what stands at the head on the right: the digest's own name, or what its cadence makes it.
func (d *desk) kind() string {
	kind := d.name()
	if d.b.Audience == digest.Executive {
		return d.text("kind.executive", digest.S("kind", kind))
	}
	return kind
}

// name is what the digest is called.
func (d *desk) name() string {
	if d.b.Digest != "" {
		return d.b.Digest
	}
	if key := "kind." + d.b.Cadence; d.w.Has(key) {
		return d.text(key)
	}
	return d.text("kind.custom")
}
