package digest

import (
	"strings"
	"unicode"
)

// MaskedName is a person by initials, at most three: "Ada Quist" is "A. Q."; what is no name, an id or a number, is its last two characters.
// Masking twice changes nothing.
func MaskedName(name string) string {
	var initials []string
	for word := range strings.FieldsSeq(name) {
		if r := []rune(word); unicode.IsLetter(r[0]) {
			initials = append(initials, strings.ToUpper(string(r[:1]))+".")
		}
		if strings.ContainsFunc(word, unicode.IsDigit) || strings.Contains(word, "@") {
			return MaskedAddress(name)
		}
	}
	if len(initials) == 0 {
		return MaskedAddress(name)
	}
	return strings.Join(initials[:min(len(initials), 3)], "\u00a0")
}

// MaskedAddress leaves enough of a number or an address for who knows it to tell it: "…01", "a…@example.com". Masking twice changes nothing.
func MaskedAddress(s string) string {
	if name, host, ok := strings.Cut(s, "@"); ok {
		return string(firstRune(strings.TrimPrefix(name, "…"))) + "…@" + host
	}
	r := []rune(strings.TrimPrefix(s, "…"))
	if len(r) < len([]rune(s)) && len(r) <= 2 { // it is masked
		return s
	}
	return "…" + string(r[max(len(r)-2, len(r)/2):])
}

func firstRune(s string) []rune {
	r := []rune(s)
	return r[:min(1, len(r))]
}
