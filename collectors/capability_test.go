package collectors

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestEveryMetricThatASectionAsksForCanBeSaidOfAPlatform(t *testing.T) {
	t.Parallel()
	s := crowds(t)[2].open(t, 3000)
	asked := map[string][]string{}
	s.asked = func(relation, metric string) { asked[relation] = append(asked[relation], metric) }
	collected(t, s, digest.Ask{Period: days(time.UTC, "2026-02-16", "2026-02-23"), Sections: Sections()})
	for relation := range metrics {
		if asked[relation] == nil {
			t.Errorf("nothing asks for %s", relation)
		}
	}
	for relation, all := range asked {
		slices.Sort(all)
		linesAre(t, strings.Fields(metrics[relation]), slices.Compact(all)...)
	}
}

// What a platform cannot know of open conversations is not printed as 0, neither in a figure nor in the table by assignee.
func TestWhatAPlatformCannotKnowOfOpenConversationsIsNotAvailable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source    *Source
		at        string // of the read
		known     []string
		unknown   []string
		assignees int // rows of the table
	}{
		{rasaWeek(t), "2026-03-16T12:30:00Z", []string{"open", "waiting_on_us", "oldest_wait", "pending"}, []string{"unassigned", "urgent", "unread", "snoozed"}, 0},
		{whatomateWeek(t), "2026-03-16T12:30:00Z", []string{"open", "waiting_on_us", "unassigned", "unread", "pending"}, []string{"urgent", "snoozed"}, 1},
		{libredesk(t), "2026-03-20T12:00:00Z", []string{"open", "waiting_on_us", "unassigned", "urgent", "unread", "snoozed"}, []string{"pending"}, 2},
	} {
		name := c.source.Platform()
		now, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		c.source.now = func() time.Time { return now }
		snapshot := collected(t, c.source, digest.Ask{Sections: []string{digest.OpenConversations}})
		x := snapshot.Section(digest.OpenConversations)
		for _, key := range c.known {
			if f, _ := x.Figure(key); f.Value.State == digest.Unavailable {
				t.Errorf("%s does not know %s", name, key)
			}
		}
		for _, key := range c.unknown {
			if f, _ := x.Figure(key); f.Value.State != digest.Unavailable || !strings.HasPrefix(f.Footnote, name+".no_") {
				t.Errorf("%s: %s is %v, because of %q", name, key, f.Value, f.Footnote)
			}
		}
		table := x.Tables[1]
		if len(table.Rows) != c.assignees {
			t.Errorf("%s lists %d assignees, want %d", name, len(table.Rows), c.assignees)
		}
		for i, column := range table.Columns {
			for _, row := range table.Rows {
				if (row[i].State == digest.Unavailable) != slices.Contains(c.unknown, column.Key) {
					t.Errorf("%s: %s of an assignee is %v", name, column.Key, row[i])
				}
			}
		}
	}
}
