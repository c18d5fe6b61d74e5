package editor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// percent is a figure of percents with its previous value.
func percentOf(key string, now, before float64, d digest.Direction) digest.Figure {
	f := count(key, now, before, d)
	f.Unit = digest.Percent
	return f
}

// theSteps is a chart of three steps: "Name", "First visit", "Thanks".
func theSteps(key string, series ...digest.Series) digest.Chart {
	return digest.Chart{Key: key, Kind: digest.StackedBar, Unit: digest.Count, State: digest.HasValue, Series: series}
}

func stepSeries(key string, values ...float64) digest.Series {
	s := digest.Series{Key: key, Label: key}
	for i, name := range []string{"Name", "First visit", "Thanks"}[:len(values)] {
		s.Points = append(s.Points, digest.Point{Key: string(rune('1' + i)), Label: name, Value: &values[i]})
	}
	return s
}

func text(s string) digest.Value { return digest.Say(s) }

// someFlows is a section of guided conversations.
func someFlows() digest.Section {
	value := func(n float64) *float64 { return &n }
	return digest.Section{
		Key: "flows", Status: digest.Complete,
		Figures: []digest.Figure{
			count("initiated", 8, 20, digest.Neutral), count("completed", 3, 9, digest.Neutral), count("failed", 4, 9, digest.Down),
			count("pending", 1, 2, digest.Neutral), count("started", 6, 12, digest.Neutral), percentOf("success_rate", 43, 50, digest.Up),
			{Key: "appointments_scheduled", Unit: digest.Count, Value: digest.Num(3), Previous: digest.Num(9), Provisional: true},
			{Key: "appointment_rate", Unit: digest.Percent, Direction: digest.Up, Value: digest.Num(37.5), Previous: digest.Num(60), Provisional: true},
			{Key: "revenue_scheduled", Unit: digest.Money, Value: digest.Sum(300, "EUR"), Previous: digest.Sum(120.5, "EUR"), Provisional: true},
			{Key: "revenue_completed", Unit: digest.Money, Value: digest.Sum(350.5, "EUR"), Previous: digest.Sum(300, "EUR")},
			{Key: "enrollment_value", Unit: digest.Money, Value: digest.Sum(40, "EUR"), Previous: digest.Sum(20, "USD")},
		},
		Charts: []digest.Chart{
			{Key: "completion", Kind: digest.Donut, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{{Key: "current", Points: []digest.Point{
				{Key: "completed", Value: value(3)}, {Key: "failed_at_first_step", Value: value(2)}, {Key: "failed_later", Value: value(2)},
			}}}},
			theSteps("by_step", stepSeries("completed", 5, 3, 2), stepSeries("failed", 2, 1, 0)),
			theSteps("failure_by_step", stepSeries("TIMEOUT", 2, 0, 0), stepSeries("PIGEON", 0, 1, 0)),
			{
				Key: "journey", Kind: digest.Flow, Unit: digest.Count, State: digest.HasValue, Of: &digest.Place{Key: "intake", Label: "Intake"},
				Nodes: []digest.Node{
					{ID: "0:name", Label: "Name", Value: 5},
					{ID: "1:first", Label: "First visit", Column: 1, Value: 4},
					{ID: "end/completed", Label: "completed", Column: 2, Value: 2},
					{ID: "end/failed", Label: "failed", Role: digest.Nobody, Column: 2, Value: 3},
				},
				Links: []digest.Link{{From: "0:name", To: "1:first", Value: 4}, {From: "0:name", To: "end/failed", Value: 1}, {From: "1:first", To: "end/failed", Value: 2}, {From: "1:first", To: "end/completed", Value: 2}},
			},
		},
		Tables: []digest.Table{
			{Key: "failure_reasons", Columns: []digest.Column{{Key: "reason", Unit: digest.Text}, {Key: "count", Unit: digest.Count}}, Rows: [][]digest.Value{{text("TIMEOUT"), digest.Num(2)}, {text("PIGEON"), digest.Num(1)}}},
			{Key: "responses_by_user", Columns: []digest.Column{
				{Key: "person", Unit: digest.Text}, {Key: "address", Unit: digest.Text}, {Key: "flow", Unit: digest.Text}, {Key: "started_at", Unit: digest.Instant}, {Key: "answer_1", Unit: digest.Text},
			}, Rows: [][]digest.Value{
				{text("Ada Quist"), text("+49 30 5550101"), text("Intake"), digest.At(time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)), text("Yes")},
				{text("u3"), text("cleo@clinic.example"), text("Intake"), digest.At(time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)), digest.None(digest.Empty)},
			}},
			{Key: "recovered_detail", Columns: []digest.Column{{Key: "person", Unit: digest.Text}, {Key: "address", Unit: digest.Text}, {Key: "detail", Unit: digest.Text}}, Rows: [][]digest.Value{{text("Ben Roth"), text("+1"), text("Ben said yes")}}},
		},
		Notes: []digest.Note{{Key: "responses_by_user", Values: map[string]digest.Value{"count": digest.Num(40), "shown": digest.Num(2)}}},
	}
}

func flowsChapter(t *testing.T, a digest.Audience) digest.Chapter {
	t.Helper()
	return deskFor(week(someFlows()), a).chapters()[0]
}

func TestACaptionOfFlowsSaysItsNumberFirst(t *testing.T) {
	captions := map[string]string{}
	for _, p := range flowsChapter(t, digest.Manager).Pictures {
		captions[p.Anchor] = p.Title + " " + p.Caption + " " + p.Alt
	}
	for anchor, want := range map[string]string{
		"flows-completion": "chart.completion.title[] caption.completion.some_first[n#7 part=3 first=2] caption.completion.pending[n#1] " +
			"label.flow_completed[]\u00a03alt.comma[]label.flow_failed_at_first_step[]\u00a02alt.comma[]label.flow_failed_later[]\u00a02.",
		// Of the seven that came to the first step two failed there.
		"flows-by_step": "chart.by_step.title[] caption.by_step.most[n#2 reached=7 step=Name total=3] caption.by_step.caveat[] " +
			"alt.series[series=series.completed[] values=Name\u00a05alt.comma[]First visit\u00a03alt.comma[]Thanks\u00a02] alt.series[series=series.failed[] values=Name\u00a02alt.comma[]First visit\u00a01]",
		// A reason that nobody has words for stays as it is.
		"flows-failure_by_step": "chart.failure_by_step.title[] caption.failure_by_step.top[n#3 part=2 reason=failure.timeout[] step=Name] " +
			"alt.series[series=failure.timeout[] values=Name\u00a02] alt.series[series=PIGEON values=First visit\u00a01]",
		"flows-journey": "chart.journey.title_of[of=Intake] caption.journey.all[n#5 completed=2 failed=3 pending=] caption.journey.failed_at[n#2 step=First visit] " +
			"chart.journey.alt[steps=Name\u00a05alt.comma[]First visit\u00a04 ends=label.flow_completed[]\u00a02alt.comma[]label.flow_failed[]\u00a03]",
	} {
		if captions[anchor] != want {
			t.Errorf("%s:\n%s, want\n%s", anchor, captions[anchor], want)
		}
	}
}

func TestFlowsAddUpBelowTheirCards(t *testing.T) {
	b := flowsChapter(t, digest.Manager).Balance
	if got := b.Line.String() + " " + b.Text; got != "balance.flow_begun[n#8] = balance.flow_completed[n#3] + balance.flow_failed[n#4] + balance.flow_pending[n#1] balance.flow_answered[n#6]" {
		t.Error(got)
	}
	var bars []string
	for _, x := range b.Bars {
		bars = append(bars, x.Key+" "+spoken{}.Percent(x.Share))
	}
	if got := strings.Join(bars, ", "); got != "handled 37.5%, missed 50%, waiting 12.5%" {
		t.Error(got)
	}
}

func TestAProvisionalFigureShowsNoChangeAndIsNoFinding(t *testing.T) {
	s := week(someFlows())
	d := deskFor(s, digest.Manager)
	card := d.card(&s.Sections[0], "appointment_rate")
	if card.Tone != digest.Warn || card.Change != "" || !strings.HasPrefix(card.Under, "card.until[") {
		t.Errorf("%+v", card)
	}
	for _, c := range d.changes(nil) {
		if c.figure.Provisional {
			t.Errorf("%s is a finding", c.figure.Key)
		}
	}
	rows := map[string][]string{}
	for _, row := range d.moreFigures(&s.Sections[0], []string{"revenue_scheduled", "revenue_completed", "enrollment_value"}).Rows {
		rows[row[0]] = row[1:]
	}
	for label, want := range map[string][]string{
		// The window of this week's is open, that of the week before has closed: they are not compared.
		"figure.flows.revenue_scheduled.label[]": {"money[amount=300 currency=EUR]*", "money[amount=120.50 currency=EUR]", ""},
		"figure.flows.revenue_completed.label[]": {"money[amount=350.50 currency=EUR]", "money[amount=300 currency=EUR]", "+16.8%"},
		"figure.flows.enrollment_value.label[]":  {"money[amount=40 currency=EUR]", "money[amount=20 currency=USD]", ""}, // nor are euro and dollars
	} {
		if !slices.Equal(rows[label], want) {
			t.Errorf("%s: %q, want %q", label, rows[label], want)
		}
	}
}

func TestPersonsOfFlowsAreMaskedAndNotForExecutives(t *testing.T) {
	for _, a := range []digest.Audience{digest.Admin, digest.Manager} {
		var cells []string
		for _, s := range flowsChapter(t, a).Sheets {
			for _, row := range s.Rows {
				cells = append(cells, row...)
			}
		}
		all := strings.Join(cells, " | ")
		for _, name := range []string{"Ada", "Quist", "5550101", "cleo", "Ben", "Roth", "u3"} {
			if strings.Contains(all, name) {
				t.Errorf("the %s reads %s: %s", a, name, all)
			}
		}
		for _, mask := range []string{"A.\u00a0Q.", "…3", "B.\u00a0R."} {
			if !strings.Contains(all, mask) {
				t.Errorf("the %s does not read %s: %s", a, mask, all)
			}
		}
	}
	s := forAudience(week(someFlows()), digest.Executive)
	for _, table := range s.Sections[0].Tables {
		if slices.Contains(personTables, table.Key) {
			t.Errorf("an executive's snapshot has %s", table.Key)
		}
	}
	if was := someFlows(); forAudience(week(was), digest.Manager).Sections[0].Tables[1].Rows[0][0].Text == was.Tables[1].Rows[0][0].Text {
		t.Error("a manager's snapshot is not masked")
	}
}

func TestTheMailHasOnlyTablesThatItHasRoomFor(t *testing.T) {
	away := func(sections ...digest.Section) (keys []string) {
		for _, c := range deskFor(week(sections...), digest.Manager).chapters() {
			for _, s := range c.Sheets {
				if s.Page {
					keys = append(keys, s.Anchor)
				}
			}
		}
		return keys
	}
	if got := away(someFlows()); !slices.Equal(got, []string{"flows-failure_reasons", "flows-responses_by_user"}) {
		t.Errorf("by itself: %s", got)
	}
	if got := away(someFlows(), digest.Section{Key: "activity", Status: digest.Complete}); !slices.Equal(got, []string{"flows-failure_reasons", "flows-responses_by_user", "flows-recovered_detail"}) {
		t.Errorf("beside others: %s", got)
	}
}

func TestATableOfPersonsSaysHowManyThereAre(t *testing.T) {
	for _, s := range flowsChapter(t, digest.Manager).Sheets {
		if s.Anchor == "flows-responses_by_user" && s.Caption != "sheet.responses_by_user.caption[] sheet.part[n#40 shown=2]" {
			t.Error(s.Caption)
		}
	}
}

func TestAMaskLeavesEnoughForWhoKnowsThePerson(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Quist": "A.\u00a0Q.", "José": "J.", "李 小龍": "李.\u00a0小.", "Anna von der Heide": "A.\u00a0V.\u00a0D.", "+49 30 5550101": "…01", "a7": "…7", "x": "X.",
		"dana@example.com": "d…@example.com", "Patient 4711": "…11", "—": "…—",
	} {
		if got := digest.MaskedName(in); got != want {
			t.Errorf("%q is masked as %q, want %q", in, got, want)
		}
	}
}
