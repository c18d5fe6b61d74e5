package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// quietWeek is the week of 20 April: six messages from four people.
func quietWeek(t *testing.T) digest.Snapshot {
	t.Helper()
	s := demoWeek(t)
	moveTo(t, &s, "2020-04-20", "2020-04-27", "2020-04-13", "2020-04-20")
	s.ReadAt = at("2020-04-27T12:00:00Z")
	for key, v := range map[string][2]float64{"total_messages": {6, 9}, "conversations_total": {4, 6}, "new_users": {4, 5}, "active_users": {4, 6}, "messages_per_conversation_mean": {1.5, 1.5}, "peak_volume": {1, 1}} {
		setFigure(&s, "activity", key, n(v[0]), n(v[1]))
	}
	setFigure(&s, "activity", "peak_time", digest.At(at("2020-04-20T09:10:00-04:00")), digest.None(digest.Empty))
	setDays(&s, "activity", "incoming_messages", []float64{1, 0, 2, 1, 0, 0, 0}, []float64{2, 1, 1, 2, 1, 0, 0})
	setDays(&s, "activity", "conversations", []float64{1, 0, 2, 1, 0, 0, 0}, nil)
	setDays(&s, "activity", "messages_per_conversation", []float64{1, 0, 1.5, 2, 0, 0, 0}, nil)
	setDays(&s, "activity", "max_messages_per_minute", []float64{1, 0, 1, 1, 0, 0, 0}, nil)
	none := digest.None(digest.Empty)
	setFigure(&s, "chatbot", "bot_conversations", n(0), n(2))
	setFigure(&s, "chatbot", "bot_resolved", n(0), n(1))
	setFigure(&s, "chatbot", "bot_resolution_rate", none, n(50))
	setFigure(&s, "chatbot", "fallback_rate", none, none)
	empty(&s, "chatbot", "intents")
	for key, v := range map[string][2]float64{"total_conversations": {4, 6}, "handled": {4, 6}, "missed": {0, 0}, "waiting": {0, 0}, "transfers": {0, 0}, "accepted_from_before": {0, 0}, "wait_median": {7200, 600}, "wait_p90": {90000, 900}} {
		setFigure(&s, "contact_center", key, n(v[0]), n(v[1]))
	}
	c := s.Section("contact_center").Chart("handled_vs_missed")
	for i, values := range [][]float64{{1, 0, 2, 1, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}} {
		for j := range values {
			c.Series[i].Points[j].Value = &values[j]
		}
	}
	return s
}

// moveTo gives a snapshot other periods; its lines keep their values, a day later each.
func moveTo(t *testing.T, s *digest.Snapshot, from, to, previousFrom, previousTo string) {
	t.Helper()
	loc := s.Period.Location()
	s.Period, s.Previous = periodOf(t, loc, from, to), periodOf(t, loc, previousFrom, previousTo)
	for i := range s.Sections {
		for j := range s.Sections[i].Charts {
			for k := range s.Sections[i].Charts[j].Series {
				series := &s.Sections[i].Charts[j].Series[k]
				p := s.Period
				if series.Key == "previous" {
					p = s.Previous
				}
				for m, d := range p.Days() {
					if m < len(series.Points) && !series.Points[m].At.IsZero() {
						series.Points[m].At = d.Date
					}
				}
			}
		}
	}
}

func periodOf(t *testing.T, loc *time.Location, from, to string) digest.Period {
	t.Helper()
	f, err := digest.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	e, err := digest.ParseDate(to)
	if err != nil {
		t.Fatal(err)
	}
	p, err := digest.NewPeriod(f, e, loc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAQuietWeekSaysSoAndFindsNothingInChance(t *testing.T) {
	l := written(t, quietWeek(t), supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 20–26 Apr: 6 messages (9 the week before), none missed")
	sameList(t, "headline", l.Headline, []string{"A quiet week: 6 messages.", "None missed."})
	sameList(t, "findings", findingsOf(l), []string{
		"Steady: All **4** conversations offered to agents were handled; nobody is waiting. [By day > contact_center-handled_vs_missed]",
		"Peak: **Wednesday** was busiest, with **3** of 6 messages. [By day > activity-incoming_messages]",
	})
	sameList(t, "cards", cardsOf(chapterOf(t, l, "activity"))[:3], []string{
		"Messages: 6 | −3 | from 9", "Conversations: 4 | −2 | from 6", "New users: 4 | −1 | from 5",
	})
	same(t, "a wait of one person has no colour", cardsOf(chapterOf(t, l, "contact_center"))[6], "Wait, slowest tenth: 1 d 1 h | +1 d 1 h")
	sameList(t, "cards without a denominator", cardsOf(chapterOf(t, l, "chatbot"))[2:], []string{
		"Resolution rate: n/a | the bot had no conversation", "Not understood: n/a | no message reached the bot",
	})
	same(t, "incoming", captionOf(t, l, "activity-incoming_messages").Caption,
		"Four people wrote, on three days; the week before, 7 messages.")
	p := captionOf(t, l, "chatbot-intents")
	same(t, "no intents", p.Caption, "No intent was recognised in this period.")
	if p.Drawn {
		t.Error("a ranking without rows is drawn")
	}
	same(t, "Spanish headline", strings.Join(written(t, quietWeek(t), supportDesk(digest.Manager), "es").Headline, " "),
		"Semana con poco movimiento: 6 mensajes. Ninguna perdida.")
}

func TestAWeekWithoutAnyMessageDrawsZeroAndSaysNobodyWrote(t *testing.T) {
	s := quietWeek(t)
	none := digest.None(digest.Empty)
	zero := []float64{0, 0, 0, 0, 0, 0, 0}
	for _, key := range []string{"total_messages", "conversations_total", "new_users", "active_users"} {
		setFigure(&s, "activity", key, n(0), n(9))
	}
	for _, key := range []string{"messages_per_conversation_mean", "peak_volume", "peak_time"} {
		setFigure(&s, "activity", key, none, none)
	}
	setDays(&s, "activity", "incoming_messages", zero, nil)
	setDays(&s, "activity", "conversations", zero, nil)
	setDays(&s, "activity", "max_messages_per_minute", zero, nil)
	empty(&s, "activity", "messages_per_conversation")
	for _, key := range []string{"total_conversations", "handled"} {
		setFigure(&s, "contact_center", key, n(0), n(6))
	}
	for _, key := range []string{"wait_mean", "wait_median", "wait_p90", "conversation_time_mean", "conversation_time_median"} {
		setFigure(&s, "contact_center", key, none, n(600))
	}
	for i := range 3 {
		for j := range zero {
			s.Section("contact_center").Chart("handled_vs_missed").Series[i].Points[j].Value = &zero[j]
		}
	}
	for _, key := range []string{"closing_reasons", "average_wait_time", "average_conversation_time", "conversations_per_agent", "conversations_evolution", "conversation_minutes", "conversation_minutes_evolution"} {
		empty(&s, "contact_center", key)
	}
	for _, key := range []string{"languages", "start_flows"} {
		empty(&s, "chatbot", key)
	}
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 20–26 Apr: 0 messages (9 the week before)")
	sameList(t, "headline", l.Headline, []string{"No messages this week."})
	sameList(t, "findings", findingsOf(l), []string{
		"Quiet: **No messages** this week; the week before had 9. [By day > activity-incoming_messages]",
	})
	p := captionOf(t, l, "activity-incoming_messages")
	same(t, "incoming", p.Caption, "Nobody wrote in this period. The week before, 7 messages came in.")
	if !p.Drawn {
		t.Error("a line at zero is not drawn")
	}
	for _, c := range captionsOf(l) {
		if strings.Contains(c, "NaN") || strings.Contains(c, "Inf") {
			t.Error(c)
		}
	}
	sameList(t, "contact center", cardsOf(chapterOf(t, l, "contact_center")), []string{
		"Offered to agents: 0 | −6 | from 6", "Handled: 0 | ● −6 (worse) | from 6",
		"Missed^1: 0 | ±0", "Waiting: 0 | ±0", "Transfers: 0 | ±0",
		"Median wait: n/a | nobody was answered", "Wait, slowest tenth: n/a | nobody was answered",
		"Connection hours: Not available | Chatwoot keeps no record",
	})
	b := chapterOf(t, l, "contact_center").Balance
	same(t, "balance", b.Line.String(), "0 offered = 0 handled + 0 missed + 0 waiting")
	if len(b.Bars) != 0 {
		t.Errorf("a total of 0 has bars: %v", b.Bars)
	}
}

func TestAFirstEditionComparesNothing(t *testing.T) {
	s := demoWeek(t)
	s.First = true
	unknown := digest.None(digest.Unavailable)
	for i := range s.Sections {
		for j := range s.Sections[i].Figures {
			s.Sections[i].Figures[j].Previous = unknown
		}
		for j := range s.Sections[i].Charts {
			c := &s.Sections[i].Charts[j]
			if c.Find("previous") != nil {
				c.Series = c.Series[:1]
			}
			c.Previous = nil
		}
		s.Sections[i].Notes = append(s.Sections[i].Notes, digest.Note{Key: "first_edition", Values: map[string]digest.Value{"since": digest.At(at("2020-03-18T14:00:00Z"))}})
	}
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages, 5 missed (first edition)")
	sameList(t, "headline", l.Headline, []string{"307 messages.", "5 missed."})
	same(t, "dates", l.Dates, "Mon 23 – Sun 29 March 2020, first edition")
	sameList(t, "findings", findingsOf(l), []string{
		"First: **5 of 131** conversations offered to agents were **missed**. [By day > contact_center-handled_vs_missed]",
		"First: Half were answered within **1 h 40 min**. [Waits > contact_center-average_wait_time]",
		"Peak: **Wednesday** was busiest, with **62** of 307 messages. The busiest minute was Mon 15:02, with 2. [By day > activity-max_messages_per_minute]",
	})
	for _, c := range l.Sections {
		for _, k := range c.Cards {
			if k.Change != "" || k.From != "" {
				t.Errorf("%s has a change in a first edition: %s %s", k.Key, k.Change, k.From)
			}
		}
	}
	p := captionOf(t, l, "activity-incoming_messages")
	same(t, "incoming", p.Caption, "Tuesday to Friday brought 109 of the 150 messages people sent.")
	if p.Legend.Previous != "" {
		t.Errorf("the legend speaks of %q", p.Legend.Previous)
	}
	same(t, "note", notesOf(l)[0], "First edition. The data begins Wed 18 Mar, 10:00 EDT, so there is no whole week before to compare with.")
}

func TestAFailedSectionIsNamedFromTheSubjectToItsCards(t *testing.T) {
	s := demoWeek(t)
	figures := s.Section("contact_center").Figures
	fail(&s, "contact_center", "statement timeout after 30s")
	for _, f := range figures { // the week before is known where the ledger still has it
		f.Value = digest.None(digest.Failed)
		s.Section("contact_center").Figures = append(s.Section("contact_center").Figures, f)
	}
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages (+60 %), contact center missing")
	sameList(t, "headline", l.Headline, []string{"307 messages, up 60 %.", "Contact center missing."})
	same(t, "banner", l.Banner.Kind+": "+l.Banner.Title+". "+l.Banner.Text,
		"failed: Contact center could not be read. Its query was stopped after 30 s. Everything else was read. Your admin was told.")
	if last := l.Contract[len(l.Contract)-1]; !last.Bold {
		t.Errorf("the count of sections does not stand out: %v", l.Contract)
	}
	same(t, "contract", l.Contract.String(), "America/New_York, 168 hours. Data read 30 Mar, 08:00. 2 of 3 sections complete.")
	sameList(t, "findings", findingsOf(l), []string{
		"Failed: **Contact center** has no numbers this week, so missed conversations are not known. [Contact center > contact_center]",
		"Better: **124** people wrote for the first time, 35 % more than the week before. [Users > activity]",
		"Peak: **Wednesday** was busiest, with **62** of 307 messages. The busiest minute was Mon 15:02, with 2. [By day > activity-max_messages_per_minute]",
	})
	c := chapterOf(t, l, "contact_center")
	same(t, "status", c.Status, "Chatwoot, failed")
	same(t, "message", c.Message.String(), "Failed is not zero: its query was stopped after 30 s (source “desk”).")
	sameList(t, "cards", cardsOf(c), []string{
		"Offered to agents: No data | 96 the week before", "Handled: No data | 96 the week before",
		"Missed: No data | 0 the week before", "Median wait: No data | 9 h 34 min before",
	})
	if len(c.Pictures) != 0 || c.Balance != nil {
		t.Error("a failed section shows pictures or a balance")
	}
	executive := written(t, s, supportDesk(digest.Executive), "en")
	if !executive.Sections[0].Failed || !strings.Contains(executive.Sections[0].Message.String(), "Contact center. Failed is not zero") {
		t.Errorf("the brief hides the failed section: %s", executive.Sections[0].Message)
	}
}

func TestAFailedSectionsCardsRememberTheEditionBefore(t *testing.T) {
	s := demoWeek(t)
	before := demoWeek(t)
	before.Period = s.Previous
	fail(&s, "contact_center", "connection lost")
	b := supportDesk(digest.Manager)
	b.Before = &before
	sameList(t, "cards", cardsOf(chapterOf(t, written(t, s, b, "en"), "contact_center")), []string{
		"Offered to agents: No data | 131 the week before", "Handled: No data | 123 the week before",
		"Missed: No data | 5 the week before", "Median wait: No data | 1 h 40 min before",
	})
	older := before
	older.Period = before.Period.Preceding()
	b.Before = &older
	if got := cardsOf(chapterOf(t, written(t, s, b, "en"), "contact_center"))[0]; got != "Offered to agents: No data" {
		t.Errorf("a card remembers an edition of another period: %s", got)
	}
}

func TestADigestOfWhichNothingCouldBeReadSaysSo(t *testing.T) {
	s := demoWeek(t)
	for _, key := range []string{"activity", "chatbot", "contact_center"} {
		fail(&s, key, "connection lost")
	}
	for _, a := range []digest.Audience{digest.Manager, digest.Executive} {
		l := written(t, s, supportDesk(a), "en")
		same(t, "subject", l.Subject, "Support desk, 23–29 Mar: activity, chatbot and contact center missing")
		sameList(t, "headline", l.Headline, []string{"No numbers.", "Activity, chatbot and contact center missing."})
		if len(l.Findings) != 3 {
			t.Errorf("%d findings, want one a section", len(l.Findings))
		}
		same(t, "banner", l.Banner.Text, "The source could not be read. Nothing could be read. Your admin was told.")
	}
}

func TestALateEditionSaysHowLate(t *testing.T) {
	for _, c := range []struct {
		name, sent, subject, title string
	}{
		{"two hours of waiting for data are not late", "2020-03-30T15:00:00Z", "", ""},
		{"five hours", "2020-03-30T18:10:00Z", " (sent 5 hours late)", "Sent 5 hours late"},
		{"three days", "2020-04-02T12:10:00Z", " (sent 3 days late)", "Sent 3 days late"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := supportDesk(digest.Manager)
			b.Due, b.SentAt = at("2020-03-30T13:00:00Z"), at(c.sent)
			l := written(t, demoWeek(t), b, "en")
			same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed"+c.subject)
			if c.title == "" {
				if l.Banner != nil {
					t.Errorf("banner %v", *l.Banner)
				}
				return
			}
			same(t, "banner", l.Banner.Kind+": "+l.Banner.Title+". "+l.Banner.Text,
				"late: "+c.title+". This edition was due Mon 30 Mar, 09:00 EDT. The numbers are those of the week itself.")
		})
	}
}

func TestTheWorstIsTheStripAndTheRestGoesToTheContractLine(t *testing.T) {
	s := demoWeek(t)
	fail(&s, "chatbot", "statement timeout after 30s")
	s.DataUpTo = at("2020-03-30T02:14:00Z")
	b := supportDesk(digest.Manager)
	b.Due, b.SentAt = at("2020-03-30T13:00:00Z"), at("2020-04-02T12:10:00Z")
	l := written(t, s, b, "en")
	same(t, "strip", l.Banner.Kind, "failed")
	same(t, "contract", l.Contract.String(), "America/New_York, 168 hours. Data read 30 Mar, 08:00. 2 of 3 sections complete. "+
		"Sent 3 days late. Data up to Sun 29 Mar, 22:14 EDT.")

	s = demoWeek(t)
	s.DataUpTo = at("2020-03-30T02:14:00Z")
	l = written(t, s, supportDesk(digest.Manager), "en")
	same(t, "alone", l.Banner.Kind+": "+l.Banner.Title, "dataupto: Data up to Sun 29 Mar, 22:14 EDT")
}

func TestACatchUpMailListsItsPeriodsNewestFirst(t *testing.T) {
	before, older := demoWeek(t), demoWeek(t)
	moveTo(t, &before, "2020-03-16", "2020-03-23", "2020-03-09", "2020-03-16")
	moveTo(t, &older, "2020-03-09", "2020-03-16", "2020-03-02", "2020-03-09")
	setFigure(&before, "activity", "total_messages", n(192), n(134))
	setFigure(&before, "contact_center", "missed", n(0), n(0))
	setFigure(&before, "contact_center", "wait_median", n(34440), n(28920))
	setFigure(&older, "activity", "total_messages", n(134), n(100))
	setFigure(&older, "contact_center", "missed", n(0), n(0))
	setFigure(&older, "contact_center", "wait_median", n(28920), n(100))
	b := supportDesk(digest.Manager)
	b.CatchUp = []digest.Snapshot{before, older}
	b.Due, b.SentAt = at("2020-03-30T13:00:00Z"), at("2020-04-02T12:10:00Z")
	l := written(t, demoWeek(t), b, "en")
	same(t, "subject", l.Subject, "Support desk, 9–29 Mar: 3 weeks, 633 messages, 5 missed")
	sameList(t, "headline", l.Headline, []string{"Three weeks, 633 messages.", "5 missed."})
	same(t, "dates", l.Dates, "Mon 9 – Sun 29 March 2020, three weekly editions in one")
	// 8 March 2020 is the day clocks changed in New York, before the oldest week: 3 x 168 h.
	same(t, "contract", l.Contract.String(), "America/New_York, 504 hours. Data read 30 Mar, 08:00. Newest week first.")
	same(t, "banner", l.Banner.Kind+": "+l.Banner.Title+". "+l.Banner.Text,
		"catchup: Catching up on 3 editions. None could be sent since 16 Mar. The two older ones are in the archive in full.")
	sameList(t, "head", l.Catching.Head, []string{"Week", "Messages", "Missed", "Median wait"})
	var rows []string
	for _, r := range l.Catching.Rows {
		rows = append(rows, strings.Join(r, " | "))
	}
	sameList(t, "rows", rows, []string{
		"23–29 Mar | 307 | 5 | 1 h 40 min", "16–22 Mar | 192 | 0 | 9 h 34 min", "9–15 Mar | 134 | 0 | 8 h 2 min",
	})
	if len(l.Sections) != 3 || len(l.Catching.Bold) == 0 || !l.Catching.Bold[0] {
		t.Error("the newest week is not there in full, or not bold in the list")
	}
}

func TestACatchUpMailListsTheFiguresOfTheSectionsThatItsDigestHas(t *testing.T) {
	before := demoWeek(t)
	moveTo(t, &before, "2020-03-16", "2020-03-23", "2020-03-09", "2020-03-16")
	now := demoWeek(t)
	for _, s := range []*digest.Snapshot{&now, &before} {
		s.Sections = slices.DeleteFunc(s.Sections, func(x digest.Section) bool { return x.Key != "activity" })
	}
	b := supportDesk(digest.Manager)
	b.CatchUp = []digest.Snapshot{before}
	sameList(t, "head", written(t, now, b, "en").Catching.Head, []string{"Week", "Messages", "Conversations", "Active users"})
}

func TestAWeekOfAClockChangeGivesItsHours(t *testing.T) {
	for _, c := range []struct {
		zone, from, to, previous, contract, note string
	}{
		{"Europe/Berlin", "2026-03-23", "2026-03-30", "2026-03-16", "Europe/Berlin, 167 hours.", "Clocks. They changed on 29 Mar: that day has 23 hours, and this week 167."},
		{"Australia/Lord_Howe", "2026-09-28", "2026-10-05", "2026-09-21", "Australia/Lord_Howe, 167.5 hours.", "Clocks. They changed on 4 Oct: that day has 23.5 hours, and this week 167.5."},
	} {
		t.Run(c.zone, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			s := demoWeek(t)
			s.Period.From, s.Period.To = s.Period.From.In(loc), s.Period.To.In(loc)
			moveTo(t, &s, c.from, c.to, c.previous, c.from)
			l := written(t, s, supportDesk(digest.Manager), "en")
			if got := spaced(l.Contract.String()); !strings.HasPrefix(got, c.contract) {
				t.Errorf("contract line %q", got)
			}
			same(t, "note", notesOf(l)[0], c.note)
		})
	}
}

func TestAProvisionalFigureIsAmberAndNoFinding(t *testing.T) {
	s := demoWeek(t)
	changeFigure(&s, "contact_center", "missed", func(f *digest.Figure) { f.Provisional = true })
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages (+60 %)")
	same(t, "card", cardsOf(chapterOf(t, l, "contact_center"))[2], "Missed^2: 5 (warn) | until 1 Apr")
	for _, f := range findingsOf(l) {
		if strings.Contains(f, "**missed**") {
			t.Errorf("a provisional figure is a finding: %s", f)
		}
	}
}

func TestAMissedTargetIsToldBeforeAnyChange(t *testing.T) {
	s := demoWeek(t)
	target := 75.0
	changeFigure(&s, "chatbot", "bot_resolution_rate", func(f *digest.Figure) { f.Target = &target })
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "first finding", findingsOf(l)[0],
		"Below target: **Resolution rate** was **60 %**, below the target of 75 %. [Chatbot > chatbot]")
	same(t, "card", cardsOf(chapterOf(t, l, "chatbot"))[2], "Resolution rate: 60 % | +4 pts (better) | below target 75 %")
	if len(l.Findings) != 5 {
		t.Errorf("%d findings, want five", len(l.Findings))
	}
}

func TestARestatedFigureShowsBothNumbers(t *testing.T) {
	s := demoWeek(t)
	b := supportDesk(digest.Manager)
	b.Restated = []digest.Restatement{
		{Section: "contact_center", Figure: "wait_median", Unit: digest.Duration, Printed: n(30000), Now: n(34440), Period: s.Previous},
		{Section: "activity", Figure: "total_messages", Unit: digest.Count, Printed: n(193), Now: n(192), Period: s.Previous},
	}
	sameList(t, "notes", notesOf(written(t, s, b, "en"))[:2], []string{
		"Restated. 16–22 Mar: median wait 9 h 34 min, printed then as 8 h 20 min.",
		"Restated. 16–22 Mar: 192 messages, printed then as 193.",
	})
	b.Restated = append(b.Restated,
		digest.Restatement{Section: "contact_center", Figure: "handled", Unit: digest.Count, Printed: n(95), Now: n(96), Period: s.Previous},
		digest.Restatement{Section: "contact_center", Figure: "wait_mean", Unit: digest.Duration, Printed: n(54000), Now: n(54000.2), Period: s.Previous})
	same(t, "a list; what is printed alike is left out", notesOf(written(t, s, b, "en"))[0],
		"Restated. 16–22 Mar, with what was printed then: median wait 9 h 34 min (8 h 20 min); messages 192 (193); handled 96 (95).")
}

func TestNamesStayAsTheirOwnersWriteThem(t *testing.T) {
	const long = "عبد الرحمن بن محمد بن عبد العزيز الأنصاري"
	s := demoWeek(t)
	for _, key := range []string{"conversations_per_agent", "conversation_minutes"} {
		s.Section("contact_center").Chart(key).Series[0].Points[0].Label = long
	}
	s.Section("chatbot").Chart("intents").Series[0].Points[0].Label = `<b>iOS & "refund"</b>`
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "agent", captionOf(t, l, "contact_center-conversations_per_agent").Caption, long+"\u200e handled 28 of 123. The sum is handled, not offered.")
	same(t, "intent", captionOf(t, l, "chatbot-intents").Caption,
		`<b>iOS & "refund"</b> was asked most: 74 of 284 recognised messages. In 23 the bot did not understand.`)
}

func TestALongPeriodNamesItsDaysByDate(t *testing.T) {
	s := demoWeek(t)
	loc := s.Period.Location()
	s.Period, s.Previous = periodOf(t, loc, "2020-04-01", "2020-05-01"), periodOf(t, loc, "2020-03-01", "2020-04-01")
	days := make([]float64, 30)
	for i := range days {
		days[i] = 5
	}
	days[13] = 29
	before := make([]float64, 31)
	before[0] = 101
	setDays(&s, "activity", "incoming_messages", days, before)
	b := supportDesk(digest.Manager)
	b.Cadence = "monthly"
	l := written(t, s, b, "en")
	same(t, "kind", l.Kind, "Monthly digest")
	same(t, "dates", l.Dates, "Wed 1 – Thu 30 April 2020, compared with 1–31 March")
	p := captionOf(t, l, "activity-incoming_messages")
	same(t, "caption", p.Caption, "14 Apr brought 29 of the 174 messages people sent; the month before had 101 in all.")
	if !strings.HasPrefix(spaced(p.Alt), "By day: 1 Apr 5, 2 Apr 5, ") {
		t.Errorf("alt text %q", p.Alt)
	}
	same(t, "legend", p.Legend.Current+", "+p.Legend.Previous, "this month, month before")

	s.Period, s.Previous = periodOf(t, loc, "2020-04-01", "2020-04-16"), periodOf(t, loc, "2020-03-16", "2020-04-01")
	setDays(&s, "activity", "incoming_messages", days[:15], before[:16])
	b.Cadence = "twice-monthly"
	l = written(t, s, b, "en")
	same(t, "half a month", captionOf(t, l, "activity-incoming_messages").Caption,
		"14 Apr brought 29 of the 99 messages people sent; the period before had 101 in all.")
}

func TestADailyDigestSaysNothingByDay(t *testing.T) {
	s := demoWeek(t)
	loc := s.Period.Location()
	s.Period, s.Previous = periodOf(t, loc, "2020-03-24", "2020-03-25"), periodOf(t, loc, "2020-03-23", "2020-03-24")
	for i := range s.Sections {
		for j := range s.Sections[i].Charts {
			for k := range s.Sections[i].Charts[j].Series {
				series := &s.Sections[i].Charts[j].Series[k]
				if len(series.Points) == 7 && !series.Points[0].At.IsZero() {
					series.Points = series.Points[1:2]
				}
			}
		}
	}
	b := supportDesk(digest.Manager)
	b.Cadence = "daily"
	l := written(t, s, b, "en")
	same(t, "subject", l.Subject, "Support desk, 24 Mar: 307 messages (+60 %), 5 missed")
	same(t, "incoming", captionOf(t, l, "activity-incoming_messages").Caption, "29 messages came in; the day before had 14 in all.")
	same(t, "handled", captionOf(t, l, "contact_center-handled_vs_missed").Caption, "All 27 offered were handled.")
}

func TestADigestWithoutAContactCenterSpeaksOfWhatItHas(t *testing.T) {
	s := demoWeek(t)
	s.Sections = s.Sections[:2]
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages (+60 %)")
	sameList(t, "headline", l.Headline, []string{"307 messages, up 60 %.", "60 % resolved by the bot."})
	same(t, "contract", l.Contract.String(), "America/New_York, 168 hours. Data read 30 Mar, 08:00. 2 of 2 sections complete.")

	s = demoWeek(t)
	s.Sections = s.Sections[2:]
	l = written(t, s, supportDesk(digest.Executive), "en")
	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 131 offered to agents (+36 %), 5 missed")
	p := captionOf(t, l, "contact_center-handled_by_day")
	same(t, "in place of the agents", p.Title+": "+p.Caption,
		"Handled by day, all agents: Tuesday had the most, 27. This edition names no persons: agents’ charts show the total.")
	if len(l.Sections[0].Cards) != 4 || len(l.Sections[0].Pictures) != 3 {
		t.Errorf("%d cards and %d pictures, want 4 and 3", len(l.Sections[0].Cards), len(l.Sections[0].Pictures))
	}
}

func TestTeamsHaveATableAndStandInForAgentsWhereNoPersonIsNamed(t *testing.T) {
	s := demoWeek(t)
	columns := []digest.Column{
		{Key: "team", Unit: digest.Text},
		{Key: "total", Unit: digest.Count},
		{Key: "handled", Unit: digest.Count},
		{Key: "missed", Unit: digest.Count},
		{Key: "transfers_in", Unit: digest.Count},
		{Key: "wait_mean", Unit: digest.Duration},
	}
	sec := s.Section("contact_center")
	sec.Tables = []digest.Table{
		{Key: "by_team", Columns: columns, Rows: [][]digest.Value{
			{digest.Say("Support"), n(90), n(85), n(3), n(4), n(72000)},
			{digest.Say("Billing"), n(30), n(28), n(2), n(2), digest.None(digest.Empty)},
			{digest.None(digest.Empty), n(11), n(10), n(0), n(0), n(600)},
		}},
		{Key: "by_person", Columns: columns[:1], Rows: [][]digest.Value{{digest.Say("Amara Osei")}}},
	}
	s.Sections = s.Sections[2:]
	sheets := chapterOf(t, written(t, s, supportDesk(digest.Manager), "en"), "contact_center").Sheets
	if len(sheets) != 2 || sheets[1].Anchor != "contact_center-by_team" {
		t.Fatalf("sheets %v", sheets)
	}
	sameList(t, "head", sheets[1].Head, []string{"Team", "Offered", "Handled", "Missed", "Passed in", "Average wait"})
	sameList(t, "rows", []string{strings.Join(sheets[1].Rows[1], " | "), strings.Join(sheets[1].Rows[2], " | ")}, []string{
		"Billing | 30 | 28 | 2 | 2 | n/a", "no team | 11 | 10 | 0 | 0 | 10 min",
	})
	p := captionOf(t, written(t, s, supportDesk(digest.Executive), "en"), "contact_center-handled_by_team")
	same(t, "executive", p.Title+": "+p.Caption, "Handled, by team: Support handled 85 of 123. This edition names no persons: agents’ charts show the teams.")
}

func TestAConnectionThatIsKnownHasACardAndTwoPictures(t *testing.T) {
	s := demoWeek(t)
	sec := s.Section("contact_center")
	ranking, curve := sec.Chart("connection_hours"), sec.Chart("connection_hours_evolution")
	ranking.State, ranking.Footnote, curve.State, curve.Footnote = digest.HasValue, "", digest.HasValue, ""
	ranking.Series = []digest.Series{{Key: "current", Points: []digest.Point{
		{Key: "a1", Label: "Amara Osei", Value: new(40 * 3600.0)}, {Key: "a2", Label: "Jonas Weber", Value: new(38.5 * 3600)},
	}}, {Key: "previous", Points: []digest.Point{{Key: "a1", Label: "Amara Osei", Value: new(70 * 3600.0)}}}}
	days := s.Period.Days()
	curve.Series = []digest.Series{{Key: "a1", Label: "Amara Osei", Points: []digest.Point{
		{At: days[0].Date, Value: new(8 * 3600.0)}, {At: days[1].Date, Value: new(9 * 3600.0)},
	}}}
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "card", cardsOf(chapterOf(t, l, "contact_center"))[7], "Connection hours: 79 h | +8 h 30 min")
	same(t, "ranking", captionOf(t, l, "contact_center-connection_hours").Caption,
		"Amara Osei was connected for 40 h. Two windows open at once count once, and being connected is not being busy.")
	same(t, "curve", captionOf(t, l, "contact_center-connection_hours_evolution").Caption, "Tuesday was Amara Osei’s longest day, 9 h connected.")
}

func TestWhatHoldsForAWholeSectionIsToldOnce(t *testing.T) {
	s := demoWeek(t)
	sec := s.Section("contact_center")
	for i := range sec.Figures {
		if sec.Figures[i].Footnote == "" {
			sec.Figures[i].Footnote = "chatwoot.assignments_from_replies"
		}
	}
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "note", notesOf(l)[0], "Contact center. Chatwoot keeps no history of assignments: they are derived from who replied. "+
		"A transfer whose new owner never replied is not seen.")
	for _, k := range chapterOf(t, l, "contact_center").Cards {
		if k.Key != "missed" && k.Mark != "" {
			t.Errorf("%s carries mark %s", k.Key, k.Mark)
		}
	}
}

func TestAPlatformsOwnWordsStandAsTheyAre(t *testing.T) {
	s := demoWeek(t)
	setFigure(&s, "chatbot", "fallback_rate", digest.None(digest.Unavailable), digest.None(digest.Unavailable))
	changeFigure(&s, "chatbot", "fallback_rate", func(f *digest.Figure) { f.Footnote = "Our bot never gives up." })
	l := written(t, s, supportDesk(digest.Manager), "en")
	same(t, "card", cardsOf(chapterOf(t, l, "chatbot"))[3], "Not understood: Not available | Our bot never gives up")
}

func TestSentencesOfOneAndOfTwoAreSaidAsPeopleSayThem(t *testing.T) {
	handled := func(s *digest.Snapshot, handled, missed, waiting []float64) {
		c := s.Section("contact_center").Chart("handled_vs_missed")
		for i, values := range [][]float64{handled, missed, waiting} {
			for j := range values {
				c.Series[i].Points[j].Value = &values[j]
			}
		}
	}
	zero := make([]float64, 7)
	for _, c := range []struct {
		name         string
		locale, want string
		missed       []float64
	}{
		{"two missed in English", "en", "Both missed were offered on Wednesday.", []float64{0, 0, 2, 0, 0, 0, 0}},
		{"two missed in Spanish", "es", "Las dos perdidas se ofrecieron el miércoles.", []float64{0, 0, 2, 0, 0, 0, 0}},
		{"one missed", "en", "The one missed was offered on Friday.", []float64{0, 0, 0, 0, 1, 0, 0}},
		{"most is not said of the largest part", "en", "6 were missed; Friday had the most, 2.", []float64{1, 0, 1, 1, 2, 1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := demoWeek(t)
			handled(&s, []float64{3, 3, 3, 3, 3, 3, 3}, c.missed, zero)
			same(t, "caption", captionOf(t, written(t, s, supportDesk(digest.Manager), c.locale), "contact_center-handled_vs_missed").Caption, c.want)
		})
	}
	t.Run("a minute of one message is no peak", func(t *testing.T) {
		s := demoWeek(t)
		setFigure(&s, "activity", "peak_volume", n(1), n(1))
		setDays(&s, "activity", "max_messages_per_minute", []float64{1, 1, 0, 1, 1, 1, 1}, nil)
		l := written(t, s, supportDesk(digest.Manager), "en")
		same(t, "caption", captionOf(t, l, "activity-max_messages_per_minute").Caption, "No minute had more than 1 message.")
		findings := findingsOf(l)
		same(t, "peak", findings[len(findings)-1], "Peak: **Wednesday** was busiest, with **62** of 307 messages. [By day > activity-incoming_messages]")
	})
	t.Run("tied minutes are counted where the source counts them", func(t *testing.T) {
		s := demoWeek(t)
		sec := s.Section("activity")
		sec.Notes = append(sec.Notes, digest.Note{Key: "peak_tied", Values: map[string]digest.Value{"count": n(8)}})
		same(t, "footnote", written(t, s, supportDesk(digest.Manager), "en").Footnotes[0].Text, "The earliest of 8 minutes with 2 messages.")
		same(t, "footnote", written(t, s, supportDesk(digest.Manager), "es").Footnotes[0].Text, "El primero de 8 minutos con 2 mensajes.")
	})
	t.Run("one agent handled them all", func(t *testing.T) {
		s := demoWeek(t)
		setRows(&s, "conversations_per_agent", "Agent 007", 1)
		same(t, "caption", captionOf(t, written(t, s, supportDesk(digest.Manager), "en"), "contact_center-conversations_per_agent").Caption,
			"Agent 007 handled the only one. The sum is handled, not offered.")
	})
}

// setRows makes one row all that a ranking of the contact center has.
func setRows(s *digest.Snapshot, chart, name string, value float64) {
	s.Section("contact_center").Chart(chart).Series[0].Points = []digest.Point{{Key: name, Label: name, Value: &value}}
}
