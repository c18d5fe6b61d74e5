package editor

import "fortnight/digest"

// catching is the list of periods of a catch-up mail, newest first; nil for an ordinary edition.
func (d *desk) catching() *digest.Sheet {
	if len(d.b.CatchUp) == 0 {
		return nil
	}
	s := &digest.Sheet{
		Anchor: "catchup", Title: d.text("catchup.title"), Text: 1, Bold: []bool{true},
		Head: []string{d.text("catchup.head." + d.span)},
	}
	for _, c := range catchUpColumns {
		s.Head = append(s.Head, d.text("figure."+c[0]+"."+c[1]+".label"))
	}
	for _, snap := range d.caught() {
		row := []string{d.w.Range(snap.Period.First(), snap.Period.Last())}
		for _, c := range catchUpColumns {
			row = append(row, d.cell(&snap, c[0], c[1]))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

var catchUpColumns = [][2]string{
	{"activity", "total_messages"}, {"contact_center", "missed"}, {"contact_center", "wait_median"},
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
	if missing := d.missing(); len(missing) > 0 {
		parts = append(parts, d.text("subject.missing", d.missingSlots(missing)...))
	}
	return parts
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
	if missing := d.missing(); len(missing) > 0 {
		return append(out, d.text("headline.missing", d.missingSlots(missing)...))
	}
	if sum, ok := d.total("contact_center", "missed"); ok {
		f := digest.Figure{Value: digest.Num(sum)}
		out = append(out, d.text("headline.missed"+none(f), digest.N("n", sum)))
	}
	return out
}
