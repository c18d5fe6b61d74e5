package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Signing is done here and not by go-mail's signer, which writes the body anew before it hashes it: a signature over 250 kB takes it
// four to seven times as long. The bodies that this package writes are canonical already (RFC 6376, 3.4.3, "simple": every line ends
// in CRLF, and the last is not empty), so the body hash is a plain SHA-256.

// signer writes the signature of one key. All of it but t=, bh= and b= is made once.
type signer struct {
	key     crypto.Signer
	options crypto.SignerOpts
	name    string // of the key, for errors
	open    string // to t=
	signed  string // h=, to bh=
	octets  int    // of a signature in base64
}

const (
	hashOctets = (sha256.Size + 2) / 3 * 4 // in base64
	signedLine = 72                        // octets of base64 in a line of a signature
)

func newSigner(k Key) signer {
	s := signer{key: k.Signer, name: k.Name(), options: crypto.SHA256}
	algorithm, octets := "rsa-sha256", 0
	switch key := k.Signer.Public().(type) {
	case ed25519.PublicKey:
		algorithm, octets, s.options = "ed25519-sha256", ed25519.SignatureSize, crypto.Hash(0) // of the hash: RFC 8463, 3
	case *rsa.PublicKey:
		octets = key.Size()
	}
	s.octets = base64.StdEncoding.EncodedLen(octets)
	s.open = "DKIM-Signature: v=1; a=" + algorithm + "; c=relaxed/simple;\r\n d=" + k.Domain + ";\r\n s=" + k.Selector + "; t="
	lines, column := []string{";\r\n h="}, 3
	for i, name := range signedHeaders {
		if i > 0 {
			name = ":" + name
		}
		if column+len(name) > 74 { // between two names: a space there belongs to neither
			name, column = strings.Replace(name, ":", ":\r\n ", 1), 0
		}
		lines = append(lines, name)
		column += len(name)
	}
	s.signed = strings.Join(lines, "") + ";\r\n bh="
	return s
}

// length is how many octets a signature takes: it depends on the digits of its time only.
func (s signer) length(date time.Time) int {
	lines := (s.octets + signedLine - 1) / signedLine
	return len(s.open) + len(strconv.FormatInt(date.Unix(), 10)) + len(s.signed) + hashOctets + len(beforeSignature) +
		s.octets + (lines-1)*len("\r\n ") + len("\r\n")
}

const beforeSignature = ";\r\n b="

// sign fills in the signatures that a message begins with. The message's own fields and the shared ones stand from room to body,
// its body from there on. t= is the message's own date: signing again gives the same bytes (PKCS #1 v1.5 and Ed25519 are
// deterministic). What is hashed of the head is written behind the message, where it has spare capacity.
func sign(message []byte, room, body int, date time.Time, signers []signer) error {
	if len(signers) == 0 {
		return nil
	}
	bh := sha256.Sum256(message[body:])
	fields := canonicalFields(message[len(message):], message[room:body])
	out := message[:0]
	for _, s := range signers {
		begin := len(out)
		out = append(out, s.open...)
		out = strconv.AppendInt(out, date.Unix(), 10)
		out = append(out, s.signed...)
		out = base64.StdEncoding.AppendEncode(out, bh[:])
		out = append(out, beforeSignature...)
		all := appendRelaxed(fields, out[begin:])
		hash := sha256.Sum256(all[:len(all)-len("\r\n")])
		signature, err := s.key.Sign(nil, hash[:], s.options)
		if err != nil {
			return fmt.Errorf("sign for %s: %w", s.name, err)
		}
		out = appendSignature(out, signature)
	}
	if len(out) != room {
		return fmt.Errorf("the signatures have %d octets, not the %d that were left for them", len(out), room)
	}
	return nil
}

// appendSignature writes b= and ends the field.
func appendSignature(out, signature []byte) []byte {
	var code [1024]byte
	rest := base64.StdEncoding.AppendEncode(code[:0], signature)
	for len(rest) > signedLine {
		out = append(append(out, rest[:signedLine]...), "\r\n "...)
		rest = rest[signedLine:]
	}
	return append(append(out, rest...), "\r\n"...)
}

// canonicalFields appends the signed fields of a head as they are hashed: in the order of signedHeaders, of several of a name the
// last first, none where there is none (RFC 6376, 5.4.2).
func canonicalFields(dst, head []byte) []byte {
	var taken [32]bool // by where a field stands among the head's fields
	for _, name := range signedHeaders {
		var found []byte
		var at, number int
		for rest := head; len(rest) > 0; number++ {
			var field []byte
			field, rest = nextField(rest)
			if number < len(taken) && !taken[number] && named(field, name) {
				found, at = field, number
			}
		}
		if found != nil {
			taken[at] = true
			dst = appendRelaxed(dst, found)
		}
	}
	return dst
}

// nextField cuts a field off a head, with the lines that it goes on in.
func nextField(head []byte) (field, rest []byte) {
	at := 0
	for {
		end := bytes.IndexByte(head[at:], '\n')
		if end < 0 {
			return head, nil
		}
		at += end + 1
		if at == len(head) || (head[at] != ' ' && head[at] != '\t') {
			return head[:at], head[at:]
		}
	}
}

func named(field []byte, name string) bool {
	return len(field) > len(name) && field[len(name)] == ':' && strings.EqualFold(string(field[:len(name)]), name)
}

// appendRelaxed appends a field as RFC 6376, 3.4.2 ("relaxed") has it hashed: its name in small letters, unfolded, runs of spaces
// as one, none around the colon or at the end.
func appendRelaxed(dst, field []byte) []byte {
	colon := bytes.IndexByte(field, ':')
	for _, b := range field[:colon] {
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		dst = append(dst, b)
	}
	dst = append(dst, ':')
	begin, space := len(dst), false
	for _, b := range field[colon+1:] {
		switch b {
		case '\r', '\n':
		case ' ', '\t':
			space = true
		default:
			if space && len(dst) > begin {
				dst = append(dst, ' ')
			}
			space = false
			dst = append(dst, b)
		}
	}
	return append(dst, "\r\n"...)
}
