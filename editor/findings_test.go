package editor

import (
	"strings"
	"testing"

	"fortnight/digest"
)

// found gives the findings of a letter as "word key".
func found(t *testing.T, s digest.Snapshot, b digest.Brief) string {
	t.Helper()
	b.Audience = digest.Manager
	l, err := Editor{}.Edit(s, b, spoken{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range l.Findings {
		key, _, _ := strings.Cut(f.Text.String(), "[")
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(f.Word, "word."), "[]")+" "+strings.TrimPrefix(key, "finding."))
	}
	return strings.Join(out, "; ")
}

func section(key string, figures ...digest.Figure) digest.Section {
	return digest.Section{Key: key, Status: digest.Complete, Figures: figures}
}

func duration(key string, now, before float64) digest.Figure {
	return digest.Figure{Key: key, Unit: digest.Duration, Value: digest.Num(now), Previous: digest.Num(before), Direction: digest.Down}
}

func TestFindingsAreTheLargestChangesEachStoryOnce(t *testing.T) {
	many := count("total_messages", 300, 290, digest.Neutral)
	barred := duration("wait_mean", 9000, 600)
	barred.Barred = true
	target := 3.0
	above := count("missed", 5, 5, digest.Down)
	above.Target = &target
	for _, c := range []struct {
		name     string
		sections []digest.Section
		want     string
	}{
		{
			"the larger of two waits speaks",
			[]digest.Section{section("activity", many), section("contact_center", duration("wait_median", 700, 600), duration("wait_p90", 9000, 600))},
			"worse contact_center.wait_p90.more",
		},
		{
			"one story may have two sides",
			[]digest.Section{section("activity", many), section("contact_center", duration("wait_median", 300, 600), duration("wait_p90", 9000, 600))},
			"worse contact_center.wait_p90.more; better contact_center.wait_median.less",
		},
		{
			"two bad changes and one good one",
			[]digest.Section{section("activity", many, count("new_users", 90, 30, digest.Up)), section("chatbot", digest.Figure{Key: "fallback_rate", Unit: digest.Percent, Value: digest.Num(30), Previous: digest.Num(10), Direction: digest.Down}), section("contact_center", count("missed", 20, 5, digest.Down), duration("wait_median", 9000, 600))},
			"worse contact_center.wait_median.more; worse contact_center.missed.more; better activity.new_users.more",
		},
		{"more handled because more were offered is no finding", []digest.Section{section("activity", many), section("contact_center", count("handled", 150, 100, digest.Up), count("total_conversations", 160, 105, digest.Neutral))}, ""},
		{
			"four times the waiting of four times the offered is none",
			[]digest.Section{section("activity", many), section("contact_center", count("waiting", 40, 10, digest.Down), count("total_conversations", 400, 95, digest.Neutral))},
			"",
		},
		{
			"fewer missed of many more offered is one",
			[]digest.Section{section("activity", many), section("contact_center", count("missed", 5, 10, digest.Down), count("total_conversations", 400, 95, digest.Neutral))},
			"better contact_center.missed.less",
		},
		{
			"more handled of as many offered is one",
			[]digest.Section{section("activity", many), section("contact_center", count("handled", 150, 100, digest.Up), count("total_conversations", 160, 160, digest.Neutral))},
			"better contact_center.handled.more",
		},
		{"a barred figure is none", []digest.Section{section("activity", many), section("contact_center", barred)}, ""},
		{"a small change is none", []digest.Section{section("activity", many, count("new_users", 104, 100, digest.Up))}, "steady activity.new_users.same"},
		{
			"a missed target speaks before all changes",
			[]digest.Section{section("activity", many, count("new_users", 90, 30, digest.Up)), section("contact_center", above)},
			"above target.above; better activity.new_users.more",
		},
		{
			"a failed section comes first",
			[]digest.Section{section("activity", many, count("new_users", 90, 30, digest.Up)), {Key: "contact_center", Status: digest.Broken}},
			"failed contact_center.failed; better activity.new_users.more",
		},
		{"nobody wrote", []digest.Section{section("activity", count("total_messages", 0, 290, digest.Neutral), count("new_users", 0, 30, digest.Up))}, "quiet no_messages_before"},
		{"nothing at all", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := found(t, week(c.sections...), digest.Brief{}); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestALinkLeadsOnlyToWhatIsInTheLetter(t *testing.T) {
	s := week(section("activity", count("total_messages", 300, 290, digest.Neutral)),
		section("contact_center", duration("wait_median", 9000, 600)))
	l, err := Editor{}.Edit(s, digest.Brief{Audience: digest.Manager}, spoken{})
	if err != nil {
		t.Fatal(err)
	}
	// The section has no chart of waits: the link leads to the section and names it.
	if f := l.Findings[0]; f.Anchor != "contact_center" || f.Link != "section.contact_center.title[]" {
		t.Errorf("%s leads to %s", f.Link, f.Anchor)
	}
}

func TestTheSameRemarkHasOneNumber(t *testing.T) {
	var f footnotes
	if a, b, c, none := f.mark("one"), f.mark("two"), f.mark("one"), f.mark(""); a != "1" || b != "2" || c != "1" || none != "" {
		t.Errorf("marks %q %q %q %q", a, b, c, none)
	}
}
