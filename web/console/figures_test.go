package console

import (
	"fmt"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/web/office"
)

func TestValuesArePrintedInTheirUnits(t *testing.T) {
	w, c := plainWords{}, theClock()
	for _, x := range []struct {
		u    digest.Unit
		v    digest.Value
		want string
	}{
		{digest.Count, digest.Num(307), "307"},
		{digest.Percent, digest.Num(8.1), "8.1 %"},
		{digest.Ratio, digest.Num(2.25), "2.2"},
		{digest.Duration, digest.Num(6000), "1\u00a0h\u00a040\u00a0min"},
		{digest.Duration, digest.Num(-60), "−1\u00a0min"},
		{digest.Instant, digest.At(march(23, 15, 2)), "Mon 23 Mar 15:02"},
		{digest.Text, digest.Say("en"), "en"},
		{digest.Count, digest.None(digest.Empty), "n/a"},
		{digest.Count, digest.None(digest.Unavailable), "not available"},
		{digest.Count, digest.None(digest.Failed), "no data"},
	} {
		is(t, string(x.u), valueOf(w, c, x.u, x.v), x.want)
	}
}

func TestAChangeIsADifferenceAndWhereThatSaysSomethingAPercentage(t *testing.T) {
	w := plainWords{}
	provisional := num("x", digest.Count, 20, 10, digest.Up)
	provisional.Provisional = true
	for _, x := range []struct {
		name string
		f    digest.Figure
		want string
	}{
		{"more messages", num("x", digest.Count, 307, 192, digest.Up), "+115 +60 % good"},
		{"more missed", num("x", digest.Count, 15, 10, digest.Down), "+5 +50 % bad"},
		{"few before", num("x", digest.Count, 5, 0, digest.Down), "+5  bad"},
		{"by chance", num("x", digest.Count, 12, 10, digest.Down), "+2 +20 % "},
		{"neutral", num("x", digest.Count, 50, 100, digest.Neutral), "−50 −50 % "},
		{"points", num("x", digest.Percent, 60, 56, digest.Up), "+4 pts  good"},
		{"shorter waits", num("x", digest.Duration, 6000, 9000, digest.Down), "−50\u00a0min −33 % good"},
		{"the same", num("x", digest.Count, 4, 4, digest.Up), "±0  "},
		{"a ratio", num("x", digest.Ratio, 2.4, 2.2, digest.Up), "+0.2  good"},
		{"provisional", provisional, "+10 +100 % "},
		{"nothing before", digest.Figure{Unit: digest.Count, Value: digest.Num(3), Previous: digest.None(digest.Empty)}, "  "},
		{"an instant", digest.Figure{Unit: digest.Instant, Value: digest.At(wednesday), Previous: digest.At(wednesday)}, "  "},
	} {
		m := movement(w, x.f, x.f.Value, x.f.Previous)
		is(t, x.name, m.Diff+" "+m.Percent+" "+m.Tone, x.want)
	}
}

func TestWhatWasOfferedIsWhatBecameOfIt(t *testing.T) {
	w := plainWords{}
	sec := digest.Section{Figures: []digest.Figure{
		num("total_conversations", digest.Count, 96, 0, digest.Up), num("handled", digest.Count, 88, 0, digest.Up),
		num("missed", digest.Count, 5, 0, digest.Down), num("waiting", digest.Count, 3, 0, digest.Down),
	}}
	b := balanceOf(w, &sec)
	is(t, "what adds up", b.Text, "96 offered = 88 handled + 5 missed + 3 waiting")
	sec.Figures[3].Value = digest.Num(2)
	if b = balanceOf(w, &sec); !b.Off {
		t.Error("95 is taken for 96")
	}
	is(t, "what does not", b.Text, "96 offered, but 88 handled + 5 missed + 2 waiting make 95")
	sec.Figures[2].Value = digest.None(digest.Unavailable)
	if balanceOf(w, &sec) != nil {
		t.Error("what is not known is added up")
	}
}

func TestFiguresShowWhatIsStored(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	v := atTheClinics(t, b, &clinicWorks{}).as(vera)
	page := v.get("/p/desk/editions/12/figures?section=contact_center")
	for _, words := range []string{
		"Figures of Support desk, 16–22 Mar", "beside 9–15 Mar", "Offered to agents", "<b>96</b>", "+22", "+30 %", "<b>5*</b>", "Provisional: may still change.", "Target 1\u00a0h\u00a00\u00a0min, missed.",
		"not available", "Chatwoot keeps no record of when agents were online.", "96 offered = 88 handled + 5 missed + 3 waiting", "Charts as drawn for manager, en", "All 5 missed were offered from Thursday to Saturday.", `<svg class="c"`, "By day: Mon 11, Tue 29, Wed 34.",
	} {
		if !page.says(strings.ReplaceAll(words, "+", "&#43;")) && !page.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if page = v.get("/p/desk/editions/12/figures?section=chatbot"); !page.says("This section could not be made") {
		t.Error("a section without figures does not say why")
	}
	if page = v.get("/p/desk/editions/11/figures"); !page.says("Charts are drawn when the edition is made for its readers") || !page.says("Messages") {
		t.Error("an edition that is held has no figures")
	}
	if page = v.get("/p/desk/editions/14/figures"); page.status != 404 {
		t.Errorf("an edition without numbers: %d", page.status)
	}
}

func TestTwoEditionsAreComparedFigureByFigure(t *testing.T) {
	now, then := theSnapshot(inMarch(16, 22), inMarch(9, 15), 1), theSnapshot(inMarch(9, 15), inMarch(2, 8), 0)
	for i := range then.Sections[1].Figures { // what was printed then is what the new edition compares with
		then.Sections[1].Figures[i].Value = now.Sections[1].Figures[i].Previous
	}
	then.Sections[0].Figures[1].Value = digest.Num(56.4)
	then.Sections[0].Figures = append(then.Sections[0].Figures, num("old", digest.Count, 1, 1, digest.Up))
	all, restated := comparison(plainWords{}, theClock(), now, then)
	if restated != 1 || len(all) != 2 {
		t.Fatalf("%d restated in %d sections", restated, len(all))
	}
	row := func(r compareRow) string {
		return strings.Join([]string{r.Name, r.Now, r.Then, r.Diff, r.Percent, r.Tone, r.Restated}, "|")
	}
	for i, want := range []string{
		"Messages|307|192|+115|+60 %|good|printed 192 then, 193 now",
		"Share mobile|60 %|56 %|+3.6 pts|||",
		"Peak time|Mon 16 Mar 09:00|Mon 9 Mar 09:00||||",
		"Old|not in it|1||||",
	} {
		is(t, "a figure", row(all[0].Rows[i]), want)
	}
	is(t, "what is not available", row(all[1].Rows[5]), "Connection hours|not available|not available||||")
	then.Period = inMarch(2, 8)
	if _, restated = comparison(plainWords{}, theClock(), now, then); restated != 0 {
		t.Error("a period that is not compared with is said to be restated")
	}
}

func TestEditionsOfUnequalLengthSaySo(t *testing.T) {
	b := theClinics()
	b.edit(30, 2, inMarch(23, 29), at(2026, 3, 30, 8, 0), digest.EditionDone, map[digest.DeliveryState]int{digest.DeliverySent: 1})
	b.snapshots[30] = theSnapshot(inMarch(23, 29), inMarch(16, 22), 0)
	page := atTheClinics(t, b, &clinicWorks{}).as(vera).get("/p/desk/editions/30/compare/12")
	if !page.says("167 h beside 168 h") || !page.says("23–29 Mar beside 16–22 Mar") || !page.says("Restated: printed 307 then, 192 now") {
		t.Errorf("it says\n%s", page.body)
	}
}

func TestARemarkOnMostFiguresIsToldOnce(t *testing.T) {
	sec := digest.Section{Key: "contact_center", Platform: "chatwoot"}
	for _, key := range []string{"handled", "missed", "waiting"} {
		f := num(key, digest.Count, 1, 1, digest.Neutral)
		f.Footnote = "chatwoot.assignments_from_replies"
		sec.Figures = append(sec.Figures, f)
	}
	one := num("connection_hours", digest.Duration, 1, 1, digest.Neutral)
	one.Footnote = "chatwoot.no_presence"
	sec.Figures = append(sec.Figures, one)
	s := figureSectionOf(plainWords{}, theClock(), &digest.Snapshot{Period: inMarch(16, 22)}, &sec)
	is(t, "of all", strings.Join(s.Notes, "|"), "Chatwoot keeps no history of assignments: they are derived from who replied.")
	is(t, "of the first", s.Rows[0].Under, "")
	is(t, "of one", s.Rows[3].Under, "Chatwoot keeps no record of when agents were online.")
}

func TestChartsLoadTheirColoursFromASheetThatBrowsersKeep(t *testing.T) {
	b := theClinics()
	fillEdition(b)
	s := newSite(t, func(c *Config) {
		c.Works, c.Words = &clinicWorks{now: wednesday}, plainEnglish
		c.Colours = func(accent digest.Colour) []byte { return fmt.Appendf(nil, ":root{--ca:#%06x}", uint32(accent)>>8) }
		c.Project = func(int64) office.Project { return b }
	})
	v := s.as(vera)
	_, rest, _ := strings.Cut(v.get("/p/desk/editions/12/figures?section=contact_center").body, `<link rel="stylesheet" href="/p/desk/charts/`)
	name, _, ok := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("the page names no sheet")
	}
	sheet := v.get("/p/desk/charts/" + name)
	if sheet.body != ":root{--ca:#0f766e}" || !strings.Contains(sheet.Get("Cache-Control"), "immutable") || sheet.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("it is %q, %v", sheet.body, sheet.Header)
	}
	if old := v.get("/p/desk/charts/000000000000.css"); old.status != 404 {
		t.Errorf("a sheet of another look: %d", old.status)
	}
}
