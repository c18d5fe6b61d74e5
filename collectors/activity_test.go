package collectors

import (
	"testing"
	"time"

	"fortnight/digest"
)

func TestAQuietWeekIsZeroAndNotAvailableToDivide(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "activity", old)
	figuresAre(t, s, map[string]string{
		"new_users": "0 0", "active_users": "0 0", "total_messages": "0 0", "conversations_total": "0 0",
		"messages_per_conversation_mean": "n/a n/a", "peak_volume": "n/a n/a", "peak_time": "n/a n/a",
	})
	daysAre(t, s, "incoming_messages", "current", "0 0 0 0 0 0 0")
	daysAre(t, s, "conversations", "current", "0 0 0 0 0 0 0")
	daysAre(t, s, "messages_per_conversation", "current", "- - - - - - -")
	daysAre(t, s, "max_messages_per_minute", "current", "0 0 0 0 0 0 0")
	stateIs(t, s, "incoming_messages", digest.HasValue)
	stateIs(t, s, "messages_per_conversation", digest.Empty)
	noteIs(t, s, "peak_tied", "")
	if s.Status != digest.Complete {
		t.Errorf("status %s, want complete", s.Status)
	}
}

func TestMessagesOfUsersAgentsBotsAndAutomationsCountInsideThePeriod(t *testing.T) {
	t.Parallel()
	// Local midnight of Monday 16 March is 15 March 23:00 UTC, of Monday 23 March 22 March 23:00 UTC.
	s := aWeek.collect(t, "activity", old+`
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, delivery) VALUES
		('before',  'c1', 'ann', '2026-03-15 22:59:59.999999', 'in', 'user', NULL), -- the last instant of the week before
		('at from', 'c1', 'ann', '2026-03-15 23:00', 'in', 'user', NULL),           -- Monday
		('bot',     'c1', 'ann', '2026-03-16 10:00', 'out', 'bot', 'sent'),         -- Monday
		('failed',  'c2', 'bob', '2026-03-17 10:00', 'out', 'agent', 'failed'),     -- Tuesday: was processed
		('mailing', 'c3', 'cat', '2026-03-17 11:00', 'out', 'automation', 'sent'),  -- Tuesday: cat only received it
		('notice',  'c4', 'dan', '2026-03-17 11:00', 'out', 'system', NULL),        -- nobody reads it as a message
		('bob 1',   'c2', 'bob', '2026-03-17 23:30', 'in', 'user', NULL),           -- Wednesday 00:30
		('bob 2',   'c2', 'bob', '2026-03-22 22:59:59', 'in', 'user', NULL),        -- Sunday's last second
		('at to',   'c5', 'eve', '2026-03-22 23:00', 'in', 'user', NULL);           -- the week after
		INSERT INTO end_user (user_id, first_seen_at) VALUES
		('ann', '2026-03-15 22:59:59.999999'), ('bob', '2026-03-17 23:30'), ('cat', NULL), ('eve', '2026-03-22 23:00');
		INSERT INTO message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author)
		VALUES ('another', 'x', 'c1', 'ann', '2026-03-16 10:00', 'in', 'user');`)
	figuresAre(t, s, map[string]string{
		"new_users": "1 1", "active_users": "2 1", "total_messages": "6 1", "conversations_total": "3 1",
		"messages_per_conversation_mean": "2 1", "peak_volume": "1 1",
		"peak_time": "2026-03-16T00:00:00+01:00 2026-03-15T23:59:00+01:00", // each alone in its minute: the earliest
	})
	daysAre(t, s, "incoming_messages", "current", "1 0 1 0 0 0 1")
	daysAre(t, s, "incoming_messages", "previous", "0 0 0 0 0 0 1")
	daysAre(t, s, "conversations", "current", "1 2 1 0 0 0 1")
	daysAre(t, s, "messages_per_conversation", "current", "2 1 1 - - - 1")
	daysAre(t, s, "max_messages_per_minute", "current", "1 1 1 0 0 0 1")
	points := s.Chart("incoming_messages").Find("previous").Points
	if points[0].At.String() != "2026-03-09" || points[6].At.String() != "2026-03-15" {
		t.Errorf("the previous series runs from %s to %s, want its own dates", points[0].At, points[6].At)
	}
	noteIs(t, s, "new_over_active", "")
	noteIs(t, s, "peak_tied", "count=6")
}

func TestThePeakIsTheFullestMinuteAndTheEarliestOfEquals(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "activity", old+`
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('1', 'c', 'u', '2026-03-18 09:59:59.9', 'in', 'user'),                                                       -- 3 within a minute, but of two clock minutes
		('2', 'c', 'u', '2026-03-18 10:00:00', 'in', 'user'), ('3', 'c', 'u', '2026-03-18 10:00:59.999', 'out', 'bot'), -- 2 at 11:00 local
		('4', 'c', 'u', '2026-03-17 08:15:10', 'in', 'user'), ('5', 'c', 'u', '2026-03-17 08:15:20', 'in', 'user'),     -- 2 at 09:15 local, a day earlier
		('6', 'c', 'u', '2026-03-17 08:16:00', 'in', 'user');`)
	figuresAre(t, s, map[string]string{"peak_volume": "2 n/a", "peak_time": "2026-03-17T09:15:00+01:00 n/a"})
	noteIs(t, s, "peak_tied", "count=2")
	daysAre(t, s, "max_messages_per_minute", "current", "0 2 2 0 0 0 0")
}

func TestADayWithAClockChangeHasTheMessagesOfItsOwnHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		reading      reading
		at           string // UTC: one message each
		want, before string
	}{
		{
			"Berlin's 23 hours of 29 March",
			reading{zone: "Europe/Berlin", from: "2026-03-28", to: "2026-03-31"},
			"'2026-03-28 22:59', '2026-03-28 23:00', '2026-03-29 00:59', '2026-03-29 01:00', '2026-03-29 21:59', '2026-03-29 22:00'",
			"1 4 1", "0 0 0",
		},
		{
			"Berlin's 25 hours of 25 October",
			reading{zone: "Europe/Berlin", from: "2026-10-24", to: "2026-10-27"},
			"'2026-10-24 21:59', '2026-10-24 22:00', '2026-10-25 00:30', '2026-10-25 01:30', '2026-10-25 22:59', '2026-10-25 23:00'",
			"1 4 1", "0 0 0",
		},
		{
			"Lord Howe's 24.5 hours of 5 April",
			reading{zone: "Australia/Lord_Howe", from: "2026-04-05", to: "2026-04-07"},
			// from 4 April 13:00 UTC (+11) to 5 April 13:30 UTC (+10:30), then to 6 April 13:30
			"'2026-04-04 12:59', '2026-04-04 13:00', '2026-04-05 13:29', '2026-04-05 13:30', '2026-04-06 13:29', '2026-04-06 13:30'",
			"2 2", "0 1",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := c.reading.collect(t, "activity", old+`
				INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
				SELECT 'm' || n, 'c', 'u', sent_at, 'in', 'user' FROM unnest(ARRAY[`+c.at+`]::timestamptz[]) WITH ORDINALITY AS m (sent_at, n)`)
			daysAre(t, s, "incoming_messages", "current", c.want)
			daysAre(t, s, "incoming_messages", "previous", c.before)
		})
	}
}

func TestAConversationCountsOnEachOfItsDaysButOnceInThePeriod(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "activity", old+`
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('1', 'c', 'u', '2026-03-18 09:00', 'in', 'user'), ('2', 'c', 'u', '2026-03-19 09:00', 'in', 'user'), ('3', 'c', 'u', '2026-03-19 09:05', 'out', 'agent');`)
	figuresAre(t, s, map[string]string{"conversations_total": "1", "messages_per_conversation_mean": "3"})
	daysAre(t, s, "conversations", "current", "0 0 1 1 0 0 0")
	daysAre(t, s, "messages_per_conversation", "current", "- - 1 2 - - -")
}

func TestAFirstEditionHasNoPreviousPeriod(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "activity", `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
		VALUES ('first', 'c', 'u', '2026-03-12 12:00', 'in', 'user')`) // inside the week before: that week is not whole
	figuresAre(t, s, map[string]string{"total_messages": "0 unavailable", "peak_volume": "n/a unavailable"})
	if c := s.Chart("incoming_messages"); len(c.Series) != 1 {
		t.Errorf("%d series, want the current one alone", len(c.Series))
	}
	if _, ok := s.Note("first_edition"); !ok {
		t.Error("no note says that this is the first edition")
	}
}

func TestAPeriodReadBeforeItsEndIsPartial(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.readAt = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	if s := x.collect(t, "activity", old); s.Status != digest.Partial {
		t.Errorf("status %s, want partial", s.Status)
	}
}

func TestMoreNewThanActiveUsersAreSaidToBeMissingMessages(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "activity", old+`INSERT INTO end_user (user_id, first_seen_at) VALUES ('pruned', '2026-03-18 12:00')`)
	noteIs(t, s, "new_over_active", "active=0, new=1")
}
