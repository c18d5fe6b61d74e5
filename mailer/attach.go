package mailer

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"fortnight/digest"
)

// attach adds a file to a message. Its name is written as RFC 2231 has it: the library would put an encoded word into quotes, which RFC 2047
// forbids and some programs show as it stands.
func attach(msg *mail.Msg, f digest.File) {
	name := oneLine(f.Name)
	msg.AttachReadSeeker(name, bytes.NewReader(f.Data), func(part *mail.File) {
		part.Header.Set("Content-Type", withParameter("Content-Type", f.Type, "name", name))
		part.Header.Set("Content-Disposition", withParameter("Content-Disposition", "attachment", "filename", name))
	})
}

// lineLength is what RFC 5322 recommends.
const lineLength = 76

// withParameter is a field's value with one more parameter, folded where the line would be long. A value that is not plain ASCII is
// percent-encoded, one that is long is cut into numbered parts (RFC 2231).
func withParameter(field, value, name, text string) string {
	if isPlain(text) {
		parameter := fmt.Sprintf("%s=%q", name, text)
		if len(parameter) < lineLength {
			return onLines(field, value, parameter)
		}
	}
	charset := "utf-8''"
	var parts []string
	var part strings.Builder
	part.WriteString(charset)
	for _, r := range text { // a letter is not cut
		encoded := percent(string(r))
		if part.Len()+len(encoded) > lineLength-len(name)-8 {
			parts = append(parts, part.String())
			part.Reset()
		}
		part.WriteString(encoded)
	}
	parts = append(parts, part.String())
	if len(parts) == 1 {
		return onLines(field, value, name+"*="+parts[0])
	}
	for i, p := range parts {
		value += fmt.Sprintf(";\r\n %s*%d*=%s", name, i, p)
	}
	return value
}

func onLines(field, value, parameter string) string {
	if len(field)+len(": ")+len(value)+len("; ")+len(parameter) <= lineLength {
		return value + "; " + parameter
	}
	return value + ";\r\n " + parameter
}

// isPlain tells a text that stands in quotes as it is.
func isPlain(s string) bool {
	return isASCII(s) && !strings.ContainsAny(s, "\"\\") && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// percent encodes what is no attribute-char of RFC 2231.
func percent(s string) string {
	var out strings.Builder
	for _, b := range []byte(s) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("!#$&+-.^_`{|}~", b) >= 0 {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}
