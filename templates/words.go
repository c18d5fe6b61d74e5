package templates

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"

	"fortnight/digest"
)

// words implements digest.Words. It is read only once it is made, so many goroutines may use one.
type words struct {
	tag         language.Tag
	conventions conventions
	printer     *message.Printer
	languages   display.Namer
	calendar    calendar
	phrases     map[string]phrase
}

var _ digest.Words = (*words)(nil)

// Locale implements digest.Words.
func (w *words) Locale() string { return w.tag.String() }

// Dir implements digest.Words.
func (w *words) Dir() string { return w.conventions.Dir }

// Has implements digest.Words.
func (w *words) Has(key string) bool {
	_, ok := w.phrases[key]
	return ok
}

// Phrase implements digest.Words.
func (w *words) Phrase(key string, slots ...digest.Slot) digest.Spans {
	p, ok := w.phrases[key]
	if !ok {
		return digest.Spans{{Text: "⟨" + key + "⟩"}}
	}
	return p.fill(w.Count, slots)
}

// Language implements digest.Words. A tag that CLDR does not know is given back as it stands.
func (w *words) Language(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return tag
	}
	if name := w.languages.Name(t); name != "" {
		return name
	}
	return tag
}

// listPattern joins "a, b and c".
type listPattern struct {
	Comma string `yaml:"comma"` // ", "
	And   string `yaml:"and"`   // " and "
	// Before replaces And in front of items that match a regular expression: Spanish "e" in front of an i.
	Before struct {
		Match string `yaml:"match"`
		And   string `yaml:"and"`
	} `yaml:"before"`
}

func (p listPattern) check() error {
	if p.Comma == "" || p.And == "" {
		return errors.New("locale.list needs comma and and")
	}
	if _, err := regexp.Compile(p.Before.Match); err != nil {
		return fmt.Errorf("locale.list.before.match: %w", err)
	}
	return nil
}

// List implements digest.Words.
func (w *words) List(items []string) string {
	p := w.conventions.List
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := items[len(items)-1]
	and := p.And
	if p.Before.Match != "" && regexp.MustCompile(p.Before.Match).MatchString(last) {
		and = p.Before.And
	}
	return strings.Join(items[:len(items)-1], p.Comma) + and + last
}
