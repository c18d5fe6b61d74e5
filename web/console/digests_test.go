package console

import (
	"fmt"
	"testing"

	"fortnight/digest"
)

func TestManyDigestsAreListedInPartsByName(t *testing.T) {
	var all []digest.DigestLine
	for i := range 120 {
		all = append(all, digest.DigestLine{Config: digest.Config{Key: fmt.Sprintf("k%d", i), Name: fmt.Sprintf("Digest %03d", 119-i)}})
	}
	for _, c := range []struct {
		search, asked  string
		n              int
		first, shown   string
		earlier, later string
	}{
		{"", "", 50, "Digest 000", "1 to 50 of 120", "", "/d?part=2"},
		{"", "2", 50, "Digest 050", "51 to 100 of 120", "/d", "/d?part=3"},
		{"", "3", 20, "Digest 100", "101 to 120 of 120", "/d?part=2", ""},
		{"", "4", 50, "Digest 000", "1 to 50 of 120", "", "/d?part=2"},
		{"digest 01", "1", 10, "Digest 010", "", "", ""},
		{"K11", "x", 11, "Digest 000", "", "", ""}, // k11 and k110 to k119
		{"nothing", "", 0, "", "", "", ""},
	} {
		p := digestsPage{Search: c.search}
		part := p.part(all, "/d", c.asked)
		first := ""
		if len(part) > 0 {
			first = part[0].Config.Name
		}
		if len(part) != c.n || first != c.first || p.Shown != c.shown || p.Earlier != c.earlier || p.Later != c.later {
			t.Errorf("of %q the part %q is %d from %q, shown %q, earlier %q, later %q; want %+v", c.search, c.asked, len(part), first, p.Shown, p.Earlier, p.Later, c)
		}
	}
	if all[0].Config.Key != "k0" {
		t.Error("the list itself was sorted")
	}
}
