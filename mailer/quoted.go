package mailer

import (
	"bytes"
	"mime/quotedprintable"
)

// Quoted-printable (RFC 2045, 6.7) in pieces: a link that is put between two of them begins and ends with a soft line break,
// which decoding takes away. So no line is longer than 76 octets, however long a link is, and nothing that is encoded already
// has to be encoded again.

const softBreak = "=\r\n"

// quotedPrintable encodes a page or a part of one. Line ends become CRLF.
func quotedPrintable(page []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	_, _ = w.Write(page) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// softBroken ends an encoded piece so that what follows begins a line. The encoder leaves room for it: its lines have 75
// octets at most, and no space is last.
func softBroken(piece []byte) []byte {
	if len(piece) == 0 || piece[len(piece)-1] == '\n' {
		return piece
	}
	return append(piece, softBreak...)
}

// appendLink encodes a link at the beginning of a line, and breaks the line after it where something follows.
func appendLink(dst []byte, link string, followed bool) []byte {
	const longest = 75 // and the = of a soft break
	const digits = "0123456789ABCDEF"
	column := 0
	for i := range len(link) {
		b := link[i]
		plain := b > ' ' && b < 0x7f && b != '='
		width := 3
		if plain {
			width = 1
		}
		if column+width > longest {
			dst = append(dst, softBreak...)
			column = 0
		}
		if plain {
			dst = append(dst, b)
		} else {
			dst = append(dst, '=', digits[b>>4], digits[b&15])
		}
		column += width
	}
	if !followed {
		return dst
	}
	return append(dst, softBreak...)
}
