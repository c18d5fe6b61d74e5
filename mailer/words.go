package mailer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// longestWord bounds an encoded word, octets, so that the first stands on its header's first line: readers have been seen
// to take the fold before it for a space of the subject. RFC 2047 allows 75, and lines of 76.
const longestWord = 60

// encoded writes a subject or a phrase for a header: plain where it is ASCII, else as encoded words (RFC 2047, Q). They
// hold nothing that a phrase may not hold, and no letter is cut in two.
func encoded(text string) string {
	if isASCII(text) {
		return text
	}
	return inWords(text)
}

// inWords writes a text as encoded words.
func inWords(text string) string {
	const begin, end = "=?utf-8?q?", "?="
	var words []string
	var word strings.Builder
	for _, letter := range text {
		code := quoted(letter)
		if word.Len() > 0 && len(begin)+word.Len()+len(code)+len(end) > longestWord {
			words = append(words, begin+word.String()+end)
			word.Reset()
		}
		word.WriteString(code)
	}
	return strings.Join(append(words, begin+word.String()+end), " ")
}

// quoted spells a letter as an encoded word in a phrase may (RFC 2047, 5 (3)).
func quoted(letter rune) string {
	switch {
	case letter == ' ':
		return "_"
	case letter >= 'a' && letter <= 'z', letter >= 'A' && letter <= 'Z', letter >= '0' && letter <= '9', strings.ContainsRune("!*+-/", letter):
		return string(letter)
	}
	var code strings.Builder
	for _, octet := range []byte(string(letter)) {
		fmt.Fprintf(&code, "=%02X", octet)
	}
	return code.String()
}

// phrase writes the name before an address or an id, and a space; nothing where there is no name. It is encoded by itself: an
// encoded word around an id would hide it. A name without a place to be folded at is encoded too.
func phrase(name string) string {
	switch {
	case name == "":
		return ""
	case isASCII(name) && (len(name) <= longestWord || !slices.ContainsFunc(strings.Fields(name), tooLong)):
		return `"` + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), `"`, `\"`) + `" `
	}
	return inWords(name) + " "
}

func tooLong(word string) bool { return len(word) > longestWord }

// appendField writes a field that may be folded at its spaces. Lines have 76 octets where they can; the first word stands beside
// the field's name.
func appendField(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ": "...)
	column := len(name) + 2
	first := true
	for word := range strings.SplitSeq(value, " ") {
		switch {
		case first:
			first = false
		case word != "" && column+1+len(word) > 76:
			dst = append(dst, "\r\n "...)
			column = 1
		default:
			dst = append(dst, ' ')
			column++
		}
		dst = append(dst, word...)
		column += len(word)
	}
	return append(dst, "\r\n"...)
}

// unfolded puts an id or address that the library began on a line of its own, because it is long, beside its header's
// name: it has no place to be folded at.
func unfolded(raw []byte) []byte {
	end := bytes.Index(raw, []byte("\r\n\r\n"))
	if end < 0 {
		return raw
	}
	head := bytes.ReplaceAll(raw[:end], []byte(":\r\n <"), []byte(": <"))
	n := copy(raw, head)
	return append(raw[:n], raw[end:]...)
}
