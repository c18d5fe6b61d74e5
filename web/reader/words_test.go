package reader_test

import (
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/reader"
)

// words speaks the phrases of the pages' locale files, and prints numbers and dates plainly.
type words struct {
	locale, dir string
	said        map[string]string
}

var _ digest.Words = (*words)(nil)

// load answers a locale that there is not with English, as templates does, and refuses what is no tag.
func load(locale string) (digest.Words, error) {
	if strings.ContainsAny(locale, " /") {
		return nil, errors.New("not a tag")
	}
	file, dir := "en", "ltr"
	switch base, _, _ := strings.Cut(locale, "-"); base {
	case "es":
		file = "es"
	case "ar": // in English words
		dir = "rtl"
	default:
		locale = "en"
	}
	said, err := phrases(file)
	return &words{locale: locale, dir: dir, said: said}, err
}

// phrases reads a locale file: keys by their indentation, texts in quotation marks, branches and texts in braces.
func phrases(tag string) (map[string]string, error) {
	said := map[string]string{"notes.title": "Notes"}
	raw, err := os.ReadFile("../../templates/locales/pages/" + tag + ".yaml")
	if err != nil {
		return nil, err
	}
	var path []string
	for _, line := range strings.Split(string(raw), "\n") {
		text := strings.TrimLeft(line, " ")
		if text == "" || text[0] == '#' {
			continue
		}
		depth := (len(line) - len(text)) / 2
		key, value, _ := strings.Cut(text, ":")
		path = append(path[:depth], key)
		at := strings.Join(path[1:], ".")
		switch value = strings.TrimSpace(value); {
		case strings.HasPrefix(value, "{"):
			for i, part := range strings.Split(strings.Trim(value, "{}"), `"`) {
				switch name := strings.Trim(part, " ,:"); {
				case i%2 == 0 && name != "":
					path = append(path[:depth+1], name)
				case i%2 == 1:
					said[strings.Join(path[1:], ".")] = part
				}
			}
		case value != "":
			said[at] = strings.Trim(value, `"`)
			if key == "other" {
				said[strings.Join(path[1:len(path)-1], ".")] = said[at]
			}
		}
	}
	return said, nil
}

func (w *words) Locale() string      { return w.locale }
func (w *words) Dir() string         { return w.dir }
func (w *words) Has(key string) bool { return w.said[key] != "" }
func (w *words) Phrase(key string, slots ...digest.Slot) digest.Spans {
	text, ok := w.said[key]
	if !ok {
		text = "⟨" + key + "⟩"
	}
	for _, s := range slots {
		if s.IsN {
			s.Text = w.Count(s.Count)
		}
		text = strings.ReplaceAll(text, "{"+s.Name+"}", s.Text)
	}
	return digest.Spans{{Text: text}}
}
func (w *words) Count(n float64) string { return w.Decimal(n, 0) }
func (w *words) Decimal(n float64, places int) string {
	s := strconv.FormatFloat(math.Abs(n), 'f', places, 64)
	whole, part, has := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if has {
		whole += "." + part
	}
	if n < 0 {
		whole = "−" + whole
	}
	return whole
}
func (w *words) Percent(n float64) string { return w.Decimal(n, 0) + "\u00a0%" }
func (w *words) Points(n float64) string  { return w.Signed(n, 0) + "\u00a0pts" }
func (w *words) Signed(n float64, places int) string {
	switch {
	case n > 0:
		return "+" + w.Decimal(n, places)
	case n == 0:
		return "±0"
	}
	return w.Decimal(n, places)
}

func (w *words) Duration(s float64) (parts []digest.Part) {
	for _, u := range []struct {
		name string
		in   float64
	}{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}} {
		if n := math.Floor(s / u.in); n > 0 && len(parts) < 2 {
			parts, s = append(parts, digest.Part{Number: w.Count(n), Unit: u.name}), s-n*u.in
		}
	}
	if parts == nil {
		return []digest.Part{{Number: "0", Unit: "s"}}
	}
	return parts
}
func (w *words) Hours(s float64) string            { return w.Count(s/3600) + " h" }
func (w *words) Weekday(d digest.Date) string      { return d.Weekday().String() }
func (w *words) WeekdayShort(d digest.Date) string { return d.Weekday().String()[:3] }
func (w *words) Day(d digest.Date) string          { return w.WeekdayShort(d) + " " + strconv.Itoa(d.Day) }

func (w *words) DayMonth(d digest.Date) string {
	return strconv.Itoa(d.Day) + " " + d.Month.String()[:3]
}

func (w *words) Range(first, last digest.Date) string {
	return w.DayMonth(first) + "–" + w.DayMonth(last)
}
func (w *words) LongRange(first, _ digest.Date) string    { return first.String() }
func (w *words) FullRange(first, last digest.Date) string { return w.Range(first, last) }
func (w *words) MonthRange(first, last digest.Date) string {
	if first == last {
		return strconv.Itoa(first.Day) + " " + first.Month.String()
	}
	return strconv.Itoa(first.Day) + "–" + strconv.Itoa(last.Day) + " " + last.Month.String()
}
func (w *words) Clock(t time.Time) string  { return t.Format("15:04") }
func (w *words) Moment(t time.Time) string { return t.Format("2 Jan 2006, 15:04 MST") }
func (w *words) Weekend(d digest.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

func (w *words) Language(tag string) string {
	return map[string]string{"en": "English", "es": "español", "ar": "العربية"}[tag]
}
func (w *words) List(items []string) string { return strings.Join(items, ", ") }

func TestEveryPhraseOfThePagesIsSaidInEveryLocale(t *testing.T) {
	for _, tag := range []string{"en", "es"} {
		said, err := phrases(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range reader.Phrases() {
			if said[key] == "" {
				t.Errorf("%s has no %s", tag, key)
			}
		}
	}
}
