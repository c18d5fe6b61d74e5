package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/wneessen/go-mail"

	"fortnight/digest"
)

// Compose writes a message as it goes over the wire (RFC 5322, CRLF): multipart/mixed > related > alternative, the
// levels that are needed only. It is a function of its argument.
func (m *Mailer) Compose(d digest.Message) ([]byte, error) {
	if err := whole(d); err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := setHeaders(msg, d); err != nil {
		return nil, err
	}
	if err := setBody(msg, d); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.Grow(sizeOf(d.Variant))
	if _, err := msg.WriteTo(&buf); err != nil {
		return nil, fmt.Errorf("encode the message: %w", err)
	}
	raw := unfolded(buf.Bytes())
	settleBoundaries(raw, d.Variant.Text)
	return sign(raw, d.Date, m.c.DKIM)
}

// whole refuses a message that lacks what every copy of it must have.
func whole(d digest.Message) error {
	switch {
	case d.Date.IsZero():
		return errors.New("the message has no date")
	case len(d.Variant.HTML) == 0 || len(d.Variant.Text) == 0:
		return errors.New("the message needs both html and text")
	case d.Variant.PDF != nil && d.Variant.PDFName == "":
		return errors.New("the message's PDF has no name")
	case oneLine(d.Subject) == "":
		return errors.New("the message has no subject")
	case d.OneClick && d.Links.Unsubscribe == "":
		return errors.New("the message promises one-click unsubscribe but has no link")
	}
	if err := msgID("Message-ID", d.MessageID); err != nil {
		return err
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
	to, err := parseAddress(d.To)
	if err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	if d.ReplyTo.Address != "" {
		reply, err := parseAddress(d.ReplyTo)
		if err != nil {
			return fmt.Errorf("reply address: %w", err)
		}
		msg.ReplyToMailAddress(reply)
	}
	msg.SetGenHeader(mail.HeaderSubject, encoded(oneLine(d.Subject)))
	msg.SetDateWithValue(d.Date.UTC()) // a copy made on another machine must not say the instant in another zone
	msg.SetMessageIDWithValue(d.MessageID)
	if d.Variant.Choice.Locale != "" {
		msg.SetGenHeader(mail.HeaderContentLang, oneLine(d.Variant.Choice.Locale))
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if d.ListID != "" {
		msg.SetGenHeader("List-Id", listID(oneLine(d.ListName), d.ListID))
	}
	if d.Links.Unsubscribe != "" {
		uri, err := unsubscribeURI(d.Links.Unsubscribe, d.OneClick)
		if err != nil {
			return err
		}
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+uri+">")
		if d.OneClick {
			msg.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		}
	}
	return nil
}

// listID writes a phrase and an id (RFC 2919). The phrase is encoded by itself: an encoded word around the id would
// hide it.
func listID(name, id string) string {
	switch {
	case name == "":
		return "<" + id + ">"
	case isASCII(name):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + id + ">"
	}
	return encoded(name) + " <" + id + ">"
}

func setBody(msg *mail.Msg, d digest.Message) error {
	text, err := digest.Personal(d.Variant.Text, d.Links, func(s string) string { return s })
	if err != nil {
		return err
	}
	page, err := digest.Personal(d.Variant.HTML, d.Links, html.EscapeString)
	if err != nil {
		return err
	}
	msg.SetBodyString(mail.TypeTextPlain, string(text))
	msg.AddAlternativeString(mail.TypeTextHTML, string(page))
	for _, i := range d.Variant.Images {
		if err := msgID("Content-ID", i.ContentID); err != nil {
			return err
		}
		msg.EmbedReadSeeker(i.Name, bytes.NewReader(i.PNG), mail.WithFileContentType("image/png"),
			mail.WithFileContentID("<"+i.ContentID+">"))
	}
	if d.Variant.PDF != nil {
		msg.AttachReadSeeker(oneLine(d.Variant.PDFName), bytes.NewReader(d.Variant.PDF),
			mail.WithFileContentType("application/pdf"))
	}
	return nil
}

// settleBoundaries replaces the library's random boundaries, in place, by ones that follow from the variant's text, so that
// every copy of a variant has the same: the library has no setting for more than one. A line like this one stands only in a
// part's head, as encoded text has no bare = before letters and base64 none within a line.
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
	for _, i := range v.Images {
		n += 512 + len(i.PNG)*7/5
	}
	return n
}
