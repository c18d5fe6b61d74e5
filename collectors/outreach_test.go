package collectors

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// theCampaigns is the week of testdata/outreach.sql.
func theCampaigns(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/outreach.sql")
	if err != nil {
		t.Fatal(err)
	}
	return old + string(text)
}

func TestEveryOutreachFigureOfAWeekIsAsCountedByHand(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask.Parameters.Outreach.Individual = true
	s := x.collect(t, "outreach", theCampaigns(t))
	figuresAre(t, s, map[string]string{
		// k1: u1 to u8; k2: u8 u10 u14; k3: u9. Not u11 (next week), u12 (first tried the week before). Before: u12 u13 of k2, u14 of k3.
		"total_users": "12 3",
		// u8 is there twice; u12 u13 u14
		"unique_users": "11 3",
		// u1 u2 u6 u7 u8 of k1, u8 u14 of k2, delivered or read; u9 without receipts. Before: u13.
		"messages_sent": "8 1",
		// u4, whose second try is under way; u5, whose receipt is awaited
		"in_process": "2 0",
		// u3 u10; before u12, u14
		"send_failures": "2 2",
		// u1 u2 u6 u7 u8 u8 u14; u13
		"delivered": "7 1",
		// u1. Not u6, read at the next week's first instant.
		"read": "1 0",
		// u1 u2 u7, u8 of k2. Not u6 (72 h to the second), u8 of k1 (after the next send), u14 (likewise), u5 (not sent). Before: u13, told by now.
		"responses": "4 1",
		// 4 / 8; 1 / 1
		"response_rate": "50 100",
	})
	for _, key := range []string{"responses", "response_rate"} { // u9 was sent 38 h before the end
		if f, _ := s.Figure(key); !f.Provisional {
			t.Errorf("%s is not marked provisional", key)
		}
	}
	stepsAre(t, s, "funnel", "current", "recipients=12 sent=8 delivered=7 read=1 responded=4 finished=1")
	stepsAre(t, s, "funnel", "previous", "recipients=3 sent=1 delivered=1 read=0 responded=1 finished=0")
	// u1 on Monday, u2 on Tuesday, u8 on Wednesday, u7 on Friday; u13's, of the week before, came after that week
	daysAre(t, s, "responses", "current", "1 1 1 0 1 0 0")
	daysAre(t, s, "responses", "previous", "0 0 0 0 0 0 0")
	stepsAre(t, s, "failure_reasons", "current", "Unknown number=1 unknown=1")
	tableIs(t, s, "by_campaign",
		// 8 recipients: u1 u2 u6 u7 u8 sent, u4 u5 in process, u3 failed; u1 u2 u7 answered
		"Recall | v1 | sms | 8 | 5 | 2 | 1 | 5 | 1 | 3 | 60",
		// u8 u14 sent, u10 failed; u8 answered
		"Recall | v2 | sms | 3 | 2 | 0 | 1 | 2 | 0 | 1 | 50",
		"Letters | n/a | mail | 1 | 1 | 0 | 0 | unavailable | unavailable | 0 | 0")
	noteIs(t, s, "balance", "failed=2, in_process=2, recipients=12, sent=8")
	noteIs(t, s, "response_window", "hours=72")
	noteIs(t, s, "some_receipts", "count=12, known=11") // not u9
	noteIs(t, s, "individual", "count=12, shown=12")
	tableIs(t, s, "individual",
		"…4 | n/a | Recall | 2026-03-22T22:00:00+01:00 | pending | none | none | n/a | n/a",
		"…A1 | i…@example.org | Letters | 2026-03-21T10:00:00+01:00 | sent | none | none | n/a | n/a",
		"…5 | n/a | Recall | 2026-03-20T10:00:00+01:00 | sent | none | none | n/a | n/a",
		"…8 | n/a | Recall | 2026-03-18T11:00:00+01:00 | delivered | none | none | n/a | n/a",
		"…8 | n/a | Recall | 2026-03-17T10:00:00+01:00 | delivered | none | none | n/a | n/a",
		"…14 | n/a | Recall | 2026-03-17T10:00:00+01:00 | delivered | none | none | n/a | n/a",
		"…6 | n/a | Recall | 2026-03-17T09:00:00+01:00 | delivered | in_flow | open | n/a | n/a",
		"…7 | n/a | Recall | 2026-03-17T09:00:00+01:00 | delivered | in_flow | open | n/a | n/a",
		"A.\u00a0Q. | …01 | Recall | 2026-03-16T10:00:00+01:00 | read | finished | closed | 2026-03-16T11:30:00+01:00 | n/a",
		"B.\u00a0R. | …02 | Recall | 2026-03-16T10:00:00+01:00 | delivered | in_flow | expired | 2026-03-17T13:00:00+01:00 | n/a",
		"…3 | n/a | Recall | 2026-03-16T10:00:00+01:00 | failed | none | none | n/a | n/a",
		"…10 | n/a | Recall | 2026-03-16T00:00:00+01:00 | failed | none | none | n/a | n/a")
}

func TestTheWindowForAnswersIsTheDigestsAndPersonsStandInItOnlyWhereItWantsThem(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask.Parameters = digest.Parameters{Practices: []string{"north", "south"}, Outreach: digest.OutreachSettings{ResponseWindow: 24}}
	s := x.collect(t, "outreach", theCampaigns(t))
	// u1, u8 of k2. Not u2, whose answer came 24 h after, to the second; not u7. Before: not u13.
	figuresAre(t, s, map[string]string{"responses": "2 0"})
	if f, _ := s.Figure("responses"); f.Provisional {
		t.Error("provisional, though nobody was sent anything within a day of the end")
	}
	tableIs(t, s, "individual")
	noteIs(t, s, "individual", "")
	noteIs(t, s, "all_practices", "practices=north, south")
}

func TestWhereNoChannelHasReceiptsDeliveredAndReadAreNotAvailable(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "outreach", old+`
		INSERT INTO outbound_delivery (delivery_id, campaign_id, user_id, attempt, attempted_at, sent_at, has_receipts) VALUES
		('1', 'k', 'a', 1, '2026-03-17 09:00', '2026-03-17 09:00', false),
		('2', 'k', 'b', 1, '2026-03-17 09:00', '2026-03-17 09:00', NULL), -- nothing tells that there are any
		('3', 'k', 'c', 1, '2026-03-17 09:00', NULL, false);`)
	figuresAre(t, s, map[string]string{"total_users": "3", "messages_sent": "2", "in_process": "1", "delivered": "unavailable", "read": "unavailable", "responses": "0", "response_rate": "0"})
	if f, _ := s.Figure("read"); f.Footnote != "no_receipts" {
		t.Errorf("the footnote is %q", f.Footnote)
	}
	if p := s.Chart("funnel").Find("current").Points; p[2].Value != nil || p[3].Value != nil || *p[4].Value != 0 {
		t.Errorf("the funnel shows %v", p)
	}
	tableIs(t, s, "by_campaign", "k | n/a | n/a | 3 | 2 | 1 | 0 | unavailable | unavailable | 0 | 0")
}

func TestAWeekWithoutCampaignsHasZeroesAndNoRate(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "outreach", old)
	figuresAre(t, s, map[string]string{
		"total_users": "0 0", "unique_users": "0 0", "messages_sent": "0 0", "in_process": "0 0", "send_failures": "0 0", "delivered": "0 0", "read": "0 0",
		"responses": "0 0", "response_rate": "n/a n/a",
	})
	stateIs(t, s, "funnel", digest.Empty)
	stateIs(t, s, "failure_reasons", digest.Empty)
	tableIs(t, s, "by_campaign")
}

func TestManyReasonsAndCampaignsAreCutOffAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "outreach", old+`
		INSERT INTO outbound_delivery (delivery_id, campaign_id, user_id, attempt, attempted_at, failed_at, has_receipts, failure_reason)
		SELECT i::text, 'k' || i, 'u', 1, '2026-03-17 09:00'::timestamptz + i * interval '1 second', '2026-03-17 12:00', true, 'reason ' || lpad(i::text, 3, '0')
		FROM generate_series(1, 120) AS i;`)
	figuresAre(t, s, map[string]string{"total_users": "120", "unique_users": "1", "send_failures": "120"})
	// 8 reasons have names, and 112 are one bar
	c := s.Chart("failure_reasons").Find("current").Points
	if last := c[len(c)-1]; len(c) != 9 || last.Role != digest.Other || *last.Value != 112 || last.Count != 112 {
		t.Errorf("%d bars, the last %+v of %v", len(c), last, *last.Value)
	}
	noteIs(t, s, "more_campaigns", "count=20")
}

// theSource opens a seeded source, and gives what it is asked for the week.
func (x reading) theSource(t *testing.T, seed string) (*Source, digest.Ask) {
	t.Helper()
	loc, err := time.LoadLocation(x.zone)
	if err != nil {
		t.Fatal(err)
	}
	from, _ := digest.ParseDate(x.from)
	to, _ := digest.ParseDate(x.to)
	ask := x.ask
	if ask.Period, err = digest.NewPeriod(from, to, loc); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), "desk", "native", seeded(t, seed), "desk", func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, ask
}

func TestRecipientsAreReadWholeFilteredAndInParts(t *testing.T) {
	t.Parallel()
	s, ask := aWeek.theSource(t, theCampaigns(t))
	for name, x := range map[string]struct {
		wanted digest.RecipientsWanted
		total  int
		users  string
	}{
		"all, the first three":                {digest.RecipientsWanted{Most: 3}, 12, "u4 u9 u5"},
		"the last two":                        {digest.RecipientsWanted{Skip: 10, Most: 3}, 12, "u3 u10"},
		"behind the end":                      {digest.RecipientsWanted{Skip: 40, Most: 3}, 12, ""},
		"failed":                              {digest.RecipientsWanted{Status: "failed"}, 2, "u3 u10"},
		"in a flow, whose session is open":    {digest.RecipientsWanted{Stage: "in_flow", Session: "open"}, 2, "u6 u7"},
		"finished":                            {digest.RecipientsWanted{Stage: "finished"}, 1, "u1"},
		"of a campaign":                       {digest.RecipientsWanted{Campaign: "k3"}, 1, "u9"},
		"delivered, whose session is expired": {digest.RecipientsWanted{Status: "delivered", Session: "expired"}, 1, "u2"},
	} {
		got, err := s.Recipients(t.Context(), ask, x.wanted)
		if err != nil {
			t.Fatal(err)
		}
		var users []string
		for _, l := range got.Lines {
			users = append(users, l.User)
		}
		if got.Total != x.total || strings.Join(users, " ") != x.users {
			t.Errorf("%s: %d, %s; want %d, %s", name, got.Total, users, x.total, x.users)
		}
	}
	got, err := s.Recipients(t.Context(), ask, digest.RecipientsWanted{Stage: "finished"})
	if err != nil || len(got.Lines) != 1 {
		t.Fatal(got, err)
	}
	ada := got.Lines[0]
	if ada.Name != "Ada Quist" || ada.Address != "+49 30 5550101" || ada.Variables != "first_name: Ada, slot: 9 am" || ada.Status != "read" ||
		!ada.AnsweredAt.Equal(time.Date(2026, 3, 16, 10, 0, 0, 0, time.UTC)) || ada.Campaign != "Recall" || ada.Version != "v1" {
		t.Errorf("Ada is %+v", ada)
	}
	n := 0
	if err := s.EachRecipient(t.Context(), ask, digest.RecipientsWanted{}, func(digest.Recipient) error { n++; return nil }); err != nil || n != 12 {
		t.Errorf("%d of all, %v", n, err)
	}
}

func TestATalkHasAPersonsMessagesInOrderWithAuthorAndBody(t *testing.T) {
	t.Parallel()
	s, ask := aWeek.theSource(t, theCampaigns(t)+`
		INSERT INTO agent (agent_id, display_name) VALUES ('a1', 'Amara Osei');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, agent_id, body, delivery) VALUES
		('m3', 'c1', 'u1', '2026-03-16 10:05', 'out', 'agent', 'a1', 'Nine it is.', 'read'),
		('m1', 'c1', 'u1', '2026-03-16 09:00', 'out', 'automation', NULL, 'Your check-up is due.', 'delivered'),
		('m2', 'c1', 'u1', '2026-03-16 10:00', 'in', 'user', NULL, 'At nine?', NULL),
		('m4', 'c9', 'u2', '2026-03-16 10:00', 'in', 'user', NULL, 'Somebody else', NULL);`)
	talk, err := s.Talk(t.Context(), ask, "u1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range talk.Lines {
		got = append(got, fmt.Sprintf("%s %s %v %s %s %s", l.At.UTC().Format("15:04"), l.Author, l.In, l.Agent, l.Body, l.Delivery))
	}
	linesAre(t, got,
		"09:00 automation false  Your check-up is due. delivered",
		"10:00 user true  At nine? ",
		"10:05 agent false Amara Osei Nine it is. read")
	if talk.Name != "Ada Quist" || talk.Total != 3 {
		t.Errorf("the talk is with %s, %d", talk.Name, talk.Total)
	}
	if _, err := s.Talk(t.Context(), ask, "nobody"); err != digest.ErrNotFound { //nolint:errorlint // it is not wrapped
		t.Errorf("of nobody: %v", err)
	}
}
