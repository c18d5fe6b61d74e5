package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Key signs messages with DKIM (RFC 6376; Ed25519 by RFC 8463) for SELECTOR._domainkey.DOMAIN.
type Key struct {
	Domain   string
	Selector string
	Signer   crypto.Signer // *rsa.PrivateKey of 2048 bits or more, or ed25519.PrivateKey
}

// ParseKey reads a private key in PEM: RSA as PKCS #1 or PKCS #8, Ed25519 as PKCS #8. Its errors never show the key.
func ParseKey(domain, selector string, pem []byte) (Key, error) {
	signer, err := mail.PrivKeyFromPEM(pem)
	if err != nil {
		return Key{}, errors.New("the DKIM key cannot be read: give an RSA or Ed25519 private key in PEM, without a passphrase")
	}
	k := Key{Domain: domain, Selector: selector, Signer: signer}
	return k, k.validate()
}

func (k Key) validate() error {
	if k.Domain == "" || k.Selector == "" {
		return errors.New("DKIM needs a domain and a selector beside its key")
	}
	switch key := k.Signer.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < 2048 {
			return fmt.Errorf("the DKIM key of %s has %d bits: make one of 2048 or more", k.Name(), bits)
		}
	case ed25519.PrivateKey:
	default:
		return fmt.Errorf("the DKIM key of %s is neither RSA nor Ed25519", k.Name())
	}
	return nil
}

// Name is where the key's public half stands in DNS.
func (k Key) Name() string { return k.Selector + "._domainkey." + k.Domain }

// signedHeaders are those that a reader or a mail provider acts on. From, To and Subject stand twice, so that a second
// one added on the way breaks the signature.
var signedHeaders = []string{
	"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
}

// sign puts a signature of each key before a message. t= is the message's own date: signing again gives the same bytes
// (PKCS #1 v1.5 and Ed25519 are deterministic).
func sign(raw []byte, date time.Time, keys []Key) ([]byte, error) {
	if len(keys) == 0 {
		return raw, nil
	}
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("a message without a body cannot be signed")
	}
	var signatures []string
	for _, k := range keys {
		s := mail.NewDKIMSigner(k.Domain, k.Selector, k.Signer)
		s.NowFunc = func() time.Time { return date }
		s.SignHeaders(signedHeaders...)
		signature, err := s.Sign(head, body)
		if err != nil {
			return nil, fmt.Errorf("sign for %s: %w", k.Name(), err)
		}
		signatures = append(signatures, refold(signature))
	}
	prefix := strings.Join(signatures, "")
	out := make([]byte, 0, len(prefix)+len(raw))
	return append(append(out, prefix...), raw...), nil
}

// refold breaks a signature's line between its tags only. The library breaks a list of more than 75 letters in the middle
// of a name, which adds a space that it has not signed, so that every such signature is broken.
func refold(signature string) string {
	return strings.ReplaceAll(strings.ReplaceAll(signature, "\r\n ", ""), "; ", ";\r\n ")
}
