package cells

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAFileIsMarkedAndRunsNothing(t *testing.T) {
	var b strings.Builder
	w, err := Begin(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Line("name", "=1+1", "-5", "'+x", "plain 'text'", `a "b", c`); err != nil {
		t.Fatal(err)
	}
	if err := w.Numbers([]string{"-5", "12.5"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffname,'=1+1,'-5,''+x,plain 'text',\"a \"\"b\"\", c\"\r\n-5,12.5\r\n"
	if b.String() != want {
		t.Errorf("the file is %q, want %q", b.String(), want)
	}
}

func TestWhatIsGuardedComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`['=+\-@a-z ]{0,6}`).Draw(t, "text")
		cell := Guard(text)
		if Bare(cell) != text {
			t.Fatalf("%q becomes %q and comes back as %q", text, cell, Bare(cell))
		}
		if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
			t.Fatalf("%q becomes %q, which runs", text, cell)
		}
	})
}
