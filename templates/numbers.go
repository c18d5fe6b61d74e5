package templates

import (
	"math"
	"strings"

	"golang.org/x/text/number"

	"fortnight/digest"
)

const (
	nbsp   = "\u00a0"
	narrow = "\u202f" // a narrow space that does not break
	minus  = "\u2212"
	// Marks that keep a sign before its number where text runs right to left: behind the left-to-right mark European
	// digits and their sign read as one; Arabic digits take the Arabic letter mark, as in CLDR.
	leftToRightMark  = "\u200e"
	arabicLetterMark = "\u061c"
	// noNumber stands for what is not a number. Nothing should ever print it.
	noNumber = "\u2013"
)

// Count implements digest.Words.
func (w *words) Count(n float64) string { return w.Decimal(n, 0) }

// Decimal implements digest.Words. Halves round away from zero.
func (w *words) Decimal(n float64, places int) string {
	n, ok := round(n, places)
	if !ok {
		return noNumber
	}
	if n < 0 {
		return w.sign("-") + w.unsigned(-n, places)
	}
	return w.unsigned(n, places)
}

// Percent implements digest.Words. Only nothing is 0 % and only all is 100 %: what would round to them says so, as
// "< 0.1 %", "99.6 %" or "> 99.9 %".
func (w *words) Percent(n float64) string {
	return strings.ReplaceAll(w.conventions.Percent, "{n}", w.percentNumber(n))
}

func (w *words) percentNumber(n float64) string {
	const hair = 1e-9 // what arithmetic on floats leaves behind
	size := math.Abs(n)
	switch {
	case size < hair:
		return w.unsigned(0, 0)
	case n > 0 && size < 0.05:
		return "<" + nbsp + w.unsigned(0.1, 1)
	case n < 0 && size < 0.05:
		return ">" + nbsp + w.sign("-") + w.unsigned(0.1, 1)
	case size > 99.9 && size < 100-hair:
		if n < 0 {
			return "<" + nbsp + w.sign("-") + w.unsigned(99.9, 1)
		}
		return ">" + nbsp + w.unsigned(99.9, 1)
	case size >= 99.5 && size <= 99.9:
		return w.Decimal(math.Copysign(math.Floor(size*10+hair)/10, n), 1)
	}
	return w.Decimal(n, w.percentPlaces(n))
}

// percentPlaces is 1 under 10, unless what would be printed is whole.
func (w *words) percentPlaces(n float64) int {
	r, ok := round(n, 1)
	if !ok || math.Abs(r) >= 10 || r == math.Trunc(r) {
		return 0
	}
	return 1
}

// Points implements digest.Words.
func (w *words) Points(n float64) string {
	places := w.percentPlaces(n)
	r, _ := round(n, places)
	slots := []digest.Slot{{Name: "n", Text: w.Signed(n, places), Count: r}}
	p := w.conventions.points
	form := "other"
	if p.plural != nil && places == 0 {
		if chosen := p.plural(r); p.forms[chosen] != nil {
			form = chosen
		}
	}
	return phrase{forms: map[string][]piece{"other": p.forms[form]}}.fill(w.Count, slots).String()
}

// Signed implements digest.Words. What rounds to zero at these places is no change at these places: "±0".
func (w *words) Signed(n float64, places int) string {
	r, ok := round(n, places)
	switch {
	case !ok:
		return noNumber
	case r == 0:
		return w.sign("±") + w.unsigned(0, 0)
	case r < 0:
		return w.sign("-") + w.unsigned(-r, places)
	}
	return w.sign("+") + w.unsigned(r, places)
}

// unsigned prints a number that is rounded already and not negative.
func (w *words) unsigned(n float64, places int) string {
	options := []number.Option{number.Scale(places)}
	if n < math.Pow10(w.conventions.GroupFrom-1) {
		options = append(options, number.NoSeparator())
	}
	return w.printer.Sprint(number.Decimal(n, options...))
}

// sign gives a sign as the locale sets it before a number: "-" becomes the true minus.
func (w *words) sign(s string) string {
	s = strings.Replace(s, "-", minus, 1)
	if w.conventions.Dir != "rtl" {
		return s
	}
	if w.conventions.Digits == "latn" {
		return leftToRightMark + s
	}
	return arabicLetterMark + s
}

// digits puts the digits of a text that holds no other number form ("15:02", "2020") into the locale's system.
func (w *words) digits(s string) string {
	if w.conventions.Digits == "latn" {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		for _, d := range w.unsigned(float64(r-'0'), 0) {
			return d
		}
		return r
	}, s)
}

// round rounds half away from zero; ok is false for what is not a number. Minus zero becomes zero.
func round(n float64, places int) (r float64, ok bool) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	scale := math.Pow10(places)
	if r = math.Round(n*scale) / scale; math.IsInf(r, 0) {
		r = n
	}
	return r + 0, true
}
