package editor

import (
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// left is a desk with three open conversations: one of Ana's, one of Bob's, one of nobody's.
func left() digest.Snapshot {
	none := digest.None(digest.Empty)
	row := func(person, address digest.Value, age float64, on string, assignee, id digest.Value, link string) []digest.Value {
		return []digest.Value{person, digest.Num(age), digest.Say(on), assignee, digest.Say("email"), none, none, none, none, digest.Say("open"), address, digest.Say("c"), id, digest.Say(link)}
	}
	count := func(key string, n float64) digest.Figure {
		return digest.Figure{Key: key, Unit: digest.Count, Value: digest.Num(n), Previous: digest.None(digest.Unavailable)}
	}
	return digest.Snapshot{
		Period: week().Period, Previous: week().Previous, ReadAt: time.Date(2026, 3, 16, 16, 0, 0, 0, time.UTC),
		Sections: []digest.Section{{
			Key: digest.OpenConversations, Status: digest.Complete,
			Figures: []digest.Figure{count("open", 3), count("waiting_on_us", 2), {Key: "oldest_wait", Unit: digest.Duration, Value: digest.Num(194400)}, count("unassigned", 1)},
			Tables: []digest.Table{
				{Key: digest.OpenTable, Columns: []digest.Column{
					{Key: "person", Unit: digest.Text},
					{Key: "age", Unit: digest.Duration},
					{Key: "waiting_on", Unit: digest.Text},
					{Key: "assignee", Unit: digest.Text},
					{Key: "channel", Unit: digest.Text},
					{Key: "delivery", Unit: digest.Text},
					{Key: "delivery_error", Unit: digest.Text},
					{Key: "urgency", Unit: digest.Count},
					{Key: "unread", Unit: digest.Count},
					{Key: "status", Unit: digest.Text},
					{Key: "address", Unit: digest.Text},
					{Key: "conversation_id", Unit: digest.Text},
					{Key: "assignee_id", Unit: digest.Text},
					{Key: "link", Unit: digest.Text},
				}, Rows: [][]digest.Value{
					row(digest.Say("Ada Quist"), digest.Say("ada@example.org"), 3600, "us", digest.Say("Ana"), digest.Say("a1"), "https://desk.example/1"),
					row(none, digest.Say("ben@example.org"), 7200, "user", digest.Say("Bob"), digest.Say("a2"), "https://desk.example/2"),
					row(digest.Say("Cem Ode"), none, 194400, "us", none, none, "https://desk.example/3"),
				}},
				{Key: digest.OpenByAssignee, Columns: []digest.Column{
					{Key: "assignee", Unit: digest.Text},
					{Key: "open", Unit: digest.Count},
					{Key: "waiting_on_us", Unit: digest.Count},
					{Key: "oldest_wait", Unit: digest.Duration},
					{Key: "unread", Unit: digest.Count},
					{Key: "snoozed", Unit: digest.Count},
					{Key: "assignee_id", Unit: digest.Text},
				}, Rows: [][]digest.Value{
					{none, digest.Num(1), digest.Num(1), digest.Num(194400), digest.Num(0), digest.Num(0), none},
					{digest.Say("Ana"), digest.Num(1), digest.Num(1), digest.Num(3600), digest.Num(0), digest.Num(0), digest.Say("a1")},
					{digest.Say("Bob"), digest.Num(1), digest.Num(0), none, digest.Num(0), digest.Num(0), digest.Say("a2")},
				}},
			},
		}},
	}
}

func TestAManagerSeesWhatNobodyHasFirstAndCustomersMasked(t *testing.T) {
	l, err := Editor{}.Edit(left(), digest.Brief{Project: "Desk", Audience: digest.Manager}, spoken{})
	if err != nil {
		t.Fatal(err)
	}
	sheets := l.Sections[0].Sheets
	if len(sheets) != 2 || len(sheets[1].Rows) != 3 {
		t.Fatalf("%+v", sheets)
	}
	for i, want := range []struct{ who, link string }{{"C.\u00a0O.", "https://desk.example/3"}, {"A.\u00a0Q.", "https://desk.example/1"}, {"b…@example.org", "https://desk.example/2"}} {
		if got := sheets[1]; got.Rows[i][0] != want.who || got.Links[i] != want.link {
			t.Errorf("row %d is %q to %s, want %+v", i, got.Rows[i], got.Links[i], want)
		}
	}
	if by := sheets[0].Rows; by[1][0] != "Ana" || by[2][0] != "Bob" {
		t.Errorf("%q", by)
	}
}

func TestTheListHasARowOfFourColumnsAndALineBelowItAndTheMailOfSeveralSectionsFewRows(t *testing.T) {
	edit := func(s digest.Snapshot) digest.Sheet {
		l, err := Editor{}.Edit(s, digest.Brief{Project: "Desk", Audience: digest.Manager}, spoken{})
		if err != nil {
			t.Fatal(err)
		}
		c := l.Sections[len(l.Sections)-1]
		return c.Sheets[len(c.Sheets)-1]
	}
	s := left()
	rows := &s.Sections[0].Tables[0].Rows
	for len(*rows) < 50 {
		*rows = append(*rows, (*rows)[0])
	}
	alone := edit(s)
	if len(alone.Rows) != 50 || alone.Short < 3 || alone.Short >= len(alone.Head) || len(alone.Brief().Rows) != mostOpen || alone.Brief().More != "sheet.more_rows[n#10]" { // 50 - 40
		t.Errorf("%d rows of %q, %d of them; %q", len(alone.Rows), alone.Head, alone.Short, alone.More)
	}
	for i, under := range alone.Under {
		if i < 3 && (under == "" || strings.Contains(under, "sheet.open.none")) {
			t.Errorf("below row %d stands %q", i, under)
		}
	}
	s.Sections = append([]digest.Section{{Key: "activity", Status: digest.Complete}}, s.Sections...)
	if among := edit(s).Brief(); len(among.Rows) != mostInMail || among.More != "sheet.more_rows[n#38]" { // 50 - 12
		t.Errorf("%d rows; %q", len(among.Rows), among.More)
	}
}

func TestAnAgentSeesTheirOwnCustomersByNameAndNobodyElses(t *testing.T) {
	for agent, want := range map[string]string{"a1": "Ada Quist", "a2": "b…@example.org"} { // no name: an address is masked
		l, err := Editor{}.Edit(left().OfAgent(agent), digest.Brief{Project: "Desk", Audience: digest.Manager, Agent: agent}, spoken{})
		if err != nil {
			t.Fatal(err)
		}
		c := l.Sections[0]
		if len(c.Sheets) != 1 || len(c.Sheets[0].Rows) != 1 || c.Sheets[0].Rows[0][0] != want {
			t.Errorf("%s reads %+v", agent, c.Sheets)
		}
		for _, card := range c.Cards {
			if card.Key == "unassigned" || card.Key == "open" && card.Parts[0].Number != "1" {
				t.Errorf("%s has the card %+v", agent, card)
			}
		}
	}
}

func TestAnExecutiveSeesHowManyAreOpenAndNoPerson(t *testing.T) {
	l, err := Editor{}.Edit(left(), digest.Brief{Project: "Desk", Audience: digest.Executive, Agent: "a1"}, spoken{})
	if err != nil {
		t.Fatal(err)
	}
	if c := l.Sections[0]; len(c.Sheets) != 0 || len(c.Cards) != 4 || c.Cards[0].Parts[0].Number != "3" {
		t.Errorf("%+v", c)
	}
}

func TestAPictureOfNowIsComparedWithNothing(t *testing.T) {
	s := left()
	s.First = true
	d := newDesk(s, digest.Brief{Audience: digest.Manager}, spoken{})
	if d.compared() || d.s.First {
		t.Error("it is held against a day before, or called a first edition")
	}
}
