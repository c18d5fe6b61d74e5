package intake

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// clipped is what somebody wrote, short enough for a message.
func clipped(s string) string {
	const most = 60
	if len(s) <= most {
		return strings.ToValidUTF8(s, "?")
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "?") + "…"
}

// choice is "in or out", "open, pending, snoozed or closed".
func choice(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// nearest ends a sentence with the word that was likely meant, or with all of them: ": did you mean sent_at?", ": there are a, b, c."
func nearest(name string, words []string) string {
	if m := meant(name, words); m != "" {
		return m
	}
	return ": there are " + strings.Join(words, ", ") + "."
}

// meant is ": did you mean sent_at?" where one word is near enough, else "".
func meant(name string, words []string) string {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
	}
	best, least := "", 3
	if len(name) > 100 {
		return ""
	}
	for _, w := range words {
		if more := len(plain(name)) - len(plain(w)); more >= least || more <= -least {
			continue // so many letters are to be added or taken out
		}
		d := distance(plain(name), plain(w))
		if d < least && d < (len(plain(w))+1)/2 {
			best, least = w, d
		}
	}
	if best == "" {
		for _, w := range words { // "timestamp" is far from any; "sent" is the beginning of one
			if p := plain(name); len(p) >= 3 && (strings.HasPrefix(plain(w), p) || strings.HasSuffix(plain(w), p)) {
				best = w
				break
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// distance is how many letters are to be added, taken out, changed or swapped with their neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		next := make([]int, len(y)+1)
		next[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(y)]
}
