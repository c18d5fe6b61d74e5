package charts

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fortnight/digest"
)

var galleryDir = flag.String("gallery", "", "write every picture of the tests to this directory, to be looked at")

// exhibit is one picture of the gallery: of demo data as it should look, or of data at the edge of what can come.
type exhibit struct {
	name    string
	picture digest.Picture
	frame   digest.Frame
	dir     string // "rtl" or ""
}

func f(v float64) *float64 { return &v }

var nan = math.NaN()

// daily gives one point a day from a Monday on; not a number is a gap.
func daily(values ...float64) []digest.Point {
	at := digest.Date{Year: 2020, Month: time.March, Day: 23}
	return dailyFrom(at, values...)
}

func dailyFrom(at digest.Date, values ...float64) []digest.Point {
	var out []digest.Point
	for i, v := range values {
		p := digest.Point{At: at.AddDays(i)}
		if !math.IsNaN(v) {
			p.Value = f(v)
		}
		out = append(out, p)
	}
	return out
}

type row struct {
	label string
	value float64
	role  digest.Role
}

func rows(list ...row) []digest.Point {
	var out []digest.Point
	for _, r := range list {
		p := digest.Point{Key: r.label, Label: r.label, Role: r.role}
		if !math.IsNaN(r.value) {
			p.Value = f(r.value)
		}
		out = append(out, p)
	}
	return out
}

func one(kind digest.Kind, unit digest.Unit, now, before []digest.Point) digest.Picture {
	c := digest.Chart{Key: "test", Kind: kind, Unit: unit, State: digest.HasValue, Series: []digest.Series{{Key: "current", Points: now}}}
	if before != nil {
		c.Series = append(c.Series, digest.Series{Key: "previous", Points: before})
	}
	return digest.Picture{Drawn: true, Chart: c, Legend: digest.Legend{Current: "this week", Previous: "week before", Total: "active users"}}
}

func stacked(handled, missed, waiting []float64) digest.Picture {
	return digest.Picture{
		Drawn: true, Chart: digest.Chart{Key: "handled", Kind: digest.StackedBar, Unit: digest.Count, Series: []digest.Series{
			{Key: "handled", Points: daily(handled...)}, {Key: "missed", Points: daily(missed...)}, {Key: "waiting", Points: daily(waiting...)},
		}},
		Legend: digest.Legend{
			Series: map[string]string{"handled": "handled", "missed": "missed", "waiting": "waiting"},
			Above:  map[string]string{"missed": "{n} missed", "waiting": "{n} waiting"},
		},
	}
}

func curves(unit digest.Unit, list ...digest.Series) digest.Picture {
	return digest.Picture{Drawn: true, Chart: digest.Chart{Key: "evolution", Kind: digest.Curve, Unit: unit, Series: list}}
}

func agent(label string, values ...float64) digest.Series {
	return digest.Series{Key: label, Label: label, Points: daily(values...)}
}

func others(label string, values ...float64) digest.Series {
	return digest.Series{Key: "other", Label: label, Role: digest.Other, Points: daily(values...)}
}

func flows() digest.Picture {
	p := digest.Picture{Drawn: true, Legend: digest.Legend{Columns: []string{"Came in by", "First flow", "First answer"}}}
	p.Chart = digest.Chart{
		Key: "start_flows", Kind: digest.Flow, Unit: digest.Count, Nodes: []digest.Node{
			{ID: "web", Label: "Website", Value: 58},
			{ID: "wa", Label: "WhatsApp", Value: 41},
			{ID: "fb", Label: "Facebook", Value: 18},
			{ID: "0:unknown", Label: "unknown", Role: digest.Unknown, Value: 8},
			{ID: "os", Label: "Order status", Column: 1, Value: 46},
			{ID: "ret", Label: "Returns", Column: 1, Value: 29},
			{ID: "oh", Label: "Opening hours", Column: 1, Value: 14},
			{ID: "1:none", Label: "no flow", Role: digest.Nothing, Column: 1, Value: 36},
			{ID: "bot", Label: "bot", Column: 2, Value: 72},
			{ID: "agent", Label: "agent", Column: 2, Value: 45},
			{ID: "nobody", Label: "nobody", Role: digest.Nobody, Column: 2, Value: 8},
		},
		Links: []digest.Link{
			{From: "web", To: "os", Value: 24},
			{From: "web", To: "ret", Value: 14},
			{From: "web", To: "oh", Value: 6},
			{From: "web", To: "1:none", Value: 14},
			{From: "wa", To: "os", Value: 17},
			{From: "wa", To: "ret", Value: 10},
			{From: "wa", To: "oh", Value: 5},
			{From: "wa", To: "1:none", Value: 9},
			{From: "fb", To: "os", Value: 5},
			{From: "fb", To: "ret", Value: 4},
			{From: "fb", To: "oh", Value: 3},
			{From: "fb", To: "1:none", Value: 6},
			{From: "0:unknown", To: "ret", Value: 1},
			{From: "0:unknown", To: "1:none", Value: 7},
			{From: "os", To: "bot", Value: 38},
			{From: "os", To: "agent", Value: 7},
			{From: "os", To: "nobody", Value: 1},
			{From: "ret", To: "bot", Value: 22},
			{From: "ret", To: "agent", Value: 6},
			{From: "ret", To: "nobody", Value: 1},
			{From: "oh", To: "bot", Value: 12},
			{From: "oh", To: "agent", Value: 2},
			{From: "1:none", To: "agent", Value: 30},
			{From: "1:none", To: "nobody", Value: 6},
		},
	}
	return p
}

// crowdedFlow has ten nodes in each of two columns, most of them tiny.
func crowdedFlow() digest.Picture {
	p := digest.Picture{Drawn: true, Legend: digest.Legend{Columns: []string{"Came in by", "First flow", "First answer"}}}
	c := digest.Chart{Kind: digest.Flow, Unit: digest.Count}
	names := []string{"Website", "WhatsApp", "Facebook", "Instagram", "Telegram", "E-mail", "SMS", "Voice", "9 others", "unknown"}
	flows := []string{"Order status and delivery of parcels abroad", "Returns", "Opening hours", "Refund", "Invoice copy", "Complaint", "Cancel order", "Greeting", "14 others", "no flow"}
	roles := []digest.Role{"", "", "", "", "", "", "", "", digest.Other, digest.Unknown}
	for i, n := range names {
		c.Nodes = append(c.Nodes, digest.Node{ID: "a" + n, Label: n, Role: roles[i]})
		role := roles[i]
		if i == 9 {
			role = digest.Nothing
		}
		c.Nodes = append(c.Nodes, digest.Node{ID: "b" + flows[i], Label: flows[i], Role: role, Column: 1})
		v := math.Ceil(400 / math.Pow(2.2, float64(i)))
		c.Links = append(c.Links, digest.Link{From: "a" + n, To: "b" + flows[i], Value: v}, digest.Link{From: "a" + n, To: "b" + flows[(i+3)%10], Value: 1},
			digest.Link{From: "b" + flows[i], To: "bot", Value: v}, digest.Link{From: "b" + flows[(i+3)%10], To: "nobody", Value: 1})
	}
	c.Nodes = append(c.Nodes, digest.Node{ID: "bot", Label: "bot", Column: 2}, digest.Node{ID: "agent", Label: "agent", Column: 2, Value: 0}, digest.Node{ID: "nobody", Label: "nobody", Role: digest.Nobody, Column: 2})
	p.Chart = c
	return p
}

// demoFlow is the start_flows of a week of the demo: 56 links, most of them of a few conversations.
func demoFlow() digest.Picture {
	p := flows()
	p.Chart = digest.Chart{}
	raw, err := os.ReadFile(filepath.Join("testdata", "start_flows.json"))
	if err == nil {
		err = json.Unmarshal(raw, &p.Chart)
	}
	if err != nil {
		panic(err)
	}
	return p
}

// thicket links each of ten nodes to each of ten others, and those to each of three.
func thicket() digest.Picture {
	p := crowdedFlow()
	p.Chart.Links = nil
	var columns [3][]string
	for _, n := range p.Chart.Nodes {
		columns[n.Column] = append(columns[n.Column], n.ID)
	}
	for i, from := range columns[0] {
		for j, to := range columns[1] {
			p.Chart.Links = append(p.Chart.Links, digest.Link{From: from, To: to, Value: math.Ceil(200 / math.Pow(1.35, float64(i+j)))})
		}
	}
	for i, from := range columns[1] {
		for j, to := range columns[2] {
			p.Chart.Links = append(p.Chart.Links, digest.Link{From: from, To: to, Value: math.Ceil(300 / math.Pow(1.5, float64(i+2*j)))})
		}
	}
	return p
}

func sample(n int, scale float64) []float64 {
	var out []float64
	for i := range n {
		v := scale * (1 + .6*math.Sin(float64(i)*.9) + .3*math.Sin(float64(i)*2.3))
		if i%7 >= 5 {
			v *= .45
		}
		out = append(out, math.Round(max(v, 0)))
	}
	return out
}

var intents = []row{
	{"Order status", 74, ""},
	{"Delivery delay", 52, ""},
	{"Refund", 41, ""},
	{"Address change", 28, ""},
	{"Opening hours", 19, ""},
	{"Invoice copy", 14, ""},
	{"Complaint", 11, ""},
	{"Cancel order", 9, ""},
	{"Greeting", 8, ""},
	{"Talk to a person", 5, ""},
	{"Not understood", 23, digest.Fallback},
}

const (
	long40   = "Address change for parcels under way now"
	arabic40 = "خدمة العملاء والاستفسارات العامة للمتاجر"
)

// exhibits lists every picture of the tests.
func exhibits() []exhibit {
	half := digest.Frame{Width: 366}
	paper, halfPaper := digest.Frame{Width: 764, Bare: true}, digest.Frame{Width: 366, Bare: true}
	dark := digest.Frame{Theme: digest.Dark}
	h := func(hours ...float64) []float64 {
		var out []float64
		for _, v := range hours {
			out = append(out, v*3600)
		}
		return out
	}
	inc, incBefore := daily(11, 29, 28, 24, 28, 17, 13), daily(18, 14, 20, 15, 10, 12, 12)
	wait := one(digest.Line, digest.Duration, daily(h(37.1, 24.3, 17.1, 6.7, 1.5, 27.7, 5.4)...), daily(h(9, 11.9, 11.6, 27.8, 6.1, 24, 8.2)...))
	mpc := one(digest.Line, digest.Ratio, daily(1.44, 1.82, 1.82, 1.85, 2.5, 1.7, 1.69), daily(1.65, 1.15, 1.41, 1.5, 1.54, 1.44, 1.57))
	peak := one(digest.Bar, digest.MessagesPerMinute, daily(2, 2, 2, 2, 1, 2, 1), nil)
	handled := stacked([]float64{11, 27, 26, 19, 18, 14, 8}, []float64{0, 0, 0, 1, 2, 2, 0}, []float64{0, 0, 0, 0, 0, 0, 3})
	langs := one(digest.Donut, digest.Count, rows(row{"English", 83, ""}, row{"Spanish", 24, ""}, row{"French", 8, ""}, row{"Portuguese", 4, ""}, row{"German", 2, ""}, row{"unknown", 5, digest.Unknown}), nil)
	tenLangs := one(digest.Donut, digest.Count, rows(row{"English", 83, ""}, row{"Spanish", 64, ""}, row{"French", 48, ""}, row{"Portuguese", 34, ""}, row{"German", 30, ""},
		row{"Italian", 25, ""}, row{"Polish", 21, ""}, row{"Dutch", 18, ""}, row{"6 others", 22, digest.Other}, row{"unknown", 25, digest.Unknown}), nil)
	ranking := one(digest.Ranking, digest.Count, rows(intents...), nil)
	agents := one(digest.Ranking, digest.Count, rows(row{"Amara Osei", 28, ""}, row{"Jonas Weber", 9, ""}, row{"Priya Nair", 7, ""}, row{"Lucía Fernández", 6, ""}, row{"Tom Becker", 6, ""}, row{"Mei Lin", 6, ""}, row{"11 others", 61, digest.Other}), nil)
	minutes := one(digest.Ranking, digest.Duration, rows(row{"Amara Osei", 31.4 * 3600, ""}, row{"Priya Nair", 18.2 * 3600, ""}, row{"Jonas Weber", 14.9 * 3600, ""}, row{"11 others", 61.3 * 3600, digest.Other}), nil)
	evolution := curves(digest.Count, agent("Amara Osei", 3, 7, 3, 4, 4, 5, 2), agent("Jonas Weber", 1, 1, 1, 1, 1, 2, 2), agent("Priya Nair", 0, 0, 1, 2, 1, 3, 0),
		agent("Lucía Fernández", 0, 3, 3, 0, 0, 0, 0), agent("Tom Becker", 0, 3, 2, 0, 0, 1, 0), agent("Mei Lin", 1, 3, 0, 0, 1, 1, 0), others("11 others", 6, 10, 16, 12, 11, 2, 4))
	first := digest.Date{Year: 2020, Month: time.March, Day: 1}
	sixty := one(digest.Line, digest.Count, dailyFrom(first, sample(60, 400)...), dailyFrom(first.AddDays(-60), sample(60, 300)...))
	month := one(digest.Line, digest.Count, dailyFrom(first, sample(31, 40)...), dailyFrom(first.AddDays(-31), sample(31, 30)...))
	fort := one(digest.Line, digest.Count, dailyFrom(first.AddDays(15), sample(16, 40)...), dailyFrom(first, sample(15, 30)...))
	monthStack := stacked(sample(31, 20), sample(31, 1.2), sample(31, .4))
	list := []exhibit{
		{"line", one(digest.Line, digest.Count, inc, incBefore), digest.Frame{}, ""},
		{"line dark", one(digest.Line, digest.Count, inc, incBefore), dark, ""},
		{"line half", one(digest.Line, digest.Count, inc, incBefore), half, ""},
		{"line on paper", one(digest.Line, digest.Count, inc, incBefore), paper, ""},
		{"line on half a paper", mpc, halfPaper, ""},
		{"line brand", one(digest.Line, digest.Count, inc, incBefore), digest.Frame{Accent: 0x0A8754FF}, ""},
		{"line brand too light", one(digest.Line, digest.Count, inc, incBefore), digest.Frame{Accent: 0xFFE066FF}, ""},
		{"line durations", wait, digest.Frame{}, ""},
		{"line ratio", mpc, digest.Frame{}, ""},
		{"line 60 days", sixty, digest.Frame{}, ""},
		{"line 60 days half", sixty, half, ""},
		{"line 31 days", month, digest.Frame{}, ""},
		{"line 16 days", fort, digest.Frame{}, ""},
		{"line 16 days half", fort, half, ""},
		{"line right to left", one(digest.Line, digest.Count, inc, incBefore), digest.Frame{}, "rtl"},
		{"bar", peak, digest.Frame{}, ""},
		{"bar half", peak, half, ""},
		{"bar dark", peak, dark, ""},
		{"bar 31 days", one(digest.Bar, digest.Count, dailyFrom(first, sample(31, 40)...), nil), digest.Frame{}, ""},
		{"bar 62 days half", one(digest.Bar, digest.Count, dailyFrom(first, sample(62, 4000)...), nil), half, ""},
		{"bar 16 days", one(digest.Bar, digest.Count, dailyFrom(first, sample(16, 40)...), nil), digest.Frame{}, ""},
		{"stacked", handled, digest.Frame{}, ""},
		{"stacked dark", handled, dark, ""},
		{"stacked half", handled, half, ""},
		{"stacked on paper", handled, paper, ""},
		{"stacked 31 days", monthStack, digest.Frame{}, ""},
		{"stacked missed and waiting on one day", stacked([]float64{11, 27, 26, 19, 18, 14, 0}, []float64{4, 0, 0, 1, 12, 12, 2}, []float64{2, 1, 0, 2, 13, 0, 3}), digest.Frame{}, ""},
		{"ranking", ranking, digest.Frame{}, ""},
		{"ranking dark", ranking, dark, ""},
		{"ranking half", ranking, half, ""},
		{"ranking on half a paper", ranking, halfPaper, ""},
		{"ranking agents", agents, digest.Frame{}, ""},
		{"ranking durations", minutes, digest.Frame{}, ""},
		{"ranking right to left", one(digest.Ranking, digest.Count, rows(row{"حالة الطلب", 74, ""}, row{"تأخير التوصيل", 52, ""}, row{"استرداد (Refund) 2024", 41, ""}, row{arabic40 + arabic40, 28, ""}, row{"11 آخرون", 19, digest.Other}), nil), digest.Frame{}, "rtl"},
		{"donut", langs, digest.Frame{}, ""},
		{"donut dark", langs, dark, ""},
		{"donut half", langs, half, ""},
		{"donut on half a paper", langs, halfPaper, ""},
		{"donut ten rows", tenLangs, digest.Frame{}, ""},
		{"donut ten rows dark", tenLangs, dark, ""},
		{"donut ten rows brand", tenLangs, digest.Frame{Accent: 0x1593A8FF}, ""},
		{"donut ten rows half", tenLangs, half, ""},
		{"donut right to left", langs, digest.Frame{}, "rtl"},
		{"curve", evolution, digest.Frame{}, ""},
		{"curve dark", evolution, dark, ""},
		{"curve half", evolution, half, ""},
		{"curve 31 days", curves(digest.Duration, agent("Amara Osei", sample(31, 9000)...), agent("Jonas Weber", sample(31, 3000)...), others("11 others", sample(31, 90000)...)), digest.Frame{}, ""},
		{"flow", flows(), digest.Frame{}, ""},
		{"flow dark", flows(), dark, ""},
		{"flow half", flows(), half, ""},
		{"flow on paper", flows(), paper, ""},
		{"flow ten nodes a column", crowdedFlow(), digest.Frame{}, ""},
		{"flow of the demo", demoFlow(), digest.Frame{}, ""},
		{"flow of the demo on paper", demoFlow(), paper, ""},
		{"flow thicket", thicket(), digest.Frame{}, ""},
		{"flow thicket dark", thicket(), dark, ""},
		{"flow right to left", flows(), digest.Frame{}, "rtl"},
	}
	list = append(append(list, kinds()...), oddities()...)
	return append(list, edges()...)
}

// edges is data at the edge of what can come, for every kind.
func edges() []exhibit {
	type days struct {
		name string
		v    []float64
	}
	var out []exhibit
	add := func(name string, p digest.Picture) { out = append(out, exhibit{name: name, picture: p}) }
	for _, d := range []days{
		{"none", nil},
		{"one", []float64{7}},
		{"all zero", make([]float64, 7)},
		{"all equal", []float64{5, 5, 5, 5, 5, 5, 5}},
		{"huge", []float64{1e12, 2.5e11, 7e11, 1234567890123, 3, 9e11, 4e11}},
		{"one huge among small", []float64{3, 1e9, 4, 2, 1, 5, 2}},
		{"negative", []float64{-4, 7, -12, 3, 0, 9, -1}},
		{"only negative", []float64{-4, -7, -12, -3, -2, -9, -1}},
		{"fractions", []float64{.25, .31, .02, .4, .125, .37, .05}},
		{"gaps", []float64{4, nan, 7, nan, nan, 5, 6}},
		{"only gaps", []float64{nan, nan, nan}},
		{"tiny", []float64{1e-9, 2e-9, 0, 3e-9}},
	} {
		zeros := make([]float64, len(d.v))
		add("line "+d.name, one(digest.Line, digest.Ratio, daily(d.v...), daily(zeros...)))
		add("bar "+d.name, one(digest.Bar, digest.Ratio, daily(d.v...), nil))
		add("stacked "+d.name, stacked(d.v, d.v, zeros))
		add("curve "+d.name, curves(digest.Count, agent(long40, d.v...), agent("Jonas Weber", zeros...), others("11 others", d.v...)))
		var list []row
		for i, v := range d.v {
			list = append(list, row{[]string{"Order status", "Refund", long40, arabic40, "日本語のラベル 🙂", "עברית", "Ελληνικά и русский"}[i%7], v, ""})
		}
		add("ranking "+d.name, one(digest.Ranking, digest.Count, rows(list...), nil))
		add("donut "+d.name, one(digest.Donut, digest.Count, rows(list...), nil))
		p := digest.Picture{Drawn: true, Chart: digest.Chart{Kind: digest.Flow, Unit: digest.Count}, Legend: digest.Legend{Columns: []string{"Came in by", "First answer"}}}
		for i, r := range list {
			p.Chart.Nodes = append(p.Chart.Nodes, digest.Node{ID: "a" + r.label, Label: r.label, Value: r.value}, digest.Node{ID: "b" + r.label, Label: r.label, Value: r.value, Column: 1})
			p.Chart.Links = append(p.Chart.Links, digest.Link{From: "a" + r.label, To: "b" + list[(i+1)%len(list)].label, Value: r.value})
		}
		add("flow "+d.name, p)
		out = append(out, kindEdges(d.name, d.v)...)
	}
	add("line without an earlier period", one(digest.Line, digest.Duration, daily(9.2*3600, 12.4*3600, 11*3600, 8.1*3600, 14.6*3600, 10.2*3600, 6.3*3600), nil))
	add("line peak at the end", one(digest.Line, digest.Count, daily(1, 2, 3, 4, 5, 6, 1234567), nil))
	add("line minutes", one(digest.Line, digest.Duration, daily(90, 240, 600, 1000, 1500, 30, 700), nil))
	noLinks := flows()
	noLinks.Chart.Links = nil
	add("flow without links", noLinks)
	single := digest.Picture{
		Drawn: true, Chart: digest.Chart{Kind: digest.Flow, Unit: digest.Count, Nodes: []digest.Node{
			{ID: "a", Label: "Website", Value: 3},
			{ID: "b", Label: "no flow", Role: digest.Nothing, Column: 1, Value: 3},
			{ID: "c", Label: "nobody", Role: digest.Nobody, Column: 2, Value: 3},
		}, Links: []digest.Link{{From: "a", To: "b", Value: 3}, {From: "b", To: "c", Value: 3}}},
		Legend: digest.Legend{Columns: []string{"Came in by", "First flow", "First answer"}},
	}
	add("flow one node a column", single)
	var twelve []row
	for i := range 12 {
		twelve = append(twelve, row{long40[i:], float64(200 - 13*i), ""})
	}
	add("ranking twelve rows", one(digest.Ranking, digest.Count, rows(twelve...), nil))
	add("donut one slice", one(digest.Donut, digest.Count, rows(row{"English", 40, ""}), nil))
	return out
}

// TestTheGallery writes every picture where -gallery says, and always draws them all.
func TestTheGallery(t *testing.T) {
	c := newCharts(t)
	for _, e := range exhibits() {
		d, err := c.Draw(e.picture, e.frame, plain{e.dir})
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		png, err := c.Paint(d)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		if *galleryDir == "" {
			continue
		}
		if err := os.MkdirAll(*galleryDir, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Logf("%-40s %6d bytes", e.name, len(png))
		if err := os.WriteFile(filepath.Join(*galleryDir, e.name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*galleryDir, e.name+".svg"), c.SVG(d), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newCharts loads the fonts as the program does, but tries none that the machine happens to have.
func newCharts(t testing.TB) *Charts {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c.set.disk = nil
	return c
}
