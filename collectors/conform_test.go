package collectors

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

// elm is the worked example of docs/platforms.md, as it stands there: the SQL of its tables, and its folder of mappings.
func elm(t *testing.T) (tables string, folder fstest.MapFS) {
	t.Helper()
	page, err := os.ReadFile("../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	folder = fstest.MapFS{}
	for _, m := range regexp.MustCompile("(?s)\n`(elm/)?([a-z_]+\\.(?:sql|txt))`\n\n```[a-z]+\n(.*?)\n```\n").FindAllStringSubmatch(string(page), -1) {
		if m[1] == "" {
			tables = m[3]
			continue
		}
		folder[m[2]] = &fstest.MapFile{Data: []byte(m[3] + "\n")}
	}
	if tables == "" || len(folder) < 14 {
		t.Fatalf("docs/platforms.md has %d files of the example", len(folder))
	}
	return tables, folder
}

// openElm opens the example's database by its folder.
func openElm(t *testing.T, dsn string, folder fstest.MapFS) *Source {
	t.Helper()
	s, err := OpenFolder(t.Context(), "elm", "elm", folder, dsn, "1", clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// findings are what a check found, a line each: "verdict relation.column rule: found".
func findings(t *testing.T, s *Source) (lines []string, c Conformance) {
	t.Helper()
	c, err := s.Conform(t.Context(), digest.Period{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Findings {
		where := f.Relation
		if f.Column != "" {
			where += "." + f.Column
		}
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.Verdict, where, f.Rule, f.Found))
		if f.Remedy == "" {
			t.Errorf("%s has no remedy", lines[len(lines)-1])
		}
	}
	return lines, c
}

func TestEveryPlatformKeepsTheContract(t *testing.T) {
	t.Parallel()
	seldom := []string{ // what is worth a look there, and so
		"note open_conversation.urgency capability: it is null in all 30 rows, and capability does not say that the platform cannot know urgent: it is printed as if it were known",
		`note message.agent_id references: 1 id of 4 not in agent.agent_id, such as "1"`,
		`note message.conversation_id references: 1 id of 8 not in conversation.conversation_id, such as "e:30"`,
	}
	for platform, open := range map[string]func(t *testing.T) *Source{
		"chatwoot":  func(t *testing.T) *Source { return opened(t, "chatwoot", asReader(t, pgtest.Load(t, support)), "1") },
		"native":    func(t *testing.T) *Source { return crowds(t)[2].open(t, 3000) },
		"whatomate": whatomateWeek,
		"rasa":      rasaWeek,
		"typebot":   func(t *testing.T) *Source { return typebot(t) },
		"libredesk": func(t *testing.T) *Source { return libredesk(t) },
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			lines, c := findings(t, open(t))
			if !c.OK() {
				t.Errorf("it does not:\n%s\n%+v", strings.Join(lines, "\n"), c.Report)
			}
			for _, line := range lines {
				if platform != "native" && !slices.Contains(seldom, line) {
					t.Errorf("it is told %s", line)
				}
			}
			for _, r := range c.Relations {
				if r.Mapped != r.Read {
					t.Errorf("%s is mapped: %t, read: %t", r.Relation, r.Mapped, r.Read)
				}
				if r.Relation == "message" && (r.Rows == 0 || r.Took == 0) {
					t.Errorf("of messages it read %d rows in %s", r.Rows, r.Took)
				}
			}
		})
	}
}

func TestAMappingInAnAfternoonGivesTheNumbersComputedByHand(t *testing.T) {
	t.Parallel()
	tables, folder := elm(t)
	dsn := pgtest.New(t, tables)
	reader := asReader(t, dsn)
	s := openElm(t, reader, folder)
	lines, c := findings(t, s)
	linesAre(t, lines)
	if !c.OK() || c.Report.Writes {
		t.Errorf("%+v", c.Report)
	}
	linesAre(t, c.Report.Sections, "activity", "chatbot", "contact_center", "service_levels")

	page, err := os.ReadFile("../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	snapshot := collected(t, s, digest.Ask{Period: days(berlin, "2026-03-16", "2026-03-23"), Sections: c.Report.Sections})
	for _, x := range snapshot.Sections {
		if x.Status != digest.Complete {
			t.Errorf("%s is %s: %s", x.Key, x.Status, x.Reason)
		}
	}
	byHand := regexp.MustCompile(`(?m)^\| ([a-z_]+)\.([a-z_]+) \| ([0-9.]+) \|`).FindAllStringSubmatch(string(page), -1)
	if len(byHand) < 10 {
		t.Fatalf("%d numbers stand in the example's table", len(byHand))
	}
	for _, m := range byHand {
		f, found := snapshot.Section(m[1]).Figure(m[2])
		if want, _ := strconv.ParseFloat(m[3], 64); !found || !f.Value.Is() || f.Value.Number != want {
			t.Errorf("%s.%s is %v, want %s", m[1], m[2], f.Value, m[3])
		}
	}
	if chart := snapshot.Section("chatbot").Chart("languages"); chart == nil || chart.State != digest.Unavailable || chart.Footnote != "Elm keeps no languages." {
		t.Errorf("languages: %+v", chart)
	}
}

// The first four files with messages are enough for a digest.
func TestMessagesAloneAreEnoughForADigest(t *testing.T) {
	t.Parallel()
	tables, folder := elm(t)
	for _, file := range []string{"agent.sql", "conversation.sql", "episode.sql", "assignment.sql", "elm_chat.sql"} {
		delete(folder, file)
	}
	s := openElm(t, pgtest.New(t, tables), folder)
	lines, _ := findings(t, s)
	linesAre(t, lines)
	linesAre(t, statuses(collected(t, s, digest.Ask{Sections: Sections()})), "activity complete")
}

func TestAFolderThatLacksFilesOrHasThemMisspeltIsNamed(t *testing.T) {
	t.Parallel()
	tables, whole := elm(t)
	dsn := pgtest.New(t, tables)
	for _, c := range []struct {
		name string
		do   func(fstest.MapFS)
		says string
	}{
		{"an empty folder", func(f fstest.MapFS) { clear(f) }, "mapping elm/columns.txt: the file is missing: the tables and columns that the mappings read, a line a table\nelm/tenant.sql: the file is missing"},
		{"without the newest row", func(f fstest.MapFS) { delete(f, "newest_row.sql") }, "mapping elm/newest_row.sql: the file is missing: one instant: the tenant's newest message before @to"},
		{"a misspelt relation", func(f fstest.MapFS) { f["asignments.sql"] = f["assignment.sql"] }, "mapping elm/asignments.sql: this is no relation, and no mapping asks it: call it by the name of one (assignment)"},
		{"a table that may be missing, and that columns.txt has for certain", func(f fstest.MapFS) {
			f["team.sql"] = &fstest.MapFile{Data: []byte("-- needs staff\nSELECT NULL::text AS tenant_id, NULL::text AS team_id, NULL::text AS name FROM staff")}
		}, `mapping elm/team.sql:1: "-- needs staff" is for a table that may be missing: write it with a ? in columns.txt`},
		{"a column that is not there", func(f fstest.MapFS) {
			f["columns.txt"] = &fstest.MapFile{Data: append(f["columns.txt"].Data, "lines: mood\n"...)}
		}, "the database lacks lines.mood, which platform elm reads (elm/columns.txt): "},
		{"no file of columns in words", func(f fstest.MapFS) { f["columns.txt"] = &fstest.MapFile{Data: []byte("lines\n")} }, `mapping elm/columns.txt:1: "lines" is no table with its columns: write a line such as "messages: id sent_at"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folder := fstest.MapFS{}
			for name, file := range whole {
				folder[name] = file
			}
			c.do(folder)
			if _, err := OpenFolder(t.Context(), "elm", "elm", folder, dsn, "1", clock); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says\n%v\nwant\n%s", err, c.says)
			}
		})
	}
}

func TestEachFaultOfAMappingIsToldByNameWithItsRemedy(t *testing.T) {
	t.Parallel()
	tables, whole := elm(t)
	for _, c := range []struct {
		name     string
		file     string // of the folder, in which
		was, is  string // this is replaced by that; with was empty the file is that
		rows     string // SQL of further rows
		says     []string
		remedies string // stands in the first remedy
		well     bool   // nothing is to be mended
	}{
		{
			name: "a wrong type", file: "conversation.sql", was: "NULL::smallint AS urgency", is: "0 AS urgency",
			says: []string{"mend conversation.urgency types: it is integer, where the contract has smallint"}, remedies: "Write …::smallint AS urgency.",
		},
		{
			name: "a type of the platform's own", file: "agent.sql", was: "'agent' AS role", is: "'agent'::mood AS role", rows: "CREATE TYPE mood AS ENUM ('agent')",
			says: []string{"mend agent.role types: it is mood, where the contract has text"}, remedies: "Write …::text AS role.",
		},
		{
			name: "columns in another order", file: "agent.sql", was: "s.id::text AS agent_id, s.name AS display_name", is: "s.name AS display_name, s.id::text AS agent_id",
			says: []string{"mend agent.agent_id order: display_name stands where agent_id is due, as column 2"}, remedies: "Give the columns in the contract's order: tenant_id, agent_id, display_name, role, team_id, is_active.",
		},
		{
			name: "a missing column", file: "agent.sql", was: ", NULL::text AS team_id", is: "",
			says: []string{"mend agent.team_id columns: the column is missing"}, remedies: "Add it after role; where the platform cannot know it, as NULL::text AS team_id.",
		},
		{
			name: "a column of another name", file: "agent.sql", was: "AS is_active", is: "AS active",
			says: []string{"mend agent.is_active columns: the column is missing", "mend agent.active columns: the contract has no such column"}, remedies: "Add it after team_id",
		},
		{
			name: "a local time without zone", file: "message.sql", was: "l.written AT TIME ZONE 'UTC' AS sent_at", is: "l.written AS sent_at",
			says: []string{"mend message.sent_at types: it is timestamp, a local time without zone, where the contract has an instant, timestamptz"}, remedies: "Write … AT TIME ZONE 'UTC' AS sent_at, or the zone in which the platform stores it.",
		},
		{
			name: "seconds since 1970", file: "message.sql", was: "l.written AT TIME ZONE 'UTC' AS sent_at", is: "extract(epoch FROM l.written)::bigint AS sent_at",
			says: []string{"mend message.sent_at types: it is bigint, where the contract has an instant, timestamptz"}, remedies: "Write to_timestamp(…) AS sent_at",
		},
		{
			name: "a local time made an instant without its zone", file: "message.sql", was: "l.written AT TIME ZONE 'UTC' AS sent_at", is: "l.written::timestamptz AS sent_at",
			says: []string{"mend message.sent_at zone: it changes with the session's time zone: a local time without zone is made an instant, or compared with one, and nothing says of which zone it is"}, remedies: "AT TIME ZONE 'UTC'",
		},
		{
			name: "a message in the future", rows: "INSERT INTO lines VALUES (20, 1, 1, 'patient', NULL, 'x', '2026-11-01 11:00')",
			says: []string{"mend message zone: the newest message is 2 h in the future: a local time may be taken for UTC, or a clock is wrong"}, remedies: "Make local times instants",
		},
		{
			name: "an id of two rows", file: "message.sql", was: "FROM lines l\n", is: "FROM lines l CROSS JOIN generate_series(1, 2)\n",
			says: []string{`mend message.message_id unique: 9 ids stand for more than one row, such as "10"`}, remedies: "Look for a JOIN",
		},
		{
			name: "a key that is null", file: "assignment.sql", was: "h.asked AT TIME ZONE 'UTC' AS offered_at", is: "NULL::timestamptz AS offered_at",
			says: []string{"mend assignment.offered_at null: 2 rows of 2 without it"}, remedies: "Every row has to have it",
		},
		{
			name: "accepted before it was offered", rows: "UPDATE handovers SET taken = '2026-03-16 08:04' WHERE id = 1",
			says: []string{
				`mend assignment.accepted_at instants: 1 row of 2 with accepted_at before offered_at, such as "1"`,
				`mend assignment.first_reply_at instants: 1 row of 2 with first_reply_at before offered_at, such as "1"`,
			}, remedies: "greatest(accepted_at, offered_at)",
		},
		{
			name: "an unknown agent", rows: "INSERT INTO handovers VALUES (9, 1, 3, 77, '2026-03-17 10:01', '2026-03-17 10:02', NULL)",
			says: []string{`note assignment.agent_id references: 1 id of 2 not in agent.agent_id, such as "77"`}, remedies: `"unknown"`, well: true,
		},
		{
			name: "agents by another id", file: "assignment.sql", was: "h.staff_id END::text AS agent_id", is: "'staff-' || h.staff_id END AS agent_id",
			says: []string{`mend assignment.agent_id references: 1 id of 1 not in agent.agent_id, such as "staff-1"`}, remedies: "Give in agent what assignment names, spelt alike",
		},
		{
			name: "a word that is not the contract's", file: "message.sql", was: "ELSE 'bot' END", is: "ELSE l.who END",
			says: []string{`mend message.author words: 3 rows of 9 with a word that the contract does not have, such as "robot"`}, remedies: "Translate it with CASE to one of: user, agent, bot, automation, system",
		},
		{
			name: "rows of all tenants", file: "agent.sql", is: "SELECT s.clinic_id::text AS tenant_id, s.id::text AS agent_id, s.name AS display_name, 'agent' AS role, NULL::text AS team_id, true AS is_active FROM staff s",
			says: []string{`mend agent.tenant_id tenant: 1 row of 2 not of the asked tenant, such as "2"`}, remedies: "a project must not see another's rows",
		},
		{
			name: "messages from outside the period", file: "message.sql", was: "l.written >= @from::timestamptz AT TIME ZONE 'UTC' AND ", is: "",
			says: []string{`mend message.sent_at period: 2 rows of 11 from outside the period, such as "1"`}, remedies: "sent_at >= @from",
		},
		{
			name: "what ends after the period's end", file: "elm_chat.sql", was: "CASE WHEN c.ended < @to::timestamptz AT TIME ZONE 'UTC' THEN c.ended END AS ended", is: "c.ended AS ended", rows: "UPDATE chats SET ended = '2026-03-17 10:00' WHERE id = 1; INSERT INTO lines VALUES (20, 1, 1, 'patient', NULL, 'x', '2026-03-13 10:00')",
			says: []string{"mend episode.closed_at period: 1 row with it at or after the period's end, when asked as of the middle of the week"}, remedies: "CASE WHEN closed_at < @to THEN closed_at END",
		},
		{
			name: "a capability that says none where there are rows", file: "capability.sql", was: "('team',", is: "('assignment', '*', 'none', 'x'), ('team',",
			says: []string{"note assignment capability: capability says none, and the week has 2 rows: nothing of it is printed"}, remedies: "or take assignment.sql away", well: true,
		},
		{
			name: "a capability that says full where there is nothing", rows: "DELETE FROM handovers",
			says: []string{"note assignment capability: capability says full, and the week has no row: its figures are 0"}, remedies: "add ('assignment', '*', 'none', 'why') to capability.sql", well: true,
		},
		{
			name: "a capability of nothing", file: "capability.sql", was: "('team',", is: "('message', 'langages', 'none', 'x'), ('massage', '*', 'some', 'x'), ('team',",
			says: []string{
				`mend capability.support words: 1 row of 6 with a word that the contract does not have, such as "some"`,
				`mend capability.relation capability: there is no relation "massage"`,
				`mend capability.metric capability: nothing of message asks for "langages": what is said of it is not heard`,
			}, remedies: "full, derived, partial, none",
		},
		{
			name: "a column that nobody fills", file: "open_conversation.sql", rows: "",
			is:   "SELECT tenant_id, conversation_id, user_id, channel, inbox_id, calendar_id, practice, started_at, initiated_by, status, waiting_since, last_message_id, last_message_at, last_message_by, last_user_message_at, '1' AS assignee_id, urgency, true AS is_unread, entry_point, NULL::text AS user_name, NULL::text AS user_address, NULL::text AS inbox_name, NULL::text AS last_delivery, NULL::text AS last_delivery_error, NULL::text AS public_id FROM conversation WHERE status = 'open'",
			says: []string{"note open_conversation.urgency capability: it is null in all 1 rows, and capability does not say that the platform cannot know urgent: it is printed as if it were known"}, remedies: "add ('open_conversation', 'urgent', 'none', 'why')", well: true,
		},
		{
			name: "what people wrote", file: "message.sql", was: "NULL::text AS body", is: "l.words AS body",
			says: []string{"note message.body text: 9 rows of 9 with what people wrote, which no section reads"}, remedies: "NULL::text AS body", well: true,
		},
		{
			name: "a zone that there is not", rows: "UPDATE clinics SET zone = 'Berlin'",
			says: []string{`mend tenant.time_zone words: "Berlin" is no time zone`}, remedies: "Europe/Berlin",
		},
		{
			name: "a mapping that the server refuses", file: "agent.sql", was: "s.name AS", is: "s.nam AS",
			says: []string{`mend agent refused: the server refuses it: column s.nam does not exist (SQLSTATE 42703). Perhaps you meant to reference the column "s.name"`}, remedies: "Mend agent.sql",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folder := fstest.MapFS{}
			for name, file := range whole {
				folder[name] = file
			}
			if c.file != "" {
				text := c.is
				if c.was != "" {
					text = strings.Replace(string(whole[c.file].Data), c.was, c.is, 1)
				}
				if whole[c.file] != nil && text == string(whole[c.file].Data) {
					t.Fatalf("%s has no %q", c.file, c.was)
				}
				folder[c.file] = &fstest.MapFile{Data: []byte(text)}
			}
			lines, found := findings(t, openElm(t, pgtest.New(t, tables, c.rows), folder))
			for i, want := range c.says {
				if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
					t.Fatalf("it says\n\t%s\nwant\n\t%s", strings.Join(lines, "\n\t"), strings.Join(c.says, "\n\t"))
				}
			}
			if len(lines) > len(c.says) {
				t.Errorf("it says besides\n\t%s", strings.Join(lines[len(c.says):], "\n\t"))
			}
			if len(c.says) > 0 && !strings.Contains(found.Findings[0].Remedy, c.remedies) {
				t.Errorf("the remedy is %q, want %q", found.Findings[0].Remedy, c.remedies)
			}
			if found.OK() != c.well {
				t.Errorf("nothing is to be mended: %t\n%+v", found.OK(), found.Report.Checks)
			}
		})
	}
}

// A table of some 20 MB, of which a week is little.
const manyLines = `INSERT INTO lines SELECT 1000 + n, 1, 1, 'patient', NULL, repeat('x', 100), '2024-01-01'::timestamp + n * interval '7 minutes' FROM generate_series(1, 110000) n; ANALYZE`

func TestARelationWithoutItsIndexIsToldWithWhatWouldHelp(t *testing.T) {
	t.Parallel()
	tables, whole := elm(t)
	dsn := pgtest.New(t, tables, manyLines)
	slow := func(folder fstest.MapFS) (of []Finding, messages RelationCheck) {
		t.Helper()
		_, c := findings(t, openElm(t, dsn, folder))
		for _, f := range c.Findings {
			if f.Rule == RuleSpeed && f.Relation == "message" {
				of = append(of, f)
			}
		}
		for _, r := range c.Relations {
			if r.Relation == "message" {
				messages = r
			}
		}
		return of, messages
	}
	if found, messages := slow(whole); len(found) > 0 || messages.Scans != nil || messages.Rows == 0 {
		t.Errorf("with its index it is %+v, %+v", messages, found)
	}

	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	bare := fstest.MapFS{}
	for name, file := range whole {
		bare[name] = file
	}
	delete(bare, "indexes.txt")
	cast := fstest.MapFS{}
	for name, file := range whole {
		cast[name] = file
	}
	text := string(whole["message.sql"].Data)
	text = strings.ReplaceAll(text, "l.clinic_id = @tenant::text::int", "l.clinic_id::text = @tenant::text")
	text = strings.ReplaceAll(text, "l.written >= @from::timestamptz AT TIME ZONE 'UTC'", "l.written AT TIME ZONE 'UTC' >= @from::timestamptz")
	text = strings.ReplaceAll(text, "l.written < @to::timestamptz AT TIME ZONE 'UTC'", "l.written AT TIME ZONE 'UTC' < @to::timestamptz")
	cast["message.sql"] = &fstest.MapFile{Data: []byte(text)}

	found, messages := slow(cast)
	if len(found) != 1 || !strings.HasSuffix(found[0].Found, "a cast or a function there") || found[0].SQL != "" || !strings.HasPrefix(found[0].Remedy, "Cast the parameter, not the column") {
		t.Errorf("with the column in a cast it is %+v", found)
	}
	linesAre(t, messages.Scans, "lines")
	if _, err := conn.Exec(t.Context(), "DROP INDEX lines_written, lines_chat"); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]fstest.MapFS{"by indexes.txt": whole, "by the plan": bare} {
		found, messages := slow(folder)
		if len(found) != 1 || found[0].SQL != "CREATE INDEX CONCURRENTLY ON lines (clinic_id, written);" || !strings.HasPrefix(found[0].Found, "a week goes through all 110,0") || found[0].Verdict != digest.CheckMend {
			t.Errorf("%s it is %+v", name, found)
		}
		linesAre(t, messages.Scans, "lines")
	}
}

func TestARelationThatTakesTooLongIsToldAndTheOthersAreRead(t *testing.T) {
	t.Parallel()
	tables, folder := elm(t)
	folder["agent.sql"] = &fstest.MapFile{Data: []byte(strings.Replace(string(folder["agent.sql"].Data), "FROM staff s", "FROM staff s CROSS JOIN LATERAL (SELECT pg_sleep(60)) z", 1))}
	s := openElm(t, pgtest.New(t, tables), folder)
	s.patience = 500 * time.Millisecond
	lines, c := findings(t, s)
	if c.OK() || !slices.Contains(lines, "mend agent speed: a week is not read within 500ms") {
		t.Errorf("it says %q", lines)
	}
	for _, r := range c.Relations {
		if r.Relation == "message" && r.Rows != 9 {
			t.Errorf("of messages it read %+v", r)
		}
	}
}

func TestTheCheckPrintsNoNameNoAddressAndNoWordOfWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	tables, folder := elm(t)
	folder["message.sql"] = &fstest.MapFile{Data: []byte(strings.NewReplacer("NULL::text AS body", "l.words AS body", "FROM lines l\n", "FROM lines l CROSS JOIN generate_series(1, 2)\n").Replace(string(folder["message.sql"].Data)))}
	_, c := findings(t, openElm(t, pgtest.New(t, tables), folder))
	said := fmt.Sprintf("%+v", c)
	for _, secret := range []string{"+49", "a person please", "Ada"} {
		if strings.Contains(said, secret) {
			t.Errorf("it says %q:\n%s", secret, said)
		}
	}
}
