package digest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"fortnight/digest"
)

// The hand's sums of three projects stand beside each assertion.

func counted(key string, now, before float64) digest.Figure {
	return digest.Figure{Key: key, Unit: digest.Count, Direction: digest.Up, Value: digest.Num(now), Previous: digest.Num(before)}
}

func byDay(key string, values ...float64) digest.Chart {
	c := digest.Chart{Key: key, Kind: digest.Line, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{{Key: "current"}, {Key: "previous"}}}
	for i := range values {
		half := values[i] / 2
		c.Series[0].Points = append(c.Series[0].Points, digest.Point{At: digest.Date{Year: 2026, Month: 3, Day: 23 + i}, Value: &values[i]})
		c.Series[1].Points = append(c.Series[1].Points, digest.Point{At: digest.Date{Year: 2026, Month: 3, Day: 16 + i}, Value: &half})
	}
	return c
}

func activityOf(platform string, messages, before, conversations, users float64, days ...float64) digest.Section {
	return digest.Section{
		Key: "activity", Platform: platform, Status: digest.Complete,
		Figures: []digest.Figure{
			counted("new_users", 1, 1), counted("active_users", users, users), counted("total_messages", messages, before),
			counted("conversations_total", conversations, conversations),
			{Key: "messages_per_conversation_mean", Unit: digest.Ratio, Value: digest.Num(messages / conversations), Previous: digest.Num(before / conversations)},
			{Key: "peak_volume", Unit: digest.MessagesPerMinute, Value: digest.Num(3), Previous: digest.Num(2)},
		},
		Charts: []digest.Chart{
			byDay("incoming_messages", days...),
			{Key: "conversations_per_agent", Kind: digest.Ranking, State: digest.HasValue, Series: []digest.Series{{Points: []digest.Point{{Label: "Ana Ruiz"}}}}},
		},
		Tables: []digest.Table{{Key: "by_team", Columns: []digest.Column{{Key: "team", Unit: digest.Text}}, Rows: [][]digest.Value{{digest.Say("Night shift")}}}},
	}
}

func figure(t *testing.T, s digest.Section, key string) digest.Figure {
	t.Helper()
	f, ok := s.Figure(key)
	if !ok {
		t.Fatalf("no figure %s", key)
	}
	return f
}

func of(t *testing.T, s digest.Section, note, key string) float64 {
	t.Helper()
	n, ok := s.Note(note)
	if !ok || !n.Values[key].Is() {
		t.Fatalf("note %s has no %s: %+v", note, key, n)
	}
	return n.Values[key].Number
}

func three() []digest.Share {
	return []digest.Share{
		{Project: "North", Section: activityOf("native", 100, 80, 20, 10, 30, 20)},
		{Project: "South", Section: activityOf("chatwoot", 60, 90, 10, 7, 5, 15)},
		{Project: "East", Section: activityOf("native", 40, 30, 20, 3, 0, 10)},
	}
}

func TestADigestOfSeveralProjectsAddsUpWhatAddsUp(t *testing.T) {
	s := digest.RollUp("activity", three())
	if s.Status != digest.Complete || *s.Projects != (digest.Tally{All: 3, Read: 3}) || s.Platform != "" {
		t.Errorf("%s, %+v, %q", s.Status, s.Projects, s.Platform)
	}
	for _, want := range []struct {
		key         string
		now, before float64
	}{
		{"total_messages", 200, 200},             // 100 + 60 + 40, 80 + 90 + 30
		{"conversations_total", 50, 50},          // 20 + 10 + 20
		{"active_users", 20, 20},                 // 10 + 7 + 3: once in each project
		{"messages_per_conversation_mean", 4, 4}, // 200 / 50, not the mean of 5, 6 and 2
	} {
		if f := figure(t, s, want.key); f.Value.Number != want.now || f.Previous.Number != want.before {
			t.Errorf("%s: %v, before %v", want.key, f.Value.Number, f.Previous.Number)
		}
		if of(t, s, "counted", want.key) != 3 {
			t.Errorf("%s is not of three", want.key)
		}
	}
	if _, ok := s.Figure("peak_volume"); ok {
		t.Error("peaks of different minutes were added")
	}
	days := s.Chart("incoming_messages")
	if now, before := days.Series[0].Points, days.Series[1].Points; *now[0].Value != 35 || *now[1].Value != 45 || *before[0].Value != 17.5 { // 30+5+0, 20+15+10
		t.Errorf("by day %v %v", *now[0].Value, *now[1].Value)
	}
	if err := s.CheckRollUp(); err != nil {
		t.Error(err)
	}
}

func TestTheRowsOfProjectsStandAsTheDigestNamesThemAndComeToTheTotal(t *testing.T) {
	s := digest.RollUp("activity", three())
	table := s.Tables[0]
	var names []string
	sum := 0.0
	for _, row := range table.Rows {
		names = append(names, row[0].Text)
		sum += row[2].Number // total_messages
	}
	if strings.Join(names, " ") != "North South East" || sum != 200 || table.Columns[7].Key != "peak_volume" || table.Rows[1][7].Number != 3 {
		t.Errorf("%v, %v, %+v", names, sum, table.Columns)
	}
	bars := s.Chart(digest.ByProject)
	if len(bars.Series) != 2 || *bars.Series[0].Points[1].Value != 60 || *bars.Series[1].Points[1].Value != 90 {
		t.Errorf("%+v", bars.Series)
	}
	table.Rows[0][2] = digest.Num(101)
	if err := s.CheckRollUp(); err == nil {
		t.Error("a row that does not add up was not seen")
	}
}

func TestOnlyAggregatesLeaveAProject(t *testing.T) {
	written, err := json.Marshal(digest.RollUp("activity", three()))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ana Ruiz", "Night shift", "by_team", "conversations_per_agent"} {
		if strings.Contains(string(written), name) {
			t.Errorf("%s left its project", name)
		}
	}
}

func TestAProjectThatFailedIsLeftOutOfTheSumsAndNamedInItsRow(t *testing.T) {
	shares := three()
	shares[1].Section = digest.Section{Key: "activity", Status: digest.Broken, Reason: "statement timeout after 30s"}
	s := digest.RollUp("activity", shares)
	if s.Status != digest.Partial || s.Projects.Read != 2 || s.Reason != "South: statement timeout after 30s" {
		t.Errorf("%s %+v %q", s.Status, s.Projects, s.Reason)
	}
	if f := figure(t, s, "total_messages"); f.Value.Number != 140 || f.Previous.Number != 110 || of(t, s, "counted", "total_messages") != 2 { // 100 + 40, 80 + 30
		t.Errorf("%+v", f)
	}
	row := s.Tables[0].Rows[1]
	if row[1].Text != "failed" || row[2].State != digest.Failed {
		t.Errorf("%+v", row)
	}
	written, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var read digest.Section
	if err := json.Unmarshal(written, &read); err != nil || read.Tables[0].Rows[1][2].State != digest.Failed || read.Projects.Read != 2 {
		t.Errorf("as it is stored: %+v, %v", read.Tables[0].Rows[1], err)
	}
	for i := range shares {
		shares[i].Section = digest.Section{Key: "activity", Status: digest.Broken, Reason: "its source could not be read"}
	}
	if s := digest.RollUp("activity", shares); s.Status != digest.Broken || len(s.Figures) != 0 || len(s.Tables[0].Rows) != 3 {
		t.Errorf("of none: %s, %d figures", s.Status, len(s.Figures))
	}
}

func TestWhatOneProjectCannotKnowIsTheSumOfTheOthersAndNeverZero(t *testing.T) {
	shares := three()
	for i, f := range shares[1].Section.Figures {
		if f.Key == "active_users" || f.Key == "conversations_total" {
			shares[1].Section.Figures[i].Value, shares[1].Section.Figures[i].Previous = digest.None(digest.Unavailable), digest.None(digest.Unavailable)
		}
	}
	s := digest.RollUp("activity", shares)
	if f := figure(t, s, "active_users"); f.Value.Number != 13 || of(t, s, "counted", "active_users") != 2 { // 10 + 3
		t.Errorf("%+v", f)
	}
	if f := figure(t, s, "messages_per_conversation_mean"); f.Value.Number != 3.5 || of(t, s, "counted", f.Key) != 2 { // (100 + 40) / (20 + 20)
		t.Errorf("%+v", f)
	}
	if cell := s.Tables[0].Rows[1][5]; cell.State != digest.Unavailable || s.Tables[0].Columns[5].Key != "active_users" {
		t.Errorf("%+v", cell)
	}
	for i := range shares {
		for j := range shares[i].Section.Figures {
			shares[i].Section.Figures[j].Value = digest.None(digest.Unavailable)
		}
	}
	if f := figure(t, digest.RollUp("activity", shares), "total_messages"); f.Value.State != digest.Unavailable {
		t.Errorf("known to none: %+v", f.Value)
	}
}

func TestAProjectThatIsNewTakesThePreviousPeriodAway(t *testing.T) {
	shares := three()
	for i := range shares[2].Section.Figures {
		shares[2].Section.Figures[i].Previous = digest.None(digest.Unavailable)
	}
	shares[2].Section.Charts[0].Series = shares[2].Section.Charts[0].Series[:1]
	s := digest.RollUp("activity", shares)
	if f := figure(t, s, "total_messages"); f.Value.Number != 200 || f.Previous.Is() || of(t, s, "no_previous", "count") != 1 {
		t.Errorf("200 messages of three projects held against those of two: %+v", f)
	}
	if c := s.Chart("incoming_messages"); len(c.Series) != 1 || *c.Series[0].Points[1].Value != 45 {
		t.Errorf("%+v", c.Series)
	}
}

func TestMoneyOfDifferentCurrenciesIsNotAdded(t *testing.T) {
	flows := func(initiated, completed float64, money digest.Value) digest.Section {
		return digest.Section{Key: "flows", Status: digest.Complete, Figures: []digest.Figure{
			counted("initiated", initiated, initiated), counted("completed", completed, completed), counted("total_flows", initiated, initiated),
			{Key: "success_rate", Unit: digest.Percent, Value: digest.Num(100 * completed / initiated), Previous: digest.Num(50)},
			{Key: "revenue_scheduled", Unit: digest.Money, Value: money, Previous: money},
		}}
	}
	shares := []digest.Share{
		{Project: "North", Section: flows(80, 40, digest.Sum(100.5, "USD"))}, {Project: "South", Section: flows(20, 20, digest.Sum(50, "USD"))},
	}
	s := digest.RollUp("flows", shares)
	if f := figure(t, s, "revenue_scheduled"); f.Value != digest.Sum(150.5, "USD") {
		t.Errorf("%+v", f.Value)
	}
	if f := figure(t, s, "success_rate"); f.Value.Number != 60 { // (40 + 20) / (80 + 20), not the mean of 50 and 100
		t.Errorf("%+v", f.Value)
	}
	s = digest.RollUp("flows", append(shares, digest.Share{Project: "East", Section: flows(10, 5, digest.Sum(70, "EUR"))}))
	if f := figure(t, s, "revenue_scheduled"); f.Value.Is() || f.Footnote != "currencies" {
		t.Errorf("%+v", f)
	}
	table := s.Tables[0]
	if cell := table.Rows[2][len(table.Columns)-1]; cell != digest.Sum(70, "EUR") {
		t.Errorf("%+v", cell)
	}
	if n, _ := s.Note("currencies"); n.Values["currencies"].Text != "USD, EUR" {
		t.Errorf("%+v", n)
	}
}

func TestPromisesAreKeptByTheirCountsNotByTheirPercents(t *testing.T) {
	promised := func(met, judged float64) digest.Section {
		return digest.Section{
			Key: "service_levels", Status: digest.Complete,
			Figures: []digest.Figure{{Key: "closed_within_hour", Unit: digest.Percent, Value: digest.Num(100 * met / judged), Previous: digest.Num(90)}},
			Notes: []digest.Note{{Key: "closed_within_hour", Values: map[string]digest.Value{
				"met": digest.Num(met), "judged": digest.Num(judged), "overdue": digest.Num(judged - met), "on_us": digest.Num(1), "on_user": digest.Num(0),
			}}},
		}
	}
	s := digest.RollUp("service_levels", []digest.Share{{Project: "North", Section: promised(90, 100)}, {Project: "South", Section: promised(5, 10)}})
	if f := figure(t, s, "closed_within_hour"); f.Value.Number != 100*95.0/110 || f.Previous.Is() {
		t.Errorf("%+v", f)
	}
	if of(t, s, "closed_within_hour", "judged") != 110 || of(t, s, "closed_within_hour", "on_us") != 2 {
		t.Error("the counts do not add up")
	}
}

func TestSumsOfDaysBelongToDaysThatAgree(t *testing.T) {
	shares := three()
	shares[1].Section.Charts[0] = byDay("incoming_messages", 1, 2, 3)
	s := digest.RollUp("activity", shares)
	if c := s.Chart("incoming_messages"); c != nil {
		t.Errorf("%+v", c)
	}
	for _, section := range []string{"activity", "chatbot", "contact_center", "flows", "outreach", "service_levels"} {
		if !digest.RollsUp(section) {
			t.Errorf("%s does not roll up", section)
		}
	}
	if digest.RollsUp(digest.OpenConversations) {
		t.Error("a list of persons rolls up")
	}
}

func TestOnlySumsOfTheSameProjectsAreHeldAgainstEachOther(t *testing.T) {
	all, fewer := three(), three()
	fewer[1].Section = digest.Section{Key: "activity", Status: digest.Broken}
	a, b := digest.RollUp("activity", all), digest.RollUp("activity", fewer)
	other := digest.RollUp("activity", []digest.Share{all[2], all[0], all[1]}) // in another order
	one := all[0].Section
	if !a.SameProjects(other) || a.SameProjects(b) || a.SameProjects(one) || !one.SameProjects(all[1].Section) {
		t.Error("sums are held against those of other projects, or not against their own")
	}
}

var errDown = errors.New("dial tcp db.south.example:5432: connection refused")
