package collectors

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postgres/pgtest"
)

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// chapters are those of docs/metrics.md, by the word after their number; what is beside a section's name is left out.
func chapters(t *testing.T) (numbers []string, of map[string]string) {
	t.Helper()
	of = map[string]string{}
	for part := range strings.SplitSeq(readPage(t, "metrics.md"), "\n## ") {
		m := regexp.MustCompile(`^(\d+)\. (\w+)`).FindStringSubmatch(part)
		if m != nil {
			numbers, of[m[2]] = append(numbers, m[1]), part
		}
	}
	return numbers, of
}

// defined are what a chapter's tables define, "figure KEY" and "chart KEY", with the unit or kind.
func defined(chapter string) map[string]string {
	all := map[string]string{}
	what := ""
	for line := range strings.Lines(chapter) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch {
		case len(cells) < 2:
			what = ""
		case strings.HasPrefix(strings.TrimSpace(cells[0]), "---"):
		case strings.TrimSpace(cells[0]) == "key":
			what = "figure "
		case strings.TrimSpace(cells[0]) == "chart key":
			what = "chart "
		case what != "":
			keys, kinds := strings.Split(strings.TrimSpace(cells[0]), ", "), strings.Split(strings.TrimSpace(cells[1]), ", ")
			for i, key := range keys {
				key, _, _ = strings.Cut(key, " …")
				all[what+key] = kinds[min(i, len(kinds)-1)]
			}
		}
	}
	return all
}

func TestEveryFigureChartAndTableThatIsMadeStandsInTheDocs(t *testing.T) {
	t.Parallel()
	numbers, chapter := chapters(t)
	linesAre(t, numbers, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")
	week := days(time.UTC, "2026-03-16", "2026-03-23")
	ask := digest.Ask{Period: week, Sections: Sections(), Parameters: digest.Parameters{Outreach: digest.OutreachSettings{Individual: true}}}
	many := ask
	many.Period = days(time.UTC, "2026-02-16", "2026-02-23")
	made := map[string]map[string]string{} // section to keys, each with the unit of a figure, the kind of a chart
	for _, snapshot := range []digest.Snapshot{
		collected(t, opened(t, "native", seeded(t, theFlows(t)), "desk"), ask),
		collected(t, opened(t, "native", seeded(t, theCampaigns(t)), "desk"), ask),
		collected(t, crowds(t)[2].open(t, 3000), many),
		collected(t, opened(t, "chatwoot", pgtest.Load(t, support), "1"), digest.Ask{Period: days(time.UTC, "2020-03-23", "2020-03-30"), Sections: Sections()}),
	} {
		for _, x := range snapshot.Sections {
			if x.Status == digest.Broken {
				t.Fatalf("%s: %s", x.Key, x.Reason)
			}
			keys := made[x.Key]
			if keys == nil {
				keys = map[string]string{}
				made[x.Key] = keys
			}
			for _, f := range x.Figures {
				keys["figure "+f.Key] = string(f.Unit)
			}
			for _, c := range x.Charts {
				if c.Of == nil || c.Key == "journey" {
					keys["chart "+c.Key] = string(c.Kind)
				}
			}
			for _, table := range x.Tables {
				if !strings.Contains(chapter[x.Key], table.Key) {
					t.Errorf("the table %s.%s is not defined", x.Key, table.Key)
				}
				for _, c := range table.Columns {
					if x.Key != digest.OpenConversations && x.Key != "contact_center" && !strings.Contains(chapter[x.Key], c.Key) && !strings.HasPrefix(c.Key, "answer_") {
						t.Errorf("the column %s of %s.%s is not defined", c.Key, x.Key, table.Key)
					}
				}
			}
		}
	}
	for _, section := range Sections() {
		for key := range defined(chapter[section]) {
			if _, key, _ = strings.Cut(key, " "); made[section]["figure "+key]+made[section]["chart "+key] == "" && !strings.HasPrefix(key, "journey_") {
				t.Errorf("%s: %s is defined, and not made", section, key)
			}
		}
		told := defined(chapter[section])
		if len(made[section]) < 4 {
			t.Errorf("%s made %v", section, made[section])
		}
		for key, kind := range made[section] {
			if is := told[key]; is != kind {
				t.Errorf("%s: the %s is a %s, and defined as %q", section, key, kind, is)
			}
		}
	}
}

func TestEveryRelationStandsInTheDocsWithItsColumns(t *testing.T) {
	t.Parallel()
	_, chapter := chapters(t)
	told := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \| (.*) \|$`).FindAllStringSubmatch(chapter["Canonical"], -1) {
		columns, _, _ := strings.Cut(regexp.MustCompile(` \([^)]*\)`).ReplaceAllString(m[2], ""), ". ")
		told[m[1]] = columns
	}
	for _, n := range append(NativeRelations(), digest.Relation{Name: "tenant"}, digest.Relation{Name: "capability"}) {
		r, _ := relationNamed(n.Name)
		if want := strings.Join(r.names(), ", "); told[r.name] != want {
			t.Errorf("%s has\n%s\nand is told to have\n%s", r.name, want, told[r.name])
		}
	}
}

// The table of docs/platforms.md says what each platform's capability says.
func TestWhatEachPlatformCannotKnowIsWhatItsCapabilitySays(t *testing.T) {
	t.Parallel()
	rows := []struct {
		label string
		of    []string // relation and metric, one a letter
	}{
		{"new users; active users", []string{"end_user new_users", "message active_users"}},
		{"messages, busiest minute", []string{"message total_messages"}},
		{"conversations, messages in each", []string{"message conversations_total"}},
		{"topics; not understood", []string{"intent_hit intents", "intent_hit fallback_rate"}},
		{"languages", []string{"message languages"}},
		{"where conversations began; who answered first", []string{"conversation start_flows", "message answered_by"}},
		{"settled by the bot", []string{"episode bot_resolved"}},
		{"offered; handled, missed, waiting", []string{"assignment total_conversations", "assignment handled"}},
		{"transfers; waits, times, minutes in charge", []string{"assignment transfers", "assignment wait_mean"}},
		{"closing reasons", []string{"episode closing_reasons"}},
		{"connection hours", []string{"agent_session connection_hours"}},
		{"opening hours; holidays", []string{"business_hours *", "business_holiday *"}},
		{"flows; staff time saved; mentions", []string{"flow_session initiated", "flow_session staff_time_saved", "flow_session mention_share"}},
		{"why flows failed; answers by question", []string{"flow_session failure_by_step", "flow_step responses"}},
		{"appointments, enrolments, what they are worth", []string{"goal_event appointments_scheduled"}},
		{"campaigns and who answered", []string{"outbound_delivery total_users"}},
		{"open conversations; waiting on us", []string{"open_conversation open", "open_conversation waiting_on_us"}},
		{"of these unassigned; urgent; unread", []string{"open_conversation unassigned", "open_conversation urgent", "open_conversation unread"}},
		{"of these pending; snoozed", []string{"open_conversation pending", "open_conversation snoozed"}},
	}
	letters := map[string]string{SupportFull: "F", SupportDerived: "D", SupportPartial: "P", SupportNone: "–"}
	sources := []*Source{opened(t, "chatwoot", pgtest.Load(t, support), "1"), whatomateWeek(t), rasaWeek(t), typebot(t), libredesk(t)}
	head := []string{"|"}
	cells := make([][]string, len(rows))
	for _, s := range sources {
		report, err := s.Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		head = append(head, s.Platform())
		for i, row := range rows {
			var cell []string
			for _, pair := range row.of {
				relation, metric, _ := strings.Cut(pair, " ")
				support, _ := capabilityOf(report.Capabilities, relation, metric)
				cell = append(cell, letters[support])
			}
			if len(slices.Compact(slices.Clone(cell))) == 1 {
				cell = cell[:1]
			}
			cells[i] = append(cells[i], strings.Join(cell, "; "))
		}
	}
	want := []string{strings.Join(head, " | ") + " |", "| ---" + strings.Repeat(" | ---", len(sources)) + " |"}
	for i, row := range rows {
		want = append(want, "| "+row.label+" | "+strings.Join(cells[i], " | ")+" |")
	}
	_, chapter, found := strings.Cut(readPage(t, "platforms.md"), "\n## What each platform cannot know\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	var got []string
	for line := range strings.Lines(chapter) {
		if strings.HasPrefix(line, "|") {
			got = append(got, strings.TrimSuffix(line, "\n"))
		}
	}
	if !found || !slices.Equal(got, want) {
		t.Errorf("docs/platforms.md has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
