package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
)

// rsaKey and ed25519Key are fresh private keys in PEM.
func rsaKey(t *testing.T, bits int) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func ed25519Key(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestOneOrTwoKeysSignInTheOrderOfTheirSelectors(t *testing.T) {
	first, second := rsaKey(t, 2048), ed25519Key(t)
	weak := rsaKey(t, 1024)
	for _, c := range []struct {
		name, selectors, keys, domain string
		want                          []string // names and kinds
		says                          []string // else
	}{
		{name: "no key", selectors: "fortnight"},
		{name: "one", selectors: "nov", keys: first, want: []string{"nov._domainkey.desk.example RSA-2048"}},
		{name: "two of two kinds", selectors: "nov, may", keys: first + "\n" + second, want: []string{"nov._domainkey.desk.example RSA-2048", "may._domainkey.desk.example Ed25519"}},
		{name: "the other order", selectors: "may,nov", keys: second + first, want: []string{"may._domainkey.desk.example Ed25519", "nov._domainkey.desk.example RSA-2048"}},
		{name: "another domain, which is written in ASCII", selectors: "nov", keys: second, domain: "büro.example", want: []string{"nov._domainkey.xn--bro-hoa.example Ed25519"}},
		{name: "a selector with a dot", selectors: "nov.digest", keys: second, want: []string{"nov.digest._domainkey.desk.example Ed25519"}},

		{name: "two selectors for one key", selectors: "nov,may", keys: first, says: []string{"FORTNIGHT_DKIM_KEY holds 1 key, but FORTNIGHT_DKIM_SELECTOR names 2 selectors"}},
		{name: "one selector for two keys", selectors: "nov", keys: first + second, says: []string{"holds 2 keys, but FORTNIGHT_DKIM_SELECTOR names 1 selector"}},
		{name: "three", selectors: "a,b,c", keys: first + second + first, says: []string{"holds 3 keys", "two sign at most"}},
		{name: "a selector twice", selectors: "nov,Nov", keys: first + second, says: []string{`FORTNIGHT_DKIM_SELECTOR names "Nov" twice`}},
		{name: "an empty selector", selectors: "nov,", keys: first, says: []string{`FORTNIGHT_DKIM_SELECTOR is "nov,"`}},
		{name: "a selector that is none", selectors: "nov_2026", keys: first, says: []string{`FORTNIGHT_DKIM_SELECTOR is "nov_2026"`}},
		{name: "a weak key", selectors: "nov,may", keys: second + weak, says: []string{"FORTNIGHT_DKIM_KEY, of selector may: ", "1024 bits"}},
		{name: "a public key", selectors: "nov", keys: "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----", says: []string{"FORTNIGHT_DKIM_KEY, of selector nov: the DKIM key cannot be read"}},
		{name: "no PEM", selectors: "nov", keys: "hunter2", says: []string{"FORTNIGHT_DKIM_KEY holds no key"}},
		{name: "one that is cut short", selectors: "nov,may", keys: first + second[:60], says: []string{"FORTNIGHT_DKIM_KEY holds a key that is cut short"}},
		{name: "several faults", selectors: "a b", keys: "hunter2", says: []string{"FORTNIGHT_DKIM_SELECTOR is", "FORTNIGHT_DKIM_KEY holds no key"}},
		{name: "a domain that is none", selectors: "nov", keys: second, domain: "desk example", says: []string{`FORTNIGHT_DKIM_DOMAIN is "desk example"`}},
	} {
		keys, err := dkimKeys(Config{MailFrom: "Desk <digest@desk.example>", DKIMDomain: c.domain, DKIMSelector: c.selectors, DKIMKey: Secret(c.keys)})
		var got []string
		for _, k := range keys {
			got = append(got, k.Name()+" "+k.Kind())
		}
		if (err == nil) != (c.says == nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v", c.name, got, err)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", c.name, err, want)
			}
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "MC")) {
			t.Errorf("%s: the key is shown: %v", c.name, err)
		}
	}
}
