package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/idna"

	"fortnight/mailer"
)

// selectorForm is what may stand before ._domainkey: labels of letters, digits and hyphens (RFC 6376, 3.1).
var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// dkimKeys reads the keys that sign every message: none, one, or two, of which one takes the other's place. The selectors stand in
// the keys' order. All faults are reported at once, and none shows a key.
func dkimKeys(cfg Config) ([]mailer.Key, error) {
	if cfg.DKIMKey == "" {
		return nil, nil
	}
	domain, err := cfg.signingDomain()
	if err != nil {
		return nil, err
	}
	var faults []error
	fault := func(name, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s_%s %s", prefix, name, fmt.Sprintf(format, args...)))
	}
	var selectors []string
	seen := map[string]bool{}
	for _, s := range strings.Split(cfg.DKIMSelector, ",") {
		s = strings.TrimSpace(s)
		if !selectorForm.MatchString(s) || len(s) > 63 {
			fault("DKIM_SELECTOR", "is %q: write a name such as nov2026, or two, separated by a comma, while rotating", cfg.DKIMSelector)
			break
		}
		if seen[strings.ToLower(s)] {
			fault("DKIM_SELECTOR", "names %q twice: each key has a selector of its own", s)
		}
		seen[strings.ToLower(s)] = true
		selectors = append(selectors, s)
	}
	blocks, whole := pemBlocks(cfg.DKIMKey.Reveal())
	switch {
	case len(blocks) == 0 && whole:
		fault("DKIM_KEY", "holds no key: write an RSA or Ed25519 private key in PEM, with its BEGIN and END lines")
	case !whole:
		fault("DKIM_KEY", "holds a key that is cut short: write each whole, with its BEGIN and END lines")
	case len(blocks) > 2 || len(selectors) > 2:
		fault("DKIM_KEY", "holds %s, and %s_DKIM_SELECTOR names %s: two sign at most, the new one and the old one", counted(len(blocks), "key"), prefix, counted(len(selectors), "selector"))
	case len(faults) == 0 && len(blocks) != len(selectors):
		fault("DKIM_KEY", "holds %s, but %s_DKIM_SELECTOR names %s: write one of each for each, in the same order", counted(len(blocks), "key"), prefix, counted(len(selectors), "selector"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	var keys []mailer.Key
	for i, block := range blocks {
		key, err := mailer.ParseKey(domain, selectors[i], block)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s_DKIM_KEY, of selector %s: %w", prefix, selectors[i], err))
		}
		keys = append(keys, key)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return keys, nil
}

// signingDomain is the d= of signatures, in ASCII: DKIM_DOMAIN, else the sender's.
func (c Config) signingDomain() (string, error) {
	domain := c.DKIMDomain
	if domain == "" {
		_, address, err := c.sender()
		if err != nil {
			return "", err
		}
		domain = address[strings.LastIndexByte(address, '@')+1:]
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("%s_DKIM_DOMAIN is %q: write a domain such as example.com", prefix, domain)
	}
	return ascii, nil
}

// pemBlocks takes a text apart, one key each; whole is false where one begins that does not end.
func pemBlocks(text string) (blocks [][]byte, whole bool) {
	rest := []byte(strings.TrimSpace(text) + "\n")
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return blocks, len(blocks) == strings.Count(text, "-----BEGIN ")
		}
		blocks = append(blocks, pem.EncodeToMemory(block))
	}
}

// counted is a number with its noun: "1 key", "2 keys".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
