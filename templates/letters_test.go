package templates

import (
	"fmt"

	"fortnight/digest"
)

// The letters that the layouts are tested with: a support desk's week, written by hand as an editor would.

const sp = nbsp

func plain(s string) digest.Spans { return digest.Spans{{Text: s}} }

// bold sets the texts at odd places bold.
func bold(texts ...string) digest.Spans {
	var out digest.Spans
	for i, s := range texts {
		if s != "" {
			out = append(out, digest.Span{Text: s, Bold: i%2 == 1})
		}
	}
	return out
}

func figure(s string) []digest.Part { return []digest.Part{{Number: s}} }

func counted(key, label, n, change, from string, tone digest.Tone) digest.Card {
	return digest.Card{Key: key, Anchor: "figure-" + key, Label: label, Parts: figure(n), Change: change, From: from, Colour: tone, Dot: tone == digest.Worse}
}

func drawn(section, key, title, caption, alt string) digest.Picture {
	return digest.Picture{Section: section, Anchor: section + "-" + key, Title: title, Caption: caption, Alt: alt, Drawn: true}
}

// fullLetter is the week as its manager reads it: 16 pictures and one that cannot be drawn.
func fullLetter() digest.Letter {
	return digest.Letter{
		Locale: "en", Dir: "ltr", Audience: digest.Manager,
		Subject:   "Support desk, 23–29 Mar: 307 messages (+60" + sp + "%), 5 missed",
		Preheader: "5 missed, none the week before. Half answered within 1" + sp + "h" + sp + "40" + sp + "min.",
		Project:   "Support desk", Kind: "Weekly digest", Edition: "SD-2020-W13", Hash: "9f3c 41d7 b20e 6a58",
		Headline: []string{"307 messages, up 60" + sp + "%.", "5 missed."},
		Dates:    "Mon" + sp + "23 – Sun" + sp + "29" + sp + "March 2020, compared with 16–22" + sp + "March",
		Contract: plain("America/New_York, 168 hours. Data read 30" + sp + "Mar, 08:00. 3 of 3 sections complete."),
		Range:    "23–29" + sp + "March 2020",
		Findings: []digest.Finding{
			{
				Tone: digest.Worse, Word: "Worse", Text: bold("", "5 of 131", " conversations offered to agents were ", "missed", ". The week before, none were."),
				Link: "By day", Anchor: "contact_center-handled_vs_missed",
			},
			{
				Tone: digest.Worse, Word: "Worse", Text: bold("The slowest tenth waited more than ", "2"+sp+"d"+sp+"7"+sp+"h", " for an answer, up from 1"+sp+"d"+sp+"2"+sp+"h."),
				Link: "Waits", Anchor: "contact_center-average_wait_time",
			},
			{
				Tone: digest.Better, Word: "Better", Text: bold("Half were answered within ", "1"+sp+"h"+sp+"40"+sp+"min", ", down from 9"+sp+"h"+sp+"34"+sp+"min."),
				Link: "Waits", Anchor: "contact_center-average_wait_time",
			},
			{
				Word: "Peak", Text: bold("", "Wednesday", " was busiest, with ", "62", " of 307 messages. The busiest minute was Mon"+sp+"15:02, with 2."),
				Link: "By day", Anchor: "activity-max_messages_per_minute",
			},
		},
		Sections:   []digest.Chapter{activity(), chatbot(), contactCenter()},
		NotesTitle: "Notes",
		Notes:      []digest.Spans{bold("", "Restated.", " 16–22"+sp+"March: 192 messages, printed last week as 190. Two arrived after that edition was read.")},
		Footnotes: []digest.Footnote{
			{Mark: "1", Text: "The earliest of 8 minutes with 2 messages."},
			{Mark: "2", Text: "Missed: no answer within 24 hours, or passed on before one."},
			{Mark: "3", Text: "Derived from replies: 31 conversations had one reply and count as 0" + sp + "s."},
			{Mark: "4", Text: "Taken from labels; a conversation may have been closed more than once."},
		},
		EditionLine: "Edition SD-2020-W13 · content 9f3c 41d7 b20e 6a58",
		ViewLabel:   "View in browser", PreferencesLabel: "Preferences", UnsubscribeLabel: "Unsubscribe",
		PDFLabel: "PDF", DefinitionsLabel: "What each figure means",
		Why: "You get this because Dana Whitfield added you to Support desk on 2 March. The PDF attached carries no personal link and may be forwarded.",
	}
}

func activity() digest.Chapter {
	return digest.Chapter{
		Key: "activity", Anchor: "activity", Title: "Activity", Status: "Chatwoot, complete",
		Cards: []digest.Card{
			counted("total_messages", "Messages", "307", "+60"+sp+"%", "from"+sp+"192", digest.Plain),
			counted("total_conversations", "Conversations", "142", "+43"+sp+"%", "from"+sp+"99", digest.Plain),
			counted("new_users", "New users", "124", "+35"+sp+"%", "from"+sp+"92", digest.Better),
			counted("active_users", "Active users", "126", "+35"+sp+"%", "from"+sp+"93", digest.Better),
			counted("messages_per_conversation", "Per conversation", "2.2", "+0.2", "from"+sp+"1.9", digest.Plain),
			{Key: "peak_volume", Label: "Busiest minute", Mark: "1", Parts: []digest.Part{{Number: "2", Unit: "messages"}}, Under: "Mon" + sp + "23" + sp + "Mar, 15:02" + sp + "EDT", Wide: true},
		},
		Pictures: []digest.Picture{
			drawn("activity", "incoming_messages", "Incoming messages", "Tuesday to Friday brought 109 of the 150 messages people sent; the week before had 101 in all.", "By day: Mon 11, Tue 29, Wed 28, Thu 24, Fri 28, Sat 17, Sun 13."),
			drawn("activity", "conversations", "Conversations (threads)", "Wednesday was busiest with 34. A conversation that runs over two days counts on both, so days do not sum to 142.", "By day: Mon 18, Tue 33, Wed 34, Thu 26, Fri 20, Sat 20, Sun 16."),
			drawn("activity", "messages_per_conversation", "Messages per conversation", "Friday’s were the longest, at 2.5 messages; no other day passed 1.9.", "By day: Mon 1.4, Tue 1.8, Wed 1.8, Thu 1.8, Fri 2.5, Sat 1.7, Sun 1.7."),
			drawn("activity", "max_messages_per_minute", "Busiest minute of each day", "No minute had more than 2 messages. Mon"+sp+"15:02 was the first of them.", "By day: Mon 2, Tue 2, Wed 2, Thu 2, Fri 1, Sat 2, Sun 1."),
		},
	}
}

func chatbot() digest.Chapter {
	return digest.Chapter{
		Key: "chatbot", Anchor: "chatbot", Title: "Chatbot", Status: "Rasa, complete",
		Cards: []digest.Card{
			counted("bot_conversations", "Bot conversations", "96", "+20"+sp+"%", "from"+sp+"80", digest.Plain),
			counted("bot_resolved", "Resolved by the bot", "58", "+29"+sp+"%", "from"+sp+"45", digest.Plain),
			counted("bot_resolution_rate", "Resolution rate", "60"+sp+"%", "+4"+sp+"pts", "from"+sp+"56"+sp+"%", digest.Better),
			counted("fallback_rate", "Not understood", "8.1"+sp+"%", "−1.3"+sp+"pts", "from"+sp+"9.4"+sp+"%", digest.Better),
		},
		Pictures: []digest.Picture{
			drawn("chatbot", "intents", "Intents", "Order status was asked most: 74 of 284 recognised messages. In 23 the bot did not understand.", "Order status 74, Delivery delay 52, Refund 41, Address change 28, Opening hours 19, Invoice copy 14, Complaint 11, Cancel order 9, Greeting 8, Talk to a person 5, not understood 23."),
			drawn("chatbot", "languages", "Languages", "Two in three active users wrote English; one in five Spanish.", "English 83, Spanish 24, French 8, Portuguese 4, German 2, unknown 5."),
			drawn("chatbot", "start_flows", "How conversations began", "Of 125 conversations begun this week the bot answered 72 first, agents 45; 8 had no answer, 6 of them outside any flow.", "Came in by Website 58, WhatsApp 41, Facebook 18, unknown 8. First flow: Order status 46, Returns 29, Opening hours 14, none 36. Answered first by bot 72, agent 45, nobody 8."),
		},
	}
}

func contactCenter() digest.Chapter {
	days := "By day: Mon 37" + sp + "h, Tue 24" + sp + "h, Wed 17" + sp + "h, Thu 7" + sp + "h, Fri 1" + sp + "h" + sp + "30" + sp + "min, Sat 28" + sp + "h, Sun 5" + sp + "h."
	ended := drawn("contact_center", "average_conversation_time", "Average conversation time", "Conversations that ended on Friday lasted longest, 15"+sp+"h on average.", "By day: Mon 9"+sp+"h, Tue 12"+sp+"h, Wed 11"+sp+"h, Thu 8"+sp+"h, Fri 15"+sp+"h, Sat 10"+sp+"h, Sun 6"+sp+"h.")
	ended.Mark = "3"
	reasons := drawn("contact_center", "closing_reasons", "Why conversations closed", "61 of 118 closings were marked solved; 19 carry no reason.", "Solved 61, Information given 22, Duplicate 9, Spam 7, none recorded 19.")
	reasons.Mark = "4"
	return digest.Chapter{
		Key: "contact_center", Anchor: "contact_center", Title: "Contact center", Status: "Chatwoot, complete",
		Cards: []digest.Card{
			counted("total", "Offered to agents", "131", "+36"+sp+"%", "from"+sp+"96", digest.Plain),
			counted("handled", "Handled", "123", "+28"+sp+"%", "from"+sp+"96", digest.Better),
			{Key: "missed", Label: "Missed", Mark: "2", Parts: figure("5"), Change: "+5", From: "from" + sp + "0", Colour: digest.Worse, Dot: true},
			counted("waiting", "Waiting", "3", "+3", "from"+sp+"0", digest.Worse),
			counted("transfers", "Transfers", "6", "+2", "from"+sp+"4", digest.Plain),
			{Key: "wait_median", Label: "Median wait", Parts: []digest.Part{{Number: "1", Unit: "h"}, {Number: "40", Unit: "min"}}, Change: "−7" + sp + "h" + sp + "54" + sp + "min", Colour: digest.Better},
			{Key: "wait_p90", Label: "Wait, slowest tenth", Parts: []digest.Part{{Number: "2", Unit: "d"}, {Number: "7", Unit: "h"}}, Change: "+1" + sp + "d" + sp + "5" + sp + "h", Colour: digest.Worse, Dot: true},
			{Key: "connection_hours", Label: "Connection hours", Nil: "Not available", Small: true, Under: "Chatwoot keeps no record"},
		},
		Balance: &digest.Balance{
			Bars: []digest.BalanceBar{{Key: "handled", Share: 93.9}, {Key: "missed", Share: 3.8}, {Key: "waiting", Share: 2.3}},
			Line: bold("", "131", " offered = ", "123", " handled + ", "5", " missed + ", "3", " waiting"),
			Text: "The agents’ sum is handled, 123. Each of the 6 transfers counts again. 58 conversations the bot resolved were never offered. 8 answered this week were offered before it.",
		},
		Pictures: []digest.Picture{
			drawn("contact_center", "handled_vs_missed", "Handled, missed and waiting", "All 5 missed were offered from Thursday to Saturday. The 3 from Sunday had less than 24 hours and are still waiting.", "Handled by day: Mon 11, Tue 27, Wed 26, Thu 19, Fri 18, Sat 14, Sun 8. Missed: Thu 1, Fri 2, Sat 2. Waiting: Sun 3."),
			drawn("contact_center", "average_wait_time", "Average wait for a first answer", "Those answered on Monday had waited 37"+sp+"h on average, over a weekend; on Friday 1"+sp+"h"+sp+"30"+sp+"min. Of 133 answered.", days),
			ended, reasons,
			drawn("contact_center", "conversations_per_agent", "Handled, by agent", "Amara Osei handled 28 of 123. The sum is handled, not offered.", "Amara Osei 28, Jonas Weber 9, Priya Nair 7, Lucía Fernández 6, Tom Becker 6, Mei Lin 6, 11 others 61."),
			drawn("contact_center", "conversations_evolution", "Handled, by agent and day", "Only Amara Osei and Jonas Weber handled some every day. Agents share one scale; the others have their own.", "Amara Osei 3, 7, 3, 4, 4, 5, 2. Jonas Weber 1, 1, 1, 1, 1, 2, 2. Priya Nair 0, 0, 1, 2, 1, 3, 0."),
			drawn("contact_center", "conversation_minutes", "Time in charge, by agent", "Amara Osei was in charge for 31"+sp+"h. Chats side by side add up, so this is not time at the desk.", "Amara Osei 31"+sp+"h, Priya Nair 18"+sp+"h, Jonas Weber 15"+sp+"h, Mei Lin 10"+sp+"h, Tom Becker 7"+sp+"h, Lucía Fernández 5"+sp+"h, 11 others 61"+sp+"h."),
			drawn("contact_center", "conversation_minutes_evolution", "Time in charge, by agent and day", "Saturday was Priya Nair’s longest day, at 8"+sp+"h.", "Amara Osei 4, 7, 4, 4, 5, 5, 2"+sp+"h. Priya Nair 0, 0, 3, 5, 2, 8, 0"+sp+"h."),
			drawn("contact_center", "transfers", "Transfers, by day", "Thursday had 3 of the 6.", "By day: Mon 0, Tue 1, Wed 0, Thu 3, Fri 1, Sat 1, Sun 0."),
			{
				Section: "contact_center", Anchor: "contact_center-connection_hours", Title: "Connection hours",
				Caption: "Not available on this platform. Chatwoot keeps no record of when agents were online, so the ranking and its curve are left out rather than shown as zero.",
			},
		},
		Sheets: []digest.Sheet{{
			Anchor: "contact_center-by_team", Title: "By team", Caption: "Support answered 96 of 123.", Text: 1,
			Head: []string{"Team", "Total", "Handled", "Missed", "Passed in", "Average wait"},
			Rows: [][]string{
				{"Support", "101", "96", "3", "4", "3" + sp + "h" + sp + "12" + sp + "min"},
				{"Returns and warranty", "30", "27", "2", "2", "1" + sp + "d" + sp + "4" + sp + "h"},
				{"All", "131", "123", "5", "6", "8" + sp + "h" + sp + "40" + sp + "min"},
			},
			Bold: []bool{false, false, true},
		}, {
			Anchor: "contact_center-more", Title: "More figures", Text: 1, Head: []string{"Figure", "this week", "week before", "Change"},
			Rows: [][]string{
				{"Average wait", "19" + sp + "h", "15" + sp + "h", "+4" + sp + "h"},
				{"Average conversation time" + superscript("3"), "10" + sp + "h" + sp + "42" + sp + "min", "9" + sp + "h" + sp + "36" + sp + "min", "+1" + sp + "h" + sp + "6" + sp + "min"},
				{"Answered, offered before", "8", "5", "+3"},
			},
		}},
	}
}

func lateLetter() digest.Letter {
	l := fullLetter()
	l.Subject = "Support desk, 23–29 Mar: 307 messages (+60" + sp + "%), 5 missed (sent 3 days late)"
	l.Banner = &digest.Banner{
		Kind: "late", Title: "Sent 3 days late",
		Text: "This edition was due Mon" + sp + "30" + sp + "March, 09:00. Fortnight was not running then. The numbers are those of the week itself.",
	}
	l.Contract = plain("America/New_York, 168 hours. Data read 2" + sp + "Apr, 08:10. 3 of 3 sections complete.")
	l.Findings = l.Findings[:3]
	l.Sections = []digest.Chapter{{Key: "activity", Anchor: "activity", Title: "Activity", Status: "Chatwoot, complete", Cards: activity().Cards[:4]}}
	l.Footnotes = nil
	return l
}

func failedLetter() digest.Letter {
	l := lateLetter()
	l.Subject = "Support desk, 23–29 Mar: 307 messages (+60" + sp + "%), contact center missing"
	l.Banner = &digest.Banner{
		Kind: "failed", Title: "Contact center could not be read",
		Text: "Its query was stopped after 30 seconds. Everything else is complete. The section follows in the next edition; your admin was told.",
	}
	l.Headline = []string{"307 messages, up 60" + sp + "%.", "Contact center missing."}
	l.Contract = bold("America/New_York, 168 hours. Data read 30"+sp+"Mar, 08:00. ", "2 of 3 sections complete.")
	l.Findings = []digest.Finding{
		{Tone: digest.Worse, Word: "Failed", Text: bold("", "Contact center", " has no numbers this week, so missed conversations are not known."), Link: "Section", Anchor: "contact_center"},
		{Tone: digest.Better, Word: "Better", Text: bold("", "124", " people wrote for the first time, 35"+sp+"% more than the week before."), Link: "Users", Anchor: "activity"},
		{Word: "Peak", Text: bold("", "Wednesday", " was busiest, with ", "62", " of 307 messages."), Link: "By day", Anchor: "activity"},
	}
	none := func(key, label, before string) digest.Card {
		return digest.Card{Key: key, Label: label, Nil: "No data", Small: true, Under: before}
	}
	l.Sections = append(l.Sections, digest.Chapter{
		Key: "contact_center", Anchor: "contact_center", Title: "Contact center", Status: "Chatwoot, failed", Failed: true,
		Message: plain("Failed is not zero: the source answered too slowly at 08:00 and again at 08:20 (statement timeout, source “desk”)."),
		Cards: []digest.Card{
			none("total", "Offered to agents", "96 the week before"), none("handled", "Handled", "96 the week before"),
			none("missed", "Missed", "0 the week before"), none("wait_median", "Median wait", "9"+sp+"h"+sp+"34"+sp+"min before"),
		},
	})
	l.Notes = nil
	return l
}

func catchUpLetter() digest.Letter {
	l := lateLetter()
	l.Subject = "Support desk, 9–29 Mar: 3 weeks, 633 messages, 5 missed"
	l.Banner = &digest.Banner{
		Kind: "catchup", Title: "Catching up on 3 editions",
		Text: "None could be sent since 16 March: the mail relay refused them. The two older weeks are in the archive in full.",
	}
	l.Headline = []string{"Three weeks, 633 messages.", "5 missed."}
	l.Dates = "Mon" + sp + "9 – Sun" + sp + "29" + sp + "March 2020, three weekly editions in one"
	l.Contract = plain("America/New_York, 504 hours. Data read 30" + sp + "Mar, 08:00. Newest week first.")
	l.Findings = nil
	l.Catching = &digest.Sheet{
		Head: []string{"Week", "Messages", "Missed", "Median wait"}, Text: 1, Bold: []bool{true},
		Rows: [][]string{
			{"23–29 March", "307", "5", "1" + sp + "h" + sp + "40" + sp + "min"},
			{"16–22 March", "192", "0", "9" + sp + "h" + sp + "34" + sp + "min"},
			{"9–15 March", "134", "0", "8" + sp + "h" + sp + "2" + sp + "min"},
		},
	}
	return l
}

func quietLetter() digest.Letter {
	l := lateLetter()
	l.Subject = "Support desk, 20–26 Apr: 6 messages (9 the week before), none missed"
	l.Preheader = "All 4 conversations offered to agents were handled."
	l.Banner = nil
	l.Headline = []string{"A quiet week: 6 messages.", "None missed."}
	l.Dates = "Mon" + sp + "20 – Sun" + sp + "26" + sp + "April 2020, compared with 13–19" + sp + "April"
	l.Contract = plain("America/New_York, 168 hours. Data read 27" + sp + "Apr, 08:00. 3 of 3 sections complete.")
	l.Findings = []digest.Finding{
		{Word: "Steady", Text: bold("All ", "4", " conversations offered to agents were handled; nobody is waiting."), Link: "By day", Anchor: "activity-incoming_messages"},
		{Word: "Peak", Text: bold("", "Wednesday", " was busiest, with ", "3", " of 6 messages."), Link: "By day", Anchor: "activity-incoming_messages"},
	}
	l.Sections = []digest.Chapter{{
		Key: "activity", Anchor: "activity", Title: "Activity", Status: "Chatwoot, complete",
		Cards: []digest.Card{
			counted("total_messages", "Messages", "6", "−3", "from"+sp+"9", digest.Plain),
			counted("total_conversations", "Conversations", "4", "−2", "from"+sp+"6", digest.Plain),
			{Key: "new_users", Label: "New users", Parts: figure("4"), Tone: digest.Warn, Under: "until 1" + sp + "May"},
			{Key: "fallback_rate", Label: "Not understood", Nil: "n/a", Under: "no message reached the bot"},
		},
		Pictures: []digest.Picture{drawn("activity", "incoming_messages", "Incoming messages", "Four people wrote, on three days; the week before, 7 messages.", "By day: Mon 1, Tue 0, Wed 2, Thu 1, Fri 0, Sat 0, Sun 0.")},
	}}
	l.Notes = nil
	return l
}

// arabicLetter is a short letter that runs right to left, in European digits.
func arabicLetter() digest.Letter {
	l := lateLetter()
	l.Locale, l.Dir = "ar", "rtl"
	l.Subject, l.Preheader, l.Project, l.Kind = "مكتب الدعم، 23–29 مارس: 307 رسالة", "5 فائتة", "مكتب الدعم", "الملخص الأسبوعي"
	l.Banner = &digest.Banner{Kind: "late", Title: "أُرسل متأخرا 3 أيام", Text: "كان موعد هذا العدد يوم الاثنين 30 مارس."}
	l.Headline = []string{"307 رسالة.", "5 فائتة."}
	l.Dates, l.Contract = "الاثنين 23 – الأحد 29 مارس 2020", plain("America/New_York، 168 ساعة.")
	l.Findings = []digest.Finding{{Tone: digest.Worse, Word: "أسوأ", Text: bold("", "5 من 131", " محادثة عُرضت على الوكلاء فاتت."), Link: "حسب اليوم", Anchor: "activity-incoming_messages"}}
	l.Sections = []digest.Chapter{{
		Key: "activity", Anchor: "activity", Title: "النشاط", Status: "Chatwoot، كامل",
		Cards: []digest.Card{
			counted("total_messages", "الرسائل", "307", "\u200e+60"+sp+"%", "من"+sp+"192", digest.Plain),
			counted("total_conversations", "المحادثات", "142", "\u200e+43"+sp+"%", "من"+sp+"99", digest.Plain),
			counted("new_users", "مستخدمون جدد", "124", "\u200e+35"+sp+"%", "من"+sp+"92", digest.Better),
			counted("missed", "فائتة", "5", "\u200e+5", "من"+sp+"0", digest.Worse),
		},
		Pictures: []digest.Picture{drawn("activity", "incoming_messages", "الرسائل الواردة", "كان يوم الثلاثاء الأكثر، 29 رسالة.", "حسب اليوم: 11، 29، 28، 24، 28، 17، 13.")},
		Sheets: []digest.Sheet{{
			Title: "حسب الفريق", Text: 1, Head: []string{"الفريق", "المجموع", "فائتة"},
			Rows: [][]string{{"الدعم", "101", "3"}, {"المرتجعات", "30", "2"}},
		}},
	}}
	l.Notes, l.Footnotes = nil, []digest.Footnote{{Mark: "1", Text: "مشتقة من الردود."}}
	l.EditionLine = "العدد SD-2020-W13 · المحتوى 9f3c 41d7 b20e 6a58"
	l.ViewLabel, l.PreferencesLabel, l.UnsubscribeLabel = "عرض في المتصفح", "التفضيلات", "إلغاء الاشتراك"
	l.DefinitionsLabel = "معنى كل رقم"
	l.Why = "تصلك هذه الرسالة لأن Dana Whitfield أضافتك."
	return l
}

// allLetters are the letters by name, one of each kind.
func allLetters() map[string]digest.Letter {
	return map[string]digest.Letter{
		"full": fullLetter(), "late": lateLetter(), "failed": failedLetter(), "catchup": catchUpLetter(),
		"quiet": quietLetter(), "arabic": arabicLetter(), "hostile": hostileLetter(), "branded": brandedLetter(),
	}
}

// cidArt places every drawn picture as a mail does.
func cidArt(l digest.Letter) digest.Art {
	art := digest.Art{digest.MarkAnchor: {Src: "cid:mark@fortnight", Width: 50, Height: 13}}
	if l.Brand.Logo != "" {
		art[digest.LogoAnchor] = digest.Placed{Src: "cid:logo@fortnight", Width: 104, Height: 32}
	}
	for _, c := range l.Sections {
		for _, p := range c.Pictures {
			if p.Drawn {
				art[p.Anchor] = digest.Placed{Src: fmt.Sprintf("cid:%s@fortnight", p.Anchor), Width: 600, Height: 280}
			}
		}
	}
	return art
}

// hostileLetter carries what must stay literal: markup, entities, right-to-left names, and words without a break.
func hostileLetter() digest.Letter {
	l := lateLetter()
	const nasty = `<b>&"'</b></mj-text><script>x</script>]]>&amp;&lt;i&gt; {{.}} ${x} <!-- -->`
	l.Project, l.Kind = nasty, "محمد <i>"
	l.Subject, l.Preheader = nasty, nasty
	l.Headline = []string{nasty, "مرحبا 5"}
	l.Banner = &digest.Banner{Kind: "dataupto", Title: nasty, Text: nasty}
	l.Findings = []digest.Finding{{Tone: digest.Better, Word: "Better", Text: bold(nasty, nasty, nasty), Link: nasty, Anchor: `x"><b>`}}
	l.Sections[0].Title, l.Sections[0].Status = nasty, nasty
	l.Sections[0].Cards[0].Label = nasty
	l.Sections[0].Cards[1].Parts = figure("1,000,000,000,000")
	l.Sections[0].Cards[2].Parts = figure("12,307,004")
	l.Sections[0].Cards[3].Under = "AVeryLongWordThatNoHyphenationBreaksApart"
	long := drawn("activity", "incoming_messages", nasty, nasty, nasty)
	l.Sections[0].Pictures = []digest.Picture{long}
	l.Sections[0].Sheets = []digest.Sheet{{
		Title: nasty, Caption: nasty, Text: 1, Head: []string{"Team", "Total", "Handled", "Missed", "Passed in", "Average wait", nasty},
		Rows: [][]string{{nasty, "1", "2", "3", "4", "1" + sp + "d" + sp + "4" + sp + "h", "7"}, {"محمد", "1", "2", "3", "4", "5", "6"}},
	}}
	l.Why, l.Footer = nasty, nasty
	l.Notes = []digest.Spans{bold(nasty, nasty)}
	return l
}

// brandedLetter has an accent too light for text.
func brandedLetter() digest.Letter {
	l := lateLetter()
	l.Brand = digest.Brand{Accent: 0xF5C400FF, Footer: "Acme Ltd., Riverside 4, Boston", Logo: "a logo"}
	l.PDFLabel = "" // it is attached
	return l
}
