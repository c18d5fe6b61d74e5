package mailer

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"regexp"
	"strings"
	"testing"
)

func recordOf(t *testing.T, k Key) string {
	t.Helper()
	record, err := k.Record()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestARecordIsCheckedAsAReceiverReadsIt(t *testing.T) {
	k := Key{Domain: "digest.example", Selector: "nov", Signer: ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))}
	record := recordOf(t, k)
	if !strings.HasPrefix(record, "v=DKIM1; k=ed25519; p=") || len(record) != len("v=DKIM1; k=ed25519; p=")+44 {
		t.Errorf("got record %q", record)
	}
	if k.Name() != "nov._domainkey.digest.example" || k.Kind() != "Ed25519" {
		t.Errorf("it is %s at %s", k.Kind(), k.Name())
	}
	for _, c := range []struct {
		name  string
		found []string
		says  string // "": it can be checked
	}{
		{"nothing there", nil, "there is no record"},
		{"a record of something else", []string{"v=spf1 -all", "site-verification=abc"}, "there is no record"},
		{"the record as printed", []string{"v=spf1 -all", record}, ""},
		{"without spaces", []string{strings.ReplaceAll(record, " ", "")}, ""},
		{"with spaces within the key", []string{record[:40] + " " + record[40:]}, ""},
		{"without a version", []string{strings.TrimPrefix(record, "v=DKIM1; ")}, ""},
		{"of another version", []string{strings.Replace(record, "DKIM1", "DKIM2", 1)}, "v=DKIM2"},
		{"without its kind, which then is RSA", []string{strings.Replace(record, "k=ed25519; ", "", 1)}, "k=rsa, but the key is Ed25519"},
		{"a revoked key", []string{"v=DKIM1; k=ed25519; p="}, "revokes"},
		{"another key", []string{"v=DKIM1; k=ed25519; p=AAAA"}, "another key"},
		{"two records", []string{record, "v=DKIM1; k=ed25519; p=AAAA"}, "2 records"},
		{"a test", []string{record + "; t=s:y"}, "t=y"},
		{"strict", []string{record + "; t=s"}, ""},
		{"for another hash", []string{record + "; h=sha1"}, "h=sha1"},
		{"for two hashes", []string{record + "; h=sha1:sha256"}, ""},
		{"for another service", []string{record + "; s=tlsrpt"}, "s=tlsrpt"},
		{"for every service", []string{record + "; s=*"}, ""},
	} {
		err := k.CheckRecord(c.found)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestALongRecordIsPrintedInStringsThatDNSTakes(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	k := Key{Domain: "digest.example", Selector: "nov", Signer: private}
	record := recordOf(t, k)
	if len(record) != len("v=DKIM1; k=rsa; p=")+392 || k.Kind() != "RSA-2048" {
		t.Fatalf("%s has a record of %d octets", k.Kind(), len(record))
	}
	zone := TXT(k.Name(), record)
	if !strings.HasPrefix(zone, "nov._domainkey.digest.example. IN TXT (\n") || !strings.HasSuffix(zone, "\" )") {
		t.Error(zone)
	}
	joined := ""
	for _, part := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(zone, -1) {
		if len(part[1]) > 255 {
			t.Errorf("a string has %d octets", len(part[1]))
		}
		joined += part[1]
	}
	if joined != record {
		t.Errorf("joined, it is %q", joined)
	}
	if got := TXT("a.example", `say "x\y"`); got != `a.example. IN TXT "say \"x\\y\""` {
		t.Error(got)
	}
}
