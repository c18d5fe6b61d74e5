package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"fortnight/templates"
)

func TestEveryNoteOfAPlatformHasWordsInEveryLocale(t *testing.T) {
	files, err := filepath.Glob("../../collectors/platforms/*/capability.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no capability.sql found: %v", err)
	}
	key := regexp.MustCompile(`'([a-z]+\.[a-z_]+)'`)
	found := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(raw), -1) {
			found++
			for _, locale := range templates.Locales() {
				w, err := templates.Load(locale)
				if err != nil {
					t.Fatal(err)
				}
				if !w.Has(m[1]) {
					t.Errorf("%s speaks of %s, for which %s.yaml has no phrase", file, m[1], locale)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no note was found in any capability.sql: has its form changed?")
	}
}
