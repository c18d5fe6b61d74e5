package mailer

import (
	"regexp"
	"strconv"
	"strings"
)

// recipientGroups reads a delivery status (RFC 3464, 2.1): groups of fields with empty lines between. The first is of the
// whole message, where a server has not left it out: a recipient's is known by its fields.
func recipientGroups(text string) []fields {
	const most = 100
	var all []fields
	for _, block := range emptyLines.Split(text, -1) {
		g := parseFields(block)
		if g.get("action") == "" && g.get("status") == "" && g.get("final-recipient") == "" {
			continue
		}
		if n := len(all); n > 0 && all[n-1].get("final-recipient") != "" && g.get("final-recipient") == "" && all[n-1].get("status") == "" {
			all[n-1] = append(all[n-1], g...) // an empty line too many, within a group
			continue
		}
		if len(all) < most {
			all = append(all, g)
		}
	}
	return all
}

var emptyLines = regexp.MustCompile(`\n[ \t]*\n`)

// afterType drops the type before a value: "smtp; 550 no", "rfc822;dana@example.com".
func afterType(value string) string {
	if kind, rest, ok := strings.Cut(value, ";"); ok && !strings.ContainsAny(strings.TrimSpace(kind), " @") {
		return strings.TrimSpace(rest)
	}
	return strings.TrimSpace(value)
}

// recipientOf reads an address with its type; of the type utf-8 letters may be spelt \x{3B1} (RFC 6533, 3).
func recipientOf(value string) string {
	address := strings.Trim(afterType(value), "<> ")
	return short(utf8Letters.ReplaceAllStringFunc(address, func(code string) string {
		n, err := strconv.ParseUint(code[3:len(code)-1], 16, 21)
		if err != nil {
			return code
		}
		return string(rune(n))
	}))
}

var utf8Letters = regexp.MustCompile(`\\x\{[0-9A-Fa-f]{1,6}\}`)

// An enhanced status code (RFC 3463): its subject is 0 to 7. It is looked for after an SMTP code or a # first, as versions of programs and
// addresses of machines look like one.
var (
	enhancedAfter = regexp.MustCompile(`(?:\b[245]\d\d[ \t#-]+|#)([245]\.[0-7]\.\d{1,3})\b`)
	enhancedAlone = regexp.MustCompile(`(?:^|[^\w.])([245]\.[0-7]\.\d{1,3})(?:$|[^\w.]|\.(?:\D|$))`)
	smtpCode      = regexp.MustCompile(`(?m)(?:^|[^\w.-])([45]\d\d)(?:[ -]+[A-Za-z<#:(]|$)`)
)

// codeIn finds the enhanced status code in words, or "".
func codeIn(words string) string {
	for _, pattern := range []*regexp.Regexp{enhancedAfter, enhancedAlone} {
		if found := pattern.FindStringSubmatch(words); found != nil {
			return found[1]
		}
	}
	return ""
}

// sharper gives the status that the remote server's words have where the report's own says only that it failed: X.0.0, or
// nothing.
func sharper(status, words string) string {
	if status != "" && !strings.HasSuffix(status, ".0.0") {
		return status
	}
	if code := codeIn(words); code != "" && !strings.HasSuffix(code, ".0.0") {
		return code
	}
	class := first(status)
	if found := smtpCode.FindStringSubmatch(words); found != nil {
		class = found[1][0]
	}
	for _, p := range phrases {
		if !p.words.MatchString(words) {
			continue
		}
		if class == '4' && p.detail != "2.2" {
			break // for a time only, so not for that reason
		}
		if class == 0 {
			class = '5'
		}
		return string(class) + "." + p.detail
	}
	if status == "" && class != 0 {
		return string(class) + ".0.0"
	}
	return status
}

// phrases are the words of servers that give no enhanced code. Those that do not speak against the address come first, so that a
// doubt never suppresses one.
var phrases = []struct {
	detail string
	words  *regexp.Regexp
}{
	{"2.2", regexp.MustCompile(`(?i)over ?quota|quota (is |has been )?(exceeded|full)|exceed\w* .{0,30}quota|(mailbox|inbox|mail ?box|storage)[^.;]{0,30}(is |was )?(full|exceeded|over)`)},
	{"3.4", regexp.MustCompile(`(?i)message (size )?(is )?(exceeds|too (big|large))|size limit`)},
	{"7.1", regexp.MustCompile(`(?i)\bspam\b|black ?list|block ?list|blocked|\bpolicy\b|\bdmarc\b|\bspf\b|\bdkim\b|reputation|not authori[sz]ed|access denied|relay(ing)? (access |is )?(denied|not)|content (was )?rejected|virus`)},
	{"2.1", regexp.MustCompile(`(?i)(mailbox|account|user|address)[^.;]{0,40}(disabled|inactive|suspended|deactivated)`)},
	{"1.1", regexp.MustCompile(`(?i)(user|recipient|address|mailbox|account)( name)?( is)? (unknown|not (found|known|listed))|unknown (local[ -]part|user|recipient|mailbox|address|account)|` +
		`no such (user|mailbox|recipient|address|person|account)|no mailbox (here )?by that name|(user|mailbox|account|address|recipient)[^.;]{0,60}(does not|doesn.t) exist|` +
		`doesn.t have an? .{0,30}account|invalid (recipient|mailbox|user)|not listed in|recipientnotfound`)},
	{"1.2", regexp.MustCompile(`(?i)host (or domain name )?(unknown|not found)|unknown (host|domain)|no such (domain|host)|domain[^.;]{0,40}(not found|does not exist|doesn.t exist)|couldn.t find any host named|non-?existent host`)},
	{"1.0", regexp.MustCompile(`(?i)unrouteable (mail )?(address|domain)`)},
}
