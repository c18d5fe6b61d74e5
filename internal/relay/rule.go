package relay

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Phase is a moment of a try.
type Phase string

// The phases in their order.
const (
	Greeting Phase = "greeting" // in place of the server's greeting; no recipient is known, and a rule for one does not fit
	Rcpt     Phase = "RCPT"
	Data     Phase = "DATA"    // the command. Over TLS go-smtp has said 354 already, and a refusal comes after the message there
	Middle   Phase = "message" // its first 512 octets have come. A sender that is still writing reads no answer: Drop, or Late alone
	End      Phase = "end"     // the message has come whole
)

// Rule is a fault and what it befalls. With Code the try is refused; with Drop the connection ends without an answer; with Late
// alone the answer is the good one, later. At the end of a message Drop and Late alone lose or delay the answer to a message that
// was taken.
type Rule struct {
	Name string

	// What it befalls: all of these at once.
	To     string        // "ann@desk.example", "@desk.example", or "" for everybody
	Share  float64       // of the tries, drawn by the seed, the recipient and the number of the try; 0: all of them
	Tries  int           // a recipient's first so many tries; 0: all
	For    time.Duration // only so long after the rules were laid down; 0: always
	Within time.Duration // tries less than so long after the recipient's first, and the share is drawn once a recipient: greylisting; 0: always

	At     Phase
	Code   int    // 4xx or 5xx; 421 ends the connection
	Status string // enhanced status code: "4.2.0"; "": X.0.0
	Words  string
	Drop   bool
	Late   time.Duration // before the answer, or before the connection ends
}

// Greylist answers the first try of a share of the recipients 450 4.2.0, and every further one until a time has passed.
func Greylist(share float64, within time.Duration) Rule {
	return Rule{Name: "greylist", Share: share, Within: within, At: Rcpt, Code: 450, Status: "4.2.0", Words: "greylisted, try again"}
}

// LoseAnswer takes messages and ends the connection in place of the answer, for a share of the tries.
func LoseAnswer(share float64) Rule {
	return Rule{Name: "lost answer", Share: share, At: End, Drop: true}
}

// Refuse answers a share of the tries with a code.
func Refuse(share float64, at Phase, code int, status string) Rule {
	return Rule{Name: fmt.Sprintf("%d at %s", code, at), Share: share, At: at, Code: code, Status: status, Words: "refused by a rule"}
}

// Limit is what a domain bears. What is beyond is counted, and refused where Code says so.
type Limit struct {
	Domain      string
	Messages    int           // tries within Per; 0: any number
	Per         time.Duration // 0: a minute
	Connections int           // transactions at a time; 0: any number
	Code        int           // of the refusal at RCPT; 0: none. 421 ends the connection
}

// try is one recipient's try, or a connection's beginning where recipient is "".
type try struct {
	recipient string
	number    int // from 1; of a recipient, or of the connection
	since     time.Duration
}

// befalling gives the first rule that fits a try at a phase; ok is false where none does.
func (r *Relay) befalling(at Phase, t try) (Rule, bool) {
	r.mu.Lock()
	rules, age := r.rules, r.o.Now().Sub(r.laid)
	r.mu.Unlock()
	for i, rule := range rules {
		if rule.At == at && (rule.For == 0 || age < rule.For) && rule.fits(r.o.Seed, i, t) {
			return rule, true
		}
	}
	return Rule{}, false
}

func (rule Rule) fits(seed uint64, place int, t try) bool {
	switch {
	case rule.To == "":
	case strings.HasPrefix(rule.To, "@"):
		if !strings.EqualFold(rule.To[1:], domain(t.recipient)) {
			return false
		}
	case !strings.EqualFold(rule.To, t.recipient):
		return false
	}
	if rule.Tries > 0 && t.number > rule.Tries || rule.Within > 0 && t.since >= rule.Within {
		return false
	}
	if rule.Within > 0 {
		t.number = 0
	}
	return rule.Share == 0 || draw(seed, place, t) < rule.Share
}

// draw is a number in [0, 1) that only depends on what it is given.
func draw(seed uint64, place int, t try) float64 {
	h := fnv.New64a()
	var b [24]byte
	binary.LittleEndian.PutUint64(b[:], seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(place))
	binary.LittleEndian.PutUint64(b[16:], uint64(t.number))
	_, _ = h.Write(b[:])
	_, _ = h.Write([]byte(t.recipient))
	// FNV leaves likenesses in the high bits; these are the last steps of SplitMix64.
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return float64((x^x>>31)>>11) / math.Exp2(53)
}

// answer is the rule's refusal.
func (rule Rule) answer() *smtp.SMTPError {
	words := rule.Words
	if words == "" {
		words = "refused"
	}
	e := &smtp.SMTPError{Code: rule.Code, EnhancedCode: smtp.EnhancedCode{rule.Code / 100, 0, 0}, Message: words}
	if rule.Status != "" {
		if _, err := fmt.Sscanf(rule.Status, "%d.%d.%d", &e.EnhancedCode[0], &e.EnhancedCode[1], &e.EnhancedCode[2]); err != nil {
			e.EnhancedCode = smtp.NoEnhancedCode
		}
	}
	return e
}

func domain(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}
