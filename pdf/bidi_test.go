package pdf

import (
	"strings"
	"testing"
)

// lined gives what stands on one line from left to right, spaces included.
func lined(sentence string, rtl bool) string {
	var pieces []piece
	for i, w := range strings.Split(sentence, " ") {
		for j, s := range directed(w, rtl) {
			pieces = append(pieces, piece{run: run{text: s.text}, rtl: s.rtl, spaced: i > 0 && j == 0})
		}
	}
	var out strings.Builder
	for _, p := range visual(pieces, rtl) {
		if p.spaced {
			out.WriteString(" ")
		}
		out.WriteString(p.text)
	}
	return out.String()
}

// Each stretch is shaped by itself, so that here its letters stand in reading order.
func TestStretchesAgainstTheParagraphAreTurnedRound(t *testing.T) {
	for _, c := range []struct {
		name, sentence string
		rtl            bool
		want           string
	}{
		{"one direction stays as it is", "Amara Osei handled 28", false, "Amara Osei handled 28"},
		{"a name of two words is read from the right", "by عبد الله today", false, "by الله عبد today"},
		{"the number behind a name stays behind it", "عبد الله\u00a028, Mei\u00a06", false, "الله عبد\u00a028, Mei\u00a06"},
		{"a comma between two names is the sentence's", "عبد, نور", false, "عبد, نور"},
		{"in a right-to-left sentence all is turned", "رسالة واحدة", true, "واحدة رسالة"},
		{"but a name in Latin letters is not", "من Mei Lin اليوم", true, "اليوم Mei Lin من"},
		{"nothing", "", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lined(c.sentence, c.rtl); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
