package editor

import (
	"fmt"
	"strings"
	"testing"

	"fortnight/digest"
)

// agents is n agents with the values n, n-1 … 1, in the wrong order.
func agents(n int, rest ...digest.Point) []digest.Point {
	var out []digest.Point
	for i := 1; i <= n; i++ {
		v := float64(i)
		out = append(out, digest.Point{Key: fmt.Sprint("a", i), Label: fmt.Sprint("Agent ", i), Value: &v})
	}
	return append(out, rest...)
}

func TestAgentsAreCutToSixAndTheOthers(t *testing.T) {
	five := 5.0
	for _, c := range []struct {
		name string
		in   []digest.Point
		want string
	}{
		{"three are shown", agents(3), "a3=3 a2=2 a1=1"},
		{"seven too: one other would hide a single name", agents(7), "a7=7 a6=6 a5=5 a4=4 a3=3 a2=2 a1=1"},
		{"of eight two become others", agents(8), "a8=8 a7=7 a6=6 a5=5 a4=4 a3=3 other(2)=3"},
		{"the unnamed stay last", agents(8, digest.Point{Key: "unknown", Role: digest.Unknown, Value: &five}), "a8=8 a7=7 a6=6 a5=5 a4=4 a3=3 other(2)=3 unknown=5"},
		{"others that the source has summed are added up", agents(7, digest.Point{Key: "other", Role: digest.Other, Count: 4, Value: &five}), "a7=7 a6=6 a5=5 a4=4 a3=3 a2=2 other(5)=6"},
		{"nobody", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range cutRows(c.in) {
				row := p.Key
				if p.Count > 0 {
					row += fmt.Sprintf("(%d)", p.Count)
				}
				got = append(got, fmt.Sprintf("%s=%v", row, *p.Value))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestTheCurvesOfTheOthersAreAddedUpDayByDay(t *testing.T) {
	var series []digest.Series
	for i := range 8 {
		series = append(series, byDay(fmt.Sprint("a", i), float64(20-i), 0, float64(i)))
	}
	cut := cutCurves(series)
	last := cut[len(cut)-1]
	// a6 and a7 sum to 20 like all others and come last: 14+13, 0, 6+7.
	if len(cut) != 7 || last.Role != digest.Other || last.Count != 2 ||
		*last.Points[0].Value != 27 || *last.Points[1].Value != 0 || *last.Points[2].Value != 13 {
		t.Errorf("%d curves, the last %+v", len(cut), last)
	}
}

func TestAChartThatHasNothingToShowIsNotDrawn(t *testing.T) {
	zero, one := 0.0, 1.0
	rows := func(p ...digest.Point) []digest.Series { return []digest.Series{{Key: "current", Points: p}} }
	for _, c := range []struct {
		name  string
		chart digest.Chart
		want  bool
	}{
		{"a line at zero is drawn", digest.Chart{Kind: digest.Line, Series: []digest.Series{byDay("current", 0, 0)}}, true},
		{"a line of gaps is not", digest.Chart{Kind: digest.Line, Series: []digest.Series{byDay("current", -1, -1)}}, false},
		{"a line whose previous one alone has values is not", digest.Chart{Kind: digest.Line, Series: []digest.Series{byDay("current", -1), byDay("previous", 4)}}, false},
		{"a ranking of zeros is not", digest.Chart{Kind: digest.Ranking, Series: rows(digest.Point{Value: &zero})}, false},
		{"a ranking of one row is", digest.Chart{Kind: digest.Ranking, Series: rows(digest.Point{Value: &one})}, true},
		{"a donut of the unknown alone is not", digest.Chart{Kind: digest.Donut, Series: rows(digest.Point{Role: digest.Unknown, Value: &one})}, false},
		{"a flow without nodes is not", digest.Chart{Kind: digest.Flow}, false},
		{"no data at all is not", digest.Chart{Kind: digest.Bar}, false},
		{"what the platform cannot know is not", digest.Chart{Kind: digest.Bar, State: digest.Unavailable, Series: []digest.Series{byDay("current", 1)}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := drawable(&c.chart); got != c.want {
				t.Errorf("drawn: %v", got)
			}
		})
	}
}

func TestRolesAreNamedInTheLocale(t *testing.T) {
	d := deskFor(week(), digest.Manager)
	for _, c := range []struct {
		chart string
		role  digest.Role
		count int
		want  string
	}{
		{"intents", digest.Other, 0, "label.other[]"},
		{"conversations_per_agent", digest.Other, 11, "label.others[n#11]"},
		{"conversations_per_agent", digest.Unknown, 0, "label.unknown[]"},
		{"closing_reasons", digest.Unknown, 0, "label.none_recorded[]"},
		{"start_flows", digest.Unknown, 0, "label.unknown[]"},
		{"start_flows", digest.Nothing, 0, "label.no_flow[]"},
		{"start_flows", digest.Nobody, 0, "label.nobody[]"},
		{"intents", digest.Fallback, 0, "label.not_understood[]"},
		{"languages", digest.Ordinary, 0, "lang:key"},
		{"intents", digest.Ordinary, 0, "As given"},
	} {
		if got := d.rowLabel(c.chart, "key", "As given", c.role, c.count); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.chart, c.role, got, c.want)
		}
	}
}

func TestTheOthersOfCurvesAreThoseOfTheRanking(t *testing.T) {
	zero, five := 0.0, 5.0
	other := func(count int, sum float64) digest.Series {
		s := byDay("other", sum, 0, 0)
		s.Role, s.Count = digest.Other, count
		return s
	}
	ranking := func(rows ...digest.Point) *digest.Chart {
		return &digest.Chart{State: digest.HasValue, Series: []digest.Series{{Key: "current", Points: rows}}}
	}
	a1, a2 := agents(2)[0], agents(2)[1]
	idle := digest.Point{Key: "idle", Label: "Idle", Value: &zero}
	for _, c := range []struct {
		name    string
		others  digest.Series
		ranking *digest.Chart
		want    string
	}{
		{"agents with nothing are no others", other(40, 6), ranking(a1, idle, digest.Point{Key: "x", Value: &five}, digest.Point{Key: "y", Value: &five}), "a1 other(2)"},
		{"others that all have nothing are left out", other(40, 0), ranking(a1, idle), "a1"},
		{"a single one has a name", other(1, 2), ranking(a1, a2, idle), "a1 a2"},
		{"without a ranking they stay", other(3, 2), nil, "a1 other(3)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range agreeing([]digest.Series{byDay("a1", 3, 0, 0), c.others}, c.ranking) {
				row := s.Key
				if s.Count > 0 {
					row += fmt.Sprintf("(%d)", s.Count)
				}
				got = append(got, row)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
		})
	}
}
