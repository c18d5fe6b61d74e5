package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

// openAtNoon is a desk with what is open now. Ana has four: her oldest waits for 50 hours, one is urgent, one was answered and did not
// arrive; Bob one, which waits on its customer; Cleo none. Two are nobody's.
const openAtNoon = `
INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk', NULL, 'en');
INSERT INTO fortnight_events.agent (tenant_id, agent_id, display_name, role) VALUES ('desk', 'a1', 'Ana Ruiz', 'agent'), ('desk', 'a2', 'Bob Hart', 'agent'), ('desk', 'a3', 'Cleo Diaz', 'agent');
INSERT INTO fortnight_events.end_user (tenant_id, user_id, display_name, address) VALUES ('desk', 'u1', 'Ada Quist', '+49 30 1'), ('desk', 'u2', 'Ben Ode', 'ben@example.org'),
	('desk', 'u3', 'Cem Aksoy', NULL), ('desk', 'u4', 'Dana Moss', NULL), ('desk', 'u5', 'Emil Berg', NULL), ('desk', 'u6', 'Fay Lund', NULL), ('desk', 'u7', NULL, 'gil@example.org');
INSERT INTO fortnight_events.conversation (tenant_id, conversation_id, user_id, channel, started_at, initiated_by, status, assignee_id, urgency, is_unread)
SELECT 'desk', 'c' || n, 'u' || n, channel, now() - began::interval, 'user', status, assignee, urgency, unread
FROM (VALUES (1, 'whatsapp', '50 hours', 'open', 'a1', 1, true), (2, 'email', '26 hours', 'open', 'a1', 1, false), (3, 'chat', '2 hours', 'open', 'a1', 3, true),
	(4, 'chat', '3 hours', 'pending', 'a1', 0, false), (5, 'email', '9 hours', 'open', 'a2', 0, false), (6, 'chat', '4 hours', 'open', NULL, 2, true), (7, 'email', '80 hours', 'open', NULL, 0, true)
) AS x (n, channel, began, status, assignee, urgency, unread);
INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, delivery, delivery_error)
SELECT 'desk', c.conversation_id || 'in', c.conversation_id, c.user_id, c.started_at, 'in', 'user', NULL, NULL FROM fortnight_events.conversation c
UNION ALL SELECT 'desk', 'c2out', 'c2', 'u2', now() - interval '20 hours', 'out', 'agent', 'failed', '550 mailbox full'
UNION ALL SELECT 'desk', 'c5out', 'c5', 'u5', now() - interval '8 hours', 'out', 'agent', 'read', NULL;
`

// Two processes serve. The desk closes in some minutes, at a time of a zone where it is noon; it opens on this weekday alone, so that the
// closing before was a week ago: how it stood then cannot be told. The same of a desk for which today is a holiday, and of a digest that nothing
// open is chosen for.
func TestAtTheCloseOfBusinessEachAgentGetsTheirOwnOpenConversationsOnce(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Keep: true})
	p := newPlace(t, r.Addr())
	p.env["DESK_DSN"] = pgtest.New(t, collectors.NativeTables(), openAtNoon)
	p.must(t, "migrate")
	hour := time.Now().UTC().Hour()
	zone := fmt.Sprintf("Etc/GMT%+d", hour-12) // Etc/GMT-3 is three hours ahead: it is noon there
	there, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	p.node(t)
	p.node(t)
	closes := time.Now().In(there).Truncate(time.Minute).Add(2 * time.Minute)
	weekday, today := strings.ToLower(closes.Weekday().String()[:3]), closes.Format(time.DateOnly)
	readers := `          - {address: ana@desk.example, name: Ana, agent: a1}
          - {address: bob@desk.example, name: Bob, agent: a2}
          - {address: cleo@desk.example, name: Cleo, agent: a3}
          - {address: mia@desk.example, name: Mia}
          - {address: eve@desk.example, name: Eve, audience: executive}
`
	one := func(key, name, more, holidays string) string {
		return fmt.Sprintf("  %s:\n    name: %s\n    zone: %s\n    hours: {open: {%s: \"00:00-%s\"}%s}\n", key, name, zone, weekday, closes.Format("15:04"), holidays) +
			"    sources:\n      desk: {platform: native, dsn_env: DESK_DSN, tenant: desk, link: \"https://chat.example/{tenant}/{conversation}\"}\n    digests:\n" +
			"      evening:\n        cadence: close-of-business\n        active: true\n        sections: [open_conversations]\n        subscribers:\n" + readers + more
	}
	p.apply(t, "projects:\n"+
		one("desk", "Support desk", "      none:\n        cadence: close-of-business\n        active: true\n        sections: [open_conversations]\n        open_conversations: {assignees: [a3]}\n        subscribers:\n          - {address: mia@desk.example}\n", "")+
		one("shut", "Shut desk", "", fmt.Sprintf(", holidays: [\"%s\"]", today)))

	await(t, "all that is to be made is done", time.Until(closes)+2*time.Minute, func() bool { return len(p.editions(t, digest.EditionDone)) == 2 })
	time.Sleep(3 * time.Second) // time for a second copy
	onceEach(t, r)
	got := map[string]string{}
	for _, c := range r.Ledger().Copies {
		got[c.To] += decodedSubject(t, c.Raw)
	}
	day := closes.Format("2\u00a0Jan")
	want := map[string]string{
		"ana@desk.example": "Support desk, " + day + ": 4 open, the oldest waits 2\u00a0d",
		"bob@desk.example": "Support desk, " + day + ": 1 open", // it waits on the customer
		"mia@desk.example": "Support desk, " + day + ": 7 open, 2 unassigned, the oldest waits 3\u00a0d",
		"eve@desk.example": "Support desk, " + day + ": 7 open, 2 unassigned, the oldest waits 3\u00a0d",
	}
	for _, to := range []string{"ana@desk.example", "bob@desk.example", "cleo@desk.example", "mia@desk.example", "eve@desk.example"} {
		if got[to] != want[to] {
			t.Errorf("%s got %q, want %q", to, got[to], want[to])
		}
	}
	var ended []string
	for _, e := range p.editions(t, "") {
		ended = append(ended, fmt.Sprintf("%s %s %d of %s: %s", e.Name(), e.State, e.Deliveries[digest.DeliverySent], map[bool]string{true: "today", false: "before"}[e.Period.First().String() == today], e.Reason))
	}
	slices.Sort(ended)
	if want := []string{
		"desk/evening done 4 of today: ",
		"desk/none done 0 of today: nothing was open: nobody was mailed",
	}; !slices.Equal(ended, want) {
		t.Errorf("ended\n%s\nwant\n%s", strings.Join(ended, "\n"), strings.Join(want, "\n"))
	}
	if code, _, said := p.run(t, "send", "--digest", "desk/evening", "--from", closes.AddDate(0, 0, -7).Format(time.DateOnly)); code == 0 || !strings.Contains(said, "a picture of now") {
		t.Errorf("a past day is sent: %d %s", code, said)
	}
	for to, parts := range map[string][2]string{"ana@desk.example": {"Ada Quist", "Emil Berg"}, "mia@desk.example": {"https://chat.example/desk/c7", "Ada Quist"}, "eve@desk.example": {"Open", "Ana"}} {
		raw := r.Ledger().To(to)
		if len(raw) != 1 {
			continue
		}
		if text := bodies(t, raw[0].Raw)["text/plain"]; !strings.Contains(text, parts[0]) || strings.Contains(text, parts[1]) {
			t.Errorf("%s reads\n%s", to, text)
		}
	}
}
