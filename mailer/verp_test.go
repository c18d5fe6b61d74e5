package mailer_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fortnight/mailer"
)

var keyA, keyB = []byte("a key of 32 octets for the tests"), []byte("another key of the tests, longer")

func returnPaths(t *testing.T, address string, keys ...[]byte) *mailer.Return {
	t.Helper()
	r, err := mailer.NewReturn(address, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReturnPathNamesItsDelivery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := mailer.NewReturn("bounces@digest.example", keyA)
		if err != nil {
			t.Fatal(err)
		}
		id := rapid.Int64Min(1).Draw(t, "delivery")
		path := r.Path(id)
		local, domain, _ := strings.Cut(path, "@")
		if path != r.Path(id) || len(local) > 64 || domain != "digest.example" || !strings.HasPrefix(local, "bounces+") || path != strings.ToLower(path) {
			t.Fatalf("got %q", path)
		}
		for _, as := range []string{path, strings.ToUpper(path), "<" + path + ">", " " + path + " "} {
			if got, err := r.Delivery(as); got != id || err != nil {
				t.Fatalf("%q: got %d, %v", as, got, err)
			}
		}
	})
}

func TestATokenIsTheSameInEveryVersion(t *testing.T) {
	const want = "bounces+aaaaaaaaaaacu5fbg5aao7tl5k4fqf2l@digest.example"
	if got := returnPaths(t, "bounces@digest.example", keyA).Path(42); got != want {
		t.Errorf("got %s, want %s: bounces of what was sent before come back under the old one", got, want)
	}
}

func TestAnyOtherLetterIsAForgery(t *testing.T) {
	r := returnPaths(t, "bounces@digest.example", keyA)
	path := r.Path(42)
	begin := len("bounces+")
	for at := begin; at < strings.IndexByte(path, '@'); at++ {
		for _, letter := range "abcdefghijklmnopqrstuvwxyz234567189" {
			mistyped := path[:at] + string(letter) + path[at+1:]
			if mistyped == path {
				continue
			}
			if id, err := r.Delivery(mistyped); !errors.Is(err, mailer.ErrForged) || id != 0 {
				t.Fatalf("%s: got %d, %v", mistyped, id, err)
			}
		}
	}
	for cut := begin; cut < strings.IndexByte(path, '@'); cut++ {
		if _, err := r.Delivery(path[:cut] + "@digest.example"); !errors.Is(err, mailer.ErrForged) {
			t.Errorf("cut to %s: got %v", path[:cut], err)
		}
	}
	if _, err := r.Delivery(strings.Replace(path, "@", "a@", 1)); !errors.Is(err, mailer.ErrForged) {
		t.Errorf("a letter too many: got %v", err)
	}
	if _, err := returnPaths(t, "bounces@digest.example", keyB).Delivery(path); !errors.Is(err, mailer.ErrForged) {
		t.Errorf("another key: got %v", err)
	}
}

func TestAnAddressWithoutATokenIsNotAForgery(t *testing.T) {
	r := returnPaths(t, "bounces@digest.example", keyA)
	token := strings.TrimPrefix(r.Path(42), "bounces+")
	for _, address := range []string{"", "bounces", "bounces@digest.example", "maya@lindenhof.example", "nobounces+" + token, "other+" + token, token} {
		if id, err := r.Delivery(address); !errors.Is(err, mailer.ErrNoToken) || id != 0 {
			t.Errorf("%q: got %d, %v", address, id, err)
		}
	}
}

func TestWhileKeysAreRotatedBothAreAccepted(t *testing.T) {
	before, after := returnPaths(t, "bounces@digest.example", keyA), returnPaths(t, "bounces@digest.example", keyB)
	during := returnPaths(t, "bounces@digest.example", keyB, keyA)
	if during.Path(7) != after.Path(7) {
		t.Error("the first key does not sign")
	}
	for _, path := range []string{before.Path(7), after.Path(7)} {
		if id, err := during.Delivery(path); id != 7 || err != nil {
			t.Errorf("%s: got %d, %v", path, id, err)
		}
	}
}

func TestAForwardersRewritingIsSeenThrough(t *testing.T) {
	r := returnPaths(t, "bounces@digest.example", keyA)
	local, _, _ := strings.Cut(r.Path(42), "@")
	for _, address := range []string{
		"SRS0=x4Uv=TT=digest.example=" + local + "@forward.example",
		"SRS1=9abc=forward.example==x4Uv=TT=digest.example=" + local + "@second.example",
		"prvs=1234567890=" + local + "@digest.example",
		local + "@mx7.inner.example",
	} {
		if id, err := r.Delivery(address); id != 42 || err != nil {
			t.Errorf("%s: got %d, %v", address, id, err)
		}
	}
}

func TestWhereTheTokenStandsFollowsTheAddress(t *testing.T) {
	for address, want := range map[string]string{
		"Bounces@Digest.Example":                         "bounces+",
		"bounces+@digest.example":                        "bounces+",
		"bounces-@digest.example":                        "bounces-",
		"desk+bounces@digest.example":                    "desk+bounces+",
		"desk-bounces@digest.example":                    "desk-bounces+",
		"b=b_b.b+@digest.example":                        "b=b_b.b+",
		"a234567890123456789012345678901@digest.example": "a234567890123456789012345678901+",
	} {
		r := returnPaths(t, address, keyA)
		path := r.Path(1 << 62)
		if local, domain, _ := strings.Cut(path, "@"); local[:len(local)-32] != want || domain != "digest.example" || len(local) > 64 {
			t.Errorf("%s: got %s", address, path)
		}
		if id, err := r.Delivery(path); id != 1<<62 || err != nil {
			t.Errorf("%s: got %d, %v", path, id, err)
		}
	}
}

func TestAnAddressOrKeyThatCannotServeIsRefused(t *testing.T) {
	for _, address := range []string{"", "bounces", "@digest.example", "bounces@", `"two words"@digest.example`, "bö@digest.example", "a2345678901234567890123456789012@digest.example"} {
		if _, err := mailer.NewReturn(address, keyA); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
	for _, keys := range [][][]byte{nil, {[]byte("short")}, {keyA, []byte("short")}} {
		if _, err := mailer.NewReturn("bounces@digest.example", keys...); err == nil {
			t.Errorf("%d keys are taken", len(keys))
		}
	}
}
