package mailer

import (
	"bytes"
	"html"
	"io"
	"mime"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
)

// Bounds of what is looked at: reports are written by anybody.
const (
	deepest     = 8         // multiparts within multiparts
	mostParts   = 100       // of a report, on all levels
	longestText = 64 << 10  // octets of its prose
	longestBody = 256 << 10 // octets of a part for machines, or of a returned message
	longestLine = 8 << 10   // octets of a field
)

// parts is a report taken apart.
type parts struct {
	head     fields   // the report's own header
	groups   []fields // of a status notification, one a recipient
	feedback fields   // of a complaint; nil: none
	returned fields   // header of the message that is sent back; nil: none
	receipt  bool     // somebody read it, or did not
	text     string   // prose, without the message that is sent back
	seen     int
}

// open takes a report apart. It never fails: what is broken is left out.
func open(raw []byte) *parts {
	p := &parts{}
	head, body := cutHeader(string(raw))
	p.head = head
	var h message.Header
	h.Set("Content-Type", contentType(head.get("content-type")))
	h.Set("Content-Transfer-Encoding", firstWord(head.get("content-transfer-encoding")))
	e, err := message.New(h, strings.NewReader(body))
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		p.prose(body)
	} else {
		p.walk(e, 0)
	}
	if p.seen <= 1 && p.text == "" && len(p.groups) == 0 { // a multipart without parts
		p.prose(body)
	}
	p.cutReturned()
	return p
}

func (p *parts) walk(e *message.Entity, depth int) {
	if p.seen++; p.seen > mostParts || depth > deepest {
		return
	}
	kind, params, _ := e.Header.ContentType()
	kind = strings.ToLower(kind)
	if strings.HasPrefix(kind, "multipart/") {
		if params["boundary"] == "" {
			return
		}
		parts := e.MultipartReader()
		for p.seen <= mostParts {
			part, _ := parts.NextPart() // one of unknown charset or encoding comes with an error
			if part == nil {
				return
			}
			p.walk(part, depth+1)
		}
		return
	}
	body := func(limit int64) string {
		b, _ := io.ReadAll(io.LimitReader(e.Body, limit)) // broken encodings give what came before
		return strings.ToValidUTF8(string(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))), "\uFFFD")
	}
	switch kind {
	case "message/delivery-status", "message/global-delivery-status":
		p.groups = append(p.groups, recipientGroups(body(longestBody))...)
	case "message/feedback-report":
		p.feedback = parseFields(body(longestBody))
		if p.feedback == nil {
			p.feedback = fields{}
		}
	case "message/disposition-notification", "message/global-disposition-notification":
		p.receipt = true
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers":
		if p.returned == nil {
			p.returned, _ = cutHeader(body(longestBody))
		}
	case "text/html":
		if p.text == "" {
			p.prose(html.UnescapeString(tags.ReplaceAllString(body(longestText), " ")))
		}
	default:
		if strings.HasPrefix(kind, "text/") {
			p.prose(body(longestText))
		}
	}
}

func (p *parts) prose(text string) {
	if room := longestText - len(p.text); len(text) > room {
		text = text[:max(room, 0)]
	}
	p.text += strings.ToValidUTF8(text, "\uFFFD") + "\n"
}

var tags = regexp.MustCompile(`(?s)<(?:style|script)\b.*?</(?:style|script)>|<[^<>@]*>`)

// cutReturned parts the prose from the message that servers without MIME write below a line.
func (p *parts) cutReturned() {
	at := belowLine.FindStringIndex(p.text)
	if at == nil {
		return
	}
	if p.returned == nil {
		p.returned, _ = cutHeader(strings.TrimLeft(p.text[at[1]:], "\n"))
	}
	p.text = p.text[:at[0]]
}

var belowLine = regexp.MustCompile(`(?im)^\s*-{2,}.*(copy of|original message|below this line|returned message|unsent message|message (header|text|follows)).*$`)

func (p *parts) subject() string {
	raw := p.head.get("subject")
	words := mime.WordDecoder{CharsetReader: charset.Reader}
	if s, err := words.DecodeHeader(raw); err == nil {
		return oneLine(s)
	}
	return oneLine(raw)
}

// Fields that receiving servers write the envelope's recipient into.
var envelopeFields = []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "original-recipient", "to"}

// addresses lists those that are long enough for a token: of the envelope first, then of the message that came back and of
// what was written about it, then wherever else they stand.
func (p *parts) addresses() []string {
	const most = 50
	var all []string
	add := func(text string) {
		for _, address := range longAddress.FindAllString(text, most) {
			if address = strings.TrimRight(address, ".-"); len(all) < most && !slices.Contains(all, address) {
				all = append(all, address)
			}
		}
	}
	for _, name := range envelopeFields {
		for _, value := range p.head.all(name) {
			add(value)
		}
	}
	add(p.returned.get("return-path"))
	add(p.feedback.get("original-mail-from"))
	for _, fields := range append([]fields{p.returned, p.feedback, p.head}, p.groups...) {
		for _, f := range fields {
			add(f.value)
		}
	}
	add(p.text)
	return all
}

var longAddress = regexp.MustCompile(`[^\s<>"'(),;:\\\[\]@]{33,250}@[A-Za-z0-9.-]+`)

// field is one of a header, its name in lower case, its value unfolded.
type field struct{ name, value string }

type fields []field

// get gives the first of a name, or "".
func (all fields) get(name string) string {
	for _, f := range all {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (all fields) all(name string) (values []string) {
	for _, f := range all {
		if f.name == name {
			values = append(values, f.value)
		}
	}
	return values
}

// cutHeader parts a message at its first empty line.
func cutHeader(raw string) (fields, string) {
	raw = strings.TrimLeft(raw, "\n")
	head, body, _ := strings.Cut(raw, "\n\n")
	return parseFields(head), body
}

// parseFields reads a header as leniently as it goes: a line that is no field is left out.
func parseFields(head string) fields {
	const most = 1000
	var all fields
	for _, line := range strings.Split(head, "\n") {
		if len(all) > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			if last := &all[len(all)-1]; len(last.value)+len(line) < longestLine {
				last.value = strings.TrimSpace(last.value + " " + strings.TrimSpace(line))
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) || len(all) == most {
			continue
		}
		if len(value) > longestLine {
			value = value[:longestLine]
		}
		all = append(all, field{name, strings.TrimSpace(value)})
	}
	return all
}

// contentType mends what mime cannot read: type and boundary are enough.
func contentType(value string) string {
	if value == "" {
		return "text/plain"
	}
	if _, _, err := mime.ParseMediaType(value); err == nil {
		return value
	}
	kind, _, _ := strings.Cut(value, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if b := boundaryIn.FindStringSubmatch(value); b != nil && strings.HasPrefix(kind, "multipart/") {
		return mime.FormatMediaType(kind, map[string]string{"boundary": b[1] + b[2]})
	}
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		return "text/plain"
	}
	return kind
}

var boundaryIn = regexp.MustCompile(`(?i)boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))`)

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(s)), " ")
	word, _, _ = strings.Cut(word, ";")
	word, _, _ = strings.Cut(word, "(")
	return word
}
