package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestAKeyOpensItsProjectsAPI(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	made, key, err := desk.AddToken(t.Context(), by, " nightly export ", []digest.Scope{digest.ScopeSend, digest.ScopeRead}, time.Time{})
	if err != nil || !strings.HasPrefix(key, "fn_") || len(key) != 29 || strings.ToLower(key) != key {
		t.Fatalf("the key is %q, %v", key, err)
	}
	if made.Name != "nightly export" || made.Hint != key[:7] || made.MadeBy != "Maya" || !made.MadeAt.Equal(monday) || !made.UsedAt.IsZero() || !made.Ends.IsZero() {
		t.Errorf("its token is %+v", made)
	}
	b.clock.pass(time.Minute)
	found, err := b.TokenOf(t.Context(), key)
	if err != nil || found.ID != made.ID || found.Project != numberOf(t, b, "desk") || found.ProjectKey != "desk" || !found.May(digest.ScopeRead) || !found.May(digest.ScopeSend) || found.May(digest.ScopeWrite) {
		t.Errorf("it is found as %+v, %v", found, err)
	}
	for name, wrong := range map[string]string{"another": "fn_aaaaaaaaaaaaaaaaaaaaaaaaaa", "its hint": made.Hint, "none": "", "in capitals": strings.ToUpper(key)} {
		if _, err := b.TokenOf(t.Context(), wrong); !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	used := func() time.Time {
		all, err := desk.Tokens(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		return all[0].UsedAt
	}
	first := b.clock.now()
	b.clock.pass(30 * time.Second)
	if _, err := b.TokenOf(t.Context(), key); err != nil || !used().Equal(first) {
		t.Errorf("used again within a minute it is noted at %s, %v", used(), err)
	}
	b.clock.pass(30 * time.Second)
	if _, err := b.TokenOf(t.Context(), key); err != nil || !used().Equal(b.clock.now()) {
		t.Errorf("a minute later it is noted at %s, %v", used(), err)
	}
	if got := written(t, desk); got[0] != "Maya + token nightly export: scopes nothing → \"read send\"" || strings.Contains(strings.Join(got, " "), key) {
		t.Errorf("written down is %q", got)
	}
}

func TestAKeyThatIsRevokedOrOverOpensNothing(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	short, shortKey, err := desk.AddToken(t.Context(), by, "short", []digest.Scope{digest.ScopeRead}, monday.Add(time.Hour))
	if err != nil || !short.Ends.Equal(monday.Add(time.Hour)) {
		t.Fatal(err)
	}
	revoked, revokedKey, err := desk.AddToken(t.Context(), by, "revoked", []digest.Scope{digest.ScopeManage}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := desk.RevokeToken(t.Context(), by, revoked.ID); err != nil {
			t.Error(err)
		}
		b.clock.pass(time.Minute)
	}
	if _, err := b.TokenOf(t.Context(), revokedKey); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a revoked one opens: %v", err)
	}
	if _, err := b.TokenOf(t.Context(), shortKey); err != nil {
		t.Errorf("one that is good does not open: %v", err)
	}
	b.clock.pass(time.Hour)
	if _, err := b.TokenOf(t.Context(), shortKey); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("one past its time opens: %v", err)
	}
	if _, _, err := desk.AddToken(t.Context(), by, "good", []digest.Scope{digest.ScopeRead}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	all, err := desk.Tokens(t.Context())
	if err != nil || len(all) != 3 || all[0].Name != "good" || all[1].Name != "revoked" || !all[1].Revoked.Equal(monday) {
		t.Errorf("listed are %+v, %v", all, err)
	}
	if got := written(t, desk); len(got) != 4 || got[1] != "Maya ~ token revoked: revoke" {
		t.Errorf("written down is %q", got)
	}
	shop := project()
	shop.Key = "shop"
	if _, err := b.Apply(t.Context(), []digest.Project{shop}); err != nil {
		t.Fatal(err)
	}
	if err := b.Tenant(numberOf(t, b, "shop")).RevokeToken(t.Context(), by, all[0].ID); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("another project revokes it: %v", err)
	}
}

func TestAKeyIsMadeForSomething(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for _, c := range []struct {
		name, field, called string
		scopes              []digest.Scope
		ends                time.Time
	}{
		{"no name", "name", " ", []digest.Scope{digest.ScopeRead}, time.Time{}},
		{"a name of two lines", "name", "a\nb", []digest.Scope{digest.ScopeRead}, time.Time{}},
		{"no scope", "scopes", "bi", nil, time.Time{}},
		{"a scope that is none", "scopes", "bi", []digest.Scope{digest.ScopeRead, "root"}, time.Time{}},
		{"an end that is over", "ends", "bi", []digest.Scope{digest.ScopeRead}, monday},
	} {
		var refusal *digest.RefusedError
		if _, key, err := desk.AddToken(t.Context(), by, c.called, c.scopes, c.ends); !errors.As(err, &refusal) || refusal.Field != c.field || key != "" {
			t.Errorf("%s: %q, %v", c.name, key, err)
		}
	}
	if _, _, err := b.Tenant(99).AddToken(t.Context(), by, "bi", []digest.Scope{digest.ScopeRead}, time.Time{}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a project that does not exist gives %v", err)
	}
}
