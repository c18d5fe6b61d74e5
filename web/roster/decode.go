package roster

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decoded gives a file's text, in the line ends of Unix, and how it was written: "" for UTF-8. UTF-16 is known by its mark, or by the
// zero bytes of its plain letters; what is neither UTF-8 nor UTF-16 is read as Windows-1252, which is how spreadsheets of Western
// Europe save where they are not asked for more.
func decoded(file []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(file, []byte("\xef\xbb\xbf")):
		file = file[3:]
	case bytes.HasPrefix(file, []byte("\xff\xfe")):
		return lines(wide(file[2:], binary.LittleEndian)), "UTF-16"
	case bytes.HasPrefix(file, []byte("\xfe\xff")):
		return lines(wide(file[2:], binary.BigEndian)), "UTF-16"
	case len(file) > 3 && file[0] != 0 && file[1] == 0 && file[3] == 0:
		return lines(wide(file, binary.LittleEndian)), "UTF-16"
	case len(file) > 3 && file[0] == 0 && file[1] != 0 && file[2] == 0:
		return lines(wide(file, binary.BigEndian)), "UTF-16"
	}
	if utf8.Valid(file) {
		return lines(string(file)), ""
	}
	var out strings.Builder
	out.Grow(len(file) + len(file)/8)
	for _, b := range file {
		if b >= 0x80 && b < 0xa0 {
			out.WriteRune(upper1252[b-0x80])
		} else {
			out.WriteRune(rune(b))
		}
	}
	return lines(out.String()), "Windows-1252"
}

// upper1252 are the letters of the bytes 0x80 to 0x9f in Windows-1252 (WHATWG Encoding, index windows-1252); the others are Latin 1's.
var upper1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

func wide(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// lines ends lines as Unix does.
func lines(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
