package editor

import (
	"slices"

	"fortnight/digest"
)

// catching is the list of periods of a catch-up mail, newest first; nil for an ordinary edition.
func (d *desk) catching() *digest.Sheet {
	if len(d.b.CatchUp) == 0 {
		return nil
	}
	s := &digest.Sheet{
		Anchor: "catchup", Title: d.text("catchup.title"), Text: 1, Bold: []bool{true},
		Head: []string{d.text("catchup.head." + d.span)},
	}
	columns := d.catchUpColumns()
	for _, c := range columns {
		s.Head = append(s.Head, d.text("figure."+c[0]+"."+c[1]+".label"))
	}
	for _, snap := range d.caught() {
		row := []string{d.w.Range(snap.Period.First(), snap.Period.Last())}
		for _, c := range columns {
			row = append(row, d.cell(&snap, c[0], c[1]))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// catchUpColumns are the three figures that a list of periods gives: of those below, the first that any of its periods has.
func (d *desk) catchUpColumns() (columns [][2]string) {
	for _, c := range [][2]string{
		{"activity", "total_messages"},
		{"contact_center", "missed"},
		{"contact_center", "wait_median"},
		{"chatbot", "bot_conversations"},
		{"activity", "conversations_total"},
		{"activity", "active_users"},
	} {
		if len(columns) < 3 && slices.ContainsFunc(d.caught(), func(s digest.Snapshot) bool {
			sec := s.Section(c[0])
			return sec != nil && sec.Status != digest.Absent
		}) {
			columns = append(columns, c)
		}
	}
	return columns
}

// caught is every period of the mail, newest first.
func (d *desk) caught() []digest.Snapshot {
	return append([]digest.Snapshot{d.s}, d.b.CatchUp...)
}

// cell is a figure in a table; a section that failed has "no data".
func (d *desk) cell(s *digest.Snapshot, section, key string) string {
	if sec := s.Section(section); sec != nil && sec.Status == digest.Broken {
		return d.text("value.failed")
	}
	f, ok := figureOf(s, section, key)
	if !ok {
		return d.text("value.unavailable")
	}
	return d.value(f.Unit, f.Value)
}

// total sums a count over the periods; ok is false where one of them has none.
func (d *desk) total(section, key string) (sum float64, ok bool) {
	for _, s := range d.caught() {
		f, has := figureOf(&s, section, key)
		if !has || !f.Value.Is() {
			return 0, false
		}
		sum += f.Value.Number
	}
	return sum, true
}

func (d *desk) catchUpRange() string {
	return d.w.Range(d.b.CatchUp[len(d.b.CatchUp)-1].Period.First(), d.s.Period.Last())
}

// catchUpParts are "3 weeks", "633 messages", "5 missed".
func (d *desk) catchUpParts() []string {
	parts := []string{d.text("catchup.count."+d.span, digest.N("n", float64(len(d.b.CatchUp)+1)))}
	for _, at := range leads {
		if n, ok := d.total(at[0], at[1]); ok {
			parts = append(parts, d.text("subject."+at[0], digest.N("n", n)))
			break
		}
	}
	if n, ok := d.total("contact_center", "missed"); ok {
		f := digest.Figure{Value: digest.Num(n)}
		parts = append(parts, d.text("subject.missed"+none(f), digest.N("n", n)))
	}
	return parts
}

// gap is a section that could not be read in some of the periods of a catch-up mail.
type gap struct {
	section string
	in      []digest.Snapshot
}

// missingIn finds the sections that failed in any period of the mail, in the order of the digest.
func (d *desk) missingIn() []gap {
	var gaps []gap
	for _, s := range d.caught() {
		for _, sec := range s.Sections {
			if sec.Status != digest.Broken {
				continue
			}
			i := slices.IndexFunc(gaps, func(g gap) bool { return g.section == sec.Key })
			if i < 0 {
				i, gaps = len(gaps), append(gaps, gap{section: sec.Key})
			}
			gaps[i].in = append(gaps[i].in, s)
		}
	}
	return gaps
}

// gaps names the sections that failed, as a subject or a headline does: in all periods of the mail, or in how many.
func (d *desk) gaps(place string) []string {
	total := len(d.b.CatchUp) + 1
	var everywhere, out []string
	for _, g := range d.missingIn() {
		if name := d.title(g.section); len(g.in) == total {
			everywhere = append(everywhere, name)
		} else {
			out = append(out, d.text(place+".missing_in", digest.N("n", float64(len(g.in))), digest.S("sections", lowerFirst(name)),
				digest.S("total", d.w.Count(float64(total)))))
		}
	}
	if len(everywhere) > 0 {
		out = append([]string{d.text(place+".missing", d.missingSlots(everywhere)...)}, out...)
	}
	return out
}

// missingBefore says which sections of the older periods could not be read; those of the newest are told by the banner.
func (d *desk) missingBefore() []string {
	var out []string
	for _, g := range d.missingIn() {
		var ranges []string
		for _, s := range g.in {
			if s.Period.From.Before(d.s.Period.From) {
				ranges = append(ranges, d.w.Range(s.Period.First(), s.Period.Last()))
			}
		}
		if len(ranges) > 0 {
			out = append(out, d.text("contract.missing_in", digest.S("section", d.title(g.section)), digest.S("ranges", d.w.List(ranges))))
		}
	}
	return out
}

// catchUpHeadline is "Three weeks, 633 messages." and "5 missed."
func (d *desk) catchUpHeadline() []string {
	n := len(d.b.CatchUp) + 1
	periods := upperFirst(d.text("catchup.spelled."+d.span, digest.N("n", float64(n)), digest.S("number", d.small(n))))
	first := d.text("headline.plain", digest.S("what", periods))
	for _, at := range leads {
		if sum, ok := d.total(at[0], at[1]); ok {
			first = d.text("headline.plain", digest.S("what", periods+", "+d.text("subject."+at[0], digest.N("n", sum))))
			break
		}
	}
	out := []string{first}
	if missing := d.gaps("headline"); len(missing) > 0 {
		return append(out, missing...)
	}
	if sum, ok := d.total("contact_center", "missed"); ok {
		f := digest.Figure{Value: digest.Num(sum)}
		out = append(out, d.text("headline.missed"+none(f), digest.N("n", sum)))
	}
	return out
}
