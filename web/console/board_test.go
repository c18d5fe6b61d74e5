package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

func aVisit(t *testing.T, b *clinicBooks, role digest.MemberRole) *visit {
	t.Helper()
	w := &clinicWorks{now: wednesday}
	c := &console{Config: Config{Works: w, Now: func() time.Time { return wednesday }, Words: plainEnglish, Project: func(int64) office.Project { return b }}}
	r := t.Context()
	v := &visit{c: c, Office: b, Role: role, In: digest.Membership{Project: 1, Key: "desk", Name: "Lindenhof Clinics"}, By: digest.Actor{Name: "Nora Feld"}}
	v.r = requestWith(r)
	return v
}

func said(all []entry) (lines []string) {
	for _, e := range all {
		lines = append(lines, e.At.In(berlin).Format("2 15:04 ")+e.Name+", "+e.Says())
	}
	return lines
}

func TestTheFortnightShowsWhatWentOutWhatIsHeldAndWhatComes(t *testing.T) {
	b := theClinics()
	v := aVisit(t, b, digest.RoleEditor)
	all, err := v.schedule(t.Context(), b.digests, march(23, 0, 0), at(2026, 4, 6, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"23 08:00 Contact center, all clinics, held", "23 08:00 Support desk, sent", "23 08:30 Front desk bot, 3 failed",
		"24 17:00 Open conversations, sent", "26 17:00 WhatsApp outreach, planned", "27 16:00 Intake flows, planned",
		"30 08:00 Contact center, all clinics, planned", "30 08:00 Support desk, planned", "30 08:30 Front desk bot, planned",
		"31 17:00 Open conversations, planned", "1 07:00 Leadership summary, planned", "2 17:00 WhatsApp outreach, planned", "3 16:00 Intake flows, planned",
	}
	if got := said(all); !slices.Equal(got, want) {
		t.Errorf("the fortnight has\n%s", strings.Join(got, "\n"))
	}
	later, err := v.schedule(t.Context(), b.digests, at(2026, 4, 6, 0, 0), at(2026, 4, 7, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got := said(later); got[3] != "6 09:00 Night line, draft, not sent" || later[3].Mails != 0 {
		t.Errorf("a draft is %v", got)
	}
}

func TestAnEditionStandsInPlaceOfTheSendThatBecameIt(t *testing.T) {
	b := theClinics()
	b.edit(20, 5, inMarch(19, 25), march(26, 17, 0), digest.EditionReady, nil) // sent by hand, before its hour
	v := aVisit(t, b, digest.RoleEditor)
	all, err := v.schedule(t.Context(), b.digests, march(26, 0, 0), march(27, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got := said(all); len(got) != 1 || got[0] != "26 17:00 WhatsApp outreach, ready" {
		t.Errorf("the day has %v", got)
	}
}

func TestCadencesThatReadersHaveChosenAreShownThoughNoEditionWasMadeForThemYet(t *testing.T) {
	b := theClinics()
	b.digests[1].Config.Readers.Cadences = []string{"monthly", "every-2-weeks"}
	v := aVisit(t, b, digest.RoleEditor)
	april := func() []string {
		all, err := v.schedule(t.Context(), b.digests[1:2], at(2026, 4, 1, 0, 0), at(2026, 4, 5, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		return said(all)
	}
	if got := april(); len(got) != 0 {
		t.Errorf("nobody has chosen monthly, and there is %v", got)
	}
	b.digests[1].Chosen = []string{"monthly"}
	if got := april(); len(got) != 1 || got[0] != "1 08:00 Support desk, planned" {
		t.Errorf("of the readers' month there is %v", got)
	}
	b.edit(21, 2, period(digest.Date{Year: 2026, Month: 3, Day: 1}, digest.Date{Year: 2026, Month: 3, Day: 31}), at(2026, 4, 1, 8, 0), digest.EditionDone, nil)
	if got := april(); len(got) != 2 {
		t.Errorf("an edition of the digest's own takes the place of the readers': %v", got)
	}
	b.editions[len(b.editions)-1].Cadence = "monthly"
	if got := april(); len(got) != 1 {
		t.Errorf("when it is made it is there twice: %v", got)
	}
}

func TestABoardMarksTodayAndTheDayWhenClocksChange(t *testing.T) {
	c := theClock()
	first := digest.Date{Year: 2026, Month: 3, Day: 23}
	b := layBoard(c, first, 2, 5, nil, nil)
	if len(b.Days) != 14 || strings.Join(b.Names, " ") != "Mon Tue Wed Thu Fri Sat Sun" {
		t.Fatalf("%d days under %v", len(b.Days), b.Names)
	}
	is(t, "the first day", b.Days[0].Label, "23 Mar")
	is(t, "the second", b.Days[1].Label, "24")
	is(t, "the first of April", b.Days[9].Label, "1 Apr")
	is(t, "the short day", b.Days[6].Clock, "23 h")
	if !b.Days[2].Today || b.Days[2].Past || !b.Days[1].Past || b.Days[3].Past || b.Days[5].Clock != "" {
		t.Errorf("the days are %+v", b.Days[:7])
	}
	if len(b.Notes) != 1 {
		t.Fatalf("%d clock changes are told: %v", len(b.Notes), b.Notes)
	}
	is(t, "what is said of it", b.Notes[0], "Clocks go forward on Sun 29 Mar at 02:00: that week has 167 hours, and its figures say so.")
	autumn := layBoard(c, digest.Date{Year: 2026, Month: 10, Day: 19}, 1, 5, nil, nil)
	is(t, "the long day", autumn.Days[6].Clock, "25 h")
	is(t, "what is said in autumn", strings.Join(autumn.Notes, "|"), "Clocks go back on Sun 25 Oct at 03:00: that week has 169 hours, and its figures say so.")
	howe := clockOf(digest.Project{Zone: "Australia/Lord_Howe"}, wednesday)
	is(t, "on Lord Howe", strings.Join(howe.changes(digest.Date{Year: 2026, Month: 3, Day: 30}), "|"), "Clocks go back on Sun 5 Apr at 02:00: that week has 168.5 hours, and its figures say so.")
	apia := clockOf(digest.Project{Zone: "Pacific/Apia"}, wednesday)
	is(t, "a date that Apia skipped", apia.cell(digest.Date{Year: 2011, Month: 12, Day: 30}, nil, 3).Clock, "no such day")
	if got := weekOf(digest.Date{Year: 2026, Month: 3, Day: 25}, time.Sunday); got.Day != 22 {
		t.Errorf("a week that begins on Sunday begins on %s", got)
	}
}

func TestADayWithoutRoomShowsWhatNeedsSomebodyAndSaysHowManyMore(t *testing.T) {
	c := theClock()
	var all []entry
	for i := range 500 {
		all = append(all, entry{At: march(26, 8, 0).Add(time.Duration(i) * time.Second), Name: fmt.Sprint("digest ", i), Urges: i == 499})
	}
	b := layBoard(c, digest.Date{Year: 2026, Month: 3, Day: 23}, 1, 5, all, func(d digest.Date) string { return "day=" + d.String() })
	day := b.Days[3]
	if len(day.Entries) != 4 || day.More != 496 || day.Path != "day=2026-03-26" {
		t.Fatalf("%d entries, %d more at %s", len(day.Entries), day.More, day.Path)
	}
	if last := day.Entries[3]; last.Name != "digest 499" || day.Entries[0].Name != "digest 0" {
		t.Errorf("the day ends with %s", last.Name)
	}
}

func TestAnEditionsChipSaysWhatBecameOfItsDeliveries(t *testing.T) {
	line := func(state digest.EditionState, planned int, deliveries map[digest.DeliveryState]int) digest.EditionLine {
		return digest.EditionLine{Edition: digest.Edition{State: state}, Planned: planned, Deliveries: deliveries}
	}
	late := line("done", 2, map[digest.DeliveryState]int{"sent": 2})
	late.Start, late.ReadyAt = march(23, 8, 0), march(23, 11, 0)
	byHand := late
	byHand.AtOnce = true
	waits := line("due", 0, nil)
	waits.Reason = "the source has data up to yesterday only"
	for _, x := range []struct {
		e    digest.EditionLine
		want string
	}{
		{line("done", 3, map[digest.DeliveryState]int{"sent": 3}), "ok check Sent"},
		{line("done", 27, map[digest.DeliveryState]int{"sent": 24, "failed": 2, "expired": 1}), "no cross 3 failed"},
		{line("sending", 27, map[digest.DeliveryState]int{"sent": 24, "unknown": 1, "planned": 2}), "wait question 1 unknown"},
		{line("sending", 27, map[digest.DeliveryState]int{"sent": 24, "planned": 3}), "plan editions Sending"},
		{line("done", 2, map[digest.DeliveryState]int{"suppressed": 2}), "out dash To nobody"},
		{late, "wait clock Sent late"},
		{byHand, "ok check Sent"},
		{line("held", 0, nil), "wait bars Held"},
		{waits, "plan clock Waiting"},
		{line("archived", 0, nil), "out dash Archive only"},
	} {
		s := stateOf(x.e)
		is(t, string(x.e.State), s.Kind+" "+s.Icon+" "+s.Word, x.want)
	}
}
