package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"slices"
	"time"

	"fortnight/digest"
)

// form is a variant's message, encoded once, in pieces between which a delivery's own values go. It is not changed after it
// was made, so that many connections may use it.
type form struct {
	head     []byte // the fields that all share
	pieces   []piece
	size     int // octets of head and pieces
	oneClick bool
	signers  []signer
}

// piece is a run of the body, and the link that follows it.
type piece struct {
	encoded []byte
	link    place
	escape  bool // html.EscapeString
	last    bool // nothing of the page follows the link
}

// place names one of a delivery's links.
type place int

const (
	noLink place = iota
	viewLink
	preferencesLink
	unsubscribeLink
	pdfLink
	definitionsLink
)

func (p place) String() string {
	return [...]string{"no", "view", "preferences", "unsubscribe", "PDF", "definitions"}[p]
}

func (p place) of(l digest.Links) string {
	return [...]string{"", l.View, l.Preferences, l.Unsubscribe, l.PDF, l.Definitions}[p]
}

// Form encodes what all messages of a variant share, once. Of d it takes all but To, Date, MessageID and Links.
func (m *Mailer) Form(d digest.Message) (digest.Form, error) {
	if err := shared(d); err != nil {
		return nil, err
	}
	head, body, err := shape(d)
	if err != nil {
		return nil, err
	}
	before, rest, ok := bytes.Cut(body, []byte(textStands))
	between, after, there := bytes.Cut(rest, []byte(htmlStands))
	if !ok || !there {
		return nil, errors.New("encode the message: its text and html are not where they were put")
	}
	f := &form{head: head, oneClick: d.OneClick, signers: m.signers}
	f.add(before)
	f.page(d.Variant.Text, false)
	f.add(between)
	f.page(d.Variant.HTML, true)
	f.add(after)
	f.size = len(f.head)
	for _, p := range f.pieces {
		f.size += len(p.encoded)
	}
	return f, nil
}

// add appends bytes as they are, to the last piece where no link follows it.
func (f *form) add(b []byte) {
	if n := len(f.pieces); n > 0 && f.pieces[n-1].link == noLink {
		f.pieces[n-1].encoded = append(f.pieces[n-1].encoded, b...)
		return
	}
	f.pieces = append(f.pieces, piece{encoded: bytes.Clone(b)})
}

// page adds a page in quoted-printable, cut where it has a place for a link.
func (f *form) page(page []byte, escape bool) {
	for {
		at, link, length := nextPlace(page)
		if link == noLink {
			f.add(quotedPrintable(page))
			return
		}
		f.add(softBroken(quotedPrintable(page[:at])))
		last := &f.pieces[len(f.pieces)-1]
		page = page[at+length:]
		last.link, last.escape, last.last = link, escape, len(page) == 0
	}
}

// nextPlace finds a page's first place for a link.
func nextPlace(page []byte) (at int, link place, length int) {
	at = len(page)
	for _, p := range [...]place{viewLink, preferencesLink, unsubscribeLink, pdfLink, definitionsLink} {
		stands := p.of(digest.Placeholders)
		if i := bytes.Index(page[:min(at+len(stands), len(page))], []byte(stands)); i >= 0 && i < at {
			at, link, length = i, p, len(stands)
		}
	}
	return at, link, length
}

// Message appends the message for one delivery to dst: its signatures, its own fields, the shared ones, and the body with its
// links.
func (f *form) Message(dst []byte, d digest.Message) ([]byte, error) {
	if d.Date.IsZero() {
		return dst, errors.New("the message has no date")
	}
	if f.oneClick && d.Links.Unsubscribe == "" {
		return dst, errors.New("the message promises one-click unsubscribe but has no link")
	}
	room := 0
	for _, k := range f.signers {
		room += k.length(d.Date)
	}
	spare := 1024
	if room > 0 {
		spare += len(f.head) + 2048 // for sign
	}
	whole := slices.Grow(dst, room+f.size+f.sizeOfLinks(d.Links)+spare)
	begin := len(whole)
	whole = whole[:begin+room] // signed last, when the rest is there to sign
	whole, err := f.own(whole, d)
	if err != nil {
		return dst, err
	}
	whole = append(append(whole, f.head...), "\r\n"...)
	body := len(whole)
	for _, p := range f.pieces {
		whole = append(whole, p.encoded...)
		if p.link == noLink {
			continue
		}
		link := p.link.of(d.Links)
		if link == "" {
			return dst, fmt.Errorf("the variant has a place for a %s link and the delivery has no such link", p.link)
		}
		if p.escape {
			link = html.EscapeString(link)
		}
		whole = appendLink(whole, link, !p.last)
	}
	if err := sign(whole[begin:], room, body-begin, d.Date, f.signers); err != nil {
		return dst, err
	}
	return whole, nil
}

// sizeOfLinks estimates what the links add to the body.
func (f *form) sizeOfLinks(l digest.Links) (n int) {
	for _, p := range f.pieces {
		n += 2 * len(p.link.of(l))
	}
	return n
}

// own appends the fields that are a delivery's own. The date is written in UTC: a copy made on another machine must not say
// the instant in another zone.
func (f *form) own(dst []byte, d digest.Message) ([]byte, error) {
	to, err := parseAddress(d.To)
	if err != nil {
		return dst, fmt.Errorf("recipient: %w", err)
	}
	if err := msgID("Message-ID", d.MessageID); err != nil {
		return dst, err
	}
	dst = append(dst, "Date: "...)
	dst = d.Date.UTC().AppendFormat(dst, time.RFC1123Z)
	dst = append(append(append(dst, "\r\nMessage-ID: <"...), d.MessageID...), ">\r\n"...)
	dst = appendField(dst, "To", phrase(to.Name)+envelope(to))
	if d.Links.Unsubscribe == "" {
		return dst, nil
	}
	uri, err := unsubscribeURI(d.Links.Unsubscribe, f.oneClick)
	if err != nil {
		return dst, err
	}
	dst = append(append(append(dst, "List-Unsubscribe: <"...), uri...), ">\r\n"...)
	if f.oneClick {
		dst = append(dst, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"...)
	}
	return dst, nil
}
