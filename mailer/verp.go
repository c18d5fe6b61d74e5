package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"fortnight/digest"
)

// Return writes a return path for each delivery (VERP), and reads it back when a report comes in: bounces@digest.example
// becomes bounces+TOKEN@digest.example. It is safe for concurrent use.
//
// A token is the delivery's id, 8 octets, and a truncated HMAC-SHA-256 of it, 96 bits: 32 letters and digits, the same at
// every attempt. Mail servers change the case of local parts, so it is read in any.
type Return struct {
	prefix, domain string // lower case: "bounces+", "digest.example"
	keys           [][]byte
}

// Why an address gives no delivery.
var (
	ErrNoToken = errors.New("the address holds no token of a delivery")
	ErrForged  = errors.New("the token was not signed here")
)

const (
	tokenMAC    = 12                     // octets of the HMAC that are kept
	tokenLength = (8 + tokenMAC) * 8 / 5 // letters: no bits are left over, so each token has one spelling
	longestPart = 64                     // octets before the @ (RFC 5321, 4.5.3.1.1)
)

var tokenLetters = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewReturn makes return paths from the address that takes bounces. Where its local part ends in + or -, the token stands behind
// that; else a + goes between (a server's recipient delimiter). The first key signs, all of them are accepted; each has 16
// octets or more.
func NewReturn(address string, keys ...[]byte) (*Return, error) {
	a, err := parseAddress(digest.Address{Address: address})
	if err != nil {
		return nil, err
	}
	local, domain, _ := cutAddress(strings.ToLower(a.Address))
	if strings.ContainsFunc(local, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(".+-_=", r))
	}) {
		return nil, fmt.Errorf("%q cannot take bounces: before the @ it may have letters, digits, and . + - _ =", address)
	}
	if !strings.HasSuffix(local, "+") && !strings.HasSuffix(local, "-") {
		local += "+"
	}
	if len(local)+tokenLength > longestPart {
		return nil, fmt.Errorf("%q is too long to take bounces: a token of %d letters has to go before the @, where %d are allowed in all",
			address, tokenLength, longestPart)
	}
	if len(keys) == 0 {
		return nil, errors.New("no key to sign return paths with")
	}
	for _, key := range keys {
		if len(key) < 16 {
			return nil, errors.New("a key of return paths is shorter than 16 octets")
		}
	}
	return &Return{local, domain, keys}, nil
}

// Path is where a delivery's bounces go, at every attempt the same.
func (r *Return) Path(delivery int64) string {
	token := binary.BigEndian.AppendUint64(nil, uint64(delivery))
	token = append(token, sign96(r.keys[0], token)...)
	return r.prefix + strings.ToLower(tokenLetters.EncodeToString(token)) + "@" + r.domain
}

// Delivery gives the delivery whose return path an address is: ErrNoToken where it is none, ErrForged where its token was
// cut, mistyped or made by somebody else.
//
// Only the end of the local part counts. Forwarders put their own before it (SRS, BATV), and servers rename the domain; the
// signature tells what is ours.
func (r *Return) Delivery(address string) (int64, error) {
	local, _, ok := cutAddress(strings.ToLower(strings.Trim(strings.TrimSpace(address), "<>")))
	at := strings.LastIndex(local, r.prefix)
	if !ok || at < 0 {
		return 0, ErrNoToken
	}
	if at > 0 && !strings.ContainsRune("=+-", rune(local[at-1])) {
		return 0, ErrNoToken // nobounces+…
	}
	letters := local[at+len(r.prefix):]
	token, err := tokenLetters.DecodeString(strings.ToUpper(letters))
	if err != nil || len(letters) != tokenLength || len(token) != 8+tokenMAC {
		return 0, ErrForged
	}
	id, mac := token[:8], token[8:]
	signed := false
	for _, key := range r.keys { // all of them, so that the time taken says nothing
		signed = hmac.Equal(mac, sign96(key, id)) || signed
	}
	if !signed {
		return 0, ErrForged
	}
	return int64(binary.BigEndian.Uint64(id)), nil
}

func sign96(key, id []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("return path of delivery "))
	h.Write(id)
	return h.Sum(nil)[:tokenMAC]
}

func cutAddress(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address, "", false
	}
	return address[:at], address[at+1:], true
}
