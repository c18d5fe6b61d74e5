package main

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestTheLetterOfTheDemoWeekReadsAsDesigned(t *testing.T) {
	b := supportDesk(digest.Manager)
	b.AddedBy = "Dana Whitfield"
	s := demoWeek(t)
	b.Restated = []digest.Restatement{{
		Section: "activity", Figure: "total_messages", Unit: digest.Count, Printed: n(190), Now: n(192), Period: s.Previous,
	}}
	l := written(t, s, b, "en")

	same(t, "subject", l.Subject, "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed")
	sameList(t, "headline", l.Headline, []string{"307 messages, up 60 %.", "5 missed."})
	same(t, "preheader", l.Preheader, "5 of 131 conversations offered to agents were missed. The week before, none were. "+
		"The slowest tenth waited more than 2 d 7 h for an answer, up from 1 d 2 h.")
	same(t, "kind", l.Kind, "Weekly digest")
	same(t, "dates", l.Dates, "Mon 23 – Sun 29 March 2020, compared with 16–22 March")
	same(t, "contract", l.Contract.String(), "America/New_York, 168 hours. Data read 30 Mar, 08:00. 3 of 3 sections complete.")
	same(t, "range", l.Range, "23–29 March 2020")
	if l.Banner != nil {
		t.Errorf("an ordinary week has a banner: %v", *l.Banner)
	}
	sameList(t, "findings", findingsOf(l), []string{
		"Worse: **5 of 131** conversations offered to agents were **missed**. The week before, none were. [By day > contact_center-handled_vs_missed]",
		"Worse: The slowest tenth waited more than **2 d 7 h** for an answer, up from 1 d 2 h. [Waits > contact_center-average_wait_time]",
		"Better: Half were answered within **1 h 40 min**, down from 9 h 34 min. [Waits > contact_center-average_wait_time]",
		"Peak: **Wednesday** was busiest, with **62** of 307 messages. The busiest minute was Mon 15:02, with 2. [By day > activity-max_messages_per_minute]",
	})
	sameList(t, "cards of activity", cardsOf(chapterOf(t, l, "activity")), []string{
		"Messages: 307 | +60 % | from 192",
		"Conversations: 142 | +43 % | from 99",
		"New users: 124 | +35 % (better) | from 92",
		"Active users: 126 | +35 % (better) | from 93",
		"Per conversation: 2.2 | +0.2 | from 1.9",
		"Busiest minute^1: 2 messages | Mon 23 Mar, 15:02 EDT",
	})
	sameList(t, "cards of the chatbot", cardsOf(chapterOf(t, l, "chatbot")), []string{
		"Bot conversations: 96 | +20 % | from 80",
		"Resolved by the bot: 58 | +29 % | from 45",
		"Resolution rate: 60 % | +4 pts (better) | from 56 %",
		"Not understood: 8.1 % | −1.3 pts (better) | from 9.4 %",
	})
	sameList(t, "cards of the contact center", cardsOf(chapterOf(t, l, "contact_center")), []string{
		"Offered to agents: 131 | +36 % | from 96",
		"Handled: 123 | +28 % (better) | from 96",
		"Missed^2: 5 | ● +5 (worse) | from 0",
		"Waiting: 3 | ● +3 (worse) | from 0",
		"Transfers: 6 | +2 | from 4",
		"Median wait: 1 h 40 min | −7 h 54 min (better)",
		"Wait, slowest tenth: 2 d 7 h | ● +1 d 5 h (worse)",
		"Connection hours: Not available | Chatwoot keeps no record",
	})
	sameList(t, "captions", captionsOf(l), []string{
		"Incoming messages: Tuesday to Friday brought 109 of the 150 messages people sent; the week before had 101 in all.",
		"Conversations (threads): Wednesday was busiest with 34. A conversation that runs over two days counts on both, so days do not sum to 142.",
		"Messages per conversation: Friday’s were the longest, at 2.5 messages; no other day passed 1.9.",
		"Busiest minute of each day: No minute had more than 2 messages. Mon 15:02 was the first of them.",
		"Intents: Order status was asked most: 74 of 284 recognised messages. In 23 the bot did not understand.",
		"Languages: Two in three active users wrote English; one in five Spanish.",
		"How conversations began: Of 125 conversations begun this week the bot answered 72 first, agents 45; 8 had no answer, 6 of them outside any flow.",
		"Handled, missed and waiting: All 5 missed were offered from Thursday to Saturday. The 3 from Sunday had less than 24 hours and are still waiting.",
		"Average wait for a first answer: Those answered on Monday had waited 37 h on average, over a weekend; on Friday 1 h 30 min. Of 133 answered.",
		"Average conversation time^3: Conversations that ended on Friday lasted longest, 14.6 h on average.",
		"Why conversations closed^4: 61 of 118 closings were marked solved; 19 carry no reason.",
		"Handled, by agent: Amara Osei handled 28 of 123. The sum is handled, not offered.",
		"Handled, by agent and day: Only Amara Osei and Jonas Weber handled some every day. Agents share one scale; the others have their own.",
		"Time in charge, by agent: Amara Osei was in charge for 31 h. Chats side by side add up, so this is not time at the desk.",
		"Time in charge, by agent and day: Saturday was Priya Nair’s longest day, at 8 h.",
		"Connection hours: Not available on this platform. Chatwoot keeps no record of when agents were online, so the ranking and its curve are left out rather than shown as zero.",
	})
	sameList(t, "notes", notesOf(l), []string{
		"Restated. 16–22 Mar: 192 messages, printed then as 190. Two arrived after that edition was read.",
		"1. The earliest of several minutes with 2 messages.",
		"2. Missed: no answer within 24 hours, or passed on before one.",
		"3. Derived from replies: 31 of 118 conversations had one reply and count as 0 s.",
		"4. Chatwoot records no closing reason: it is the conversation’s attribute “close_reason” where that is set, else who resolved it. A conversation may have been closed more than once.",
	})
	same(t, "why", l.Why, "You get this because Dana Whitfield added you to Support desk. The PDF attached carries no personal link and may be forwarded.")
	if len(l.Hash) != len("9f3c 41d7 b20e 6a58") || !strings.HasSuffix(l.EditionLine, "Edition SD-2020-W13 · content "+l.Hash) {
		t.Errorf("edition line %q, hash %q", l.EditionLine, l.Hash)
	}
}

func TestTheBalanceOfTheDemoWeekAddsUp(t *testing.T) {
	c := chapterOf(t, written(t, demoWeek(t), supportDesk(digest.Admin), "en"), "contact_center")
	same(t, "line", c.Balance.Line.String(), "131 offered = 123 handled + 5 missed + 3 waiting")
	same(t, "small print", c.Balance.Text, "The agents’ sum is handled, 123. Each of the 6 transfers counts again. "+
		"58 conversations the bot resolved were never offered. 8 answered this week were offered before it.")
	var sum float64
	for _, b := range c.Balance.Bars {
		sum += b.Share
	}
	if len(c.Balance.Bars) != 3 || math.Abs(sum-100) > 1e-9 {
		t.Errorf("shares %v sum to %v", c.Balance.Bars, sum)
	}
}

func TestTheValuesOfTheDemoWeekStandInWords(t *testing.T) {
	l := written(t, demoWeek(t), supportDesk(digest.Manager), "en")
	for anchor, want := range map[string]string{
		"activity-incoming_messages":         "By day: Mon 11, Tue 29, Wed 28, Thu 24, Fri 28, Sat 17, Sun 13.",
		"activity-messages_per_conversation": "By day: Mon 1.4, Tue 1.8, Wed 1.8, Thu 1.8, Fri 2.5, Sat 1.7, Sun 1.7.",
		"chatbot-intents": "Order status 74, Delivery delay 52, Refund 41, Address change 28, Opening hours 19, Invoice copy 14, " +
			"Complaint 11, Cancel order 9, Greeting 8, Talk to a person 5, Not understood 23.",
		"chatbot-languages": "English 83, Spanish 24, French 8, Portuguese 4, German 2, unknown 5.",
		"chatbot-start_flows": "Came in by Website 58, WhatsApp 41, Facebook 18, unknown 8. First flow: Order status 46, Returns 29, " +
			"Opening hours 14, no flow 36. Answered first by bot 72, agent 45, nobody 8.",
		"contact_center-handled_vs_missed": "Handled by day: Mon 11, Tue 27, Wed 26, Thu 19, Fri 18, Sat 14, Sun 8. " +
			"Missed: Thu 1, Fri 2, Sat 2. Waiting: Sun 3.",
		"contact_center-average_wait_time":       "By day: Mon 37 h, Tue 24 h, Wed 17.1 h, Thu 6.7 h, Fri 1 h 30 min, Sat 28 h, Sun 5.4 h.",
		"contact_center-closing_reasons":         "Solved 61, Information given 22, Duplicate 9, Spam 7, none recorded 19.",
		"contact_center-conversations_per_agent": "Amara Osei 28, Jonas Weber 9, Priya Nair 7, Lucía Fernández 6, Tom Becker 6, Mei Lin 6, 11 others 61.",
	} {
		same(t, anchor, captionOf(t, l, anchor).Alt, want)
	}
}

func TestEveryFigureOfTheSnapshotIsInAManagersLetter(t *testing.T) {
	s := demoWeek(t)
	l := written(t, s, supportDesk(digest.Manager), "en")
	for _, sec := range s.Sections {
		c := chapterOf(t, l, sec.Key)
		stands := map[string]bool{"peak_time": true} // on the card of peak_volume
		for _, k := range c.Cards {
			stands[k.Key] = true
		}
		want := len(sec.Figures)
		for _, sheet := range c.Sheets {
			want -= len(sheet.Rows)
		}
		got := 0
		for _, f := range sec.Figures {
			if stands[f.Key] {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d figures on cards, want %d", sec.Key, got, want)
		}
	}
	sheet := chapterOf(t, l, "contact_center").Sheets[0]
	var rows []string
	for _, r := range sheet.Rows {
		rows = append(rows, strings.Join(r, " | "))
	}
	sameList(t, "more figures", rows, []string{
		"Average wait | 19 h | 15 h | +4 h",
		"Median conversation time ³ | 1 h 30 min | 1 h 45 min | −15 min",
		"Average conversation time ³ | 10 h 42 min | 9 h 36 min | +1 h 6 min",
		"People served | 112 | 88 | +27 %",
		"Messages with agents | 281 | 170 | +65 %",
		"Answered, offered before | 8 | 5 | +3",
	})
}

func TestTheLetterOfTheDemoWeekReadsWellInSpanish(t *testing.T) {
	l := written(t, demoWeek(t), supportDesk(digest.Manager), "es")
	same(t, "subject", l.Subject, "Support desk, 23–29 mar: 307 mensajes (+60 %), 5 perdidas")
	sameList(t, "headline", l.Headline, []string{"307 mensajes, un 60 % más.", "5 perdidas."})
	same(t, "dates", l.Dates, "Del lunes 23 al domingo 29 de marzo de 2020, comparado con 16–22 de marzo")
	sameList(t, "findings", findingsOf(l), []string{
		"Peor: Se **perdieron 5** de las **131** conversaciones ofrecidas a los agentes. La semana anterior, ninguna. [Por día > contact_center-handled_vs_missed]",
		"Peor: El 10 % más lento esperó más de **2 d 7 h** una respuesta; la semana anterior, más de 1 d 2 h. [Esperas > contact_center-average_wait_time]",
		"Mejor: La mitad recibió respuesta en menos de **1 h 40 min**; la semana anterior, en menos de 9 h 34 min. [Esperas > contact_center-average_wait_time]",
		"Máximo: El día con más movimiento fue el **miércoles**, con **62** de 307 mensajes. El minuto con más mensajes fue el lunes a las 15:02, con 2. [Por día > activity-max_messages_per_minute]",
	})
	for anchor, want := range map[string]string{
		"activity-incoming_messages":       "De martes a viernes llegaron 109 de los 150 mensajes recibidos; la semana anterior fueron 101 en total.",
		"chatbot-languages":                "Dos de cada tres usuarios activos escribieron en inglés; uno de cada cinco, en español.",
		"contact_center-handled_vs_missed": "Las 5 perdidas se ofrecieron de jueves a sábado. Las 3 del domingo llevaban menos de 24 horas y siguen en espera.",
	} {
		same(t, anchor, captionOf(t, l, anchor).Caption, want)
	}
}

func TestAnExecutiveReadsABriefWithoutAnyAgentsName(t *testing.T) {
	s := demoWeek(t)
	names := agentsOf(s)
	if len(names) != 17 {
		t.Fatalf("the demo week has %d agents, want 17", len(names))
	}
	for _, locale := range []string{"en", "es"} {
		l := written(t, s, supportDesk(digest.Executive), locale)
		walkText(reflect.ValueOf(l), "letter", func(where, text string) {
			for _, name := range names {
				for part := range strings.FieldsSeq(name) {
					if strings.Contains(text, part) {
						t.Errorf("%s names %s: %q", where, name, text)
					}
				}
			}
		})
	}
	l := written(t, s, supportDesk(digest.Executive), "en")
	same(t, "kind", l.Kind, "Weekly digest · Executive edition")
	if len(l.Sections) != 1 {
		t.Fatalf("a brief has %d chapters, want one", len(l.Sections))
	}
	sameList(t, "cards", cardsOf(l.Sections[0]), []string{
		"Messages: 307 | +60 % | from 192",
		"New users: 124 | +35 % (better) | from 92",
		"Missed^1: 5 | ● +5 (worse) | from 0",
		"Median wait: 1 h 40 min | −7 h 54 min (better)",
	})
	var pictures []string
	for _, p := range l.Sections[0].Pictures {
		pictures = append(pictures, p.Anchor)
	}
	sameList(t, "pictures", pictures, []string{
		"activity-incoming_messages", "contact_center-handled_vs_missed", "contact_center-average_wait_time", "chatbot-intents",
	})
	same(t, "balance", l.Sections[0].Balance.Line.String(), "131 offered = 123 handled + 5 missed + 3 waiting")
	if len(l.Findings) != 4 {
		t.Errorf("%d findings, want the four that all read", len(l.Findings))
	}
	same(t, "note of a PDF", l.PDFNote, "no personal data, may be forwarded")
}

// agentsOf lists the names that agents' charts hold.
func agentsOf(s digest.Snapshot) []string {
	var names []string
	for _, p := range s.Section("contact_center").Chart("conversations_per_agent").Series[0].Points {
		names = append(names, p.Label)
	}
	return names
}

func TestAManagerSeesTheFirstSixAgentsAndTheOthersAsOne(t *testing.T) {
	p := captionOf(t, written(t, demoWeek(t), supportDesk(digest.Manager), "en"), "contact_center-conversations_per_agent")
	points := p.Chart.Series[0].Points
	last := points[len(points)-1]
	if len(points) != 7 || last.Role != digest.Other || last.Count != 11 || *last.Value != 61 || last.Label != "11 others" {
		t.Errorf("%d rows, the last is %+v", len(points), last)
	}
}
