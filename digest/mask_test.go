package digest

import "testing"

func TestMaskingTwiceChangesNothing(t *testing.T) {
	for _, name := range []string{"Ada Quist", "José", "李 小龍", "Anna von der Heide", "+49 30 5550101", "a7", "x", "d", "dana@example.com", "@example.com", "Patient 4711", "—", "ß", "أمل حداد", "Ada @ home", "🎈 Ada", "", " "} {
		if once := MaskedName(name); MaskedName(once) != once {
			t.Errorf("%q is masked as %q, and that as %q", name, once, MaskedName(once))
		}
		if once := MaskedAddress(name); MaskedAddress(once) != once {
			t.Errorf("the address %q is masked as %q, and that as %q", name, once, MaskedAddress(once))
		}
	}
}
