// Package spelling finds what a misspelt word may have been meant as.
package spelling

import (
	"strings"
	"unicode/utf8"
)

// Nearest gives the word among those known that differs least from one that is not: by letters put in, left out, changed or
// swapped with their neighbour, in any case. "" where even the nearest is far: more than one fault in three letters, or three in all.
// Of equals it gives the first.
func Nearest(word string, known []string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	if word == "" || len(word) > 100 {
		return ""
	}
	best, least := "", min(3, utf8.RuneCountInString(word)/3)+1
	for _, k := range known {
		if d := distance([]rune(word), []rune(strings.ToLower(k)), least); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the faults between two words (Damerau and Levenshtein's, without a second change of what was swapped); where
// they are enough or more, it may give any such number.
func distance(a, b []rune, enough int) int {
	if len(a)-len(b) >= enough || len(b)-len(a) >= enough {
		return enough
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			changed := row[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			next[j] = min(changed, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
