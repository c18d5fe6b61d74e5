package templates

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"fortnight/digest"
)

func load(t *testing.T, locale string) digest.Words {
	t.Helper()
	w, err := Load(locale)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// visible makes non-breaking spaces and marks visible, so that a row of a table can be read.
func visible(s string) string {
	return strings.NewReplacer(nbsp, "_", narrow, "'", leftToRightMark, "<LRM>", arabicLetterMark, "<ALM>").Replace(s)
}

func duration(w digest.Words, seconds float64) string {
	var out []string
	for _, p := range w.Duration(seconds) {
		out = append(out, p.Number+nbsp+p.Unit)
	}
	return strings.Join(out, " ")
}

func TestNumbersAreWrittenInTheHouseStyle(t *testing.T) {
	en, es, mx := load(t, "en"), load(t, "es"), load(t, "es-MX")
	for _, x := range []struct{ name, got, want string }{
		{"a count is grouped", en.Count(12307), "12,307"},
		{"from four digits on in English", en.Count(1234), "1,234"},
		{"from five digits on in Spanish", es.Count(1234) + " " + es.Count(12307), "1234 12.307"},
		{"a territory keeps its own signs", mx.Count(12307) + " " + mx.Decimal(2.25, 1), "12,307 2.3"},
		{"zero is a number", en.Count(0), "0"},
		{"minus zero is zero", en.Count(math.Copysign(0, -1)) + " " + en.Decimal(-.04, 1), "0 0.0"},
		{"a count has a true minus", en.Count(-1234.4), "−1,234"},
		{"halves round away from zero", en.Count(.5) + " " + en.Count(2.5) + " " + en.Count(-2.5), "1 3 −3"},
		{"a million million", en.Count(1e12) + " " + es.Count(1e12), "1,000,000,000,000 1.000.000.000.000"},
		{"as far as floats count", en.Count(1 << 53), "9,007,199,254,740,992"},
		{"places are kept", en.Decimal(2, 1) + " " + es.Decimal(2.25, 2), "2.0 2,25"},
		{"a percent has one place under ten", en.Percent(8.1) + " " + es.Percent(8.1), "8.1_% 8,1_%"},
		{"unless it is whole", en.Percent(8) + " " + en.Percent(7.96), "8_% 8_%"},
		{"and none from ten on", en.Percent(60) + " " + en.Percent(9.96) + " " + en.Percent(12.4), "60_% 10_% 12_%"},
		{"nothing is 0 %", en.Percent(0), "0_%"},
		{"a trace is not nothing", en.Percent(.04) + " " + en.Percent(-.04), "<_0.1_% >_−0.1_%"},
		{"all is 100 %", en.Percent(100) + " " + en.Percent(100.0/3*3), "100_% 100_%"},
		{"nearly all is not all", en.Percent(99.4) + " " + en.Percent(99.5) + " " + en.Percent(99.89) + " " + en.Percent(99.96), "99_% 99.5_% 99.8_% >_99.9_%"},
		{"a change may pass 100 %", en.Percent(1234.5) + " " + en.Percent(-37.6), "1,235_% −38_%"},
		{"points are signed", en.Points(4) + " " + en.Points(-1.3) + " " + en.Points(1) + " " + en.Points(-1) + " " + en.Points(12.6), "+4_pts −1.3_pts +1_pt −1_pt +13_pts"},
		{"points in Spanish", es.Points(1) + " " + es.Points(-1.3), "+1_pp −1,3_pp"},
		{"no points", en.Points(0) + " " + en.Points(.04), "±0_pts ±0_pts"},
		{"a change is signed", en.Signed(5, 0) + " " + en.Signed(-.2, 1) + " " + es.Signed(-.2, 1), "+5 −0.2 −0,2"},
		{"no change", en.Signed(0, 0) + " " + en.Signed(.04, 1) + " " + en.Signed(-.04, 1), "±0 ±0 ±0"},
	} {
		if got := visible(x.got); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

func TestDurationsHaveAtMostTwoPartsAndCarry(t *testing.T) {
	en, es := load(t, "en"), load(t, "es")
	const m, h, d = 60, 3600, 86400
	for _, x := range []struct {
		seconds    float64
		want, hour string
	}{
		{0, "0_s", "0_h"},
		{.3, "<_1_s", "<_1_s"},
		{-.3, ">_−1_s", ">_−1_s"},
		{45, "45_s", "45_s"},
		{59.4, "59_s", "59_s"},
		{59.6, "1_min", "1_min"},
		{90, "1_min 30_s", "2_min"},
		{45 * m, "45_min", "45_min"},
		{59*m + 59.4, "59_min 59_s", "1_h"},
		{59*m + 59.6, "1_h", "1_h"},
		{1*h + 40*m, "1_h 40_min", "1.7_h"},
		{1*h + 39*m + 31, "1_h 40_min", "1.7_h"},
		{14*h + 36*m, "14_h 36_min", "14.6_h"},
		{19.97 * h, "19_h 58_min", "20_h"},
		{23*h + 59*m + 29, "23_h 59_min", "24_h"},
		{23*h + 59*m + 31, "1_d", "24_h"},
		{1*d + 2*h, "1_d 2_h", "26_h"},
		{1*d + 23*h + 31*m, "2_d", "48_h"},
		{2*d + 7*h, "2_d 7_h", "55_h"},
		{37.1 * h, "1_d 13_h", "37_h"},
		{-(7*h + 54*m), "−7_h 54_min", "−7.9_h"},
		{-45, "−45_s", "−45_s"},
		{1200 * d, "1,200_d", "28,800_h"},
	} {
		if got := visible(duration(en, x.seconds)); got != x.want {
			t.Errorf("%v s is %q, want %q", x.seconds, got, x.want)
		}
		if got := visible(en.Hours(x.seconds)); got != x.hour {
			t.Errorf("%v s on an axis is %q, want %q", x.seconds, got, x.hour)
		}
	}
	if got := visible(es.Hours(14.6 * h)); got != "14,6_h" {
		t.Errorf("an axis in Spanish says %q", got)
	}
}

func TestDatesAreWrittenInTheLocale(t *testing.T) {
	en, es := load(t, "en"), load(t, "es")
	day := func(s string) digest.Date {
		d, err := digest.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	mon, sun := day("2020-03-23"), day("2020-03-29")
	feb, mar := day("2020-02-27"), day("2020-03-04")
	dec, jan := day("2020-12-28"), day("2021-01-03")
	at := func(zone string) time.Time {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2020, 3, 23, 15, 2, 59, 0, loc)
	}
	for _, x := range []struct{ name, got, want string }{
		{"a weekday in a sentence", en.Weekday(day("2020-03-25")) + " " + es.Weekday(day("2020-03-25")), "Wednesday miércoles"},
		{"a short one", en.WeekdayShort(mon) + " " + es.WeekdayShort(mon) + " " + es.WeekdayShort(day("2020-03-28")), "Mon lun sáb"},
		{"a day on an axis", en.Day(day("2020-03-25")) + " " + es.Day(mon), "Wed_25 lun_23"},
		{"a day of a month", en.DayMonth(day("2020-03-25")) + " " + es.DayMonth(day("2020-09-05")), "25_Mar 5_sept"},
		{"a range in a month", en.Range(mon, sun) + " " + es.Range(mon, sun), "23–29_Mar 23–29_mar"},
		{"a range of one day", en.Range(mon, mon), "23_Mar"},
		{"a range over months", en.Range(feb, mar) + " | " + es.Range(feb, mar), "27_Feb – 4_Mar | 27_feb – 4_mar"},
		{"a range over years", en.Range(dec, jan), "28_Dec 2020 – 3_Jan 2021"},
		{"a year apart in the same month", en.Range(day("2020-03-23"), day("2021-03-29")), "23_Mar 2020 – 29_Mar 2021"},
		{"a long range", en.LongRange(mon, sun) + " | " + es.LongRange(mon, sun), "23–29_March 2020 | 23–29_de_marzo de 2020"},
		{"a long range over months", en.LongRange(feb, mar), "27_February – 4_March 2020"},
		{"a long range over years", es.LongRange(dec, jan), "28_de_diciembre de 2020 – 3_de_enero de 2021"},
		{"a long range of one day", en.LongRange(mon, mon), "23_March 2020"},
		{"a range with its month in full", en.MonthRange(mon, sun) + " | " + es.MonthRange(mon, sun), "23–29_March | 23–29_de_marzo"},
		{"a range with months in full over years", en.MonthRange(dec, jan), "28_December 2020 – 3_January 2021"},
		{"a full range", en.FullRange(mon, sun), "Mon_23 – Sun_29_March 2020"},
		{"in Spanish", es.FullRange(mon, sun), "del lunes_23 al domingo_29 de_marzo de 2020"},
		{"a full range over months", en.FullRange(feb, mar), "Thu_27_February – Wed_4_March 2020"},
		{"a full range over years", en.FullRange(dec, jan), "Mon_28_December 2020 – Sun_3_January 2021"},
		{"a full range of one day", en.FullRange(mon, mon), "Mon_23_March 2020"},
		{"the clock is not rounded", en.Clock(at("UTC")), "15:02"},
		{"a moment names its zone", en.Moment(at("America/New_York")) + " | " + es.Moment(at("Europe/Madrid")), "Mon_23_Mar, 15:02_EDT | lun_23_mar, 15:02_CET"},
		{"or its offset where it has no name", en.Moment(at("Asia/Kathmandu")) + " | " + en.Moment(at("America/Sao_Paulo")), "Mon_23_Mar, 15:02_+05:45 | Mon_23_Mar, 15:02_−03:00"},
	} {
		if got := visible(x.got); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

func TestTheWeekendIsTheTerritorys(t *testing.T) {
	friday, _ := digest.ParseDate("2020-03-27")
	for locale, want := range map[string]string{
		"en": "Sat Sun", "es": "Sat Sun", "en-US": "Sat Sun", "es-MX": "Sat Sun", "en-IN": "Sun", "en-SA": "Fri Sat", "en-AE": "Sat Sun", "en-IL": "Fri Sat", "ar-EG": "Sat Sun", // answered in English
	} {
		w, english := load(t, locale), load(t, "en")
		var got []string
		for i := range 7 {
			if d := friday.AddDays(i); w.Weekend(d) {
				got = append(got, english.WeekdayShort(d))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the weekend of %s is %v, want %s", locale, got, want)
		}
	}
}

func TestAnEgyptianWeekendIsFridayAndSaturday(t *testing.T) {
	w, err := LoadFrom(os.DirFS("testdata/locales"), "ar-EG")
	if err != nil {
		t.Fatal(err)
	}
	if friday := (digest.Date{Year: 2020, Month: 3, Day: 27}); !w.Weekend(friday) || w.Weekend(friday.AddDays(2)) {
		t.Error("the weekend of ar-EG is not Friday and Saturday")
	}
}

func TestListsAndLanguagesAreNamed(t *testing.T) {
	en, es := load(t, "en"), load(t, "es")
	for _, x := range []struct{ got, want string }{
		{en.List(nil), ""},
		{en.List([]string{"a"}), "a"},
		{en.List([]string{"a", "b"}), "a and b"},
		{en.List([]string{"a", "b", "c"}), "a, b and c"},
		{es.List([]string{"Ana", "Inés"}), "Ana e Inés"},
		{es.List([]string{"leña", "hierro"}), "leña y hierro"},
		{en.Language("es"), "Spanish"},
		{es.Language("en"), "inglés"},
		{en.Language("pt-BR"), "Brazilian Portuguese"},
		{en.Language("pt_BR"), "Brazilian Portuguese"},
		{en.Language("no such tag"), "no such tag"},
		{en.Language("xx"), "xx"},
		{en.Language(""), ""},
	} {
		if x.got != x.want {
			t.Errorf("%q, want %q", x.got, x.want)
		}
	}
}

func TestALocaleFallsBackToItsParentsAndThenToEnglish(t *testing.T) {
	for asked, want := range map[string]string{"es": "es", "es-MX": "es-MX", "en-GB": "en-GB", "xx": "en", "de-CH": "en", "tlh": "en"} {
		if got := load(t, asked).Locale(); got != want {
			t.Errorf("%s is answered in %s, want %s", asked, got, want)
		}
	}
	if got := load(t, "es-MX").Weekday(digest.Date{Year: 2020, Month: 3, Day: 25}); got != "miércoles" {
		t.Errorf("es-MX says %s", got)
	}
	if _, err := Load("not a tag!"); err == nil {
		t.Error("a malformed tag is no error")
	}
	if got := Locales(); !slices.Contains(got, "en") || !slices.Contains(got, "es") || !slices.IsSorted(got) {
		t.Errorf("the locales are %v", got)
	}
}

// TestNoLocaleEverPrintsNaN runs over awkward numbers in every locale.
func TestNoLocaleEverPrintsNaN(t *testing.T) {
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, .5, -.5, .04, 99.96, 100, 1e6, -1e6, 1e12, -1e12, 1e15, 1e300, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, locale := range append(Locales(), "es-MX", "en-IN") {
		w := load(t, locale)
		for _, n := range numbers {
			for name, s := range map[string]string{
				"count": w.Count(n), "decimal": w.Decimal(n, 2), "percent": w.Percent(n), "points": w.Points(n), "signed": w.Signed(n, 1), "duration": duration(w, n), "hours": w.Hours(n),
			} {
				if s == "" || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "∞") || strings.ContainsAny(s, "-") {
					t.Errorf("%s: the %s of %v is %q", locale, name, n, s)
				}
				if n == n && !math.IsInf(n, 0) && !strings.ContainsFunc(s, unicode.IsDigit) {
					t.Errorf("%s: the %s of %v has no digit: %q", locale, name, n, s)
				}
			}
		}
	}
}

func TestALocaleThatRunsRightToLeftKeepsToOneDigitSystem(t *testing.T) {
	w, err := LoadFrom(os.DirFS("testdata/locales"), "ar")
	if err != nil {
		t.Fatal(err)
	}
	if w.Dir() != "rtl" || w.Locale() != "ar" {
		t.Fatalf("ar is %s and runs %s", w.Locale(), w.Dir())
	}
	mon, sun := digest.Date{Year: 2020, Month: 3, Day: 23}, digest.Date{Year: 2020, Month: 3, Day: 29}
	all := []string{
		w.Count(12307), w.Decimal(-2.25, 1), w.Percent(8.1), w.Percent(.04), w.Percent(99.97), w.Points(-1.3), w.Signed(5, 0), duration(w, -28440), w.Hours(52560),
		w.Day(mon), w.DayMonth(mon), w.Range(mon, sun), w.LongRange(mon, sun), w.FullRange(mon, sun), w.Clock(time.Date(2020, 3, 23, 15, 2, 0, 0, time.UTC)),
		w.Moment(time.Date(2020, 3, 23, 15, 2, 0, 0, time.FixedZone("", 20700))), w.Phrase("test.messages", digest.N("n", 11)).String(),
	}
	for _, s := range all {
		if strings.ContainsAny(s, "0123456789-") {
			t.Errorf("European digits or signs in %q", s)
		}
	}
	for _, x := range []struct{ got, want string }{
		{all[0], "١٢٬٣٠٧"}, {all[1], "<ALM>−٢٫٣"}, {all[2], "٨٫١_٪"}, {all[6], "<ALM>+٥"}, {all[11], "٢٣–٢٩_مارس"}, {all[14], "١٥:٠٢"},
	} {
		if got := visible(x.got); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	for n, want := range map[float64]string{0: "لا رسائل", 1: "رسالة واحدة", 2: "رسالتان", 3: "٣ رسائل", 11: "١١ رسالة", 100: "١٠٠ رسالة"} {
		if got := w.Phrase("test.messages", digest.N("n", n)).String(); got != want {
			t.Errorf("%v messages are %q, want %q", n, got, want)
		}
	}
	european, err := LoadFrom(os.DirFS("testdata/locales"), "ar-EG")
	if err != nil {
		t.Fatal(err)
	}
	if got := european.Count(12307); got != "١٢٬٣٠٧" {
		t.Errorf("a territory changes the digits of the file: %q", got)
	}
}

func TestPhrasesFillTheirSlots(t *testing.T) {
	files := fstest.MapFS{"en.yaml": &fstest.MapFile{Data: []byte(english(t) + `
phrases:
  plain: "A & <b>"
  finding:
    missed:
      some: {one: "**{n} of {total}** was **missed**.", other: "**{n} of {total}** were **missed**."}
  role: {other: "others", unknown: "unknown"}
  dates: "{Range}, compared with {before}"
`)}}
	w, err := LoadFrom(files, "en")
	if err != nil {
		t.Fatal(err)
	}
	spans := w.Phrase("finding.missed.some", digest.N("n", 5), digest.S("total", "131"))
	want := digest.Spans{{Text: "5 of 131", Bold: true}, {Text: " were "}, {Text: "missed", Bold: true}, {Text: "."}}
	if !slices.Equal(spans, want) {
		t.Errorf("the spans are %v, want %v", spans, want)
	}
	for _, x := range []struct {
		name, got, want string
	}{
		{"one is singular", w.Phrase("finding.missed.some", digest.N("n", 1), digest.N("total", 9)).String(), "1 of 9 was missed."},
		{"the first count chooses", w.Phrase("finding.missed.some", digest.N("total", 9), digest.N("n", 1)).String(), "1 of 9 were missed."},
		{"what fills a slot is not read for markup", w.Phrase("finding.missed.some", digest.N("n", 2), digest.S("total", "**{n}** <b>")).String(), "2 of **{n}** <b> were missed."},
		{"a branch may hold a key called other", w.Phrase("role.other").String() + " " + w.Phrase("role.unknown").String(), "others unknown"},
		{"a slot with a capital takes a capital", w.Phrase("dates", digest.S("range", "áll week"), digest.S("before", "it")).String(), "Áll week, compared with it"},
		{"a slot can be left in", w.Phrase("dates", digest.S("range", "{range}"), digest.S("before", "{x}")).String(), "{range}, compared with {x}"},
		{"a slot without a value shows", w.Phrase("dates", digest.S("before", "b")).String(), "⟨Range⟩, compared with b"},
		{"a missing key shows", w.Phrase("no.such.key").String(), "⟨no.such.key⟩"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", x.name, x.got, x.want)
		}
	}
	if !w.Has("plain") || w.Has("finding") || w.Has("finding.missed") {
		t.Error("a key is known where it has a text, and only there")
	}
}

// english is the conventions of the embedded English file.
func english(t *testing.T) string {
	t.Helper()
	raw, err := localeFiles.ReadFile("locales/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(raw), "\nphrases:")
	return before
}

func TestAFaultInALocaleFileNamesTheFileAndTheKey(t *testing.T) {
	conventions := english(t)
	for name, x := range map[string]struct{ data, want string }{
		"bold is not closed":     {conventions + "\nphrases: {a: {b: \"**x\"}}", `en.yaml: phrases.a.b: "**x" opens ** and does not close it`},
		"a number is no text":    {conventions + "\nphrases: {a: {b: 5}}", "en.yaml: phrases.a.b: 5 is not a text: put it in quotes"},
		"a unit is missing":      {strings.Replace(conventions, "min: min,", "", 1), "en.yaml: locale.units.min is missing"},
		"a pattern is missing":   {strings.Replace(conventions, "    day_month:", "    day_moth:", 1), "en.yaml: locale.dates.day_month is missing"},
		"the tag is another":     {strings.Replace(conventions, "tag: en", "tag: fr", 1), `en.yaml: locale.tag is "fr", it must be the file's name`},
		"a key stands twice":     {conventions + "\nphrases:\n  a: x\n  a: y\n", `already defined`},
		"the direction is wrong": {strings.Replace(conventions, "dir: ltr", "dir: left", 1), `en.yaml: locale.dir is "left": write ltr or rtl`},
	} {
		_, err := LoadFrom(fstest.MapFS{"en.yaml": &fstest.MapFile{Data: []byte(x.data)}}, "en")
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
	unknown := strings.NewReplacer("tag: en", "tag: gn").Replace(conventions)
	_, err := LoadFrom(fstest.MapFS{"gn.yaml": &fstest.MapFile{Data: []byte(unknown)}}, "gn")
	if err == nil || !strings.Contains(err.Error(), "months") {
		t.Errorf("a language without a built-in calendar: %v", err)
	}
	own := strings.Replace(unknown, "  dates:", `  dates:
    months: [a, b, c, d, e, f, g, h, i, j, k, l]
    months_short: [a, b, c, d, e, f, g, h, i, j, k, l]
    weekdays: [sun, mon, tue, wed, thu, fri, sat]
    weekdays_short: [su, mo, tu, we, th, fr, sa]`, 1)
	own = strings.Replace(own, `points: {one: "{n}\_pt", other: "{n}\_pts"}`, `points: "{n} p"`, 1)
	w, err := LoadFrom(fstest.MapFS{"gn.yaml": &fstest.MapFile{Data: []byte(own)}}, "gn")
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Weekday(digest.Date{Year: 2020, Month: 3, Day: 25}); got != "wed" {
		t.Errorf("its own names are not used: %s", got)
	}
}

// TestEveryLocaleSaysTheSamePhrases holds the locales to each other: the same keys, and in each the same slots.
func TestEveryLocaleSaysTheSamePhrases(t *testing.T) {
	read := func(tag string) map[string]phrase {
		f, err := readLocale(os.DirFS("locales"), tag)
		if err != nil {
			t.Fatal(err)
		}
		return f.phrases
	}
	// What names a stretch of time may be worded otherwise, or not at all; every other slot holds a number or a name.
	manner := []string{"before", "span", "day", "weekday"}
	slots := func(p phrase) []string {
		return slices.DeleteFunc(p.slotNames(), func(s string) bool { return slices.Contains(manner, s) })
	}
	reference := read(lastResort)
	if len(reference) == 0 {
		t.Fatal("English has no phrases")
	}
	for _, tag := range Locales() {
		own := read(tag)
		for key, p := range reference {
			if q, ok := own[key]; !ok {
				t.Errorf("%s has no %s", tag, key)
			} else if !slices.Equal(slots(p), slots(q)) {
				t.Errorf("%s: the slots of %s are %v, in %s %v", tag, key, slots(q), lastResort, slots(p))
			}
		}
		for key, p := range own {
			if _, ok := reference[key]; !ok {
				t.Errorf("%s has %s, which %s has not", tag, key, lastResort)
			}
			if p.plural == nil {
				continue
			}
			for _, n := range []float64{0, 1, 2, 3, 11, 100, 1e6} {
				if category := p.plural(n); p.forms[category] == nil && p.forms["other"] == nil {
					t.Errorf("%s: %s has no form for %v", tag, key, n)
				}
			}
		}
	}
}

func BenchmarkWords(b *testing.B) {
	w, err := Load("en")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_ = w.Count(12307)
	}
}
