package mailer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

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
	"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted",
}
