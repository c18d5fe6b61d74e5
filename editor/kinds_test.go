package editor

import (
	"strconv"
	"strings"
	"testing"

	"fortnight/digest"
)

func value(n float64) *float64 { return &n }

// hours is a heat map of two weekdays by the hours from 8 to 11: of Sunday the values a, of Monday those of z; negative is a gap.
func hours(a, z [4]float64, of *float64) digest.Chart {
	c := digest.Chart{Key: "by_weekday_hour", Kind: digest.Heatmap, Unit: digest.Count, State: digest.HasValue, Y: []digest.Place{{Key: "0"}, {Key: "1"}}}
	for x := range 4 {
		c.X = append(c.X, digest.Place{Key: strconv.Itoa(8 + x)})
		for y, row := range [][4]float64{a, z} {
			cell := digest.Cell{X: x, Y: y, Of: of}
			if row[x] >= 0 {
				cell.Value = &row[x]
			}
			c.Cells = append(c.Cells, cell)
		}
	}
	return c
}

func TestAHeatMapIsNamedInTheReadersWords(t *testing.T) {
	c := hours([4]float64{0, 2, 0, -1}, [4]float64{0, 0, 3, 1}, value(1.5))
	sec := digest.Section{Key: "service_levels", Charts: []digest.Chart{c}}
	d := deskFor(week(sec), digest.Admin)
	p := d.prepared(&sec, &sec.Charts[0])
	if p.X[0].Label != "08:00" || p.Y[0].Label != "Sun" || p.Y[1].Label != "Mon" {
		t.Errorf("%+v %+v", p.X, p.Y)
	}
	if sec.Charts[0].X[0].Label != "" || sec.Charts[0].Y[0].Label != "" {
		t.Error("the snapshot was changed")
	}
	l := d.legend(&p)
	if l.Value != "heatmap.by_weekday_hour.value[]" || l.Of != "heatmap.by_weekday_hour.of[]" || l.UpTo != "heatmap.by_weekday_hour.up_to[n={n}]" || l.Without == "" {
		t.Errorf("%+v", l)
	}
	want := "alt.series[series=heatmap.by_weekday_hour.value[] values=Sun\u00a02alt.comma[]Mon\u00a04] heatmap.fields[values=Sun\u00a009:00:\u00a02 (heatmap.by_weekday_hour.of[]\u00a01.5)alt.comma[]" +
		"Mon\u00a010:00:\u00a03 (heatmap.by_weekday_hour.of[]\u00a01.5)alt.comma[]Mon\u00a011:00:\u00a01 (heatmap.by_weekday_hour.of[]\u00a01.5)]"
	if got := d.alt(&p); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	alone := hours([4]float64{1, 0, 0, 0}, [4]float64{}, nil)
	if l := d.legend(&alone); l.Of != "" || l.Without != "" {
		t.Errorf("held against nothing: %+v", l)
	}
}

func TestAFullHeatMapTellsItsFullestFields(t *testing.T) {
	c := digest.Chart{Key: "by_weekday_hour", Kind: digest.Heatmap, Unit: digest.Count, State: digest.HasValue}
	for y := range 7 {
		c.Y = append(c.Y, digest.Place{Key: strconv.Itoa(y)})
	}
	for x := range 24 {
		c.X = append(c.X, digest.Place{Key: strconv.Itoa(x)})
		for y := range 7 {
			c.Cells = append(c.Cells, digest.Cell{X: x, Y: y, Value: value(float64(1 + 7*x + y))})
		}
	}
	sec := digest.Section{Key: "service_levels"}
	d := deskFor(week(sec), digest.Admin)
	p := d.prepared(&sec, &c)
	got := d.alt(&p)
	if !strings.Contains(got, "heatmap.fullest[values=Sat\u00a023:00:\u00a0168alt.comma[]Fri\u00a023:00:\u00a0167") || strings.Count(got, "23:00") != 7 || strings.Count(got, ":00:") != 8 {
		t.Error(got)
	}
}

func TestAHistogramIsToldBarByBar(t *testing.T) {
	c := digest.Chart{Key: "response_time", Kind: digest.Histogram, Unit: digest.Count, State: digest.HasValue, Target: value(600), Series: []digest.Series{{Key: "current", Points: []digest.Point{
		{From: value(0), To: value(600), Value: value(12)}, {From: value(600), To: value(3600)}, {From: value(3600), Value: value(4)},
	}}}}
	sec := digest.Section{Key: "service_levels"}
	d := deskFor(week(sec), digest.Admin)
	p := d.prepared(&sec, &c)
	want := "histogram.from_to[from=0 to=600\u00a0s]:\u00a012alt.comma[]histogram.from[from=3600\u00a0s]:\u00a04. Histogram.target[v=600\u00a0s]."
	if got := d.alt(&p); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if l := d.legend(&p); l.Target != "histogram.target[v=600\u00a0s]" {
		t.Errorf("%+v", l)
	}
	p.Target = nil
	if l := d.legend(&p); l.Target != "" {
		t.Errorf("no target: %+v", l)
	}
}

func TestAFunnelIsToldWithItsSharesOfTheFirst(t *testing.T) {
	c := digest.Chart{Key: "funnel", Kind: digest.Funnel, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{{Key: "current", Points: []digest.Point{
		{Key: "recipients", Label: "recipients", Value: value(1240)}, {Key: "sent", Label: "sent", Value: value(1239)}, {Key: "read", Label: "read"}, {Key: "responded", Label: "responded", Value: value(214)},
	}}}}
	sec := digest.Section{Key: "outreach"}
	d := deskFor(week(sec), digest.Admin)
	want := "recipients\u00a01240alt.comma[]sent\u00a01239 (99%)alt.comma[]read\u00a0alt.gap[]alt.comma[]responded\u00a0214 (17%)."
	if got := d.alt(&c); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if l := d.legend(&c); l.OfFirst != "funnel.of_first[]" || l.OfBefore != "funnel.of_before[]" {
		t.Errorf("%+v", l)
	}
}

func TestOfTheFurtherKindsNothingIsDrawnWhereNothingIs(t *testing.T) {
	rows := func(p ...digest.Point) []digest.Series { return []digest.Series{{Key: "current", Points: p}} }
	for _, c := range []struct {
		name  string
		chart digest.Chart
		want  bool
	}{
		{"a heat map of zeros", hours([4]float64{}, [4]float64{}, value(3)), false},
		{"a heat map of gaps", hours([4]float64{-1, -1, -1, -1}, [4]float64{-1, -1, -1, -1}, nil), false},
		{"a heat map of one field", hours([4]float64{0, 0, 1, 0}, [4]float64{}, nil), true},
		{"a histogram of nothing", digest.Chart{Kind: digest.Histogram, Series: rows(digest.Point{From: value(0), Value: value(0)})}, false},
		{"a histogram of one value", digest.Chart{Kind: digest.Histogram, Series: rows(digest.Point{From: value(0), Value: value(1)})}, true},
		{"a funnel that nobody entered", digest.Chart{Kind: digest.Funnel, Series: rows(digest.Point{Value: value(0)}, digest.Point{Value: value(0)})}, false},
		{"a funnel", digest.Chart{Kind: digest.Funnel, Series: rows(digest.Point{Value: value(1)}, digest.Point{Value: value(0)})}, true},
	} {
		if got := drawable(&c.chart); got != c.want {
			t.Errorf("%s: drawn %v", c.name, got)
		}
	}
}

func TestABriefOfSeveralOfTheNewerSectionsTellsOfEach(t *testing.T) {
	rate := func(key string) digest.Figure {
		return digest.Figure{Key: key, Unit: digest.Percent, Direction: digest.Up, Value: digest.Num(50), Previous: digest.Num(40)}
	}
	l := edited(t, week(
		digest.Section{Key: "flows", Status: digest.Complete, Figures: []digest.Figure{rate("success_rate"), count("initiated", 10, 10, digest.Neutral), count("completed", 5, 5, digest.Neutral)}},
		digest.Section{Key: "outreach", Status: digest.Complete, Figures: []digest.Figure{count("messages_sent", 10, 10, digest.Neutral), rate("response_rate")}},
		digest.Section{Key: "service_levels", Status: digest.Complete, Figures: []digest.Figure{rate("closed_within_hour"), rate("answered_in_10_min")}},
	), digest.Brief{Audience: digest.Executive})
	var keys []string
	for _, c := range l.Sections[0].Cards {
		keys = append(keys, c.Key)
	}
	if got := strings.Join(keys, " "); got != "success_rate closed_within_hour response_rate initiated" {
		t.Errorf("%s", got)
	}
}
