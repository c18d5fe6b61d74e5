package main

import (
	"slices"
	"strings"
	"testing"

	"fortnight/collectors"
	"fortnight/digest"
)

// The letters of what an admin sets (targets, subjects) and of what a reader chooses (sections).

// Of the demo week: 5 missed against 3 are off by 2/3 = 67 %; a median of 1 h 40 min against 1 h 30 min by
// 10/90 = 11 %; 60.4 % resolved against 75 % by 14.6/75 = 19 %. 123 handled against 100, and a mean of 19 h against 20, are
// enough.
func TestOfTheTargetsThatWereMissedTheTwoFurthestOffAreTold(t *testing.T) {
	s := demoWeek(t)
	s.Aim([]digest.Target{
		{Section: "contact_center", Figure: "wait_median", Value: 5400},
		{Section: "contact_center", Figure: "missed", Value: 3},
		{Section: "chatbot", Figure: "bot_resolution_rate", Value: 75},
		{Section: "contact_center", Figure: "handled", Value: 100},
		{Section: "contact_center", Figure: "wait_mean", Value: 72000},
	})
	l := written(t, s, supportDesk(digest.Manager), "en")
	sameList(t, "findings", findingsOf(l)[:2], []string{
		"Above target: **Missed** was **5**, above the target of 3. [By day > contact_center-handled_vs_missed]",
		"Below target: **Resolution rate** was **60 %**, below the target of 75 %. [Chatbot > chatbot]",
	})
	if len(l.Findings) > 5 || strings.Contains(findingsOf(l)[2], "target") {
		t.Errorf("then comes %v", findingsOf(l)[2:])
	}
	cards := cardsOf(chapterOf(t, l, "contact_center"))
	same(t, "a card of a target that was missed", cards[2], "Missed^2: 5 | ● +5 (worse) | above target 3")
	same(t, "of one that was met", cards[1], "Handled: 123 | +28 % (better) | target 100")
	if !slices.ContainsFunc(cards, func(c string) bool {
		return spaced(c) == "Average wait: 19 h | ● +4 h (worse) | target 20 h"
	}) {
		t.Errorf("a figure of the table that has a target has no card: %v", cards)
	}
	for _, sheet := range chapterOf(t, l, "contact_center").Sheets {
		if strings.HasSuffix(sheet.Anchor, "-more") && slices.ContainsFunc(sheet.Rows, func(row []string) bool { return row[0] == "Average wait" }) {
			t.Error("and stands in the table too")
		}
	}
	spanish := written(t, s, supportDesk(digest.Manager), "es")
	same(t, "in Spanish", findingsOf(spanish)[0], "Sobre el objetivo: **Perdidas**: **5**, por encima del objetivo de 3. [Por día > contact_center-handled_vs_missed]")
}

func TestAFigureThatIsPrintedAsItsTargetIsMeetsIt(t *testing.T) {
	s := demoWeek(t)
	setFigure(&s, "chatbot", "bot_resolution_rate", n(74.8), n(70))
	s.Aim([]digest.Target{{Section: "chatbot", Figure: "bot_resolution_rate", Value: 75}})
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "card", cardsOf(chapterOf(t, l, "chatbot"))[2], "Resolution rate: 75 % | +5 pts (better) | target 75 %")
	for _, f := range findingsOf(l) {
		if strings.Contains(f, "target") {
			t.Errorf("a finding is %s", f)
		}
	}
}

func TestEveryFigureThatMayHaveATargetIsCollectedAsItIsListedAndHasALabel(t *testing.T) {
	s := snapshots(t)
	for _, a := range digest.Aims() {
		section := s.Section(a.Section)
		if section == nil || !slices.Contains(collectors.Sections(), a.Section) {
			t.Errorf("there is no section %s", a.Section)
			continue
		}
		if f, ok := section.Figure(a.Figure); !ok || f.Unit != a.Unit || f.Direction != a.Direction {
			t.Errorf("%s.%s is collected as %+v", a.Section, a.Figure, f)
		}
	}
	for _, section := range s.Sections {
		if section.Key == digest.OpenConversations {
			continue // a picture of now is held against nothing
		}
		for _, f := range section.Figures {
			if _, listed := digest.AimOf(digest.Target{Section: section.Key, Figure: f.Key}); listed != (f.Direction == digest.Up || f.Direction == digest.Down) {
				t.Errorf("%s.%s, whose good side is %q, is listed: %v", section.Key, f.Key, f.Direction, listed)
			}
		}
	}
}

func TestASubjectFollowsTheDigestsPatternAndNeverLosesWhatIsSaidAside(t *testing.T) {
	const whole = "307 messages (+60 %), 5 missed"
	for _, c := range []struct {
		name, pattern, want string
		change              func(*digest.Snapshot, *digest.Brief)
	}{
		{"no pattern", "", "Support desk, 23–29 Mar: " + whole, nil},
		{"all slots", "[{project}] {digest} {period} – {finding}", "[Support desk] Weekly digest 23–29 Mar – " + whole, nil},
		{"a name of its own", "{digest}: {finding}", "Week at the desk: " + whole, func(_ *digest.Snapshot, b *digest.Brief) { b.Digest = "Week at the desk" }},
		{"no slot at all", "How we did", "How we did", nil},
		{"late", "How we did", "How we did (sent 3 days late)", func(_ *digest.Snapshot, b *digest.Brief) {
			b.Due, b.SentAt = at("2020-03-30T13:00:00Z"), at("2020-04-02T12:10:00Z")
		}},
		{"a section is missing, and there is no place for findings", "How we did in {period}", "How we did in 23–29 Mar (chatbot missing)", func(s *digest.Snapshot, _ *digest.Brief) {
			fail(s, "chatbot", "statement timeout after 30s")
		}},
		{"a section is missing, and stands among the findings", "{finding}", whole + ", chatbot missing", func(s *digest.Snapshot, _ *digest.Brief) {
			fail(s, "chatbot", "statement timeout after 30s")
		}},
		{"first, and not whole", "{project}", "Support desk (first edition, data up to 29 Mar, 22:14)", func(s *digest.Snapshot, _ *digest.Brief) {
			s.First, s.DataUpTo = true, at("2020-03-30T02:14:00Z")
		}},
		{"nothing was read", "{project}", "Support desk (activity, chatbot and contact center missing)", func(s *digest.Snapshot, _ *digest.Brief) {
			for _, key := range []string{"activity", "chatbot", "contact_center"} {
				fail(s, key, "statement timeout after 30s")
			}
		}},
		{"a project with a slot in its name", "{project}: {finding}", "Desk {finding}: " + whole, func(_ *digest.Snapshot, b *digest.Brief) { b.Project = "Desk {finding}" }},
		{"a line break that got in", "{project}\r\nBcc: a@b.c", "Support desk Bcc: a@b.c", nil},
		{"an override that got in", "{project} \u202e x", "Support desk x", nil},
		{"spaces alone", "   ", "Support desk, 23–29 Mar: " + whole, nil},
		{"very long: what is said aside stays", strings.Repeat("long ", 50) + "{period}", strings.TrimSpace(strings.Repeat("long ", 50)[:180]) + "… (sent 3 days late)", func(_ *digest.Snapshot, b *digest.Brief) {
			b.Due, b.SentAt = at("2020-03-30T13:00:00Z"), at("2020-04-02T12:10:00Z")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, b := demoWeek(t), supportDesk(digest.Manager)
			b.Subject = c.pattern
			if c.change != nil {
				c.change(&s, &b)
			}
			same(t, "subject", written(t, s, b, "en").Subject, c.want)
		})
	}
}

func TestACatchUpMailsSubjectFollowsThePatternToo(t *testing.T) {
	before := demoWeek(t)
	moveTo(t, &before, "2020-03-16", "2020-03-23", "2020-03-09", "2020-03-16")
	fail(&before, "chatbot", "statement timeout after 30s")
	b := supportDesk(digest.Manager)
	b.CatchUp = []digest.Snapshot{before}
	for pattern, want := range map[string]string{
		"{digest} {period}":            "Weekly digest 16–29 Mar (chatbot missing in 1 of 2)",
		"{digest} {period}: {finding}": "Weekly digest 16–29 Mar: 2 weeks, 614 messages, 10 missed, chatbot missing in 1 of 2",
	} {
		b.Subject = pattern
		same(t, pattern, written(t, demoWeek(t), b, "en").Subject, want)
	}
}

// A reader who chose two sections reads of these alone, and of the edition's content.
func TestWhoChoseSectionsReadsOfTheseAlone(t *testing.T) {
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	s, b := demoWeek(t), supportDesk("")
	s.Aim([]digest.Target{{Section: "chatbot", Figure: "bot_resolution_rate", Value: 75}})
	hash, err := s.Hash()
	if err != nil {
		t.Fatal(err)
	}
	b.Sections = 3
	v, err := studio.Variant(s, b, digest.Choice{Audience: digest.Manager, Locale: "en", Paper: "A4", Sections: "activity,contact_center"})
	if err != nil {
		t.Fatal(err)
	}
	var sections []string
	for _, c := range v.Letter.Sections {
		sections = append(sections, c.Key)
	}
	sameList(t, "sections", sections, []string{"activity", "contact_center"})
	if page := strings.Join(strings.Fields(string(v.Text)), " "); strings.Contains(page, "Resolution rate") || !strings.Contains(page, "2 of 2 sections complete") {
		t.Errorf("it reads\n%s", page)
	}
	if got := strings.ReplaceAll(v.Letter.Hash, " ", ""); got != hash[:16] {
		t.Errorf("its content is %s, the edition's %s", got, hash[:16])
	}
	executive, err := studio.Variant(s, b, digest.Choice{Audience: digest.Executive, Locale: "en", Paper: "A4", Sections: "chatbot"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range executive.Letter.Sections[0].Cards {
		if !strings.HasPrefix(c.Anchor, "chatbot-") {
			t.Errorf("the brief of one section has the card %s", c.Anchor)
		}
	}
}

func TestAProjectsNameThatRunsTheOtherWayLeavesTheDatesBehindItAsTheyAre(t *testing.T) {
	b := supportDesk(digest.Manager)
	b.Project = "مكتب الدعم"
	same(t, "subject", written(t, demoWeek(t), b, "en").Subject, "مكتب الدعم\u200e, 23–29 Mar: 307 messages (+60 %), 5 missed")
}
