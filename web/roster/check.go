package roster

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"fortnight/digest"
	"fortnight/web/spelling"
	"fortnight/web/zones"
)

// cell puts one cell into a line. Where it cannot, it gives what the cell says and why that will not do.
func (s *reading) cell(l *Line, c Column, text string) (says, reason string) {
	switch c {
	case Address:
		if text == "" {
			return "", ""
		}
		name, address := Apart(text)
		if reason := FaultOfAddress(address); reason != "" {
			return text, reason
		}
		l.Address = address
		if l.Name == "" {
			l.Name = name
		}
	case Name:
		if reason := FaultOfName(text); reason != "" {
			return text, reason
		}
		if text != "" {
			l.Name = text
		}
	case Audience:
		a, reason := AudienceOf(text)
		if reason != "" {
			return text, reason
		}
		l.Audience = a
	case Language:
		tag, reason := LanguageOf(text, s.Locales)
		if reason != "" {
			return text, reason
		}
		l.Language = tag
	case Zone:
		if reason := FaultOfZone(text); reason != "" {
			return text, reason
		}
		l.Zone = text
	case PDF:
		switch strings.ToLower(text) {
		case "", "yes", "y", "true", "1", "attached", "x":
			l.PDF = true
		case "no", "n", "false", "0", "linked":
			l.PDF = false
		default:
			return text, "Write yes where the PDF is attached, no where it is not."
		}
	}
	return "", ""
}

// Apart parts "Ana Ruiz <ana@example.org>"; what is not written so is all address.
func Apart(text string) (name, address string) {
	if strings.HasSuffix(text, ">") {
		if a, err := mail.ParseAddress(text); err == nil {
			return strings.TrimSpace(a.Name), a.Address
		}
	}
	return "", strings.TrimSpace(text)
}

// FaultOfAddress says why a text is no mail address that a digest can be sent to; "" where it is one.
func FaultOfAddress(address string) string {
	const not = "This is not a full address: "
	at := strings.LastIndexByte(address, '@')
	switch {
	case address == "":
		return "No address."
	case strings.ContainsAny(address, ",;"):
		return "These are several addresses, or a comma too many. Write one a line."
	case strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "An address holds no spaces."
	case at < 0:
		return not + "it has no @."
	case at == 0:
		return not + "there is nothing before the @."
	}
	domain := address[at+1:]
	switch {
	case domain == "":
		return not + "there is nothing after the @."
	case !strings.Contains(domain, "."):
		return not + "the part after @ has no dot."
	case strings.HasPrefix(domain, "."), strings.HasSuffix(domain, "."), strings.Contains(domain, ".."):
		return not + "the part after @ has a dot too many."
	case strings.Count(address, "@") > 1 && address[0] != '"':
		return "An address has one @."
	case len(address) > 254, at > 64:
		return "This address is too long: 64 letters before the @ and 254 in all are allowed."
	}
	if a, err := mail.ParseAddress(address); err != nil || a.Address != address || a.Name != "" {
		return "No mail server takes this address. Look for a letter that does not belong."
	}
	return ""
}

// FaultOfName says why a text cannot stand as a person's name; "" where it can.
func FaultOfName(name string) string {
	switch {
	case strings.ContainsFunc(name, unicode.IsControl):
		return "A name is one line."
	case utf8.RuneCountInString(name) > 200:
		return "A name has at most 200 letters."
	}
	return ""
}

// FaultOfZone says why a text is no zone; "" where it is one, or empty.
func FaultOfZone(zone string) string {
	if zone == "" || zones.Known(zone) {
		return ""
	}
	if near := zones.Nearest(zone); near != "" {
		return fmt.Sprintf("No such zone. Did you mean %s?", near)
	}
	return "No such zone. Write continent and city, such as Europe/Berlin."
}

// AudienceOf gives the audience that is meant; empty means manager.
func AudienceOf(text string) (a digest.Audience, reason string) {
	known := []string{string(digest.Admin), string(digest.Manager), string(digest.Executive)}
	if text == "" {
		return digest.Manager, ""
	}
	for _, k := range known {
		if strings.EqualFold(k, text) {
			return digest.Audience(k), ""
		}
	}
	if near := spelling.Nearest(text, known); near != "" {
		return "", fmt.Sprintf("No such audience. Did you mean %s?", near)
	}
	return "", "Use admin, manager or executive."
}

// LanguageOf gives the tag that is meant, of a language that there is; a territory may follow it: "es-MX".
func LanguageOf(text string, locales []string) (tag, reason string) {
	if text == "" {
		return "", ""
	}
	tag = strings.ReplaceAll(text, "_", "-")
	language, territory, two := strings.Cut(tag, "-")
	for _, l := range locales {
		if !strings.EqualFold(l, language) && !strings.EqualFold(l, tag) {
			continue
		}
		if !two || strings.EqualFold(l, tag) {
			return l, ""
		}
		if n := len(territory); (n == 2 || n == 3 || n == 4 || n > 4) && !strings.ContainsFunc(territory, strange) {
			return strings.ToLower(language) + "-" + cased(territory), ""
		}
	}
	if near := languageNamed(text, locales); near != "" {
		return "", fmt.Sprintf("No such language. Did you mean %s?", near)
	}
	return "", fmt.Sprintf("No mails are written in this language. Use %s.", or(locales))
}

func strange(r rune) bool {
	return !(r == '-' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)))
}

// cased writes a territory as tags do: es-MX, zh-Hant.
func cased(territory string) string {
	if len(territory) == 4 {
		return strings.ToUpper(territory[:1]) + strings.ToLower(territory[1:])
	}
	return strings.ToUpper(territory)
}

// languageNamed knows a language by its own name or the English one, and a slip of the keys in either.
func languageNamed(text string, locales []string) string {
	byName := map[string]string{
		"english": "en", "spanish": "es", "español": "es", "castellano": "es", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
		"portuguese": "pt", "português": "pt", "italian": "it", "italiano": "it", "arabic": "ar", "japanese": "ja", "dutch": "nl", "nederlands": "nl",
	}
	var names []string
	for name, tag := range byName {
		for _, l := range locales {
			if l == tag {
				names = append(names, name)
			}
		}
	}
	return byName[spelling.Nearest(text, names)]
}

// or joins words: "en or es".
func or(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// folded is an address as it is told from others.
func folded(address string) string { return strings.ToLower(strings.TrimSpace(address)) }
