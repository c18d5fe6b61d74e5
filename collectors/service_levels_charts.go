package collectors

import (
	"math"
	"sort"
	"strconv"
	"time"

	"fortnight/digest"
)

// average is n/a of nothing.
func average(seconds []float64) digest.Value {
	if len(seconds) == 0 {
		return digest.None(digest.Empty)
	}
	var sum float64
	for _, x := range seconds {
		sum += x
	}
	return digest.Num(sum / float64(len(seconds)))
}

// percentile interpolates linearly between values in ascending order, as PostgreSQL's percentile_cont.
func percentile(seconds []float64, part float64) digest.Value {
	if len(seconds) == 0 {
		return digest.None(digest.Empty)
	}
	place := part * float64(len(seconds)-1)
	low := math.Floor(place)
	value := seconds[int(low)]
	if int(low) < len(seconds)-1 {
		value += (place - low) * (seconds[int(low)+1] - value)
	}
	return digest.Num(value)
}

// responseSteps are the bounds of response_time, seconds; what took longer than the last is one bar more. A bar holds what took as long
// as its end: a reply after ten minutes came within ten minutes.
var responseSteps = []float64{0, 60, 300, 600, 1800, 3600, 7200, 14400, 28800}

// responseTime is how many first replies took how long. It holds them against the promise to answer.
func responseTime(r *reader, now, before *serviceRaw) digest.Chart {
	c, known := r.chart("response_time", digest.Histogram, digest.Count, "assignment")
	if !known {
		return c
	}
	target := answeredWithin.Seconds()
	c.Target = &target
	c.Series = []digest.Series{{Key: "current", Points: steps(now.responses)}}
	if before != nil {
		c.Series = append(c.Series, digest.Series{Key: "previous", Points: steps(before.responses)})
	}
	if len(now.responses) == 0 {
		c.State = digest.Empty
	}
	return c
}

func steps(seconds []float64) (points []digest.Point) {
	for i := range responseSteps {
		from := responseSteps[i]
		p := digest.Point{From: &from}
		start, end := 0, len(seconds)
		if i > 0 {
			start = atMost(seconds, from)
		}
		if i+1 < len(responseSteps) {
			to := responseSteps[i+1]
			p.To = &to
			end = atMost(seconds, to)
		}
		p.Value = whole(int64(end - start))
		points = append(points, p)
	}
	return points
}

// atMost is how many of values in ascending order are at most n.
func atMost(seconds []float64, n float64) int {
	return sort.Search(len(seconds), func(i int) bool { return seconds[i] > n })
}

// byWeekdayHour holds what was missed or is waiting against the agents connected on average, by weekday and hour of the offer. Weekdays
// and hours that the period does not have are gaps.
func byWeekdayHour(r *reader, now *serviceRaw) digest.Chart {
	c, known := r.chart("by_weekday_hour", digest.Heatmap, digest.Count, "assignment")
	if !known {
		return c
	}
	if support, note := r.capability("agent_session", "connection_hours"); support != SupportFull && c.Footnote == "" {
		c.Footnote = note
	}
	for hour := range 24 {
		c.X = append(c.X, digest.Place{Key: strconv.Itoa(hour)})
	}
	first := time.Monday
	if len(r.Days) == 7 {
		first = r.Days[0].Date.Weekday()
	}
	for i := range 7 {
		c.Y = append(c.Y, digest.Place{Key: strconv.Itoa((int(first) + i) % 7)})
	}
	type cell struct {
		unserved           int64
		connected, seconds float64
	}
	cells := map[[2]int]*cell{}
	var sum int64
	for i, h := range now.hours {
		at := [2]int{h.From.Hour(), int(h.From.Weekday()-first+7) % 7}
		if cells[at] == nil {
			cells[at] = &cell{}
		}
		x := cells[at]
		x.unserved += now.unserved[i]
		x.seconds += h.To.Sub(h.From).Seconds()
		if now.connected != nil {
			x.connected += now.connected[i]
		}
		sum += now.unserved[i]
	}
	for y := range 7 {
		for hour := range 24 {
			x := cells[[2]int{hour, y}]
			if x == nil {
				continue
			}
			one := digest.Cell{X: hour, Y: y, Value: whole(x.unserved)}
			if now.connected != nil {
				of := x.connected / x.seconds
				one.Of = &of
			}
			c.Cells = append(c.Cells, one)
		}
	}
	if sum == 0 {
		c.State = digest.Empty
	}
	return c
}

func serviceNotes(s *serviceRaw, heat digest.Chart) []digest.Note {
	tallied := func(key string, t tally) digest.Note {
		return digest.Note{Key: key, Values: map[string]digest.Value{
			"met": count(t.met), "judged": count(t.judged), "overdue": count(t.overdue()), "on_us": count(t.onUs), "on_user": count(t.onTheUser),
		}}
	}
	answered := tallied("answered_in_10_min", s.answered)
	answered.Values["left_out"] = count(s.leftOut)
	one := func(key string, n int64) digest.Note {
		return digest.Note{Key: key, Values: map[string]digest.Value{"count": count(n)}}
	}
	notes := []digest.Note{
		tallied("closed_within_hour", s.closedInHour), tallied("closed_within_day", s.closedInDay), answered,
		one("first_responses", int64(len(s.responses))), one("closings", int64(len(s.openToClose))),
	}
	if worst, there := worstHour(heat); there {
		notes = append(notes, worst)
	}
	var placeholders int64
	shortest := time.Duration(math.MaxInt64)
	for c, weekly := range s.placeholder {
		if s.used[c] {
			placeholders++
			shortest = min(shortest, weekly)
		}
	}
	if placeholders > 0 {
		n := one("placeholder_hours", placeholders)
		n.Values["minutes"] = digest.Num(shortest.Minutes())
		notes = append(notes, n)
	}
	switch {
	case !s.any():
		notes = append(notes, digest.Note{Key: "no_hours", Values: map[string]digest.Value{}})
	case s.without > 0:
		notes = append(notes, one("without_hours", s.without))
	}
	return notes
}

// worstHour finds the hour of the week with most missed and waiting; of equals the one with fewest agents, then the first.
func worstHour(c digest.Chart) (n digest.Note, there bool) {
	var worst digest.Cell
	var sum float64
	for _, cell := range c.Cells {
		sum += *cell.Value
		more := worst.Value == nil || *cell.Value > *worst.Value
		if !more && *cell.Value == *worst.Value && cell.Of != nil && worst.Of != nil {
			more = *cell.Of < *worst.Of
		}
		if more {
			worst = cell
		}
	}
	if sum == 0 {
		return n, false
	}
	weekday, err := strconv.Atoi(c.Y[worst.Y].Key)
	if err != nil {
		return n, false
	}
	connected := digest.None(digest.Unavailable)
	if worst.Of != nil {
		connected = digest.Num(*worst.Of)
	}
	return digest.Note{Key: "unserved", Values: map[string]digest.Value{
		"count": digest.Num(sum), "hour": digest.Num(float64(worst.X)), "weekday": digest.Num(float64(weekday)),
		"worst": digest.Num(*worst.Value), "connected": connected,
	}}, true
}
