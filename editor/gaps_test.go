package editor

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// desked is a week with all three sections of the contact center's digest.
func desked() digest.Snapshot {
	return week(section("activity", count("total_messages", 100, 100, digest.Neutral)), section("chatbot", count("bot_conversations", 50, 50, digest.Neutral)),
		section("contact_center", count("missed", 2, 2, digest.Down), count("total_conversations", 60, 60, digest.Neutral)))
}

func edited(t *testing.T, s digest.Snapshot, b digest.Brief) digest.Letter {
	t.Helper()
	if b.Audience == "" {
		b.Audience = digest.Manager
	}
	l, err := Editor{}.Edit(s, b, spoken{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// has tells whether the texts stand in a sentence, in order.
func has(t *testing.T, what, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		i := strings.Index(rest, w)
		if i < 0 {
			t.Errorf("%s lacks %q, or has it earlier: %s", what, w, text)
			return
		}
		rest = rest[i+len(w):]
	}
}

func TestWhatIsMissingIsNamedInSubjectBannerAndContract(t *testing.T) {
	s := desked()
	*s.Section("contact_center") = digest.Section{Key: "contact_center", Source: "desk", Status: digest.Broken, Reason: "statement timeout after 30s"}
	l := edited(t, s, digest.Brief{})
	has(t, "subject", l.Subject, "subject.activity[n#100]", "subject.missing[n#1 sections=section.contact_center.title[]]")
	has(t, "headline", l.Headline[1], "headline.missing[n#1")
	if l.Banner == nil || l.Banner.Kind != "failed" || !strings.Contains(l.Banner.Text, "Reason.timeout[v=30") {
		t.Errorf("the banner is %+v", l.Banner)
	}
	has(t, "contract", l.Contract.String(), "contract.sections[complete=2 total#3")
	if f := l.Findings[0]; f.Anchor != "contact_center" || !strings.HasPrefix(f.Text.String(), "finding.contact_center.failed") {
		t.Errorf("the first finding is %v", f)
	}
	if c := l.Sections[2]; !c.Failed || len(c.Message) == 0 {
		t.Errorf("the chapter says nothing of it: %+v", c)
	}
}

func TestDataThatEndEarlyAreSaidToDoSo(t *testing.T) {
	s := desked()
	s.DataUpTo = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)
	for i := range s.Sections {
		s.Sections[i].Status = digest.Partial
	}
	l := edited(t, s, digest.Brief{})
	has(t, "subject", l.Subject, "subject.activity", "subject.missed", " (subject.dataupto[date=03-07 time=12:00])")
	if l.Banner == nil || l.Banner.Kind != "dataupto" || l.Banner.Title != "banner.dataupto.title[moment=2026-03-07T12:00:00Z]" {
		t.Errorf("the banner is %+v", l.Banner)
	}
	has(t, "contract", l.Contract.String(), "contract.sections_partial[complete=0 total#3 partial=3]")

	*s.Section("chatbot") = digest.Section{Key: "chatbot", Status: digest.Broken}
	l = edited(t, s, digest.Brief{}) // the worse has the banner, the other the contract line
	has(t, "subject", l.Subject, "subject.missing[n#1", "subject.dataupto[")
	if l.Banner.Kind != "failed" {
		t.Errorf("the banner is %+v", l.Banner)
	}
	has(t, "contract", l.Contract.String(), "contract.sections_partial", "banner.dataupto.title[moment=2026-03-07T12:00:00Z].")
}

func TestDataThatEndedLongAgoSayTheYear(t *testing.T) {
	s := desked()
	s.DataUpTo = time.Date(2025, 9, 8, 23, 0, 0, 0, time.UTC)
	l := edited(t, s, digest.Brief{})
	has(t, "subject", l.Subject, " (subject.dataupto_day[date=2025-09-08..2025-09-08])")
	if l.Banner == nil || l.Banner.Title != "banner.dataupto.title[moment=2025-09-08..2025-09-08]" {
		t.Errorf("the banner is %+v", l.Banner)
	}
}

func TestACatchUpMailNamesTheGapsOfEachOfItsPeriods(t *testing.T) {
	older := func(weeks int, broken ...string) digest.Snapshot {
		s := desked()
		for range weeks {
			s.Period = s.Period.Preceding()
		}
		s.Previous = s.Period.Preceding()
		for _, key := range broken {
			*s.Section(key) = digest.Section{Key: key, Status: digest.Broken}
		}
		return s
	}
	now := older(0, "chatbot")
	l := edited(t, now, digest.Brief{CatchUp: []digest.Snapshot{older(1, "contact_center", "chatbot"), older(2, "chatbot")}})
	has(t, "subject", l.Subject, "range=2026-02-16..2026-03-08", "catchup.count.week[n#3]", "subject.activity[n#300]",
		"subject.missing[n#1 sections=section.chatbot.title[]]", "subject.missing_in[n#1 sections=section.contact_center.title[] total=3]")
	if strings.Contains(l.Subject, "subject.missed[") {
		t.Errorf("a sum that lacks a week is printed: %s", l.Subject)
	}
	has(t, "headline", strings.Join(l.Headline, " "), "headline.missing[n#1", "headline.missing_in[n#1")
	has(t, "contract", l.Contract.String(), "contract.missing_in[section=section.chatbot.title[] ranges=2026-02-23..2026-03-01+2026-02-16..2026-02-22]",
		"contract.missing_in[section=section.contact_center.title[] ranges=2026-02-23..2026-03-01]", "banner.catchup.title")
	if rows := l.Catching.Rows; len(rows) != 3 || rows[0][2] != "2" || rows[1][2] != "value.failed[]" || rows[2][2] != "2" {
		t.Errorf("the list of periods is %q", rows)
	}

	first := older(2)
	first.DataUpTo = first.Period.To.Add(-time.Hour)
	l = edited(t, older(0), digest.Brief{CatchUp: []digest.Snapshot{older(1), first}})
	has(t, "subject", l.Subject, "subject.missed[n#6]", " (subject.dataupto[date=02-22 time=23:00])")
	has(t, "contract", l.Contract.String(), "banner.dataupto.title[moment=2026-02-22T23:00:00Z].")
}

func TestAPlatformWithoutIntentsSaysThatNothingWasLabelled(t *testing.T) {
	intentsOf := func(footnote string) string {
		sec := section("chatbot", count("bot_conversations", 5, 5, digest.Neutral))
		sec.Charts = []digest.Chart{{Key: "intents", Kind: digest.Ranking, State: digest.Empty, Footnote: footnote}}
		return edited(t, week(sec), digest.Brief{}).Sections[0].Pictures[0].Caption
	}
	for footnote, want := range map[string]string{
		"chatwoot.labels_as_intents": "caption.intents.label.none[]", "": "caption.intents.nlu.none[]", "another.remark": "caption.intents.nlu.none[]",
	} {
		if got := intentsOf(footnote); got != want {
			t.Errorf("%q: %s, want %s", footnote, got, want)
		}
	}
}

func TestNoNameTurnsTheDirectionOfWhatFollowsOrBreaksItsLine(t *testing.T) {
	const wild = "\u202eevil\u2066 Ana\u2069\n\u2028Unsubscribe:\u0000 x\u202c\u200e"
	s := desked()
	for i := range s.Sections {
		sec := &s.Sections[i]
		sec.Source, sec.Platform, sec.Notes = wild, wild, []digest.Note{{Key: "own", Text: wild, Values: map[string]digest.Value{"v": digest.Say(wild)}}}
		for j := range sec.Figures {
			sec.Figures[j].Footnote = wild
		}
	}
	one := 1.0
	center := s.Section("contact_center")
	center.Charts = []digest.Chart{
		{Key: "conversations_per_agent", Kind: digest.Ranking, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{{Key: "current", Points: []digest.Point{{Key: "1", Label: wild, Value: &one}}}}},
		{Key: "conversations_evolution", Kind: digest.Curve, Unit: digest.Count, State: digest.HasValue, Series: []digest.Series{{Key: "1", Label: wild, Points: byDay("1", 1, 2).Points}}},
	}
	center.Tables = []digest.Table{{
		Key: "by_team", Columns: []digest.Column{{Key: "team", Unit: digest.Text}, {Key: "handled", Unit: digest.Count}},
		Rows: [][]digest.Value{{digest.Say(wild), digest.Num(1)}},
	}}
	s.Section("chatbot").Charts = []digest.Chart{{
		Key: "start_flows", Kind: digest.Flow, State: digest.HasValue,
		Nodes: []digest.Node{{ID: "0:a", Label: wild, Value: 1}, {ID: "1:b", Label: wild, Column: 1, Value: 1}}, Links: []digest.Link{{From: "0:a", To: "1:b", Value: 1}},
	}}
	before, err := s.Hash()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
		l := edited(t, s, digest.Brief{
			Project: wild, Digest: wild, Edition: wild, Audience: a, AddedBy: wild, Brand: digest.Brand{Footer: wild}, CatchUp: []digest.Snapshot{s},
			Platforms: map[string]string{"native": wild},
		})
		texts := 0
		visit(reflect.ValueOf(l), func(text string) {
			texts++
			if strings.ContainsAny(text, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\n\x00") {
				t.Errorf("%s reads %q", a, text)
			}
		})
		if !strings.Contains(l.Project, "evil Ana  Unsubscribe:  x\u200e") || texts < 50 {
			t.Errorf("of %d texts the project is %q", texts, l.Project)
		}
	}
	if after, _ := s.Hash(); after != before {
		t.Error("editing changed the snapshot")
	}
}

// visit finds every text of a value.
func visit(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), f)
		}
	case reflect.Map:
		for key, value := range v.Seq2() {
			visit(key, f)
			visit(value, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), f)
			}
		}
	}
}

func TestCampaignsOfWhichThereWereNoneAreOneSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now, before digest.Value
		want        string
	}{
		"none, and none before": {digest.Num(0), digest.Num(0), "section.outreach.none_again"},
		"none, first edition":   {digest.Num(0), digest.None(digest.Empty), "section.outreach.none"},
		"none, some before":     {digest.Num(0), digest.Num(3), ""},
		"some":                  {digest.Num(2), digest.Num(0), ""},
		"not known":             {digest.None(digest.Unavailable), digest.None(digest.Unavailable), ""},
	} {
		sec := digest.Section{Key: "outreach", Status: digest.Complete, Figures: []digest.Figure{{Key: "total_users", Unit: digest.Count, Value: c.now, Previous: c.before}}}
		got := deskFor(week(sec), digest.Manager).chapter(&sec)
		if said := got.Message.String(); strings.TrimSuffix(said, "[]") != c.want || (len(got.Cards) == 0) != (c.want != "") {
			t.Errorf("%s: it says %q beside %d cards", name, said, len(got.Cards))
		}
	}
}
