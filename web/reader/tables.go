package reader

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
)

// table is numbers to look up: a chart's, or a letter's own.
type table struct {
	Title, Caption string
	Anchor         string // the chart's or sheet's
	Whole          string // the address behind the sign-in that has what is masked here; "": none
	WholeText      string
	Head           []heading
	Rows           []row
	Open           bool   // it was sorted, or asked for: it stands open
	Away           bool   // it is long: the page has it only where it is asked for
	At             string // the page with it, seen from the page
	CSVAt          string
}

// heading is a column's.
type heading struct {
	Text   string
	Number bool
	Unit   digest.Unit
	By     int    // what asks for the table sorted by this column; 0: there is nothing to sort
	Sorted string // ascending, descending or ""
}

type row struct {
	Cells []cell
	Bold  bool // a sum: it stays at the foot
}

// cell is a text, and where it is a number its value in the column's unit.
type cell struct {
	Text   string
	Number bool
	Value  float64
	Some   bool   // there is a value
	Plain  string // in a file, in place of Text: "2020-03-25"
}

// Print is the text as markup.
func (c cell) Print() template.HTML { return template.HTML(template.HTMLEscapeString(c.Text)) }

// weighs tells about how many bytes a page has more by the table.
func (t table) weighs() int {
	n := 250 + 2*len(t.Anchor)
	for _, h := range t.Head {
		n += 45 + len(h.Text)
	}
	for _, r := range t.Rows {
		n += 30
		for _, c := range r.Cells {
			n += 9 + len(c.Text)
		}
	}
	return n
}

// sorting is what a request asks for: a table, and its column to sort it by, from 1; negative: the largest first; 0: as it is.
type sorting struct {
	anchor string
	column int
}

func sortOf(r *http.Request) sorting {
	q := r.URL.Query()
	n, err := strconv.Atoi(q.Get("by"))
	if err != nil {
		n = 0
	}
	return sorting{q.Get("sort"), n}
}

// longest is the most rows of a chart's table that the page carries without being asked: a fortnight's days, ten agents.
const longest = 16

// tables makes the tables of one edition.
type tables struct {
	words  digest.Words
	self   string // the page's address
	sorted sorting
}

func (s *tables) say(key string) string { return s.words.Phrase("web.table." + key).String() }

// finish sorts a table as the request asks, and gives it its links.
func (s *tables) finish(t table) table {
	t.CSVAt = s.self + "/csv/" + url.PathEscape(t.Anchor)
	t.At = "?" + url.Values{"sort": {t.Anchor}}.Encode() + "#" + url.PathEscape(t.Anchor)
	t.Open = s.sorted.anchor == t.Anchor
	t.Away = !t.Open && len(t.Rows) > longest
	if s.sorted.anchor == t.Anchor && s.sorted.column != 0 && abs(s.sorted.column) <= len(t.Head) {
		t.Open, t.Away = true, false
		t.sort(s.sorted.column)
	}
	for i := range t.Head {
		h := &t.Head[i]
		if len(t.Rows) < 2 {
			continue
		}
		by := i + 1
		if h.Number {
			by = -by // the largest first is what one looks for
		}
		switch {
		case s.sorted.anchor == t.Anchor && abs(s.sorted.column) == i+1:
			by, h.Sorted = -s.sorted.column, "ascending"
			if s.sorted.column < 0 {
				h.Sorted = "descending"
			}
		}
		h.By = by
	}
	return t
}

func abs(n int) int { return max(n, -n) }

// sort orders the rows by a column: numbers by value, texts by their letters in any case; what has no value is last either way.
func (t *table) sort(column int) {
	i := abs(column) - 1
	slices.SortStableFunc(t.Rows, func(a, b row) int {
		if a.Bold != b.Bold { // sums stay at the foot
			if a.Bold {
				return 1
			}
			return -1
		}
		if i >= len(a.Cells) || i >= len(b.Cells) {
			return 0
		}
		p, q := a.Cells[i], b.Cells[i]
		var order int
		switch {
		case p.Number && p.Some != q.Some:
			if p.Some {
				return -1
			}
			return 1
		case p.Number:
			order = cmp.Compare(p.Value, q.Value)
		default:
			order = strings.Compare(strings.ToLower(orElse(p.Plain, p.Text)), strings.ToLower(orElse(q.Plain, q.Text)))
		}
		if column < 0 {
			return -order
		}
		return order
	})
}

// ofPicture makes the table of a chart's values; ok is false where it has none.
func (s *tables) ofPicture(p digest.Picture) (t table, ok bool) {
	t = table{Anchor: p.Anchor, Title: p.Title}
	c := &p.Chart
	switch c.Kind {
	case digest.Line, digest.Bar:
		s.days(&t, p)
	case digest.StackedBar, digest.Curve:
		s.series(&t, p)
	case digest.Ranking, digest.Donut:
		s.ranks(&t, p)
	case digest.Flow:
		s.links(&t, p)
	case digest.Heatmap:
		s.fields(&t, p)
	case digest.Histogram:
		s.bins(&t, p)
	case digest.Funnel:
		s.stages(&t, p)
	}
	if len(t.Rows) == 0 {
		return t, false
	}
	return s.finish(t), true
}

// days is one series over days, beside the previous period's.
func (s *tables) days(t *table, p digest.Picture) {
	now, before := current(&p.Chart), p.Chart.Find("previous")
	unit := p.Chart.Unit
	t.Head = []heading{{Text: s.say("day")}, {Text: capital(orElse(p.Legend.Current, p.Title)), Number: true, Unit: unit}}
	if before != nil {
		t.Head = append(t.Head, heading{Text: capital(p.Legend.Previous), Number: true, Unit: unit}, heading{Text: s.say("change"), Number: true, Unit: unit})
	}
	n := len(now.Points)
	if before != nil {
		n = max(n, len(before.Points))
	}
	for i := range n {
		var is, was digest.Point
		if i < len(now.Points) {
			is = now.Points[i]
		}
		if before != nil && i < len(before.Points) {
			was = before.Points[i]
		}
		named := is
		if named.At.IsZero() && named.Label == "" {
			named = was
		}
		r := row{Cells: []cell{s.when(named), s.number(unit, is.Value)}}
		if before != nil {
			r.Cells = append(r.Cells, s.number(unit, was.Value), s.change(unit, is.Value, was.Value))
		}
		t.Rows = append(t.Rows, r)
	}
}

// series is several series over days or named things, one a column.
func (s *tables) series(t *table, p digest.Picture) {
	t.Head = []heading{{Text: s.say("day")}}
	longest := digest.Series{}
	for _, x := range p.Chart.Series {
		t.Head = append(t.Head, heading{Text: capital(orElse(p.Legend.Series[x.Key], x.Label)), Number: true, Unit: p.Chart.Unit})
		if len(x.Points) > len(longest.Points) {
			longest = x
		}
	}
	if len(longest.Points) > 0 && longest.Points[0].At.IsZero() {
		t.Head[0].Text = s.say("name")
	}
	for i, day := range longest.Points {
		r := row{Cells: []cell{s.when(day)}}
		for _, x := range p.Chart.Series {
			var v *float64
			if i < len(x.Points) {
				v = x.Points[i].Value
			}
			r.Cells = append(r.Cells, s.number(p.Chart.Unit, v))
		}
		t.Rows = append(t.Rows, r)
	}
}

// ranks is rows by name, with their share where they add up to a whole, beside the previous period's.
func (s *tables) ranks(t *table, p digest.Picture) {
	points, unit := current(&p.Chart).Points, p.Chart.Unit
	before := map[string]*float64{}
	was := p.Chart.Find("previous")
	if was == nil && p.Chart.Previous != nil && len(p.Chart.Previous.Series) > 0 {
		was = &p.Chart.Previous.Series[0]
	}
	if was != nil {
		for _, x := range was.Points {
			before[x.Key+"\x00"+string(x.Role)] = x.Value
		}
	}
	t.Head = []heading{{Text: s.say("name")}, {Text: capital(orElse(p.Legend.Current, s.say("value"))), Number: true, Unit: unit}}
	total := 0.0
	for _, x := range points {
		if x.Value != nil {
			total += *x.Value
		}
	}
	shares := unit == digest.Count && total > 0
	if shares {
		t.Head = append(t.Head, heading{Text: s.say("share"), Number: true, Unit: digest.Percent})
	}
	if was != nil {
		t.Head = append(t.Head, heading{Text: capital(p.Legend.Previous), Number: true, Unit: unit}, heading{Text: s.say("change"), Number: true, Unit: unit})
	}
	for _, x := range points {
		r := row{Cells: []cell{{Text: x.Label}, s.number(unit, x.Value)}}
		if shares {
			var share *float64
			if x.Value != nil {
				v := math.Round(1000**x.Value/total) / 10
				share = &v
			}
			r.Cells = append(r.Cells, s.number(digest.Percent, share))
		}
		if was != nil {
			v := before[x.Key+"\x00"+string(x.Role)]
			r.Cells = append(r.Cells, s.number(unit, v), s.change(unit, x.Value, v))
		}
		t.Rows = append(t.Rows, r)
	}
}

// links is a flow: from, to, how many.
func (s *tables) links(t *table, p digest.Picture) {
	names := map[string]string{}
	for _, n := range p.Chart.Nodes {
		names[n.ID] = n.Label
	}
	t.Head = []heading{{Text: s.say("from")}, {Text: s.say("to")}, {Text: s.say("value"), Number: true, Unit: p.Chart.Unit}}
	for _, l := range p.Chart.Links {
		t.Rows = append(t.Rows, row{Cells: []cell{{Text: names[l.From]}, {Text: names[l.To]}, s.number(p.Chart.Unit, &l.Value)}})
	}
}

// ofSheet makes the table of a letter's sheet, whose cells are finished words: their values are read back from them.
func (s *tables) ofSheet(sheet digest.Sheet) table {
	t := table{Anchor: sheet.Anchor, Title: sheet.Title, Caption: sheet.Caption, Whole: sheet.Whole, WholeText: sheet.WholeText}
	reads := newScanner(s.words)
	for i, h := range sheet.Head {
		t.Head = append(t.Head, heading{Text: h, Number: i >= sheet.Text})
	}
	for n, cells := range sheet.Rows {
		r := row{Bold: n < len(sheet.Bold) && sheet.Bold[n]}
		for i, text := range cells {
			c := cell{Text: text, Number: i >= sheet.Text}
			if c.Number {
				var unit digest.Unit
				c.Value, unit, c.Some = reads.scan(text)
				if c.Some && i < len(t.Head) && (t.Head[i].Unit == "" || unit == digest.Duration) {
					t.Head[i].Unit = unit
				}
			}
			r.Cells = append(r.Cells, c)
		}
		t.Rows = append(t.Rows, r)
	}
	return s.finish(t)
}

// when is a day's cell.
func (s *tables) when(p digest.Point) cell {
	if p.At.IsZero() {
		return cell{Text: p.Label}
	}
	return cell{Text: s.words.WeekdayShort(p.At) + "\u00a0" + s.words.DayMonth(p.At), Plain: p.At.String()}
}

// number prints a value in its unit; a gap is a dash.
func (s *tables) number(unit digest.Unit, v *float64) cell {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return cell{Text: "–", Number: true}
	}
	return cell{Text: printed(s.words, unit, *v), Number: true, Value: *v, Some: true}
}

// change prints a difference with its sign.
func (s *tables) change(unit digest.Unit, now, before *float64) cell {
	if now == nil || before == nil {
		return cell{Text: "–", Number: true}
	}
	d := *now - *before
	c := cell{Number: true, Value: d, Some: true}
	switch {
	case unit == digest.Percent:
		c.Text = s.words.Points(d)
	case unit == digest.Duration && d != 0:
		sign := "+"
		if d < 0 {
			sign = "−"
		}
		c.Text = sign + printed(s.words, unit, math.Abs(d))
	default:
		c.Text = s.words.Signed(d, places(d))
	}
	return c
}

// printed is a number in words.
func printed(w digest.Words, unit digest.Unit, v float64) string {
	switch unit {
	case digest.Duration:
		var parts []string
		for _, p := range w.Duration(v) {
			parts = append(parts, p.Number+"\u00a0"+p.Unit)
		}
		return strings.Join(parts, " ")
	case digest.Percent:
		return w.Percent(v)
	}
	return w.Decimal(v, places(v))
}

// places is how many decimals a number is printed with: none where it is whole, else two at most.
func places(v float64) int {
	for n := range 2 {
		p := math.Pow(10, float64(n))
		if math.Abs(math.Round(v*p)-v*p) < 1e-9*max(math.Abs(v*p), 1) {
			return n
		}
	}
	return 2
}

func current(c *digest.Chart) digest.Series {
	if s := c.Find("current"); s != nil {
		return *s
	}
	if len(c.Series) > 0 {
		return c.Series[0]
	}
	return digest.Series{}
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
