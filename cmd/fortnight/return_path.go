package main

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"strings"

	"fortnight/mailer"
)

// returnPaths gives what writes and reads return paths. Its keys follow from SECRET_KEY: the first signs, all are accepted.
func (c Config) returnPaths() (*mailer.Return, error) {
	if c.BounceAddress == "" {
		return nil, fmt.Errorf("%s_BOUNCE_ADDRESS is not set: write the address that bounces go to, such as bounces@digest.example.com", prefix)
	}
	if _, err := c.keys(); err != nil { // the ledger's rules for a secret are ours
		return nil, err
	}
	var keys [][]byte
	for _, secret := range strings.Split(c.SecretKey.Reveal(), ",") {
		key, err := hkdf.Key(sha256.New, []byte(strings.TrimSpace(secret)), nil, "fortnight: return paths, version 1", 32)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	r, err := mailer.NewReturn(c.BounceAddress, keys...)
	if err != nil {
		return nil, fmt.Errorf("%s_BOUNCE_ADDRESS: %w", prefix, err)
	}
	return r, nil
}

// bounceMailbox gives the mailbox that reports come to.
func (c Config) bounceMailbox(done string) (mailer.IMAP, error) {
	if c.BounceIMAP == "" {
		return mailer.IMAP{}, fmt.Errorf("%s_BOUNCE_IMAP is not set: write the mailbox that takes bounces, such as imaps://user@mail.example.com/INBOX", prefix)
	}
	m, err := mailer.ParseIMAP(c.BounceIMAP)
	if err != nil {
		return m, fmt.Errorf("%s_BOUNCE_IMAP: %w", prefix, err)
	}
	if c.BouncePassword == "" {
		return m, fmt.Errorf("%s_BOUNCE_PASSWORD is not set: write the password of %s_BOUNCE_IMAP", prefix, prefix)
	}
	m.Password, m.Done = mailer.Secret(c.BouncePassword), done
	return m, nil
}

// bounceFaults lists what is wrong with the settings of bounces, where there are any.
func (c Config) bounceFaults() (faults []error) {
	if c.BounceAddress != "" {
		if _, err := mailer.NewReturn(c.BounceAddress, make([]byte, 32)); err != nil {
			faults = append(faults, fmt.Errorf("%s_BOUNCE_ADDRESS: %w", prefix, err))
		}
	}
	if c.BounceIMAP != "" {
		if c.BounceAddress == "" {
			faults = append(faults, fmt.Errorf("%s_BOUNCE_IMAP needs %s_BOUNCE_ADDRESS: set the address that the mailbox takes mail for", prefix, prefix))
		}
		if _, err := c.bounceMailbox(""); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}
