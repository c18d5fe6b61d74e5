package inbox

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// The two looks that a mail can be shown in.
const (
	light = "light"
	dark  = "dark"
)

var (
	darkQuery   = regexp.MustCompile(`prefers-color-scheme\s*:\s*(dark|light)`)
	bothSchemes = regexp.MustCompile(`color-scheme\s*:\s*(light dark|dark light)`)
)

// shown is a mail's html as the inbox's frame shows it: pictures by Content-ID come from the inbox, links open in a tab
// of their own and, where they begin with the rewritten base, at the inbox. The colour scheme is the one asked for,
// whatever this machine prefers.
func (b *Inbox) shown(m Message, l letter, scheme string) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(strings.NewReader(l.HTML))
	inStyle := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := bytes.Clone(z.Raw())
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inStyle = t.Data == "style" && kind == html.StartTagToken
			if b.change(m, l, scheme, &t) {
				out.WriteString(t.String())
				continue
			}
		case html.EndTagToken:
			inStyle = false
		case html.TextToken:
			if inStyle {
				raw = darkQuery.ReplaceAllFunc(raw, func(q []byte) []byte {
					if bytes.HasSuffix(q, []byte(scheme)) {
						return []byte("min-width:0px")
					}
					return []byte("max-width:0px")
				})
				raw = bothSchemes.ReplaceAll(raw, []byte("color-scheme:"+scheme))
			}
		}
		out.Write(raw)
	}
}

// change edits one tag and tells whether it did.
func (b *Inbox) change(m Message, l letter, scheme string, t *html.Token) (changed bool) {
	base := "/mail/" + strconv.Itoa(m.ID)
	for i, a := range t.Attr {
		switch {
		case strings.HasPrefix(a.Val, "cid:") && (a.Key == "src" || a.Key == "background"):
			id, err := url.PathUnescape(strings.TrimPrefix(a.Val, "cid:"))
			if p, ok := l.byContentID(id); err == nil && ok {
				t.Attr[i].Val, changed = base+"/part/"+strconv.Itoa(p.N), true
			}
		case a.Key == "href" && (t.Data == "a" || t.Data == "area") && !strings.HasPrefix(a.Val, "#"):
			t.Attr[i].Val, changed = b.o.Rewrite.apply(a.Val), true
		case a.Key == "content" && t.Data == "meta" && named(t, "color-scheme"):
			t.Attr[i].Val, changed = scheme, true
		}
	}
	switch {
	case changed && (t.Data == "a" || t.Data == "area"):
		set(t, "target", "_blank")
		set(t, "rel", "noopener noreferrer")
	case t.Data == "base":
		t.Attr, changed = nil, true
	}
	return changed
}

// apply gives the address that a link opens.
func (r Rewrite) apply(link string) string {
	from := strings.TrimSuffix(r.From, "/")
	if from == "" {
		return link
	}
	rest, ok := strings.CutPrefix(link, from)
	if !ok || (rest != "" && !strings.ContainsAny(rest[:1], "/?#")) {
		return link
	}
	if r.To == "" && !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	return strings.TrimSuffix(r.To, "/") + rest
}

func named(t *html.Token, name string) bool {
	for _, a := range t.Attr {
		if a.Key == "name" && strings.EqualFold(a.Val, name) {
			return true
		}
	}
	return false
}

func set(t *html.Token, key, value string) {
	for i := range t.Attr {
		if t.Attr[i].Key == key {
			t.Attr[i].Val = value
			return
		}
	}
	t.Attr = append(t.Attr, html.Attribute{Key: key, Val: value})
}

// run is a stretch of a text part; Link is set where it is an address.
type run struct{ Text, Link string }

var address = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// linked cuts a text at its addresses, so that a page can make links of them.
func (b *Inbox) linked(text string) (runs []run) {
	at := 0
	for _, f := range address.FindAllStringIndex(text, -1) {
		runs = append(runs, run{Text: text[at:f[0]]}, run{text[f[0]:f[1]], b.o.Rewrite.apply(text[f[0]:f[1]])})
		at = f[1]
	}
	return append(runs, run{Text: text[at:]})
}

var encodedBlock = regexp.MustCompile(`(?:[A-Za-z0-9+/]{76}\r?\n){6,}`)

// source is a mail as text with the middles of long base64 blocks left out: the whole is a download away.
func source(raw []byte) string {
	return string(encodedBlock.ReplaceAllFunc(raw, func(block []byte) []byte {
		lines := bytes.SplitAfter(block, []byte("\n"))
		n := len(lines) - 1 // the last is empty
		out := append([]byte(nil), bytes.Join(lines[:2], nil)...)
		out = append(out, "    … "+strconv.Itoa(n-3)+" lines of base64 …\r\n"...)
		return append(out, lines[n-1]...)
	}))
}
