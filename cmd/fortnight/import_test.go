package main

import (
	"io"
	"strings"
	"testing"

	"github.com/schollz/progressbar/v3"
)

func TestAFileThatGrowsWhileItIsImportedIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	bar := progressbar.NewOptions64(10, progressbar.OptionSetWriter(io.Discard)) // a terminal is attached, and the file had ten octets
	text, err := io.ReadAll(io.TeeReader(strings.NewReader(strings.Repeat("x", 25)), unhindered{bar}))
	if err != nil || len(text) != 25 {
		t.Errorf("%d octets were read: %v", len(text), err)
	}
}
