package charts

import (
	"fmt"
	"math"
	"strconv"

	"fortnight/digest"
)

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// week gives a heat map of seven weekdays by 24 hours; value and of are asked for each hour, not a number is a gap.
func week(days []string, value, of func(day, hour int) float64) digest.Picture {
	p := digest.Picture{Drawn: true, Legend: digest.Legend{
		Value: "missed and waiting", Of: "agents connected", UpTo: "agents connected, up to {n}", Without: "no agent connected",
	}}
	c := digest.Chart{Key: "by_weekday_hour", Kind: digest.Heatmap, Unit: digest.Count, State: digest.HasValue}
	for h := range 24 {
		c.X = append(c.X, digest.Place{Key: strconv.Itoa(h), Label: fmt.Sprintf("%02d:00", h)})
	}
	for i, d := range days {
		c.Y = append(c.Y, digest.Place{Key: strconv.Itoa((i + 1) % 7), Label: d})
		for h := range 24 {
			cell := digest.Cell{X: h, Y: i}
			if v := value(i, h); !math.IsNaN(v) {
				cell.Value = f(v)
			}
			if of != nil {
				if v := of(i, h); !math.IsNaN(v) {
					cell.Of = f(v)
				}
			}
			c.Cells = append(c.Cells, cell)
		}
	}
	p.Chart = c
	return p
}

// missedByHour is a lifelike week: people write from morning to night, agents come at nine and leave at six.
func missedByHour(day, hour int) float64 {
	v := 3.2*math.Sin(float64(hour-7)*.28) + float64((day*7+hour*5)%4) - 1
	switch {
	case hour < 7:
		v = float64((day*3+hour)%9) / 8
	case hour >= 18:
		v += 3.5 * math.Exp(-float64(hour-18)/2.5)
	}
	if day >= 5 {
		v *= .8
	}
	return math.Floor(max(v, 0))
}

func connectedByHour(day, hour int) float64 {
	switch {
	case day == 6 || hour < 8 || hour >= 18:
		return 0
	case day == 5:
		return float64(min(max(0, 14-hour), 2))
	case hour == 8 || hour == 17:
		return 2
	case hour == 12:
		return 3.5
	}
	return 6
}

func minutes(v float64) *float64 { return f(v * 60) }

// bins gives a histogram; edges in minutes, the last bin open.
func bins(target float64, edges []float64, values ...float64) digest.Picture {
	c := digest.Chart{Key: "response_time", Kind: digest.Histogram, Unit: digest.Count, State: digest.HasValue}
	s := digest.Series{Key: "current"}
	for i, v := range values {
		p := digest.Point{From: minutes(edges[i])}
		if i+1 < len(edges) {
			p.To = minutes(edges[i+1])
		}
		if !math.IsNaN(v) {
			p.Value = f(v)
		}
		s.Points = append(s.Points, p)
	}
	c.Series = []digest.Series{s}
	p := digest.Picture{Drawn: true, Chart: c}
	if target > 0 {
		p.Chart.Target, p.Legend.Target = minutes(target), "target 10 min"
	}
	return p
}

var (
	waits  = []float64{0, 1, 5, 10, 30, 60, 240, 480}
	eleven = []float64{0, .5, 1, 2, 5, 10, 15, 30, 60, 240, 480, 1440}
)

func funnel(list ...row) digest.Picture {
	p := one(digest.Funnel, digest.Count, rows(list...), nil)
	p.Chart.Key, p.Legend = "funnel", digest.Legend{OfFirst: "of all", OfBefore: "of the step before"}
	return p
}

// stepped gives stacked bars by named steps: a series a row of values.
func stepped(names []string, series ...digest.Series) digest.Picture {
	p := digest.Picture{Drawn: true, Chart: digest.Chart{Key: "by_step", Kind: digest.StackedBar, Unit: digest.Count, State: digest.HasValue}}
	p.Legend = digest.Legend{
		Series: map[string]string{"completed": "completed", "failed": "failed", "pending": "pending"},
		Above:  map[string]string{"failed": "{n} failed", "pending": "{n} pending"},
	}
	for _, s := range series {
		for i := range s.Points {
			s.Points[i].At, s.Points[i].Key, s.Points[i].Label = digest.Date{}, strconv.Itoa(i), names[i]
		}
		p.Chart.Series = append(p.Chart.Series, s)
	}
	return p
}

func byStep(key string, values ...float64) digest.Series {
	return digest.Series{Key: key, Label: key, Points: daily(values...)}
}

var intake = []string{
	"Welcome and consent", "Which practice do you want to visit?", "Date of birth", "Reason for the visit", "Insurance carrier and member number", "Preferred day",
	"Preferred time of day", "Choose one of these appointments", "Confirm", "Reminder by text?", "Anything else we should know", "Goodbye",
}

func byReason() digest.Picture {
	p := stepped(
		intake[:8],
		byStep("TIMEOUT", 41, 18, 9, 7, 6, 3, 2, 1), byStep("INCOMING_MESSAGE", 6, 4, 3, 0, 2, 0, 1, 0), byStep("OUTGOING_MANUAL_MESSAGE", 2, 0, 3, 1, 0, 0, 0, 0),
		byStep("OUTGOING_AUTOMATION_MESSAGE", 1, 1, 0, 0, 0, 0, 0, 0), byStep("OUTGOING_BROADCAST_MESSAGE", 1, 0, 2, 0, 0, 1, 0, 0), byStep("OUTGOING_CAMPAIGN_MESSAGE", 0, 2, 0, 1, 0, 0, 0, 0),
		byStep("VOICE_ENDED", 3, 0, 1, 0, 1, 0, 0, 0), byStep("CANCELLED", 0, 1, 0, 2, 3, 0, 0, 1), digest.Series{Key: "UNKNOWN", Role: digest.Unknown, Points: daily(1, 0, 0, 0, 1, 0, 0, 0)},
	)
	p.Chart.Key, p.Legend.Above = "failure_by_step", nil
	p.Legend.Series = map[string]string{
		"TIMEOUT": "no answer in time", "INCOMING_MESSAGE": "wrote something else", "OUTGOING_MANUAL_MESSAGE": "an agent wrote", "OUTGOING_AUTOMATION_MESSAGE": "an automatic reply",
		"OUTGOING_BROADCAST_MESSAGE": "a broadcast", "OUTGOING_CAMPAIGN_MESSAGE": "a campaign", "VOICE_ENDED": "call ended", "CANCELLED": "cancelled", "UNKNOWN": "not recorded",
	}
	return p
}

// journeyOf gives a flow of named steps by position, with so many that reach each step; of what is lost at each a part fails, the rest is pending.
// Some skip a step.
func journeyOf(names []string, reached ...float64) digest.Picture {
	c := digest.Chart{Key: "journey", Kind: digest.Flow, Unit: digest.Count, State: digest.HasValue}
	link := func(a, z string, v float64) {
		if v > 0 {
			c.Links = append(c.Links, digest.Link{From: a, To: z, Value: v})
		}
	}
	id := func(i int) string { return "step:" + strconv.Itoa(i) }
	ends := map[string]float64{}
	end := func(from, name string, v float64) {
		link(from, "end:"+name, v)
		ends[name] += v
	}
	for i, v := range reached {
		c.Nodes = append(c.Nodes, digest.Node{ID: id(i), Label: names[i], Column: i, Value: v})
		if i+1 == len(reached) {
			end(id(i), "completed", v)
			break
		}
		skip := 0.0
		if i%3 == 1 && i+2 < len(reached) {
			skip = math.Floor(.06 * reached[i+2])
		}
		arrive := reached[i+1]
		if i%3 == 2 { // who skipped this step
			arrive -= math.Floor(.06 * reached[i+1])
		}
		link(id(i), id(i+1), arrive)
		link(id(i), id(i+2), skip)
		lost := v - arrive - skip
		pending := math.Floor(lost / 6)
		end(id(i), "failed", lost-pending)
		end(id(i), "pending", pending)
	}
	for _, name := range []string{"completed", "failed", "pending"} {
		c.Nodes = append(c.Nodes, digest.Node{ID: "end:" + name, Label: name, Column: len(reached), Value: ends[name]})
	}
	return digest.Picture{Drawn: true, Chart: c}
}

// wideJourney begins in two places and has two steps at most positions.
func wideJourney() digest.Picture {
	p := digest.Picture{Drawn: true, Chart: digest.Chart{Key: "journey", Kind: digest.Flow, Unit: digest.Count, Nodes: []digest.Node{
		{ID: "a", Label: "Started by text", Value: 80},
		{ID: "b", Label: "Started by a call", Value: 34},
		{ID: "c", Label: "Reschedule", Column: 1},
		{ID: "d", Label: "Cancel the appointment", Column: 1},
		{ID: "e", Label: "Choose a new day", Column: 2},
		{ID: "f", Label: "Are you sure?", Column: 2},
		{ID: "g", Label: "11 other steps", Role: digest.Other, Column: 3},
		{ID: "completed", Label: "completed", Column: 4},
		{ID: "failed", Label: "failed", Column: 4},
		{ID: "pending", Label: "pending", Column: 4},
	}, Links: []digest.Link{
		{From: "a", To: "c", Value: 50},
		{From: "a", To: "d", Value: 20},
		{From: "a", To: "failed", Value: 10},
		{From: "b", To: "c", Value: 12},
		{From: "b", To: "d", Value: 22},
		{From: "c", To: "e", Value: 55},
		{From: "c", To: "f", Value: 3},
		{From: "c", To: "pending", Value: 4},
		{From: "d", To: "f", Value: 40},
		{From: "d", To: "failed", Value: 2},
		{From: "e", To: "g", Value: 30},
		{From: "e", To: "completed", Value: 20},
		{From: "e", To: "failed", Value: 5},
		{From: "f", To: "g", Value: 13},
		{From: "f", To: "completed", Value: 30},
		{From: "g", To: "completed", Value: 41},
		{From: "g", To: "pending", Value: 2},
	}}}
	return p
}

func completion(key ...float64) digest.Picture {
	p := one(digest.Donut, digest.Count, nil, nil)
	names := []string{"completed", "failed_at_first_step", "failed_later"}
	words := []string{"completed", "failed at the first step", "failed later"}
	for i, v := range key {
		p.Chart.Series[0].Points = append(p.Chart.Series[0].Points, digest.Point{Key: names[i], Label: words[i], Value: f(v)})
	}
	p.Chart.Key, p.Legend.Total = "completion", "ended"
	return p
}

// kinds lists the pictures of heat maps, histograms, funnels, journeys and stacks by name.
func kinds() []exhibit {
	half := digest.Frame{Width: 366}
	paper, halfPaper := digest.Frame{Width: 764, Bare: true}, digest.Frame{Width: 366, Bare: true}
	dark, brand := digest.Frame{Theme: digest.Dark}, digest.Frame{Accent: 0x0A8754FF}
	heat := week(weekdays, missedByHour, connectedByHour)
	hist := bins(10, waits, 12, 31, 44, 22, 9, 6, 3, 4)
	reach := funnel(row{"recipients", 1240, ""}, row{"sent", 1198, ""}, row{"delivered", 1151, ""}, row{"read", 802, ""}, row{"responded", 214, ""}, row{"finished", 96, ""})
	twelve := journeyOf(intake, 412, 371, 352, 340, 331, 318, 301, 266, 250, 241, 236, 233)
	four := journeyOf([]string{"Greeting", "Keep or cancel?", "Are you sure?", "Thank you"}, 96, 81, 74, 70)
	perStep := stepped(intake, byStep("completed", 371, 352, 340, 331, 318, 301, 266, 250, 241, 236, 233, 233), byStep("failed", 35, 16, 10, 8, 11, 15, 30, 14, 8, 4, 3, 0), byStep("pending", 6, 3, 2, 1, 2, 2, 5, 2, 1, 1, 0, 0))
	arabicDays := []string{"الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"}
	arabic := week(arabicDays, missedByHour, connectedByHour)
	arabic.Legend = digest.Legend{Value: "فائتة وقيد الانتظار", Of: "وكلاء متصلون", UpTo: "وكلاء متصلون، حتى {n}", Without: "لا وكيل متصل"}
	arabicFunnel := funnel(row{"المستلمون", 1240, ""}, row{"أرسلت", 1198, ""}, row{arabic40, 1151, ""}, row{"قرئت", 802, ""})
	arabicFunnel.Legend = digest.Legend{OfFirst: "من الكل", OfBefore: "من الخطوة السابقة"}
	arabicSteps := journeyOf([]string{"مرحبا", arabic40 + arabic40, "تاريخ الميلاد", "شكرا"}, 96, 81, 74, 70)
	return []exhibit{
		{"heatmap", heat, digest.Frame{}, ""},
		{"heatmap dark", heat, dark, ""},
		{"heatmap half", heat, half, ""},
		{"heatmap on paper", heat, paper, ""},
		{"heatmap brand", heat, brand, ""},
		{"heatmap right to left", arabic, digest.Frame{}, "rtl"},
		{"histogram", hist, digest.Frame{}, ""},
		{"histogram dark", hist, dark, ""},
		{"histogram half", hist, half, ""},
		{"histogram on paper", hist, paper, ""},
		{"histogram on half a paper", hist, halfPaper, ""},
		{"histogram without a target", bins(0, eleven, 8, 12, 14, 31, 44, 30, 22, 9, 6, 3, 2, 1), digest.Frame{}, ""},
		{"histogram right to left", hist, digest.Frame{}, "rtl"},
		{"funnel", reach, digest.Frame{}, ""},
		{"funnel dark", reach, dark, ""},
		{"funnel half", reach, half, ""},
		{"funnel on half a paper", reach, halfPaper, ""},
		{"funnel right to left", arabicFunnel, digest.Frame{}, "rtl"},
		{"journey", twelve, digest.Frame{}, ""},
		{"journey dark", twelve, dark, ""},
		{"journey half", twelve, half, ""},
		{"journey on paper", twelve, paper, ""},
		{"journey of four steps", four, digest.Frame{}, ""},
		{"journey of two ways", wideJourney(), digest.Frame{}, ""},
		{"journey right to left", arabicSteps, digest.Frame{}, "rtl"},
		{"steps", perStep, digest.Frame{}, ""},
		{"steps dark", perStep, dark, ""},
		{"steps half", perStep, half, ""},
		{"steps by reason", byReason(), digest.Frame{}, ""},
		{"steps by reason dark", byReason(), dark, ""},
		{"steps by reason on half a paper", byReason(), halfPaper, ""},
		{"steps right to left", stepped([]string{"مرحبا", arabic40 + arabic40, "شكرا"}, byStep("completed", 90, 60, 20), byStep("failed", 10, 30, 40)), digest.Frame{}, "rtl"},
		{"donut three rows", completion(233, 41, 96), digest.Frame{}, ""},
		{"donut three rows dark", completion(233, 41, 96), dark, ""},
		{"donut three rows half", completion(233, 41, 96), half, ""},
	}
}

// kindEdges is data at the edge of what can come, for the kinds above.
func kindEdges(name string, v []float64) []exhibit {
	at := func(i int) float64 {
		if i >= len(v) {
			return nan
		}
		return v[i]
	}
	zeros := make([]float64, len(v))
	heat := week(weekdays, func(day, hour int) float64 { return at((day*5 + hour) % 11) }, func(day, hour int) float64 { return at((day + hour) % 9) })
	var stepNames []string
	var list []row
	for i, n := range v {
		label := []string{"recipients", "sent", long40, arabic40, "日本語のラベル 🙂", "עברית", "Ελληνικά и русский"}[i%7]
		stepNames, list = append(stepNames, label), append(list, row{label, n, ""})
	}
	ways := digest.Picture{Drawn: true, Chart: digest.Chart{Kind: digest.Flow, Unit: digest.Count}}
	for i, r := range list {
		id := strconv.Itoa(i)
		ways.Chart.Nodes = append(ways.Chart.Nodes, digest.Node{ID: id, Label: r.label, Column: i, Value: r.value})
		ways.Chart.Links = append(ways.Chart.Links, digest.Link{From: id, To: strconv.Itoa(i + 1), Value: r.value}, digest.Link{From: id, To: "failed", Value: r.value})
	}
	for _, end := range []string{"completed", "failed", "pending"} {
		ways.Chart.Nodes = append(ways.Chart.Nodes, digest.Node{ID: end, Label: end, Column: len(list) + 1})
	}
	return []exhibit{
		{"heatmap " + name, heat, digest.Frame{}, ""},
		{"histogram " + name, bins(10, eleven[:min(len(v), len(eleven))], v...), digest.Frame{}, ""},
		{"funnel " + name, funnel(list...), digest.Frame{}, ""},
		{"steps " + name, stepped(stepNames, byStep("completed", v...), byStep("failed", v...), byStep("pending", zeros...)), digest.Frame{}, ""},
		{"journey " + name, ways, digest.Frame{}, ""},
		{"donut three " + name, completion(v[:min(len(v), 3)]...), digest.Frame{}, ""},
	}
}

// oddities are pictures of one shape that only one of the kinds has.
func oddities() []exhibit {
	var out []exhibit
	add := func(name string, p digest.Picture) { out = append(out, exhibit{name: name, picture: p}) }
	full := func(day, hour int) float64 { return float64(1 + (day*24+hour)%99) }
	add("heatmap full", week(weekdays, full, func(_, hour int) float64 { return float64(hour % 5) }))
	add("heatmap of hundreds", week(weekdays, func(day, hour int) float64 { return 37 * full(day, hour) }, nil))
	add("heatmap against nothing", week(weekdays, missedByHour, nil))
	add("heatmap nobody there", week(weekdays, missedByHour, func(int, int) float64 { return 0 }))
	add("heatmap of one field", week(weekdays, func(day, hour int) float64 {
		if day == 2 && hour == 13 {
			return 1
		}
		return nan
	}, nil))
	plainWeek := week(weekdays, missedByHour, connectedByHour)
	plainWeek.Legend = digest.Legend{}
	add("heatmap without words", plainWeek)
	named := week([]string{long40, arabic40}, missedByHour, connectedByHour)
	for i := range named.Chart.X {
		named.Chart.X[i].Key, named.Chart.X[i].Label = intake[i%len(intake)], intake[i%len(intake)]
	}
	named.Chart.X = named.Chart.X[:5]
	add("heatmap of names", named)
	odd := week(weekdays, missedByHour, connectedByHour)
	odd.Chart.Cells = append(odd.Chart.Cells, digest.Cell{X: 99, Y: 1, Value: f(5)}, digest.Cell{X: -1, Y: 0, Value: f(5)}, digest.Cell{X: 3, Y: 99, Value: f(1e9)})
	add("heatmap with cells of nowhere", odd)
	gapped := bins(10, waits, 12, 31, 44)
	gapped.Chart.Series[0].Points[1].From = minutes(3)
	add("histogram with a hole", gapped)
	add("histogram target beyond", bins(600, waits, 12, 31, 44, 22, 9, 6, 3, 4))
	add("histogram target inside a bar", bins(20, waits, 12, 31, 44, 22, 9, 6, 3, 4))
	unnamed := bins(0, waits, 1, 2)
	for i := range unnamed.Chart.Series[0].Points {
		unnamed.Chart.Series[0].Points[i] = digest.Point{Label: "some", Value: f(2)}
	}
	add("histogram of labels", unnamed)
	add("funnel that widens", funnel(row{"delivered", 10, ""}, row{"read", 24, ""}, row{"responded", 3, ""}))
	add("funnel with a step that cannot be known", funnel(row{"recipients", 1240, ""}, row{"sent", 1198, ""}, row{"delivered", nan, ""}, row{"read", nan, ""}, row{"responded", 214, ""}))
	wordless := funnel(row{"recipients", 12, ""}, row{"sent", 12, ""})
	wordless.Legend = digest.Legend{}
	add("funnel without words", wordless)
	var many []string
	for i := range 24 {
		many = append(many, fmt.Sprintf("%d. %s", i+1, intake[i%12]))
	}
	add("journey of 24 steps", journeyOf(many, 900, 880, 850, 800, 780, 760, 700, 690, 680, 670, 660, 650, 640, 600, 590, 580, 570, 560, 550, 540, 530, 520, 510, 500))
	add("journey that all complete", journeyOf(intake[:5], 20, 20, 20, 20, 20))
	add("journey that nobody completes", journeyOf(intake[:5], 20000, 3, 2, 1, 0))
	add("steps of one series", stepped(intake[:4], byStep("completed", 9, 8, 3, 0)))
	return out
}
