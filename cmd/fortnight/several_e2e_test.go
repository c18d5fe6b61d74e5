package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
	"fortnight/internal/relay"
)

// clinic is a tenant on the native tables. From the 23rd of March 2020 on it has as many conversations as $1, one a day, each of a person of
// its own who writes at noon and an agent who answers after two minutes; of the last $2 of them nobody answers. The week before has $3,
// answered alike.
const clinic = `
INSERT INTO fortnight_events.tenant VALUES ('clinic', 'Clinic', NULL, 'en');
INSERT INTO fortnight_events.agent (tenant_id, agent_id, display_name, role) VALUES ('clinic', 'a1', 'Ana Ruiz', 'agent');
INSERT INTO fortnight_events.end_user (tenant_id, user_id, display_name, address) VALUES ('clinic', 'u0', 'Ada Quist', '+49 30 1');
INSERT INTO fortnight_events.conversation (tenant_id, conversation_id, user_id, channel, started_at, initiated_by, status) VALUES ('clinic', 'c0', 'u0', 'chat', '2020-03-01 12:00+00', 'user', 'closed');
INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author) VALUES ('clinic', 'm0', 'c0', 'u0', '2020-03-01 12:00+00', 'in', 'user');
CREATE TEMP TABLE met AS
SELECT 'n' || n AS id, timestamptz '2020-03-23 16:00+00' + (n - 1) % 7 * interval '1 day' + n * interval '1 minute' AS at, n <= {now} - {missed} AS answered FROM generate_series(1, {now}) n
UNION ALL SELECT 'b' || n, timestamptz '2020-03-16 16:00+00' + (n - 1) % 7 * interval '1 day', true FROM generate_series(1, {before}) n;
INSERT INTO fortnight_events.end_user (tenant_id, user_id, display_name, first_seen_at) SELECT 'clinic', 'u' || id, 'Person ' || id, at FROM met;
INSERT INTO fortnight_events.conversation (tenant_id, conversation_id, user_id, channel, started_at, initiated_by, status) SELECT 'clinic', id, 'u' || id, 'chat', at, 'user', 'open' FROM met;
INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id)
SELECT 'clinic', id || 'in', id, 'u' || id, at, 'in', 'user', NULL FROM met
UNION ALL SELECT 'clinic', id || 'out', id, 'u' || id, at + interval '2 minutes', 'out', 'agent', 'a1' FROM met WHERE answered;
INSERT INTO fortnight_events.assignment (tenant_id, assignment_id, conversation_id, user_id, agent_id, seq, kind, offered_at, accepted_at, first_reply_at, derivation)
SELECT 'clinic', id, id, 'u' || id, 'a1', 1, 'initial', at, CASE WHEN answered THEN at + interval '2 minutes' END, CASE WHEN answered THEN at + interval '2 minutes' END, 'recorded' FROM met;
`

func clinicOf(t *testing.T, now, missed, before string) (dsn string) {
	t.Helper()
	return pgtest.New(t, collectors.NativeTables(), strings.NewReplacer("{now}", now, "{missed}", missed, "{before}", before).Replace(clinic))
}

// The group rolls up a desk on Chatwoot, North and South on the native tables, and East, which shares its numbers with nobody. By hand, of the
// week from the 23rd of March 2020 in New York (docs/metrics.md has the desk's):
//
//	              desk  North  South       all
//	messages       307     20      6       333   (10 asked, 10 answered; 4 asked, 2 answered)
//	 week before   192     10      4       206
//	offered        131     10      4       145
//	handled        123     10      2       135
//	missed           5      0      2         7
//	waiting          3      0      0         3
func TestADigestOfSeveralProjectsIsMailedWithTheirSums(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Keep: true})
	p := newPlace(t, r.Addr())
	p.env["DESK_DSN"] = pgtest.Load(t, desk)
	p.env["NORTH_DSN"], p.env["SOUTH_DSN"] = clinicOf(t, "10", "0", "5"), clinicOf(t, "4", "2", "2")
	p.must(t, "migrate")
	one := func(key, name, platform, tenant, shares string) string {
		return "  " + key + ":\n    name: " + name + "\n    zone: Europe/Berlin\n    shares: [" + shares + "]\n    sources:\n" +
			"      own: {platform: " + platform + ", dsn_env: " + strings.ToUpper(key) + "_DSN, tenant: \"" + tenant + "\"}\n"
	}
	file := "projects:\n" + one("desk", "Support desk", "chatwoot", "1", "group") + one("north", "North clinic", "native", "clinic", "other, group") + one("south", "South clinic", "native", "clinic", "group") +
		one("east", "East clinic", "native", "clinic", "other") +
		"  group:\n    name: Group\n    zone: America/New_York\n    digests:\n      weekly:\n        cadence: weekly\n        at: mon 08:00\n        projects: [north, desk, south]\n        sections: [activity, contact_center]\n        subscribers:\n" +
		"          - {address: mia@desk.example, name: Mia}\n          - {address: eve@desk.example, name: Eve, audience: executive, locale: es}\n" +
		"      wider:\n        cadence: weekly\n        at: mon 08:00\n        projects: [north, east, nowhere]\n        sections: [activity]\n        subscribers:\n          - {address: max@desk.example, name: Max, audience: admin}\n"
	p.env["EAST_DSN"] = p.env["NORTH_DSN"]
	p.apply(t, file)

	p.must(t, "send", "--digest", "group/weekly", "--from", "2020-03-23")
	snap := readOf(t, p, 1)
	for _, want := range []struct {
		section, key string
		now, before  float64
	}{
		{"activity", "total_messages", 333, 206},
		{"contact_center", "total_conversations", 145, -1},
		{"contact_center", "handled", 135, -1},
		{"contact_center", "missed", 7, -1},
		{"contact_center", "waiting", 3, -1},
	} {
		f, _ := snap.Section(want.section).Figure(want.key)
		if f.Value.Number != want.now || want.before >= 0 && f.Previous.Number != want.before {
			t.Errorf("%s.%s is %v, before %v: want %v, %v", want.section, want.key, f.Value, f.Previous, want.now, want.before)
		}
	}
	if days := snap.Section("activity").Chart("incoming_messages"); days == nil || len(days.Series) != 2 || len(days.Series[0].Points) != 7 {
		t.Errorf("by day: %+v", days)
	}
	written, err := json.Marshal(snap)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ana Ruiz", "Person n1", "by_team", "per_agent"} {
		if strings.Contains(string(written), name) {
			t.Errorf("%q left its project", name)
		}
	}
	mia, eve := r.Ledger().To("mia@desk.example"), r.Ledger().To("eve@desk.example")
	if len(mia) != 1 || len(eve) != 1 {
		t.Fatalf("%d and %d mails", len(mia), len(eve))
	}
	keepMail(t, "several", mia[0].Raw)
	keepMail(t, "several-es", eve[0].Raw)
	if s := decodedSubject(t, mia[0].Raw); s != "Group, 23–29\u00a0Mar: 333 messages (+62\u00a0%), 7 missed" {
		t.Errorf("the subject is %q", s)
	}
	text := bodies(t, mia[0].Raw)["text/plain"]
	for _, want := range []string{"North clinic", "Support desk", "South clinic", "3 of 3 projects", "145"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}

	p.env["SOUTH_DSN"] = "postgres://clinic:secret@127.0.0.1:1/clinic"
	p.apply(t, file)
	p.must(t, "send", "--digest", "group/weekly", "--from", "2020-03-16")
	partial := r.Ledger().To("mia@desk.example")
	if len(partial) != 2 {
		t.Fatalf("%d mails", len(partial))
	}
	keepMail(t, "partial", partial[1].Raw)
	if s := decodedSubject(t, partial[1].Raw); !strings.Contains(s, "202 messages") || !strings.Contains(s, "2 of 3 projects") { // 192 + 10
		t.Errorf("the subject is %q", s)
	}
	text = bodies(t, partial[1].Raw)["text/plain"]
	for _, want := range []string{"South clinic is missing", "South clinic (not read)", "2 of 3 projects, in part", "The source of South clinic could not be read."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "127.0.0.1") || strings.Contains(text, "secret") {
		t.Error("the mail tells where South's source is")
	}

	// Of one that does not share and one that is not there nothing can be told apart.
	p.must(t, "send", "--digest", "group/wider", "--from", "2020-03-23")
	wider := r.Ledger().To("max@desk.example")
	if len(wider) != 1 {
		t.Fatalf("%d mails", len(wider))
	}
	text = strings.Join(strings.Fields(bodies(t, wider[0].Raw)["text/plain"]), " ")
	if strings.Contains(text, "East clinic") || !strings.Contains(text, "east (not shared)") ||
		strings.ReplaceAll(between(text, "east does", "."), "east", "") != strings.ReplaceAll(between(text, "nowhere does", "."), "nowhere", "") {
		t.Errorf("they are told apart:\n%s", text)
	}
	rows := readOf(t, p, 3).Sections[0].Tables[0].Rows
	if rows[1][1] != rows[2][1] || rows[1][1].Text != digest.NotShared || !slices.Equal(rows[1][2:], rows[2][2:]) {
		t.Errorf("%+v", rows)
	}
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

// readOf gives what the nth edition of an installation has collected.
func readOf(t *testing.T, p *place, edition int64) (s digest.Snapshot) {
	t.Helper()
	_, s, err := p.books().Edition(t.Context(), edition)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keepMail writes a mail where FORTNIGHT_LOOK names a folder, to be looked at.
func keepMail(t *testing.T, name string, raw []byte) {
	t.Helper()
	if dir := os.Getenv("FORTNIGHT_LOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".eml"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
