package reader

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
)

// scanner reads numbers back from the words of a locale: "12,307", "−4 %", "1 h 40 min".
type scanner struct {
	decimal string             // what stands before decimals
	units   map[string]float64 // seconds of each unit of durations
}

func newScanner(w digest.Words) scanner {
	s := scanner{units: map[string]float64{}}
	s.decimal = strings.Trim(w.Decimal(.5, 1), "05")
	for _, seconds := range []float64{1, 60, 3600, 86400} {
		for _, p := range w.Duration(seconds) {
			if p.Number == "1" {
				s.units[p.Unit] = seconds
			}
		}
	}
	return s
}

// scan gives a text's number: of a duration in seconds. Texts that begin with neither a digit nor a sign are none.
func (s scanner) scan(text string) (value float64, unit digest.Unit, ok bool) {
	sign := 1.0
	text = strings.TrimSpace(text)
	if r, n := utf8.DecodeRuneInString(text); strings.ContainsRune("+−-±", r) {
		if r == '−' || r == '-' {
			sign = -1
		}
		text = text[n:]
	}
	unit = digest.Count
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || r == '%' })
		if end < 0 {
			end = len(text)
		}
		n, good := s.number(text[:end])
		if !good {
			return sign * value, unit, ok
		}
		word, rest := cutWord(text[end:])
		if seconds, timed := s.units[word]; timed {
			n, unit = n*seconds, digest.Duration
		} else if strings.HasPrefix(word, "%") {
			unit = digest.Percent
		} else if ok {
			return sign * value, unit, ok
		}
		value, ok, text = value+n, true, rest
		if unit != digest.Duration {
			break
		}
	}
	return sign * value, unit, ok
}

// cutWord takes the first word off.
func cutWord(s string) (word, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsDigit(r) })
	if end < 0 {
		return s, ""
	}
	return s[:end], strings.TrimLeftFunc(s[end:], unicode.IsSpace)
}

// number reads digits in groups.
func (s scanner) number(text string) (float64, bool) {
	var out strings.Builder
	text = strings.TrimSpace(text)
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case s.decimal != "" && strings.HasPrefix(text, s.decimal):
			out.WriteByte('.')
			n = len(s.decimal)
		case r >= '0' && r <= '9':
			out.WriteRune(r)
		case unicode.IsDigit(r): // of another script: their zeros are ten apart from their tens
			out.WriteByte(byte('0' + digitOf(r)))
		case r == '.' || r == ',' || r == '’' || unicode.IsSpace(r): // between groups
		default:
			return 0, false
		}
		text = text[n:]
	}
	v, err := strconv.ParseFloat(out.String(), 64)
	return v, err == nil
}

// digitOf is the value of a decimal digit of any script.
func digitOf(r rune) int {
	for d := range 10 {
		if !unicode.IsDigit(r - rune(d) - 1) {
			return d
		}
	}
	return 0
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
