package mailer

import (
	"crypto/ed25519"
	"strings"
	"testing"
)

func TestAKeyIsPublishedWhenARecordHoldsIt(t *testing.T) {
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
	k := Key{Domain: "digest.example", Selector: "nov", Signer: private}
	record, err := k.Record()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(record, "v=DKIM1; k=ed25519; p=") || len(record) != len("v=DKIM1; k=ed25519; p=")+44 {
		t.Errorf("got record %q", record)
	}
	for _, c := range []struct {
		name  string
		found []string
		want  bool
	}{
		{"nothing there", nil, false},
		{"the record as printed", []string{"v=spf1 -all", record}, true},
		{"without spaces", []string{strings.ReplaceAll(record, " ", "")}, true},
		{"a revoked key", []string{"v=DKIM1; k=ed25519; p="}, false},
		{"another key", []string{"v=DKIM1; k=ed25519; p=AAAA"}, false},
	} {
		if got, err := k.Published(c.found); got != c.want || err != nil {
			t.Errorf("%s: got %v, %v", c.name, got, err)
		}
	}
}
