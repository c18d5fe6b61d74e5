package editor

import (
	"math"

	"fortnight/digest"
)

// weekdayNames is the longest period whose days are told by their names; in a longer one a name would be said of more
// than one day.
const weekdayNames = 7

func (d *desk) byWeekday() bool {
	return d.s.Period.First().DaysUntil(d.s.Period.End()) <= weekdayNames
}

// day names a day inside a sentence: "Wednesday", or "25 Mar" in a long period.
func (d *desk) day(at digest.Date) string {
	if d.byWeekday() {
		return d.w.Weekday(at)
	}
	return d.w.DayMonth(at)
}

// dayShort names a day in a list of values: "Wed", "25 Mar".
func (d *desk) dayShort(at digest.Date) string {
	if d.byWeekday() {
		return d.w.WeekdayShort(at)
	}
	return d.w.DayMonth(at)
}

// oneDay tells a period of a single day, of which nothing can be said by day.
func (d *desk) oneDay() bool { return len(d.s.Period.Days()) == 1 }

// currentOf is the series of this period of a chart of one line.
func currentOf(c *digest.Chart) digest.Series {
	if s := c.Find("current"); s != nil {
		return *s
	}
	if len(c.Series) > 0 {
		return c.Series[0]
	}
	return digest.Series{}
}

// previousOf is the sum of the previous period of a chart of one line; ok is false where there is none.
func (d *desk) previousOf(c *digest.Chart) (sum float64, ok bool) {
	s := c.Find("previous")
	if s == nil || !d.compared() || len(s.Points) == 0 {
		return 0, false
	}
	return s.Sum(), true
}

// filled leaves out the gaps.
func filled(s digest.Series) []digest.Point {
	var out []digest.Point
	for _, p := range s.Points {
		if p.Value != nil {
			out = append(out, p)
		}
	}
	return out
}

// above leaves out the gaps and the zeros.
func above(s digest.Series) []digest.Point {
	var out []digest.Point
	for _, p := range filled(s) {
		if *p.Value > 0 {
			out = append(out, p)
		}
	}
	return out
}

// largest gives the points with the largest value, in their order.
func largest(points []digest.Point) (top []digest.Point, n float64) {
	n = math.Inf(-1)
	for _, p := range points {
		switch {
		case *p.Value > n:
			top, n = []digest.Point{p}, *p.Value
		case *p.Value == n:
			top = append(top, p)
		}
	}
	return top, n
}

// fewTops is how many equal tops are still named.
const fewTops = 3

// dayList names days: "Thursday", "Thursday and Saturday".
func (d *desk) dayList(points []digest.Point) string {
	var names []string
	for _, p := range points {
		names = append(names, d.day(p.At))
	}
	return d.w.List(names)
}

// consecutive tells whether the points lie on days that follow each other.
func consecutive(points []digest.Point) bool {
	for i := 1; i < len(points); i++ {
		if points[i-1].At.AddDays(1) != points[i].At {
			return false
		}
	}
	return len(points) > 0
}

// The stretch that a caption names holds at least two thirds of the total in at most four days of seven.
const (
	stretchShare = 2.0 / 3
	stretchDays  = 4.0 / 7
)

// stretch finds the fewest days in a row that hold two thirds of the sum, and of these the fullest, earliest first.
// ok is false where that takes more than four days of seven.
func stretch(s digest.Series) (days []digest.Point, part float64, ok bool) {
	points := filled(s)
	total := s.Sum()
	for length := 1; float64(length) <= stretchDays*float64(len(points)); length++ {
		for i := 0; i+length <= len(points); i++ {
			window := points[i : i+length]
			if !consecutive(window) {
				continue
			}
			var sum float64
			for _, p := range window {
				sum += *p.Value
			}
			if sum >= stretchShare*total && sum > part {
				days, part, ok = window, sum, true
			}
		}
		if ok {
			return days, part, true
		}
	}
	return nil, 0, false
}
