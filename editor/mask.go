package editor

import (
	"slices"
	"strings"
	"unicode"

	"fortnight/digest"
)

// maskPersons masks the persons of tables that have some. The tables' rows are replaced, not changed.
func maskPersons(tables []digest.Table) {
	for i := range tables {
		t := &tables[i]
		if !slices.Contains(personTables, t.Key) {
			continue
		}
		rows := make([][]digest.Value, len(t.Rows))
		for j, row := range t.Rows {
			rows[j] = slices.Clone(row)
			for k, c := range t.Columns {
				if v := &rows[j][k]; v.Is() {
					switch c.Key {
					case "person":
						v.Text = maskedName(v.Text)
					case "address":
						v.Text = maskedAddress(v.Text)
					case "detail", "variables": // what was said, or filled in, may name who said it
						*v = digest.None(digest.Empty)
					}
				}
			}
		}
		t.Rows, t.Previous = rows, nil
	}
}

// maskedName is a person by initials: "Ada Quist" is "A. Q."; what is no name, an id or a number, is its last two characters.
func maskedName(name string) string {
	var initials []string
	for word := range strings.FieldsSeq(name) {
		if r := []rune(word); unicode.IsLetter(r[0]) {
			initials = append(initials, strings.ToUpper(string(r[:1]))+".")
		}
		if strings.ContainsFunc(word, unicode.IsDigit) || strings.Contains(word, "@") {
			return maskedAddress(name)
		}
	}
	if len(initials) == 0 {
		return maskedAddress(name)
	}
	return strings.Join(initials[:min(len(initials), 3)], "\u00a0")
}

// maskedAddress leaves enough of a number or an address for who knows it to tell it: "…01", "a…@example.com".
func maskedAddress(s string) string {
	if name, host, ok := strings.Cut(s, "@"); ok {
		return string(head([]rune(name), 1)) + "…@" + host
	}
	r := []rune(s)
	return "…" + string(r[max(len(r)-2, len(r)/2):])
}
