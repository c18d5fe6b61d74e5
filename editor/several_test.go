package editor

import (
	"strings"
	"testing"

	"fortnight/digest"
)

// threeProjects is a week of activity and contact center of three projects, of which South was not read and West does not share.
func threeProjects(states ...digest.Status) digest.Snapshot {
	shares := func(key string, figures func(n float64) []digest.Figure) []digest.Share {
		var all []digest.Share
		for i, name := range []string{"North", "South", "West"} {
			s := digest.Section{Key: key, Platform: "native", Status: digest.Complete, Figures: figures(float64(100 * (i + 1)))}
			all = append(all, digest.Share{Project: name, Section: s})
			if i < len(states) && states[i] != digest.Complete {
				all[i].Closed, all[i].Section = states[i] == "", digest.Section{Key: key, Status: digest.Broken, Reason: "its source could not be read"}
			}
		}
		return all
	}
	return week(
		digest.RollUp("activity", shares("activity", func(n float64) []digest.Figure {
			return []digest.Figure{
				count("total_messages", n, 400-n, digest.Neutral), count("conversations_total", n/10, n/10, digest.Neutral),
				count("new_users", 5, 5, digest.Up), count("active_users", n/20, n/20, digest.Up),
				{Key: "peak_volume", Unit: digest.MessagesPerMinute, Value: digest.Num(n / 50), Previous: digest.Num(2)},
			}
		})),
		digest.RollUp("contact_center", shares("contact_center", func(n float64) []digest.Figure {
			return []digest.Figure{
				count("total_conversations", n/10, n/10, digest.Neutral), count("handled", n/10-1, n/10, digest.Up), count("missed", 1, 0, digest.Down), count("waiting", 0, 0, digest.Down),
				{Key: "wait_median", Unit: digest.Duration, Direction: digest.Down, Value: digest.Num(60), Previous: digest.Num(60)},
			}
		})),
	)
}

func sheetOfProjects(t *testing.T, c digest.Chapter) digest.Sheet {
	t.Helper()
	for _, s := range c.Sheets {
		if strings.HasSuffix(s.Anchor, "-projects") {
			return s
		}
	}
	t.Fatalf("no table of projects in %+v", c.Sheets)
	return digest.Sheet{}
}

func TestADigestOfSeveralProjectsSetsThemSideBySide(t *testing.T) {
	l := edited(t, threeProjects(), digest.Brief{})
	c := l.Sections[0]
	has(t, "status", c.Status, "status.projects.complete[n#3 read=3]")
	has(t, "first card", c.Cards[0].Key, "total_messages")
	for _, card := range c.Cards {
		if card.Key == "peak_volume" {
			t.Error("a card of what does not add up")
		}
	}
	if p := c.Pictures[0]; p.Anchor != "activity-by_project" || !p.Drawn || len(p.Chart.Series[0].Points) != 3 {
		t.Errorf("%+v", p)
	}
	s := sheetOfProjects(t, c)
	if len(s.Rows) != 4 || s.Rows[3][0] != "sheet.by_project.all[]" || s.Rows[3][1] != "600" || !s.Bold[3] || s.Rows[0][1] != "100" || s.Rows[2][1] != "300" { // 100 + 200 + 300
		t.Errorf("%+v", s)
	}
	if b := l.Sections[1].Balance; b == nil || !strings.Contains(b.Line.String(), "balance.offered[n#60]") { // 10 + 20 + 30
		t.Errorf("%+v", b)
	}
	if l.Banner != nil {
		t.Errorf("%+v", l.Banner)
	}
	has(t, "contract", l.Contract.String(), "contract.projects[n#0 projects= read=3 all=3]")
}

func TestTheProjectsThatMovedTheMostAreAFinding(t *testing.T) {
	l := edited(t, threeProjects(), digest.Brief{})
	for _, f := range l.Findings {
		if f.Word == "word.projects[]" {
			has(t, "finding", f.Text.String(), "finding.projects.rose[project=West what=subject.activity[n#300]", "m=100", "finding.projects.fell[project=North what=subject.activity[n#100]", "m=300")
			if f.Anchor != "activity-by_project" {
				t.Errorf("it leads to %s", f.Anchor)
			}
			return
		}
	}
	t.Errorf("no finding of projects in %+v", l.Findings)
}

func TestAProjectThatIsMissingIsNamedInSubjectBannerContractAndTable(t *testing.T) {
	s := threeProjects(digest.Complete, digest.Broken, "")
	l := edited(t, s, digest.Brief{})
	has(t, "subject", l.Subject, "subject.activity[n#100]", "subject.projects[n#2 projects=South", "read=1 all=3]")
	if l.Banner == nil || l.Banner.Kind != "failed" {
		t.Fatalf("%+v", l.Banner)
	}
	has(t, "banner", l.Banner.Title+l.Banner.Text, "banner.projects.title[n#2 projects=South", "projects.unread[project=South]", "projects.not_shared[project=West]")
	has(t, "contract", l.Contract.String(), "contract.sections_partial[complete=0 total#2 partial=2]", "contract.projects[n#2", "read=1 all=3]")
	table := sheetOfProjects(t, l.Sections[0])
	if table.Rows[1][0] != "sheet.by_project.failed[project=South]" || table.Rows[1][1] != "value.failed[]" || table.Rows[2][0] != "sheet.by_project.not_shared[project=West]" {
		t.Errorf("%+v", table.Rows)
	}
	if mark := l.Sections[0].Cards[0].Mark; mark == "" || !strings.Contains(l.Footnotes[0].Text, "projects.counted[n#1 all=3]") {
		t.Errorf("%q %+v", mark, l.Footnotes)
	}
	admin := edited(t, s, digest.Brief{Audience: digest.Admin})
	has(t, "an admin's banner", admin.Banner.Text, "projects.not_shared_admin[project=West]")
}

func TestWhereNoProjectGaveNumbersTheChapterSaysSo(t *testing.T) {
	l := edited(t, threeProjects(digest.Broken, digest.Broken, digest.Broken), digest.Brief{})
	if l.Banner == nil || !strings.Contains(l.Banner.Title, "banner.failed.title") || !strings.Contains(l.Sections[0].Message.String(), "section.projects_failed") {
		t.Errorf("%+v %+v", l.Banner, l.Sections[0].Message)
	}
}

func TestAnExecutivesBriefHasTheProjects(t *testing.T) {
	l := edited(t, threeProjects(), digest.Brief{Audience: digest.Executive})
	c := l.Sections[0]
	if c.Pictures[0].Anchor != "activity-by_project" || c.Pictures[1].Anchor != "contact_center-by_project" || len(c.Sheets) != 1 {
		t.Errorf("%+v %+v", c.Pictures, c.Sheets)
	}
	for _, card := range c.Cards {
		if len(card.Parts) == 0 {
			t.Errorf("a card without a number: %+v", card)
		}
	}
}

func TestDistinctPeopleAreSaidToCountOnceInEachProject(t *testing.T) {
	l := edited(t, threeProjects(), digest.Brief{})
	for _, card := range l.Sections[0].Cards {
		if wants := card.Key == "active_users" || card.Key == "new_users"; wants != (card.Mark != "") {
			t.Errorf("%s is marked %q", card.Key, card.Mark)
		}
	}
	if len(l.Footnotes) == 0 || !strings.Contains(l.Footnotes[0].Text, "projects.people") {
		t.Errorf("%+v", l.Footnotes)
	}
}
