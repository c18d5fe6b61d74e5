package mailer

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
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

// Kind names what sort of key it is: "RSA-2048" or "Ed25519".
func (k Key) Kind() string {
	if public, ok := k.Signer.Public().(*rsa.PublicKey); ok {
		return fmt.Sprintf("RSA-%d", public.N.BitLen())
	}
	return "Ed25519"
}

// ErrNoRecord is what CheckRecord says where no DKIM record was found.
var ErrNoRecord = errors.New("there is no record")

// CheckRecord says why a receiver that finds these TXT records at Name could not check the key's signatures; nil: it can.
func (k Key) CheckRecord(found []string) error {
	want, err := k.Record()
	if err != nil {
		return err
	}
	var records []map[string]string
	for _, txt := range found {
		tags := tagsOf(txt)
		if _, ok := tags["p"]; ok || strings.HasPrefix(tags["v"], "DKIM") {
			records = append(records, tags)
		}
	}
	switch len(records) {
	case 0:
		return ErrNoRecord
	case 1:
	default:
		return fmt.Errorf("there are %d records, of which a receiver takes any: keep one", len(records))
	}
	r, wanted := records[0], tagsOf(want)
	if r["k"] == "" {
		r["k"] = "rsa"
	}
	switch {
	case r["v"] != "" && r["v"] != wanted["v"]:
		return fmt.Errorf("the record there says v=%s, not v=DKIM1", r["v"])
	case r["p"] == "":
		return errors.New("the record there revokes the key: its p= is empty")
	case strings.Join(strings.Fields(r["p"]), "") != wanted["p"]:
		return errors.New("the record there holds another key")
	case r["k"] != wanted["k"]:
		return fmt.Errorf("the record there says k=%s, but the key is %s", r["k"], k.Kind())
	case !allows(r["h"], "sha256"):
		return fmt.Errorf("the record there allows h=%s only, but signatures are made with sha256", r["h"])
	case !allows(r["s"], "email"):
		return fmt.Errorf("the record there is for s=%s only, not for mail", r["s"])
	case slices.Contains(strings.Split(strings.ReplaceAll(r["t"], " ", ""), ":"), "y"):
		return errors.New("the record there says t=y, a test: receivers need not count its signatures")
	}
	return nil
}

// tagsOf reads "v=DKIM1; k=rsa; p=…" (RFC 6376, 3.2).
func tagsOf(txt string) map[string]string {
	tags := map[string]string{}
	for _, tag := range strings.Split(txt, ";") {
		if name, value, ok := strings.Cut(tag, "="); ok {
			tags[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return tags
}

// allows tells whether a list such as "sha1:sha256" has a word; an absent list and "*" have all.
func allows(list, word string) bool {
	words := strings.Split(strings.ReplaceAll(list, " ", ""), ":")
	return list == "" || slices.Contains(words, word) || slices.Contains(words, "*")
}

// TXT writes a TXT record as a zone file has it. A string of DNS has 255 octets at most: a longer value stands on several lines, in
// strings that receivers join without anything between them.
func TXT(name, value string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	name += ". IN TXT "
	if len(value) <= 255 {
		return name + `"` + quoted.Replace(value) + `"`
	}
	var b strings.Builder
	b.WriteString(name + "(")
	for part := range slices.Chunk([]byte(value), 255) {
		b.WriteString("\n  \"" + quoted.Replace(string(part)) + `"`)
	}
	return b.String() + " )"
}
