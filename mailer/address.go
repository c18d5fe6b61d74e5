package mailer

import (
	"fmt"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"fortnight/digest"
)

// parseAddress checks an address and writes its domain in ASCII (IDNA 2008), so that only letters beyond ASCII before
// the @ need a server with SMTPUTF8.
func parseAddress(a digest.Address) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress("<" + a.Address + ">")
	if err != nil || strings.ContainsFunc(a.Address, unicode.IsControl) {
		return nil, fmt.Errorf("%q is not a mail address: write name@domain", a.Address)
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	local, domain := parsed.Address[:at], parsed.Address[at+1:]
	if !strings.HasPrefix(domain, "[") {
		if domain, err = idna.Lookup.ToASCII(domain); err != nil {
			return nil, fmt.Errorf("%q is not a mail address: its domain has no ASCII form (%w)", a.Address, err)
		}
	}
	if len(local) > 64 || len(local)+1+len(domain) > 254 {
		return nil, fmt.Errorf("%q is longer than a mail address may be: 64 octets before the @, 254 in all", a.Address)
	}
	return &netmail.Address{Name: oneLine(a.Name), Address: local + "@" + domain}, nil
}

// envelope is an address as MAIL and RCPT take it: <name@domain>.
func envelope(a *netmail.Address) string { return (&netmail.Address{Address: a.Address}).String() }

// isASCII tells whether every octet is below 128.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// oneLine makes a name or subject fit for a header: control characters, line ends among them, become one space.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(s, unicode.IsControl), " "))
}

// unsubscribeURI checks the one address of List-Unsubscribe. A byte that a header would have to encode kills the link
// for mail providers, so it is refused.
func unsubscribeURI(raw string, oneClick bool) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return "", fmt.Errorf("unsubscribe link %q is not an https address", raw)
	case oneClick && u.Scheme != "https":
		return "", fmt.Errorf("unsubscribe link %q: one click needs https (RFC 8058)", raw)
	case len(raw) > 900:
		return "", fmt.Errorf("unsubscribe link has %d octets: a header takes 900", len(raw))
	}
	for _, r := range raw {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune("<>,\"\\", r) {
			return "", fmt.Errorf("unsubscribe link %q holds %q: a header cannot carry it", raw, r)
		}
	}
	return raw, nil
}

// msgID checks an id for Message-ID or List-Id: dot-atoms, with or without an @ between them.
func msgID(what, id string) error {
	for _, part := range strings.Split(strings.Replace(id, "@", ".", 1), ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool {
			return !(r > ' ' && r < 0x7f) || strings.ContainsRune("()<>[]:;@\\,\"", r)
		}) {
			return fmt.Errorf("%s %q: write letters, digits and dots, without brackets", what, id)
		}
	}
	return nil
}

// feedbackID checks a Feedback-ID as mailbox providers read it: one to four fields with colons between them, the last of them the
// sender's.
func feedbackID(id string) error {
	fields := strings.Split(id, ":")
	if len(fields) > 4 || len(id) > 200 || slices.Contains(fields, "") ||
		strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return fmt.Errorf("Feedback-ID %q: write up to four fields of letters and digits with colons between them", id)
	}
	return nil
}
