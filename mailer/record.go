package mailer

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

// Record is the TXT record to publish at Name, so that receivers can check signatures (RFC 6376, 3.6.1; RFC 8463).
func (k Key) Record() (string, error) {
	switch public := k.Signer.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			return "", fmt.Errorf("the DKIM key of %s: %w", k.Name(), err)
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
	}
	return "", fmt.Errorf("the DKIM key of %s is neither RSA nor Ed25519", k.Name())
}

// Published tells whether one of the TXT records found at Name holds the key.
func (k Key) Published(found []string) (bool, error) {
	record, err := k.Record()
	if err != nil {
		return false, err
	}
	_, want, _ := strings.Cut(record, "p=")
	for _, txt := range found {
		for _, tag := range strings.Split(txt, ";") {
			name, value, _ := strings.Cut(tag, "=")
			if strings.TrimSpace(name) == "p" && strings.Join(strings.Fields(value), "") == want {
				return true, nil
			}
		}
	}
	return false, nil
}
