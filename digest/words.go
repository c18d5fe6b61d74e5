package digest

import "time"

// Words puts numbers, dates and sentences into one locale. It never rounds a number to something untrue: what is cut
// says so. Non-breaking spaces stand wherever a line must not break (CLDR's own included).
type Words interface {
	Locale() string // BCP 47: "en", "es"
	Dir() string    // "ltr" or "rtl"

	Count(n float64) string               // whole number, grouped: "12,307"
	Decimal(n float64, places int) string // "2.2"; a true minus (U+2212)
	Percent(n float64) string             // of 0..100: "60 %"; one place under 10 ("8.1 %") unless it is whole
	Points(n float64) string              // a difference of percents, signed: "+4 pts", "−1.3 pts"
	Signed(n float64, places int) string  // "+5", "−0.2"; zero is "±0"
	Duration(seconds float64) []Part      // at most two parts: 1 h 40 min; 2 d 7 h; 45 s; 0 s
	Hours(seconds float64) string         // for axes and rankings: "37 h", "14.6 h", "45 min"

	Weekday(d Date) string                  // "Wednesday", as it stands inside a sentence
	WeekdayShort(d Date) string             // "Wed"
	Day(d Date) string                      // "Wed 25"
	DayMonth(d Date) string                 // "25 Mar"
	Range(first, last Date) string          // "23–29 Mar", "27 Feb – 4 Mar", years where they differ
	LongRange(first, last Date) string      // "23–29 March 2020"
	MonthRange(first, last Date) string     // "16–22 March", years where they differ
	FullRange(first, last Date) string      // "Mon 23 – Sun 29 March 2020"
	Clock(t time.Time) string               // "15:02"
	Moment(t time.Time) string              // "Mon 23 Mar, 15:02 EDT"
	Weekend(d Date) bool                    // in the locale's territory, where it has one; else Saturday and Sunday
	Language(tag string) string             // the name of a language in this locale: "es" → "Spanish"
	List(items []string) string             // "a, b and c"
	Has(key string) bool                    // whether the locale has a phrase
	Phrase(key string, slots ...Slot) Spans // a sentence or word; a missing key is a programming error and gives "⟨key⟩"
}

// Part is a number with its unit, as a duration is printed: {"1", "h"}, {"40", "min"}.
type Part struct{ Number, Unit string }

// Slot fills a {name} of a phrase. A slot made by N chooses the plural form.
type Slot struct {
	Name  string
	Text  string
	Count float64
	IsN   bool
}

// S fills a slot with a finished text.
func S(name, text string) Slot { return Slot{Name: name, Text: text} }

// N fills a slot with a count, printed by Words.Count, and chooses the plural form by it. The first N of a phrase decides.
func N(name string, n float64) Slot { return Slot{Name: name, Count: n, IsN: true} }

// Span is a run of a sentence; bold where a number or name is to be seen first.
type Span struct {
	Text string
	Bold bool
}

// Spans is a sentence.
type Spans []Span

// String is the sentence without emphasis.
func (s Spans) String() string {
	var out string
	for _, x := range s {
		out += x.Text
	}
	return out
}
