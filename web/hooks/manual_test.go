package hooks

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTheManualsSignatureIsRight(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`    t=(\d+); body='([^']*)'; secret=(\S+)\n.*\n    # ([0-9a-f]+)\n`).FindSubmatch(manual)
	if m == nil {
		t.Fatal("the manual has no example of a signature")
	}
	at, err := time.Parse("2006-01-02 15:04:05", "2026-03-23 07:00:02")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(string(m[3]), at, m[2])
	if want := "t=" + string(m[1]) + ",v1=" + string(m[4]); got != want {
		t.Errorf("the manual says %s, and it is %s", want, got)
	}
	if !strings.Contains(string(manual), "Fortnight-Signature: t="+string(m[1])) {
		t.Error("the manual's header is of another time")
	}
}
