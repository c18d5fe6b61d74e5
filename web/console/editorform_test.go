package console

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// formOf is what a browser sends of a form as it is filled in.
func formOf(f filled) url.Values {
	v := url.Values{
		"name": {f.Name}, "kind": {f.Kind}, "weekday": {f.Weekday}, "at": {f.At}, "anchor": {f.Anchor}, "cron": {f.Cron}, "covers": {f.Covers}, "zone": {f.Zone},
		"missed_after": {f.MissedAfter}, "away": {f.Away}, "catch_up": {f.CatchUp}, "jitter": {f.Jitter}, "paper": {f.Paper}, "subject": {f.Subject},
		"forwarding": {f.Forwarding}, "reader_cadence": f.Cadences, "version": {"7"},
	}
	if f.Choose {
		v.Set("reader_sections", "on")
	}
	if f.CSV {
		v.Set("attach.csv", "on")
	}
	if f.XLSX {
		v.Set("attach.xlsx", "on")
	}
	for _, s := range f.Sections {
		v.Add("section", s.Key)
		v.Set("source."+s.Key, s.Source)
		if s.On {
			v.Set("on."+s.Key, "on")
		}
	}
	for figure, value := range f.Targets {
		v.Set("target."+figure, value)
	}
	return v
}

func deskForm(c digest.Config) url.Values {
	b := newDeskBooks()
	return formOf(fillOf(c, b.head, (&deskWorks{}).Sections(), b.sources))
}

func TestADigestComesOutOfItsFormAsItWentIn(t *testing.T) {
	head := newDeskBooks().head
	for name, change := range map[string]func(*digest.Config){
		"weekly":               func(*digest.Config) {},
		"a workbook attached":  func(c *digest.Config) { c.Attachments.XLSX = true },
		"tables attached, too": func(c *digest.Config) { c.Attachments = digest.Attachments{CSV: true, XLSX: true} },
		"a draft":              func(c *digest.Config) { c.Active = false },
		"in Tokyo":             func(c *digest.Config) { c.Cadence.Zone = "Asia/Tokyo" },
		"every two weeks, counted from a date": func(c *digest.Config) {
			c.Cadence.Kind, c.Cadence.At, c.Cadence.Anchor = "every-2-weeks", "thu 17:30", digest.Date{Year: 2026, Month: 4, Day: 2}
		},
		"twice a month":         func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At = "twice-monthly", "07:00" },
		"bi-monthly":            func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At = "bi-monthly", "07:00" },
		"monthly":               func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At = "monthly", "07:00" },
		"every two months":      func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At = "every-2-months", "07:00" },
		"daily":                 func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At = "daily", "17:00" },
		"a cron expression":     func(c *digest.Config) { c.Cadence.Kind, c.Cadence.At, c.Cadence.Covers = "0 8 * * 1-5", "", "day" },
		"weeks from Sunday":     func(c *digest.Config) { c.Cadence.WeekStart = time.Sunday },
		"sections another way":  func(c *digest.Config) { c.Sections[0], c.Sections[1] = c.Sections[1], c.Sections[0] },
		"nothing but defaults":  func(c *digest.Config) { c.MissedAfter, c.CatchUp, c.Jitter, c.Targets = 0, 0, 0, nil },
		"away is not connected": func(c *digest.Config) { c.ExcludeAway = true },
		"a jitter":              func(c *digest.Config) { c.Jitter = 90 * time.Second },
		"missed after half":     func(c *digest.Config) { c.MissedAfter = 90 * time.Minute },
		"on Letter":             func(c *digest.Config) { c.Paper = "Letter" },
		"a subject of its own":  func(c *digest.Config) { c.Subject = "{project}: {finding}" },
		"targets": func(c *digest.Config) {
			c.Targets = []digest.Target{{Section: "chatbot", Figure: "fallback_rate", Value: 12.5}, {Section: "contact_center", Figure: "missed", Value: 0}, {Section: "contact_center", Figure: "wait_p90", Value: 90}}
		},
		"readers choose": func(c *digest.Config) {
			c.Readers = digest.Readers{Cadences: []string{"twice-monthly", "monthly"}, Sections: true, Forwarding: "off"}
		},
		"readers ask, by word": func(c *digest.Config) { c.Readers.Forwarding = "approve" },
		"no name":              func(c *digest.Config) { c.Name = "" },
	} {
		want := weeklyDesk()
		change(&want)
		got, faults := readFilled(deskForm(want)).config(want, head)
		if len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: faults %v\n got %+v\nwant %+v", name, faults, got, want)
		}
		if changes := unsaved(want, got, head); len(changes) > 0 {
			t.Errorf("%s: nothing was changed, and it says %q", name, changes)
		}
	}
}

func TestAFormSaysWhatCannotBeRead(t *testing.T) {
	head := newDeskBooks().head
	for _, c := range []struct{ field, typed, at, want string }{
		{"missed_after", "soon", "missed_after", "Write hours, such as 24; 1,440 (60 days) at most."},
		{"missed_after", "0", "missed_after", "Write hours, such as 24; 1,440 (60 days) at most."},
		{"missed_after", "NaN", "missed_after", "Write hours, such as 24; 1,440 (60 days) at most."},
		{"catch_up", "2.5", "catch_up", "Write a number from 1 to 26."},
		{"jitter", "721", "jitter", "Write minutes, from 0 to 720."},
		{"zone", "Europe/Berln", "zone", "No such zone. Did you mean Europe/Berlin?"},
		{"subject", "{project}: {findings}", "subject", "There is no {findings}: a subject may hold {project}, {digest}, {period}, {finding}."},
		{"target.contact_center.wait_median", "five", "target.contact_center.wait_median", "Write a number, such as 5."},
		{"target.chatbot.fallback_rate", "120", "target.chatbot.fallback_rate", "A share is at most 100 %."},
	} {
		form := deskForm(weeklyDesk())
		form.Set(c.field, c.typed)
		got, faults := readFilled(form).config(weeklyDesk(), head)
		if len(faults) != 1 || faults[c.at] != c.want {
			t.Errorf("%s %q: %v", c.field, c.typed, faults)
		}
		if c.field == "missed_after" && got.MissedAfter != 24*time.Hour {
			t.Errorf("a text that means nothing became %s", got.MissedAfter)
		}
	}
	form := deskForm(weeklyDesk())
	form.Set("kind", "cron")
	if got, faults := readFilled(form).config(weeklyDesk(), head); faults["cadence"] != "Write a cron expression of five fields, such as 0 8 * * 1." || got.Cadence != weeklyDesk().Cadence {
		t.Errorf("no cron expression: %v, %+v", faults, got.Cadence)
	}
	form = deskForm(weeklyDesk())
	form.Set("kind", "every-2-weeks")
	form.Set("anchor", "2.4.2026")
	if _, faults := readFilled(form).config(weeklyDesk(), head); faults["anchor"] != "Write the date as YYYY-MM-DD." {
		t.Errorf("a date in another form: %v", faults)
	}
	for _, key := range []string{"activity", "contact_center"} {
		form.Del("on." + key)
	}
	if _, faults := readFilled(form).config(weeklyDesk(), head); faults["sections"] != "Switch at least one section on: a digest without one says nothing." {
		t.Errorf("no section: %v", faults)
	}
}

func TestANumberMayHaveACommaAndATargetItsUnit(t *testing.T) {
	form := deskForm(weeklyDesk())
	form.Set("target.contact_center.wait_median", "1,5")
	form.Set("target.chatbot.bot_resolution_rate", "62.5")
	form.Set("jitter", "0,5")
	got, faults := readFilled(form).config(weeklyDesk(), newDeskBooks().head)
	want := []digest.Target{{Section: "chatbot", Figure: "bot_resolution_rate", Value: 62.5}, {Section: "contact_center", Figure: "wait_median", Value: 90}}
	if len(faults) > 0 || !reflect.DeepEqual(got.Targets, want) || got.Jitter != 30*time.Second {
		t.Errorf("faults %v, targets %+v, jitter %s", faults, got.Targets, got.Jitter)
	}
}

func TestSectionsMoveUpAndDown(t *testing.T) {
	f := readFilled(deskForm(weeklyDesk()))
	order := func() string {
		var keys []string
		for _, s := range f.Sections {
			keys = append(keys, s.Key)
		}
		return strings.Join(keys, " ")
	}
	for _, c := range []struct {
		key  string
		by   int
		want string
	}{
		{"contact_center", -1, "contact_center activity chatbot"},
		{"contact_center", -1, "contact_center activity chatbot"}, // it is first already
		{"activity", 1, "contact_center chatbot activity"},
		{"activity", 1, "contact_center chatbot activity"},
		{"nothing", 1, "contact_center chatbot activity"},
	} {
		if f.move(c.key, c.by); order() != c.want {
			t.Errorf("%s by %d: %s, want %s", c.key, c.by, order(), c.want)
		}
	}
}

func TestReadersMayBeOfferedLongerPeriodsAlone(t *testing.T) {
	head := newDeskBooks().head
	for own, want := range map[string]string{
		"daily":          "weekly every-2-weeks twice-monthly monthly every-2-months",
		"weekly":         "every-2-weeks twice-monthly monthly every-2-months",
		"bi-monthly":     "monthly every-2-months", // twice a month here
		"every-2-months": "",
		"0 8 * * 1":      "monthly every-2-months",
	} {
		var got []string
		for _, k := range readerKinds() {
			if offered(k, own, head) {
				got = append(got, k)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("beside %s: %q, want %q", own, got, want)
		}
	}
	form := deskForm(weeklyDesk())
	form["reader_cadence"] = []string{"monthly", "daily", "weekly", "monthly", "hourly"}
	if got, _ := readFilled(form).config(weeklyDesk(), head); !reflect.DeepEqual(got.Readers.Cadences, []string{"monthly"}) {
		t.Errorf("readers may choose %q", got.Readers.Cadences)
	}
}

func TestWhatIsNotSavedIsSaidFromWhatToWhat(t *testing.T) {
	head := newDeskBooks().head
	for want, change := range map[string]func(*digest.Config){
		"": func(*digest.Config) {},
		"target for the median wait, 10 minutes to 5 minutes": func(c *digest.Config) {
			c.Targets = []digest.Target{{Section: "contact_center", Figure: "wait_median", Value: 300}}
		},
		"target for the median wait, 10 minutes to none": func(c *digest.Config) { c.Targets = nil },
		"cadence, Weekly, Monday 08:00 to Monthly, the 1st at 08:00": func(c *digest.Config) {
			c.Cadence.Kind, c.Cadence.At = "monthly", "08:00"
		},
		"cadence, Weekly, Monday 08:00 to Cron 0 8 * * 1, covers a week": func(c *digest.Config) {
			c.Cadence.Kind, c.Cadence.At, c.Cadence.Covers = "0 8 * * 1", "", "week"
		},
		"zone, Berlin to New York": func(c *digest.Config) { c.Cadence.Zone = "America/New_York" },
		"Chatbot on": func(c *digest.Config) {
			c.Sections = append(c.Sections, digest.SectionChoice{Section: "chatbot", Source: "rasa-front"})
		},
		"Contact center off": func(c *digest.Config) { c.Sections = c.Sections[:1] },
		"order of the sections, now Contact center and Activity": func(c *digest.Config) {
			c.Sections = []digest.SectionChoice{c.Sections[1], c.Sections[0]}
		},
		"source of Activity, chatwoot-eu to rasa-front": func(c *digest.Config) { c.Sections[0].Source = "rasa-front" },
		"missed after, 24 h to 1 h 30 min":              func(c *digest.Config) { c.MissedAfter = 90 * time.Minute },
		"subject, the finding to “{finding}”":           func(c *digest.Config) { c.Subject = "{finding}" },
		"name, “Support desk” to none":                  func(c *digest.Config) { c.Name = "" },
		"cadences readers may choose, none to monthly":  func(c *digest.Config) { c.Readers.Cadences = []string{"monthly"} },
		"attached tables, CSV, no to yes; attached workbook, XLSX, no to yes": func(c *digest.Config) {
			c.Attachments = digest.Attachments{CSV: true, XLSX: true}
		},
		"forwarded mails, you approve to nobody may ask": func(c *digest.Config) {
			c.Readers.Forwarding = digest.ForwardingOff
		},
	} {
		now := weeklyDesk()
		change(&now)
		if got := strings.Join(unsaved(weeklyDesk(), now, head), "; "); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestADraftTravelsInAnAddress(t *testing.T) {
	c := weeklyDesk()
	c.Subject, c.Subscribers = "{finding} – Köln", []digest.Subscriber{{Address: "ana@example.org"}}
	draft, err := draftOf(c)
	if err != nil || len(draft) > 1000 || url.QueryEscape(draft) != draft {
		t.Fatalf("%d letters: %s %v", len(draft), draft, err)
	}
	c.Subscribers = nil
	if got, err := fromDraft(draft, "weekly"); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v %v", got, err)
	}
	bomb, _ := packed([]byte(`{"Key":"weekly","Name":"` + strings.Repeat("a", 1<<20) + `"}`))
	for name, s := range map[string]string{"cut": draft[:len(draft)/2], "made up": "hello", "no base64": "%%%", "empty": "AA", "another digest's": mustDraft(t, digest.Config{Key: "monthly"}), "a bomb": bomb} {
		if _, err := fromDraft(s, "weekly"); !errors.Is(err, errDraft) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func mustDraft(t *testing.T, c digest.Config) string {
	t.Helper()
	s, err := draftOf(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheNextSixSendsTellOfClocksAndZones(t *testing.T) {
	w := &deskWorks{now: wednesday}
	head, c := newDeskBooks().head, weeklyDesk()
	comes, err := w.Cadence(head, c, "America/New_York", 2)
	if err != nil {
		t.Fatal(err)
	}
	got := sendsOf(comes, c.Cadence, "America/New_York", wednesday)
	want := sends{Place: "Berlin", There: "New York", Rows: []sendRow{
		{Covers: "23–29 Mar", Hours: "167 h", Change: "167 h: clocks go forward on Sun 29 Mar at 02:00", Due: "Mon 30 Mar 08:00", DueShift: "CEST, until now CET", Local: "Mon 30 Mar 08:00", LocalShift: "14:00 in Berlin, was 13:00", Mark: true},
		{Covers: "30 Mar – 5 Apr", Hours: "168 h", Due: "Mon 6 Apr 08:00", Local: "Mon 6 Apr 08:00"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if comes, err = w.Cadence(head, c, "Asia/Tokyo", 2); err != nil {
		t.Fatal(err)
	}
	// Monday 08:00 in Tokyo is 01:00 in Berlin, before the edition is due there: it leaves with Berlin's, at 15:00 in Tokyo.
	if row := sendsOf(comes, c.Cadence, "Asia/Tokyo", wednesday).Rows[1]; row.Local != "Mon 6 Apr 15:00" || row.LocalShift != "as soon as it is made" || row.Mark {
		t.Errorf("east of the digest: %+v", row)
	}
	c.Cadence.Kind = "bi-monthly"
	comes.Kind = "twice-monthly"
	if got := sendsOf(comes, c.Cadence, "", wednesday); got.Meaning != "Bi-monthly means twice a month here; the project’s settings say so." || got.There != "" {
		t.Errorf("bi-monthly: %+v", got)
	}
	back := comes.Next[0]
	back.Change, back.Forward = time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), false
	comes.Next[0] = back
	if got := sendsOf(comes, c.Cadence, "", wednesday).Rows[0].Change; got != "167 h: clocks go back on Sun 25 Oct at 03:00" {
		t.Errorf("in autumn: %q", got)
	}
}

func TestZonesToCompareAreThoseOfReaders(t *testing.T) {
	readers := []digest.ReadersZone{{Zone: "Asia/Tokyo", Readers: 2, One: "Kenji Mori"}, {Zone: "Europe/Berlin", Readers: 2, One: "Jana Krüger"}, {Zone: "America/New_York", Readers: 1, One: "Maya Ortiz"}}
	got := zonesOf(readers, "Europe/Berlin", "Asia/Tokyo")
	want := []zoneChoice{{"Asia/Tokyo", "Tokyo: Kenji Mori and 1 other", true}, {"America/New_York", "New York: Maya Ortiz", false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestACadenceIsOneLineOfAList(t *testing.T) {
	head := newDeskBooks().head
	for want, spec := range map[string]digest.CadenceSpec{
		"Weekly, Monday 08:00":                         {Kind: "weekly", At: "mon 08:00", Zone: "Europe/Berlin"},
		"Every 2 weeks, Thursday 17:00 in New York":    {Kind: "every-2-weeks", At: "thu 17:00", Zone: "America/New_York"},
		"Twice a month, the 1st and the 16th at 07:00": {Kind: "twice-monthly", At: "07:00"},
		"Bi-monthly, the 1st and the 16th at 07:00":    {Kind: "bi-monthly", At: "07:00"},
		"Monthly, the 1st at 07:00":                    {Kind: "monthly", At: "07:00"},
		"Daily, 17:00":                                 {Kind: "daily", At: "17:00"},
		"Cron 0 8 * * 1-5, covers a day":               {Kind: "0 8 * * 1-5", Covers: "day"},
	} {
		if got := cadenceInWords(spec, head); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAKeyIsMadeOfAName(t *testing.T) {
	for name, want := range map[string]string{
		"Support desk": "support-desk", "  Köln & Öhringen: Größe! ": "koeln-oehringen-groesse", "日本": "", "L’équipe": "lequipe", strings.Repeat("ab ", 40): strings.Repeat("ab-", 20) + "ab",
	} {
		if got := keyOf(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestWhatReadersCanNoLongerChooseIsSaid(t *testing.T) {
	b := newDeskBooks()
	d, head := b.lines[0], b.head
	d.Config.Readers.Cadences = []string{"every-2-weeks", "monthly"}
	f := fillOf(d.Config, head, []string{"activity"}, b.sources)
	says := func() string {
		now, _ := f.config(d.Config, head)
		return lostBy(d, f, now, head)
	}
	if got := says(); got != "" {
		t.Errorf("as it is saved it says %q", got)
	}
	f.Kind = "twice-monthly"
	if got := says(); got != "Readers can no longer choose every 2 weeks: that is not slower than the digest itself." {
		t.Errorf("twice a month it says %q", got)
	}
	f.Kind, d.Chosen = "every-2-months", []string{"monthly"}
	if got := says(); got != "Readers can no longer choose every 2 weeks and monthly: that is not slower than the digest itself. Who chose it gets the digest as it comes." {
		t.Errorf("every two months it says %q", got)
	}
	f.Cadences = nil // the tick is taken away by hand: what was saved is lost all the same
	if got := says(); !strings.HasPrefix(got, "Readers can no longer choose every 2 weeks and monthly") {
		t.Errorf("without ticks it says %q", got)
	}
}
