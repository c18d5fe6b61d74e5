package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/wneessen/go-mail"

	"fortnight/digest"
)

// Compose writes a message as it goes over the wire (RFC 5322, CRLF): multipart/mixed > related > alternative, the
// levels that are needed only. It is a function of its argument.
func (m *Mailer) Compose(d digest.Message) ([]byte, error) {
	f, err := m.Form(d)
	if err != nil {
		return nil, err
	}
	raw, err := f.Message(nil, d)
	if err != nil {
		return nil, err
	}
	return raw, nil
}

// Stand-ins for the text and the html in what the library writes: it encodes them as they are, and they stand on a line that
// neither a head nor base64 can hold.
const (
	textStands = "fortnight-text-stands-here"
	htmlStands = "fortnight-html-stands-here"
)

// shape has the library write a message with all that its variant's messages share. In it stand-ins are where text and html
// will be; Date and Message-ID, which the library does not leave out, are taken away.
func shape(d digest.Message) (head, body []byte, err error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := setHeaders(msg, d); err != nil {
		return nil, nil, err
	}
	if err := setBody(msg, d); err != nil {
		return nil, nil, err
	}
	var buf bytes.Buffer
	buf.Grow(sizeOf(d.Variant))
	if _, err := msg.WriteTo(&buf); err != nil {
		return nil, nil, fmt.Errorf("encode the message: %w", err)
	}
	raw := bytes.Replace(unfolded(buf.Bytes()),
		[]byte("Content-Type: multipart/related;\r\n"),
		[]byte("Content-Type: multipart/related; type=\"multipart/alternative\";\r\n"), 1) // RFC 2387, 3.1
	settleBoundaries(raw, d.Variant.Text)
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return nil, nil, errors.New("encode the message: it has no body")
	}
	return without(without(head, "Date"), "Message-ID"), body, nil
}

// without takes a field of one line out of a head. Every line of what it gives ends.
func without(head []byte, field string) []byte {
	var out []byte
	for line := range bytes.Lines(head) {
		if !bytes.HasPrefix(line, []byte(field+": ")) {
			out = append(out, bytes.TrimRight(line, "\r\n")...)
			out = append(out, "\r\n"...)
		}
	}
	return out
}

// shared refuses a variant's messages that lack what every one of them must have.
func shared(d digest.Message) error {
	switch {
	case len(d.Variant.HTML) == 0 || len(d.Variant.Text) == 0:
		return errors.New("the message needs both html and text")
	case d.Variant.PDF != nil && d.Variant.PDFName == "":
		return errors.New("the message's PDF has no name")
	case oneLine(d.Subject) == "":
		return errors.New("the message has no subject")
	}
	if d.Feedback != "" {
		if err := feedbackID(d.Feedback); err != nil {
			return err
		}
	}
	if d.ListID != "" {
		return msgID("List-Id", d.ListID)
	}
	return nil
}

func setHeaders(msg *mail.Msg, d digest.Message) error {
	from, err := parseAddress(d.From)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	msg.FromMailAddress(from)
	if d.ReplyTo.Address != "" {
		reply, err := parseAddress(d.ReplyTo)
		if err != nil {
			return fmt.Errorf("reply address: %w", err)
		}
		msg.ReplyToMailAddress(reply)
	}
	msg.SetGenHeader(mail.HeaderSubject, encoded(oneLine(d.Subject)))
	if d.Variant.Choice.Locale != "" {
		msg.SetGenHeader(mail.HeaderContentLang, oneLine(d.Variant.Choice.Locale))
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if d.Feedback != "" {
		msg.SetGenHeader("Feedback-ID", d.Feedback)
	}
	if d.ListID != "" {
		msg.SetGenHeader("List-Id", phrase(oneLine(d.ListName))+"<"+d.ListID+">")
	}
	msg.SetMessageIDWithValue("shared") // the library makes a random one otherwise; it is taken out of the head
	return nil
}

func setBody(msg *mail.Msg, d digest.Message) error {
	msg.SetBodyString(mail.TypeTextPlain, textStands)
	msg.AddAlternativeString(mail.TypeTextHTML, htmlStands)
	for _, i := range d.Variant.Images {
		if err := msgID("Content-ID", i.ContentID); err != nil {
			return err
		}
		msg.EmbedReadSeeker(i.Name, bytes.NewReader(i.PNG), mail.WithFileContentType("image/png"),
			mail.WithFileContentID("<"+i.ContentID+">"))
	}
	if d.Variant.PDF != nil {
		attach(msg, digest.File{Name: d.Variant.PDFName, Type: "application/pdf", Data: d.Variant.PDF})
	}
	for _, f := range d.Variant.Attached() {
		attach(msg, f)
	}
	return nil
}

// settleBoundaries replaces the library's random boundaries, in place, by ones that follow from the variant's text, so that
// every copy of a variant has the same: the library has no setting for more than one. A line like this one stands only in a
// part's head, as base64 has none within a line.
func settleBoundaries(raw, text []byte) {
	const length = 60 // hexadecimal digits, as mime/multipart makes them
	line := []byte("\r\n boundary=")
	seed := sha256.Sum256(text)
	at := 0
	for level := range 3 {
		next := bytes.Index(raw[at:], line)
		if next < 0 || at+next+len(line)+length > len(raw) {
			return
		}
		at += next + len(line)
		random := bytes.Clone(raw[at : at+length])
		sum := sha256.Sum256(append(seed[:], byte(level)))
		replace(raw[at:], random, []byte(hex.EncodeToString(sum[:])[:length]))
	}
}

// replace writes b over every a, in place; both have the same length.
func replace(raw, a, b []byte) {
	for at := bytes.Index(raw, a); at >= 0; at = bytes.Index(raw, a) {
		copy(raw[at:], b)
		raw = raw[at+len(a):]
	}
}

// sizeOf estimates an encoded variant.
func sizeOf(v digest.Variant) int {
	n := 4096 + len(v.HTML)*5/4 + len(v.Text)*5/4 + len(v.PDF)*7/5
	for _, f := range v.Attached() {
		n += 512 + len(f.Data)*7/5
	}
	for _, i := range v.Images {
		n += 512 + len(i.PNG)*7/5
	}
	return n
}
