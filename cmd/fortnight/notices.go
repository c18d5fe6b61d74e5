package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	"fortnight/digest"
)

// carrier hands one message to the relay.
type carrier interface {
	Send(ctx context.Context, e digest.Envelope, message []byte) digest.Outcome
}

// courier mails notices: what Fortnight has to say to a person beside digests.
type courier struct {
	life *digest.Life
	post carrier
}

// notice is a short mail: paragraphs, and at most one thing to do.
type notice struct {
	Lang, Dir string // BCP 47 and ltr or rtl; "": en, ltr
	From      string // the name that it comes from; "": the installation's
	Subject   string
	Title     string // its heading; "": the subject
	Text      string // paragraphs with an empty line between them; what stands in quotation marks as a command is set as one
	Link      string // "": nothing to do
	Label     string // of the link's button
	After     string // paragraphs after the button
}

// send mails a notice at once. The error holds no link: links hold tokens.
func (c courier) send(ctx context.Context, to digest.Address, n notice) error {
	text := n.Text
	if n.Link != "" {
		text += "\n\n" + n.Label + ":\n" + n.Link
	}
	if n.After != "" {
		text += "\n\n" + n.After
	}
	from := c.life.From
	if n.From != "" {
		from.Name = n.From
	}
	m := digest.Message{
		Variant: digest.Variant{HTML: []byte(n.page()), Text: []byte(text + "\n")},
		From:    from, To: to, Subject: n.Subject,
		Date: c.life.Now().UTC().Truncate(time.Second), MessageID: fmt.Sprintf("notice.%s@%s", strings.ToLower(rand.Text()), c.life.Domain),
	}
	raw, err := c.life.Post.Compose(m)
	if err != nil {
		return err
	}
	if o := c.post.Send(ctx, digest.Envelope{ReturnPath: m.From.Address, To: to.Address}, raw); o.State != digest.DeliverySent {
		return fmt.Errorf("%s: %s", o.State, o.Answer)
	}
	return nil
}

// page sets a notice as a mail.
func (n notice) page() string {
	title := orElse(n.Title, n.Subject)
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`+
		`<meta name="color-scheme" content="light dark"><title>%s</title></head>`+
		`<body style="margin:0;padding:24px 16px;font:16px/24px Inter,Segoe UI,Helvetica,Arial,sans-serif"><div style="max-width:600px;margin:0 auto">`+
		`<h1 style="margin:0 0 16px;font-size:22px;line-height:28px">%s</h1>`,
		html.EscapeString(orElse(n.Lang, "en")), orElse(n.Dir, "ltr"), html.EscapeString(n.Subject), html.EscapeString(title))
	paragraphs(&b, n.Text)
	if n.Link != "" {
		fmt.Fprintf(&b, `<p style="margin:8px 0 24px"><a href="%s" style="display:inline-block;padding:10px 20px;border-radius:6px;background:#4f46e5;color:#ffffff;font-weight:600;text-decoration:none">%s</a></p>`,
			html.EscapeString(n.Link), html.EscapeString(n.Label))
	}
	if n.After != "" {
		paragraphs(&b, n.After)
	}
	b.WriteString("</div></body></html>")
	return b.String()
}

func paragraphs(b *strings.Builder, text string) {
	for _, paragraph := range strings.Split(text, "\n\n") {
		words := html.EscapeString(paragraph)
		words = command.ReplaceAllString(words, `<code style="font:14px/22px Menlo,Consolas,monospace;white-space:nowrap">$1</code>`)
		b.WriteString(`<p style="margin:0 0 16px;overflow-wrap:anywhere">` + strings.ReplaceAll(words, "\n", "<br>") + "</p>")
	}
}

var command = regexp.MustCompile("&#34;(fortnight [^&]*)&#34;")
