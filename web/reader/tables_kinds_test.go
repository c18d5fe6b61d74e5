package reader_test

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"fortnight/digest"
)

// week is a heat map of all hours; of each the value is the hour, held against one agent by day.
func week() digest.Chart {
	c := digest.Chart{Key: "by_weekday_hour", Kind: digest.Heatmap, Unit: digest.Count, State: digest.HasValue}
	for y, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		c.Y = append(c.Y, digest.Place{Key: fmt.Sprint((y + 1) % 7), Label: day})
		for x := range 24 {
			if y == 0 {
				c.X = append(c.X, digest.Place{Key: fmt.Sprint(x), Label: fmt.Sprintf("%02d:00", x)})
			}
			cell := digest.Cell{X: x, Y: y, Value: num(float64(x))}
			if x > 8 {
				cell.Of = num(1.25)
			}
			c.Cells = append(c.Cells, cell)
		}
	}
	return c
}

// further is an edition with a chart of each of the kinds that are no plain series.
func further() *shelf {
	s := newShelf()
	series := func(points ...digest.Point) []digest.Series { return []digest.Series{{Key: "current", Points: points}} }
	hist := digest.Chart{Key: "response_time", Kind: digest.Histogram, Unit: digest.Count, Target: num(600), Series: series(
		digest.Point{From: num(0), To: num(600), Value: num(3)}, digest.Point{From: num(600), To: num(28800)}, digest.Point{From: num(28800), Value: num(1)})}
	funnel := digest.Chart{Key: "funnel", Kind: digest.Funnel, Unit: digest.Count, Series: series(
		digest.Point{Label: "recipients", Value: num(40)}, digest.Point{Label: "delivered"}, digest.Point{Label: "read", Value: num(15)}, digest.Point{Label: "=responded", Value: num(5)})}
	steps := digest.Chart{Key: "by_step", Kind: digest.StackedBar, Unit: digest.Count, Series: []digest.Series{
		{Key: "completed", Label: "completed", Points: []digest.Point{{Key: "1", Label: "Greeting", Value: num(9)}, {Key: "2", Label: "Confirm", Value: num(8)}}},
		{Key: "failed", Label: "failed", Points: []digest.Point{{Key: "1", Label: "Greeting", Value: num(1)}, {Key: "2", Label: "Confirm", Value: num(0)}}},
	}}
	s.v.Variant.Letter.Sections[0].Pictures = []digest.Picture{
		{Anchor: "service_levels-response_time", Title: "First replies", Drawn: true, Chart: hist},
		{Anchor: "service_levels-by_weekday_hour", Title: "When", Drawn: true, Chart: week(), Legend: digest.Legend{Value: "missed and waiting", Of: "agents connected"}},
		{Anchor: "outreach-funnel", Title: "Reach", Drawn: true, Chart: funnel},
		{Anchor: "flows-by_step", Title: "By step", Drawn: true, Chart: steps, Legend: digest.Legend{Series: map[string]string{"completed": "completed", "failed": "failed"}}},
	}
	return s
}

func TestEveryKindOfChartIsAFileOfPlainNumbers(t *testing.T) {
	s := further()
	for _, c := range []struct {
		anchor string
		lines  int
		want   [][]string
	}{
		{"service_levels-response_time", 4, [][]string{{"From (s)", "To (s)", "Value", "Share (%)"}, {"0", "600", "3", "75"}, {"600", "28800", "", ""}, {"28800", "", "1", "25"}}},
		{"service_levels-by_weekday_hour", 169, [][]string{{"Weekday", "Hour", "Missed and waiting", "Agents connected"}, {"Mon", "00:00", "0", ""}, {"Mon", "01:00", "1", ""}}},
		{"outreach-funnel", 5, [][]string{{"Name", "Value", "Of the first (%)", "Of the step before (%)"}, {"recipients", "40", "", ""}, {"delivered", "", "", ""}, {"read", "15", "37.5", ""}, {"'=responded", "5", "12.5", "33.3"}}},
		{"flows-by_step", 3, [][]string{{"Name", "Completed", "Failed"}, {"Greeting", "9", "1"}, {"Confirm", "8", "0"}}},
	} {
		body := read(t, read7(t, s, "/csv/"+c.anchor))
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != c.lines || fmt.Sprint(rows[:len(c.want)]) != fmt.Sprint(c.want) {
			t.Errorf("%s: %d lines, %q, %v", c.anchor, len(rows), rows, err)
		}
	}
	body := read(t, read7(t, s, "/csv/service_levels-by_weekday_hour"))
	if !strings.Contains(body, "Sun,23:00,23,1.25\r\n") {
		t.Error("the last hour of the week is missing")
	}
}

func TestAWideChartHasARowOfItsOwnAndAPhonesDrawing(t *testing.T) {
	body := read(t, read7(t, further(), ""))
	for anchor, widths := range map[string]string{
		"service_levels-response_time": "340", "outreach-funnel": "340", "service_levels-by_weekday_hour": "880 296", "flows-by_step": "880 296",
	} {
		var got []string
		for _, m := range regexp.MustCompile(`data-of="`+anchor+`" data-width="(\d+)"`).FindAllStringSubmatch(body, -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != widths {
			t.Errorf("%s is drawn %v wide", anchor, got)
		}
	}
	if strings.Count(body, "<tr") > 40 || !strings.Contains(body, "?sort=service_levels-by_weekday_hour#") {
		t.Error("the 168 hours are in the page without being asked for")
	}
}
