package collectors

import "testing"

// In the week of Monday 16 March what began since Thursday 17:00 is read; the user wrote on Wednesday the 11th. Hours are 9 to 17.
func TestWhoIsHandedOverDaysAfterTheirLastWordWaitsFromTheHandOver(t *testing.T) {
	t.Parallel()
	x := aWeek
	x.ask = projectHours(daily(540, 1020)[1:6]...)
	const asked = `
		INSERT INTO conversation (conversation_id, user_id, started_at) VALUES ('c', 'u', '2026-03-11 10:00+01');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('1', 'c', 'u', '2026-03-11 10:00+01', 'in', 'user'), ('2', 'c', 'u', '2026-03-11 10:01+01', 'out', 'bot');`
	const handed = `INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at) VALUES ('a', 'c', 'queue', '2026-03-16 09:55+01');`
	answered := func(at string) string {
		return `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES ('3', 'c', 'u', '` + at + `', 'out', 'agent');`
	}
	for _, c := range []struct{ name, seed, want string }{
		{"nobody answered", asked + handed, "judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1"},
		{"answered after ten minutes", asked + handed + answered("2026-03-16 10:05+01"), "judged=1, left_out=0, met=1, on_us=0, on_user=0, overdue=0"},
		{"answered a minute later", asked + handed + answered("2026-03-16 10:06+01"), "judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1"},
		{"answered before the hand-over", asked + handed + answered("2026-03-16 09:50+01"), "judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0"},
		{"answered on Wednesday already", asked + handed + answered("2026-03-11 12:00+01"), "judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0"},
		{
			"asked again before the hand-over", asked + handed + `INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES ('4', 'c', 'u', '2026-03-16 09:00+01', 'in', 'user');`,
			"judged=1, left_out=0, met=0, on_us=1, on_user=0, overdue=1",
		},
		{
			"closed by an agent after the hand-over", asked + handed + `INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('c', 1, '2026-03-11 10:00+01', '2026-03-16 10:00+01', 'agent');`,
			"judged=0, left_out=1, met=0, on_us=0, on_user=0, overdue=0",
		},
		{
			"closed by the bot on Wednesday", asked + handed + `INSERT INTO episode (conversation_id, seq, opened_at, closed_at, closed_by) VALUES ('c', 1, '2026-03-11 10:00+01', '2026-03-11 11:00+01', 'bot');`,
			"judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0",
		},
		{
			"handed over on Wednesday, and to another on Monday: it was due on Wednesday", asked + handed + `INSERT INTO assignment (assignment_id, conversation_id, kind, offered_at, ended_at) VALUES ('b', 'c', 'queue', '2026-03-11 10:02+01', '2026-03-16 09:55+01');`,
			"judged=0, left_out=0, met=0, on_us=0, on_user=0, overdue=0",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			noteIs(t, x.collect(t, "service_levels", old+c.seed), "answered_in_10_min", c.want)
		})
	}
}
