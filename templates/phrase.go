package templates

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"fortnight/digest"
)

// phrase is a sentence or word with its plural forms. Only "other" is certain to be there.
type phrase struct {
	forms  map[string][]piece
	plural func(n float64) string // the category of a whole number, by the rules of the file's own language
}

// piece is a run of a sentence: fixed text or a slot.
type piece struct {
	text string // of a slot: its name
	slot bool
	bold bool
}

// categories are CLDR's plural categories.
var categories = []string{"zero", "one", "two", "few", "many", "other"}

// exactly are the forms that speak of one number alone, also where a language's grammar has no such category: "both".
var exactly = map[float64]string{0: "zero", 2: "two"}

// isPlural tells a map of plural forms from a branch of the tree of keys.
func isPlural(m map[string]any) bool {
	if _, has := m["other"]; !has {
		return false
	}
	for key, v := range m {
		if _, text := v.(string); !text || !slices.Contains(categories, key) {
			return false
		}
	}
	return true
}

// flatten turns the tree of phrases into dotted keys.
func flatten(into map[string]phrase, prefix string, tree map[string]any, lang language.Tag) error {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		dotted := strings.TrimPrefix(prefix+"."+key, ".")
		branch, isMap := tree[key].(map[string]any)
		if isMap && !isPlural(branch) {
			if err := flatten(into, dotted, branch, lang); err != nil {
				return err
			}
			continue
		}
		p, err := parsePhrase(tree[key], lang)
		if err != nil {
			return fmt.Errorf("phrases.%s: %w", dotted, err)
		}
		into[dotted] = p
	}
	return nil
}

// category is the plural category of a whole number in a language.
func category(lang language.Tag, n float64) string {
	const million = 1e6
	n = math.Round(math.Abs(n))
	if n >= million {
		n = math.Mod(n, million) + million // the rules look at the last digits only, and at whether it is a round million
	}
	form := plural.Cardinal.MatchPlural(lang, int(n), 0, 0, 0, 0)
	return map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}[form]
}

// parsePhrase reads a text, or a map of plural forms.
func parsePhrase(v any, lang language.Tag) (phrase, error) {
	p := phrase{forms: map[string][]piece{}}
	var err error
	switch v := v.(type) {
	case string:
		p.forms["other"], err = parsePieces(v)
		return p, err
	case map[string]any:
		if !isPlural(v) {
			return p, fmt.Errorf("a plural has texts under %s, and always other", strings.Join(categories, ", "))
		}
		p.plural = func(n float64) string { return category(lang, n) }
		for form, text := range v {
			if p.forms[form], err = parsePieces(text.(string)); err != nil {
				return p, fmt.Errorf("%s: %w", form, err)
			}
		}
		return p, nil
	default:
		return p, fmt.Errorf("%v is not a text: put it in quotes", v)
	}
}

// markup finds what a phrase may hold besides text: a slot or the edge of bold.
var markup = regexp.MustCompile(`\{[A-Za-z_][A-Za-z0-9_]*\}|\*\*`)

func parsePieces(text string) ([]piece, error) {
	var out []piece
	bold, at := false, 0
	for _, m := range markup.FindAllStringIndex(text, -1) {
		if m[0] > at {
			out = append(out, piece{text: text[at:m[0]], bold: bold})
		}
		if token := text[m[0]:m[1]]; token == "**" {
			bold = !bold
		} else {
			out = append(out, piece{text: token[1 : len(token)-1], slot: true, bold: bold})
		}
		at = m[1]
	}
	if bold {
		return nil, fmt.Errorf("%q opens ** and does not close it", text)
	}
	if at < len(text) {
		out = append(out, piece{text: text[at:], bold: bold})
	}
	return out, nil
}

// slotNames gives the slots of every form, sorted, each once, in the spelling of their value ({Range} is range).
func (p phrase) slotNames() []string {
	names := map[string]bool{}
	for _, form := range p.forms {
		for _, x := range form {
			if x.slot {
				names[lowerFirst(x.text)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// fill sets the slots; neighbouring runs of one weight become one span. A slot without a value shows as ⟨name⟩.
func (p phrase) fill(count func(float64) string, slots []digest.Slot) digest.Spans {
	form := p.forms["other"]
	if i := slices.IndexFunc(slots, func(s digest.Slot) bool { return s.IsN }); i >= 0 && p.plural != nil {
		for _, category := range []string{exactly[slots[i].Count], p.plural(slots[i].Count)} {
			if f, ok := p.forms[category]; ok {
				form = f
				break
			}
		}
	}
	var out digest.Spans
	for _, x := range form {
		text := x.text
		if x.slot {
			text = slotText(x.text, count, slots)
		}
		if n := len(out); n > 0 && out[n-1].Bold == x.bold {
			out[n-1].Text += text
		} else {
			out = append(out, digest.Span{Text: text, Bold: x.bold})
		}
	}
	return out
}

// slotText gives a slot's value; a name that begins with a capital asks for the value with a capital.
func slotText(name string, count func(float64) string, slots []digest.Slot) string {
	plain := lowerFirst(name)
	i := slices.IndexFunc(slots, func(s digest.Slot) bool { return s.Name == name || s.Name == plain })
	if i < 0 {
		return "⟨" + name + "⟩"
	}
	text := slots[i].Text
	if slots[i].IsN {
		text = count(slots[i].Count)
	}
	if slots[i].Name != name {
		text = upperFirst(text)
	}
	return text
}

func lowerFirst(s string) string { return mapFirst(s, unicode.ToLower) }

func upperFirst(s string) string { return mapFirst(s, unicode.ToUpper) }

func mapFirst(s string, f func(rune) rune) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(f(r)) + s[n:]
}
