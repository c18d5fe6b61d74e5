package ledger_test

import (
	"errors"
	"testing"
	"time"

	"fortnight/digest"
)

func TestALinkLetsItsPersonInOnceFromTheSameBrowser(t *testing.T) {
	t.Parallel()
	b := filled(t)
	operator(t, b)
	token, a, err := b.AskIn(t.Context(), " OP@example.org", "browser", 15*time.Minute)
	if err != nil || a.Name != "Op" || len(token) < 26 {
		t.Fatalf("asked in: %q for %+v, %v", token, a, err)
	}
	for name, try := range map[string][2]string{"another browser": {token, "other"}, "no browser": {token, ""}, "another token": {token + "x", "browser"}} {
		if _, err := b.ComeIn(t.Context(), try[0], try[1]); !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("%s comes in: %v", name, err)
		}
	}
	b.clock.pass(14 * time.Minute)
	in, err := b.ComeIn(t.Context(), token, "browser")
	if err != nil || in.ID != a.ID || !in.SeenAt.Equal(b.clock.now()) {
		t.Errorf("in came %+v, %v", in, err)
	}
	if _, err := b.ComeIn(t.Context(), token, "browser"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a second time it is %v", err)
	}
}

func TestALinkIsUsedOnceHoweverManyUseItAtATime(t *testing.T) {
	t.Parallel()
	b := filled(t)
	operator(t, b)
	token, _, err := b.AskIn(t.Context(), "op@example.org", "browser", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	in := 0
	for _, err := range together(8, func(int) error { _, err := b.ComeIn(t.Context(), token, "browser"); return err }) {
		switch {
		case err == nil:
			in++
		case !errors.Is(err, digest.ErrNotFound):
			t.Error(err)
		}
	}
	if in != 1 {
		t.Errorf("%d came in", in)
	}
}

func TestALinkEndsWithItsTimeAndWithItsPersonsAccess(t *testing.T) {
	t.Parallel()
	b := filled(t)
	by := operator(t, b)
	late, _, err := b.AskIn(t.Context(), "op@example.org", "browser", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.pass(15 * time.Minute)
	if _, err := b.ComeIn(t.Context(), late, "browser"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("after its time it gives %v", err)
	}
	desk := b.Tenant(numberOf(t, b, "desk"))
	if _, err := desk.SetMember(t.Context(), by, "op@example.org", "", digest.RoleOwner); err != nil {
		t.Fatal(err)
	}
	maya, err := desk.SetMember(t.Context(), by, "maya@example.org", "Maya", digest.RoleEditor)
	if err != nil {
		t.Fatal(err)
	}
	invitation, _, err := b.AskIn(t.Context(), "maya@example.org", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.RemoveMember(t.Context(), by, maya.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ComeIn(t.Context(), invitation, "any browser"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("who was taken out comes in: %v", err)
	}
	if _, _, err := b.AskIn(t.Context(), "maya@example.org", "browser", time.Hour); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("who was taken out asks in: %v", err)
	}
	if _, _, err := b.AskIn(t.Context(), "nobody@example.org", "browser", time.Hour); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("an address without access gives %v", err)
	}
}

func TestAnInvitationIsGoodInAnyBrowser(t *testing.T) {
	t.Parallel()
	b := filled(t)
	operator(t, b)
	for _, browser := range []string{"", "browser"} {
		token, _, err := b.AskIn(t.Context(), "op@example.org", "", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := b.ComeIn(t.Context(), token, browser); err != nil || a.Name != "Op" {
			t.Errorf("with %q in came %+v, %v", browser, a, err)
		}
	}
}

func TestFiveLinksAnHourAreEnough(t *testing.T) {
	t.Parallel()
	b := filled(t)
	operator(t, b)
	asked, declined := 0, 0
	for _, err := range together(8, func(int) error {
		_, _, err := b.AskIn(t.Context(), "op@example.org", "browser", time.Minute)
		return err
	}) {
		switch {
		case err == nil:
			asked++
		case errors.Is(err, digest.ErrNotDue):
			declined++
		default:
			t.Error(err)
		}
	}
	if asked != 5 || declined != 3 {
		t.Errorf("of eight, %d links are made and %d are not", asked, declined)
	}
	if _, a, err := b.AskIn(t.Context(), "op@example.org", "browser", time.Minute); !errors.Is(err, digest.ErrNotDue) || a.Name != "Op" {
		t.Errorf("one more gives %+v, %v", a, err)
	}
	if _, _, err := b.AskIn(t.Context(), "op@example.org", "", time.Minute); err != nil {
		t.Errorf("an invitation is counted with what was asked for: %v", err)
	}
	b.clock.pass(time.Hour)
	if _, _, err := b.AskIn(t.Context(), "op@example.org", "browser", time.Minute); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func TestTokensAreKeptAsHashesAlone(t *testing.T) {
	t.Parallel()
	b := filled(t)
	by := operator(t, b)
	token, _, err := b.AskIn(t.Context(), "op@example.org", "the browser", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SessionStore().CommitCtx(t.Context(), "session-token", []byte(`{}`), monday.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, key, err := b.Tenant(numberOf(t, b, "desk")).AddToken(t.Context(), by, "bi", []digest.Scope{digest.ScopeRead}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"link": token, "browser": "the browser", "session": "session-token", "key": key} {
		for _, name := range []string{"sign_ins", "sessions", "api_tokens", "audit"} {
			var found bool
			if err := b.pool.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM fortnight."+name+" x WHERE position($1 IN x::text) > 0 OR position(encode($1::text::bytea, 'hex') IN x::text) > 0)", secret).
				Scan(&found); err != nil || found {
				t.Errorf("the %s stands in %s: %t, %v", what, name, found, err)
			}
		}
	}
}
