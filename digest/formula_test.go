package digest_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fortnight/digest"
)

func TestWhatASpreadsheetWouldRunIsGuarded(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an equals sign", "=1+1", "'=1+1"},
		{"a plus", "+49 30 1234", "'+49 30 1234"},
		{"a minus", "-2", "'-2"},
		{"an at", "@SUM(A1)", "'@SUM(A1)"},
		{"a tab", "\t=1", "'\t=1"},
		{"a carriage return", "\r=1", "'\r=1"},
		{"a new line", "\n=1", "'\n=1"},
		{"a wide equals sign", "＝1+1", "'＝1+1"},
		{"a wide plus", "＋1", "'＋1"},
		{"a wide minus", "－1", "'－1"},
		{"a wide at", "＠SUM", "'＠SUM"},
		{"behind spaces", "  =1", "'  =1"},
		{"behind a no-break space", "\u00a0=1", "'\u00a0=1"},
		{"behind what is not seen", "\u200b\ufeff=1", "'\u200b\ufeff=1"},
		{"behind an apostrophe of its own", "'=1", "''=1"},
		{"a name", "O’Neill", "O’Neill"},
		{"a name in another script", "محمد", "محمد"},
		{"inside", "a=1", "a=1"},
		{"nothing", "", ""},
	} {
		if got := digest.Guard(c.text); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

func TestWhatIsGuardedComesBackBare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching("['=+\\-@＝＠ \u00a0\ta-zß]{0,6}").Draw(t, "text")
		cell := digest.Guard(text)
		if got := digest.Bare(cell); got != text {
			t.Fatalf("%q becomes %q and comes back as %q", text, cell, got)
		}
		if strings.IndexAny(strings.TrimLeft(cell, " \u00a0"), "=+-@\t＝＠") == 0 {
			t.Fatalf("%q becomes %q, which runs", text, cell)
		}
	})
}
