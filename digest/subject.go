package digest

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SubjectSlots lists what a subject of a digest's own may hold, in braces.
func SubjectSlots() []string { return []string{"project", "digest", "period", "finding"} }

// longestSubject is how many characters of a subject are shown anywhere.
const longestSubject = 200

var slot = regexp.MustCompile(`\{([^{}]*)\}`)

// CheckSubject says why a text cannot be the pattern of a digest's subjects; nil where it can. The empty one can: the editor then writes
// its own. The error speaks to who wrote it.
func CheckSubject(pattern string) error {
	if pattern == "" {
		return nil
	}
	slots := "{" + strings.Join(SubjectSlots(), "}, {") + "}"
	for _, found := range slot.FindAllStringSubmatch(pattern, -1) {
		if !slices.Contains(SubjectSlots(), found[1]) {
			return fmt.Errorf("there is no %s: a subject may hold %s", found[0], slots)
		}
	}
	switch {
	case strings.ContainsAny(slot.ReplaceAllLiteralString(pattern, ""), "{}"):
		return fmt.Errorf("a brace has no other: in braces stand %s", slots)
	case strings.ContainsFunc(pattern, breaks):
		return fmt.Errorf("%q holds a line break or another control character: write one line", pattern)
	case strings.TrimSpace(pattern) == "":
		return errors.New("there is nothing but spaces: leave it empty for the usual subject")
	case utf8.RuneCountInString(pattern) > longestSubject:
		return fmt.Errorf("it has %d characters: write at most %d", utf8.RuneCountInString(pattern), longestSubject)
	}
	return nil
}

// breaks tells what ends a line, or turns the direction of what stands behind it.
func breaks(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) && r != '\u200e' && r != '\u200f' && r != '\u061c'
}

// SubjectOf fills the pattern of a digest's subjects, in one pass: what fills a slot is not looked through for others. What is in
// braces and no slot stays.
func SubjectOf(pattern string, slots map[string]string) string {
	return slot.ReplaceAllStringFunc(pattern, func(found string) string {
		if text, ok := slots[found[1:len(found)-1]]; ok {
			return text
		}
		return found
	})
}
