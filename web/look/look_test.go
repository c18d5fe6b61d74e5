package look

import (
	"strings"
	"testing"
)

func TestTheStylesheetIsServedUnderThirtyKilobytes(t *testing.T) {
	css, err := files.ReadFile("fortnight.css")
	if err != nil {
		t.Fatal(err)
	}
	small := squeezed(css)
	t.Logf("%d bytes, served as %d", len(css), len(small))
	if len(small) >= 30_000 {
		t.Errorf("it is served as %d bytes", len(small))
	}
	if strings.Count(string(small), "{") != strings.Count(string(css), "{") {
		t.Error("a rule was lost")
	}
}
