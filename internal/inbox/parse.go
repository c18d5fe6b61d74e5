package inbox

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes every charset that a mail may name
	"github.com/emersion/go-message/mail"
)

// letter is a mail taken apart.
type letter struct {
	Subject  string
	From, To string // as its head says
	Date     time.Time
	Text     string
	HTML     string
	Parts    []part // every leaf, in order
	Fault    string // where it could not be read to its end
}

// part is a leaf of a mail, decoded.
type part struct {
	N         int
	Type      string // "image/png"
	Name      string
	ContentID string // without brackets
	Attached  bool
	Bytes     []byte
}

// Size is in bytes.
func (p part) Size() int { return len(p.Bytes) }

// PDF tells whether a browser can show the part as a document.
func (p part) PDF() bool { return p.Type == "application/pdf" }

// Picture tells whether a browser can show the part as an image.
func (p part) Picture() bool {
	return strings.HasPrefix(p.Type, "image/") && p.Type != "image/svg+xml" // which may hold script
}

// parse reads as much of a mail as can be read; it never fails.
func parse(raw []byte) letter {
	var l letter
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil && (e == nil || !message.IsUnknownCharset(err)) {
		l.Fault = "This is not a mail: " + err.Error()
		return l
	}
	h := mail.Header{Header: e.Header}
	l.Subject, _ = h.Text("Subject")
	l.From, l.To = people(h, "From"), people(h, "To")
	l.Date, _ = h.Date()
	if err := e.Walk(l.take); err != nil {
		l.Fault = "It breaks off: " + err.Error()
	}
	return l
}

func (l *letter) take(_ []int, e *message.Entity, err error) error {
	if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return err
	}
	if e.MultipartReader() != nil {
		return nil
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	disposition, more, _ := e.Header.ContentDisposition()
	name := more["filename"]
	if name == "" {
		name = params["name"]
	}
	b, err := io.ReadAll(e.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	p := part{
		N: len(l.Parts), Type: strings.ToLower(kind), Name: name, Bytes: b, Attached: disposition == "attachment",
		ContentID: strings.Trim(e.Header.Get("Content-Id"), "<> "),
	}
	l.Parts = append(l.Parts, p)
	switch {
	case p.Attached:
	case p.Type == "text/plain" && l.Text == "":
		l.Text = string(b)
	case p.Type == "text/html" && l.HTML == "":
		l.HTML = string(b)
	}
	return err
}

// people writes an address header as a reader wants it.
func people(h mail.Header, key string) string {
	list, err := h.AddressList(key)
	if err != nil || len(list) == 0 {
		s, _ := h.Text(key)
		return s
	}
	var out []string
	for _, a := range list {
		switch a.Name {
		case "":
			out = append(out, a.Address)
		default:
			out = append(out, a.Name+" <"+a.Address+">")
		}
	}
	return strings.Join(out, ", ")
}

// files are the attachments and, apart from them, the pictures that the html shows.
func (l letter) files() (attached, pictures []part) {
	for _, p := range l.Parts {
		switch {
		case p.Picture() && (!p.Attached || (p.ContentID != "" && strings.Contains(l.HTML, "cid:"+p.ContentID))):
			pictures = append(pictures, p)
		case p.Attached:
			attached = append(attached, p)
		}
	}
	return attached, pictures
}

func (l letter) byContentID(id string) (part, bool) {
	for _, p := range l.Parts {
		if p.ContentID == id && id != "" {
			return p, true
		}
	}
	return part{}, false
}

// head is what the list of mails says of one.
type head struct {
	To, Subject string
	Attached    int
}

func headOf(raw []byte) head {
	l := parse(raw)
	attached, _ := l.files()
	return head{l.To, l.Subject, len(attached)}
}
