package spelling

import "testing"

func TestAMisspeltWordFindsTheOneThatWasMeant(t *testing.T) {
	known := []string{"admin", "manager", "executive"}
	for _, c := range []struct{ fault, word, want string }{
		{"a letter left out", "manger", "manager"},
		{"two letters swapped", "amdin", "admin"},
		{"a letter too many", "executtive", "executive"},
		{"another case", "Manager", "manager"},
		{"space around it", " admin ", "admin"},
		{"three faults in a long word", "exekutife", "executive"},
		{"another word", "boss", ""},
		{"a short word with a fault in every second letter", "ad", ""},
		{"nothing", "", ""},
	} {
		if got := Nearest(c.word, known); got != c.want {
			t.Errorf("%s: %q was meant as %q, got %q", c.fault, c.word, c.want, got)
		}
	}
}

func TestFaultsAreCountedBetweenWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"berlin", "berlni", 1}, {"ca", "abc", 3}, {"größe", "grösse", 2},
	} {
		if got := distance([]rune(c.a), []rune(c.b), 99); got != c.want {
			t.Errorf("between %q and %q are %d faults, got %d", c.a, c.b, c.want, got)
		}
	}
}
