package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Keys seal secrets at rest. The first one seals, all of them open: for a rotation the new secret is put in front of the old
// one, Reseal is run, and the old one is taken away.
type Keys struct{ boxes []cipher.AEAD }

// NewKeys makes keys from one or two (or more) values of SECRET_KEY, each of at least 16 characters.
func NewKeys(secrets ...string) (Keys, error) {
	if len(secrets) == 0 {
		return Keys{}, errors.New("no SECRET_KEY: make one with `openssl rand -base64 32`")
	}
	var k Keys
	for _, secret := range secrets {
		if len(secret) < 16 {
			return Keys{}, errors.New("a SECRET_KEY is shorter than 16 characters: make one with `openssl rand -base64 32`")
		}
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "fortnight: secrets at rest, version 1", 32)
		if err != nil {
			return Keys{}, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return Keys{}, err
		}
		box, err := cipher.NewGCM(block)
		if err != nil {
			return Keys{}, err
		}
		k.boxes = append(k.boxes, box)
	}
	return k, nil
}

const sealVersion = 1

// seal gives version, nonce and ciphertext. What the secret is of goes in as additional data, so that a sealed value that
// is moved to another row does not open there.
func (k Keys) seal(secret, of string) ([]byte, error) {
	if len(k.boxes) == 0 {
		return nil, errors.New("no SECRET_KEY to seal with")
	}
	box := k.boxes[0]
	out := make([]byte, 1+box.NonceSize(), 1+box.NonceSize()+len(secret)+box.Overhead())
	out[0] = sealVersion
	if _, err := rand.Read(out[1:]); err != nil {
		return nil, err
	}
	return box.Seal(out, out[1:], []byte(secret), []byte(of)), nil
}

// open gives the secret, and which key opened it: 0 is the one that seals.
func (k Keys) open(sealed []byte, of string) (secret string, key int, err error) {
	for i, box := range k.boxes {
		if len(sealed) < 1+box.NonceSize() || sealed[0] != sealVersion {
			break
		}
		nonce, ciphertext := sealed[1:1+box.NonceSize()], sealed[1+box.NonceSize():]
		if plain, err := box.Open(nil, nonce, ciphertext, []byte(of)); err == nil {
			return string(plain), i, nil
		}
	}
	return "", 0, fmt.Errorf("the secret of %s does not open: set SECRET_KEY to the value that it was sealed with, beside the new one", of)
}

func ofSource(project, source string) string { return "source " + project + "/" + source }

const ofToken = "a subscription's token"
