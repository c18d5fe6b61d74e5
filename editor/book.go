package editor

import (
	"math"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// book is the edition in values, for files: all figures and tables that the audience may see, where a letter has room for some. It has a desk
// of its own, as its footnotes are not the letter's.
func (d *desk) book(l *digest.Letter) *digest.Book {
	d = newDesk(d.s, d.b, d.w)
	b := &digest.Book{
		Name: bookName(d.b), Title: l.Project + ", " + l.Range, Locale: l.Locale, Dir: l.Dir, Zone: d.s.Period.Location(), Made: d.s.ReadAt,
		Words: digest.BookWords{
			Section: d.text("book.section"), Figure: d.text("sheet.more.figure"), Chart: d.text("book.chart"), Row: d.text("book.row"), Column: d.text("book.column_head"),
			Unit: d.text("book.unit"), Value: d.text("book.value"),
			Units: map[digest.Unit]string{
				digest.Duration: d.text("book.units.seconds"), digest.Percent: "%", digest.Points: d.text("book.units.points"),
				digest.MessagesPerMinute: d.text("book.units.messages_per_minute"),
			},
			Minutes: d.w.Duration(60)[0].Unit,
		},
	}
	for i := range d.s.Sections {
		b.Leaves = append(b.Leaves, d.leaf(&d.s.Sections[i]))
	}
	b.Leaves = slices.Insert(b.Leaves, 0, d.front(l, b))
	return b
}

// bookName begins the names of files: the project's key and the period's part of the edition's label, "support-desk-2020-w13".
func bookName(b digest.Brief) string {
	name := b.Edition
	if _, period, ok := strings.Cut(b.Edition, "-"); ok && b.Key != "" {
		name = b.Key + "-" + period
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Trim(name, "-")
}

// front is the first leaf: what the numbers are of, when and how they were read, and what each figure means.
func (d *desk) front(l *digest.Letter, b *digest.Book) digest.Leaf {
	leaf := digest.Leaf{Key: "about", Title: d.text("book.about"), Lines: []string{d.text("book.figures_are"), upperFirst(l.PDFNote) + "."}}
	about := digest.Grid{Key: "about", Head: []digest.GridHead{{Text: d.text("book.about"), Unit: digest.Text}, {Text: d.text("book.value"), Unit: digest.Text}}}
	say := func(key string, e digest.Entry) {
		about.Rows = append(about.Rows, []digest.Entry{inText(d.text("book." + key)), e})
	}
	p := d.s.Period
	say("project", inText(l.Project))
	say("digest", inText(l.Kind))
	say("edition", inText(l.Edition))
	say("first_day", onDay(p.First()))
	say("last_day", onDay(p.Last()))
	if d.compared() {
		say("compared", inText(d.w.LongRange(d.s.Previous.First(), d.s.Previous.Last())))
	}
	say("zone", inText(p.Location().String()))
	say("read_at", digest.Entry{Unit: digest.Instant, Value: digest.At(d.s.ReadAt)})
	if !d.s.DataUpTo.IsZero() {
		say("data_up_to", digest.Entry{Unit: digest.Instant, Value: digest.At(d.s.DataUpTo)})
	}
	say("content", inText(l.Hash))
	leaf.Grids = append(leaf.Grids, about)
	for _, n := range d.notes() {
		leaf.Lines = append(leaf.Lines, n.String())
	}
	means := digest.Grid{Key: "definitions", Title: d.text("closing.definitions"), Head: []digest.GridHead{
		{Text: b.Words.Section, Unit: digest.Text}, {Text: b.Words.Figure, Unit: digest.Text}, {Text: d.text("book.means"), Unit: digest.Text}, {Text: d.text("book.means_not"), Unit: digest.Text},
	}}
	for i := range d.s.Sections {
		sec := &d.s.Sections[i]
		for _, key := range d.figureKeys(sec) {
			at := "web.define." + sec.Key + ".figure." + key
			if f, ok := figureIn(sec, key); !ok || f.Value.State == digest.Unavailable || !d.w.Has(at+".is") {
				continue
			}
			not := ""
			if d.w.Has(at + ".not") {
				not = d.text(at + ".not")
			}
			means.Rows = append(means.Rows, []digest.Entry{inText(d.title(sec.Key)), inText(d.figureLabel(sec, key)), inText(d.text(at + ".is")), inText(not)})
		}
	}
	if len(means.Rows) > 0 {
		leaf.Grids = append(leaf.Grids, means)
	}
	return leaf
}

// leaf is one section in values.
func (d *desk) leaf(sec *digest.Section) digest.Leaf {
	leaf := digest.Leaf{Key: sec.Key, Title: d.title(sec.Key), Lines: []string{d.status(sec)}}
	if m := d.message(sec); len(m) > 0 {
		leaf.Lines = append(leaf.Lines, m.String())
	}
	if sec.Status == digest.Absent {
		return leaf
	}
	leaf.Figures = d.figures(sec)
	if sec.Status == digest.Broken {
		return leaf
	}
	for i := range sec.Tables {
		if g := d.gridOf(sec, &sec.Tables[i]); g != nil {
			leaf.Grids = append(leaf.Grids, *g)
		}
	}
	if sec.Key == "service_levels" {
		if g := d.keptGrid(sec); g != nil {
			leaf.Grids = append(leaf.Grids, *g)
		}
	}
	for _, plan := range planOf(sec.Key).charts {
		if g := d.chartGrid(sec, plan.key); g != nil {
			leaf.Charts = append(leaf.Charts, *g)
		}
	}
	return leaf
}

// figureKeys lists a section's figures in the order of its plan, then those that share a card.
func (d *desk) figureKeys(sec *digest.Section) []string {
	p := planOf(sec.Key)
	if sec.Status == digest.Broken {
		return p.failed
	}
	keys := slices.Concat(p.cards, p.more)
	for _, f := range sec.Figures {
		if !slices.Contains(keys, f.Key) && d.figureLabel(sec, f.Key) != "" {
			keys = append(keys, f.Key)
		}
	}
	return slices.DeleteFunc(keys, func(key string) bool { _, ok := figureIn(sec, key); return !ok })
}

// figureIn is a figure as a card has it.
func figureIn(sec *digest.Section, key string) (digest.Figure, bool) {
	if key == connectionHours && sec.Key == "contact_center" {
		return connectionFigure(sec)
	}
	return sec.Figure(key)
}

// figureLabel names a figure; "" where the locale does not.
func (d *desk) figureLabel(sec *digest.Section, key string) string {
	for _, at := range []string{"figure." + sec.Key + "." + key + ".label", "web.define." + sec.Key + ".figure." + key + ".name"} {
		if d.w.Has(at) {
			return d.text(at)
		}
	}
	return ""
}

// figures are a section's, with those of the period before, the difference, targets and what is to be known of each.
func (d *desk) figures(sec *digest.Section) *digest.Grid {
	g := &digest.Grid{Key: "figures", Title: d.text("book.figures"), Head: []digest.GridHead{{Text: d.text("sheet.more.figure"), Unit: digest.Text}, {Text: upperFirst(d.text("period." + d.span + ".current"))}}}
	if d.compared() {
		g.Head = append(g.Head, digest.GridHead{Text: upperFirst(d.text("period." + d.span + ".previous"))}, digest.GridHead{Text: d.text("sheet.more.change")})
	}
	targets := d.aimed()
	if targets {
		g.Head = append(g.Head, digest.GridHead{Text: d.text("book.target")})
	}
	g.Head = append(g.Head, digest.GridHead{Text: d.text("book.note"), Unit: digest.Text})
	keys := d.figureKeys(sec)
	if sec.Status == digest.Broken {
		keys = planOf(sec.Key).failed
	}
	for _, key := range keys {
		f, ok := figureIn(sec, key)
		if !ok {
			f = digest.Figure{Key: key, Unit: digest.Count, Value: digest.None(digest.Failed), Previous: digest.None(digest.Empty)}
		}
		row := []digest.Entry{inText(d.figureLabel(sec, key)), d.entry(f.Unit, f.Value)}
		if d.compared() {
			row = append(row, d.entry(f.Unit, f.Previous), difference(f))
		}
		if targets {
			target := digest.Entry{Unit: f.Unit, Value: digest.None(digest.Empty)}
			if f.Target != nil {
				target.Value = digest.Num(*f.Target)
			}
			row = append(row, target)
		}
		g.Rows = append(g.Rows, append(row, inText(d.figureNote(sec, f))))
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return g
}

// aimed tells whether any figure has a target: all sections' tables of figures have the same columns.
func (d *desk) aimed() bool {
	for _, sec := range d.s.Sections {
		if slices.ContainsFunc(sec.Figures, func(f digest.Figure) bool { return f.Target != nil }) {
			return true
		}
	}
	return false
}

// figureNote is what a footnote says of a figure in a mail.
func (d *desk) figureNote(sec *digest.Section, f digest.Figure) string {
	switch {
	case sec.Status == digest.Broken:
		return ""
	case f.Value.State == digest.Unavailable:
		if reason := d.remark(sec, f.Footnote); reason != "" {
			return withStop(upperFirst(reason))
		}
		return upperFirst(withStop(d.text("card.keeps_no_record", digest.S("platform", d.platform(sec)))))
	case f.Value.State == digest.Empty:
		if at := "figure." + sec.Key + "." + f.Key + ".empty"; d.w.Has(at) {
			return d.text(at)
		}
		return d.footnote(sec, f.Footnote)
	case f.Provisional:
		until := digest.DateOf(d.s.Period.To.Add(attribution - time.Nanosecond))
		return sentences(upperFirst(withStop(d.text("book.provisional", digest.S("date", d.w.DayMonth(until))))), d.definition(sec, f), d.footnote(sec, f.Footnote))
	}
	return sentences(d.definition(sec, f), d.footnote(sec, f.Footnote))
}

// difference is the value less the one before, of percents in points; none where there is nothing to subtract, or the value may still move.
func difference(f digest.Figure) digest.Entry {
	e := digest.Entry{Unit: f.Unit, Value: digest.None(digest.Empty), Signed: true}
	if f.Unit == digest.Percent {
		e.Unit = digest.Points
	}
	if !f.Value.Is() || !f.Previous.Is() || f.Provisional || f.Unit == digest.Text || f.Unit == digest.Instant || f.Value.Currency != f.Previous.Currency {
		return e
	}
	e.Value = digest.Sum(math.Round((f.Value.Number-f.Previous.Number)*1e6)/1e6, f.Value.Currency) // what floating point adds is no difference
	return e
}

// entry is a value with what stands where it has none.
func (d *desk) entry(u digest.Unit, v digest.Value) digest.Entry {
	e := digest.Entry{Unit: u, Value: v}
	if v.State == "" {
		e.Value = digest.None(digest.Empty)
		v = e.Value
	}
	if !v.Is() {
		e.Word = d.text("value." + string(v.State))
	}
	return e
}

func inText(text string) digest.Entry {
	return digest.Entry{Unit: digest.Text, Value: digest.Say(text)}
}

func onDay(day digest.Date) digest.Entry {
	return digest.Entry{Unit: digest.LocalDay, Value: digest.At(time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC))}
}
