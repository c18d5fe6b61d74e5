package relay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Certificate says what a relay shows of itself.
type Certificate string

// What is wrong with a certificate, if anything.
const (
	NoTLS     Certificate = ""
	Valid     Certificate = "valid" // for 127.0.0.1, ::1 and localhost
	WrongName Certificate = "of another name"
	Expired   Certificate = "expired"
	Unknown   Certificate = "of an unknown authority"
)

// make gives TLS with such a certificate, and the authority, PEM, that a sender trusts.
func (c Certificate) make(now time.Time) (*tls.Config, []byte, error) {
	trusted, trustedKey, err := authority(now)
	if err != nil {
		return nil, nil, err
	}
	signer, signerKey := trusted, trustedKey
	if c == Unknown {
		if signer, signerKey, err = authority(now); err != nil {
			return nil, nil, err
		}
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "relay"}, NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	switch c {
	case WrongName:
		own.DNSNames, own.IPAddresses = []string{"another.example"}, nil
	case Expired:
		own.NotAfter = now.Add(-time.Hour)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, own, signer, key.Public(), signerKey)
	if err != nil {
		return nil, nil, err
	}
	shown := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return &tls.Config{Certificates: []tls.Certificate{shown}, MinVersion: tls.VersionTLS12},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.Raw}), nil
}

func authority(now time.Time) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	id, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, nil, err
	}
	c := &x509.Certificate{
		SerialNumber: id, Subject: pkix.Name{CommonName: "authority of a test, " + id.String()}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(48 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return parsed, key, err
}
