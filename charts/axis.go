package charts

import (
	"math"

	"fortnight/digest"

	"github.com/wcharczuk/go-chart/v2"
)

// scale is a value axis: from bottom to top in steps that people count in.
type scale struct {
	chart.ContinuousRange // Min and Max in units of the chart; Domain in eighths of a pixel
	step                  float64
	foot                  float64 // y of the lowest value
}

// scaleOf spans zero and the values in at most five steps.
func scaleOf(unit digest.Unit, least, most float64) scale {
	least, most = min(least, 0), max(most, 0)
	if least == most { // nothing but zeros: one step up, so that the line at the foot is seen to be low
		s := scale{step: 1}
		if unit == digest.Duration {
			s.step = 3600
		}
		s.Max = s.step
		return s
	}
	best, cost := scale{}, math.Inf(1)
	for _, step := range stepsFor(unit, most-least) {
		lo, hi := math.Floor(least/step+1e-9)*step, math.Ceil(most/step-1e-9)*step
		if hi-lo < step/2 { // far less than a step
			hi = lo + step
		}
		n := math.Round((hi - lo) / step)
		if n > 5 {
			continue
		}
		c := 1 - (most-least)/(hi-lo) + .06*math.Abs(n-4)
		if base := step; most-least >= 2 && base != math.Trunc(base) {
			c += .2 // 1, 2, 3 reads better than .5, 1, 1.5
		}
		if c < cost {
			best.step, best.Min, best.Max, cost = step, lo, hi, c
		}
	}
	return best
}

// stepsFor lists candidates for a range. Durations count in the units of clocks, counts never in parts.
func stepsFor(unit digest.Unit, span float64) []float64 {
	var out []float64
	if unit == digest.Duration && span < 5*5*3600 {
		for _, s := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 5 * 3600} {
			if span/s <= 5 || s == 5*3600 {
				out = append(out, s)
			}
		}
		return out
	}
	base := 1.0
	if unit == digest.Duration {
		base = 3600
	}
	exp := math.Floor(math.Log10(span / base / 5))
	for e := exp - 1; e <= exp+2; e++ {
		for _, m := range []float64{1, 2, 2.5, 5} {
			s := m * math.Pow(10, e)
			if whole := unit == digest.Count || unit == digest.MessagesPerMinute || unit == digest.Duration; whole && (s < 1 || s != math.Trunc(s)) {
				continue
			}
			out = append(out, s*base)
		}
	}
	if len(out) == 0 {
		out = append(out, base)
	}
	return out
}

// stand fits the scale between two heights.
func (s *scale) stand(top, foot float64) {
	s.Domain, s.foot = units(foot-top), foot
}

// y gives the height of a value.
func (s *scale) y(v float64) float64 { return s.foot - px(s.Translate(v)) }

// ticks lists the values of the gridlines, from the bottom.
func (s *scale) ticks() []float64 {
	var out []float64
	for i := 0.0; ; i++ {
		v := s.Min + i*s.step
		if v > s.Max+s.step/2 {
			return out
		}
		if math.Abs(v) < s.step/1e6 {
			v = 0
		}
		out = append(out, v)
	}
}

// tick prints a gridline's value. Millions and more are counted in the SI's M, exactly.
func (b *board) tick(s *scale, v float64) string {
	if b.chart.Unit == digest.Duration || b.chart.Unit == digest.Percent {
		return b.number(v)
	}
	suffix := ""
	if max(math.Abs(s.Max), math.Abs(s.Min)) >= 1e6 {
		v, suffix = v/1e6, "\u00A0M"
	}
	n := 0
	for ; n < mostPlaces; n++ {
		if p := math.Pow(10, float64(n)); math.Abs(math.Round(v*p)-v*p) <= 1e-6*math.Abs(v)*p {
			break
		}
	}
	if n == 0 {
		return b.words.Count(math.Round(v)) + suffix
	}
	return b.words.Decimal(v, n) + suffix
}

// mostPlaces bounds the decimals of numbers near zero.
const mostPlaces = 12

// grid draws the gridlines of a scale, the values standing on them at the start, and the line at zero.
func (b *board) grid(s *scale) {
	style := b.small(b.ink3)
	for _, v := range s.ticks() {
		if v == 0 {
			continue
		}
		b.hair(b.left, b.right, s.y(v), b.theme.grid)
		b.text(b.left, s.y(v)-6*b.k, b.tick(s, v), style)
	}
	if s.Min < 0 {
		b.text(b.left, s.y(0)-6*b.k, b.tick(s, 0), style)
	}
	b.hair(b.left, b.right, s.y(0), b.zero)
}

// gutter is the room at the start that the ticks' values need beside n columns whose marks are at most thick.
func (b *board) gutter(s *scale, n int, thick float64) float64 {
	widest := 0.0
	for _, v := range s.ticks() {
		if v != 0 || s.Min < 0 {
			widest = max(widest, b.wide(b.tick(s, v), b.small(b.ink3)))
		}
	}
	least := 1.7 * b.size
	room := b.right - b.left
	// A column's middle must stand clear of the values: gutter + (room-gutter)/2n >= widest + air.
	if n > 0 {
		f := 1 - 1/(2*float64(n))
		air := 14*b.k + max(thick/2-6*b.k, 0)
		least = max(least, (widest+air-room/(2*float64(n)))/f)
	}
	return min(least, .4*room)
}

// columns spreads n columns over the plot behind a gutter; it gives the middle of the first and their distance.
func (b *board) columns(n int, gutter float64) (first, slot float64) {
	slot = (b.right - b.left - gutter) / float64(max(n, 1))
	return b.left + gutter + slot/2, slot
}

// days writes dates under columns, as many as stand clear of each other: all of them, every second …, or one a week.
// Week-ends are lighter.
func (b *board) days(points []digest.Point, first, slot, y, size float64) {
	n := len(points)
	if n == 0 {
		return
	}
	style := lettering{size: size, anchor: digest.AnchorMiddle}
	write, every := b.dayLabels(points, slot, style)
	for i := 0; i < n; i += every {
		at := points[i].At
		style.colour = b.ink2
		if b.words.Weekend(at) {
			style.colour = b.ink3
		}
		label := write(points[i])
		half := b.wide(label, style) / 2
		x := min(max(first+float64(i)*slot, half), b.width-half) // never over the picture's edge
		b.text(x, y, label, style)
	}
}

// dayLabels chooses how dates are written and which of them: the first choice whose labels have air between them.
func (b *board) dayLabels(points []digest.Point, slot float64, style lettering) (write func(digest.Point) string, every int) {
	named := func(f func(digest.Date) string) func(digest.Point) string {
		return func(p digest.Point) string {
			if p.At.IsZero() {
				return p.Label
			}
			return f(p.At)
		}
	}
	widest := func(f func(digest.Point) string) float64 {
		w := 0.0
		for _, p := range points {
			w = max(w, b.wide(f(p), style))
		}
		return w
	}
	day, short, month := named(b.words.Day), named(b.words.WeekdayShort), named(b.words.DayMonth)
	type choice struct {
		write func(digest.Point) string
		every int
	}
	choices := []choice{{day, 1}, {day, 2}, {day, 3}, {month, 7}, {month, 14}}
	if len(points) <= 8 {
		choices = []choice{{day, 1}, {short, 1}, {day, 2}, {short, 2}}
		if b.half || b.chart.Kind == digest.Curve {
			choices = choices[1:]
		}
	}
	last := choices[len(choices)-1]
	for _, c := range choices {
		if widest(c.write)+9*b.k <= slot*float64(c.every) {
			return c.write, c.every
		}
	}
	return last.write, max(last.every, int(math.Ceil((widest(last.write)+9*b.k)/slot)))
}
