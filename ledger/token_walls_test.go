package ledger_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fortnight/digest"
)

func allScopes() []digest.Scope {
	return []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage}
}

func TestATokenNeitherMakesNorChangesNorRemovesAnOwner(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	made, _, err := desk.AddToken(t.Context(), by, "people", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.SetMember(t.Context(), by, "omar@example.org", "Omar", digest.RoleOwner); err != nil {
		t.Fatal(err)
	}
	before := len(written(t, desk))
	program := digest.Actor{Token: made.ID, Name: made.Name, Via: "api"}
	if _, err := desk.SetMember(t.Context(), program, "eve@example.org", "", digest.RoleOwner); !errors.Is(err, digest.ErrNotByToken) {
		t.Errorf("a new owner: %v", err)
	}
	if _, err := b.AccountOf(t.Context(), "eve@example.org"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("an account stays of it: %v", err)
	}
	if _, err := desk.SetMember(t.Context(), program, "omar@example.org", "", digest.RoleViewer); !errors.Is(err, digest.ErrNotByToken) {
		t.Errorf("an owner becomes a viewer: %v", err)
	}
	if err := desk.RemoveMember(t.Context(), program, by.Account); !errors.Is(err, digest.ErrNotByToken) {
		t.Errorf("an owner is taken out: %v", err)
	}
	if got := written(t, desk); len(got) != before {
		t.Errorf("written down is %q", got)
	}
	ann, err := desk.SetMember(t.Context(), program, "ann@example.org", "Ann", digest.RoleEditor)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.SetMember(t.Context(), program, "ann@example.org", "", digest.RoleOwner); !errors.Is(err, digest.ErrNotByToken) {
		t.Errorf("an editor becomes an owner: %v", err)
	}
	if err := desk.RemoveMember(t.Context(), program, ann.ID); err != nil {
		t.Errorf("an editor is not taken out: %v", err)
	}
}

// A token is as good as the role of who made it is now; so is one that it made.
func TestATokenDoesNotOutliveItsMakersRole(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	omar, err := desk.SetMember(t.Context(), by, "omar@example.org", "Omar", digest.RoleOwner)
	if err != nil {
		t.Fatal(err)
	}
	his, key, err := desk.AddToken(t.Context(), digest.Actor{Account: omar.ID, Name: "Omar", Via: "console"}, "his", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := desk.AddToken(t.Context(), digest.Actor{Token: his.ID, Name: "his", Via: "api"}, "made by his", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	_, installed, err := desk.AddToken(t.Context(), digest.Actor{Name: "fortnight", Via: "command"}, "of the installation", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	may := func(key string) (all []digest.Scope) {
		found, err := b.TokenOf(t.Context(), key)
		if err != nil && !errors.Is(err, digest.ErrNotFound) {
			t.Fatal(err)
		}
		for _, s := range allScopes() {
			if found.May(s) {
				all = append(all, s)
			}
		}
		return all
	}
	for _, step := range []struct {
		name string
		do   func() error
		may  []digest.Scope
	}{
		{"an owner", func() error { return nil }, allScopes()},
		{"an editor", func() error {
			_, err := desk.SetMember(t.Context(), by, omar.Address, "", digest.RoleEditor)
			return err
		}, allScopes()[:3]},
		{"a viewer", func() error {
			_, err := desk.SetMember(t.Context(), by, omar.Address, "", digest.RoleViewer)
			return err
		}, allScopes()[:1]},
		{"gone", func() error { return desk.RemoveMember(t.Context(), by, omar.ID) }, nil},
		{"erased", func() error { _, err := b.Erase(t.Context(), omar.Address); return err }, nil},
		{"an operator under the same address, another account", func() error { _, err := b.Invite(t.Context(), omar.Address, "Omar", true); return err }, nil},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := may(key); !slices.Equal(got, step.may) {
			t.Errorf("its maker is %s, and it may %q", step.name, got)
		}
		if got := may(second); !slices.Equal(got, step.may) {
			t.Errorf("its maker is %s, and one that it made may %q", step.name, got)
		}
		all, err := desk.Tokens(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			if lost := len(allScopes()) - len(step.may); l.Name != "of the installation" && len(l.Lost) != lost || l.Name == "of the installation" && len(l.Lost) > 0 {
				t.Errorf("its maker is %s, and %s is listed as having lost %q", step.name, l.Name, l.Lost)
			}
		}
	}
	if got := may(installed); !slices.Equal(got, allScopes()) {
		t.Errorf("one of the installation may %q", got)
	}
}

func TestATokenOfAnOperatorWhoIsNoMemberIsGoodWhileTheyAreOne(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	op, err := b.Invite(t.Context(), "op@example.org", "Op", true)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := desk.AddToken(t.Context(), digest.Actor{Account: op.ID, Name: "Op", Via: "console"}, "ops", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := b.TokenOf(t.Context(), key); err != nil || !found.May(digest.ScopeManage) {
		t.Errorf("it is %+v, %v", found, err)
	}
	if all, err := desk.Tokens(t.Context()); err != nil || len(all) != 1 || len(all[0].Lost) != 0 {
		t.Errorf("listed are %+v, %v", all, err)
	}
}

func TestWhatATokenMakesEndsAndIsRevokedWithIt(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	ends := monday.Add(24 * time.Hour)
	first, firstKey, err := desk.AddToken(t.Context(), by, "first", allScopes(), ends)
	if err != nil {
		t.Fatal(err)
	}
	program := digest.Actor{Token: first.ID, Name: "first", Via: "api"}
	var refusal *digest.RefusedError
	if _, key, err := desk.AddToken(t.Context(), program, "longer", allScopes(), ends.Add(time.Second)); !errors.As(err, &refusal) || refusal.Field != "ends" || key != "" {
		t.Errorf("one that ends later: %v", err)
	}
	second, secondKey, err := desk.AddToken(t.Context(), program, "second", allScopes(), time.Time{})
	if err != nil || !second.Ends.Equal(ends) {
		t.Fatalf("one without an end ends %s, %v", second.Ends, err)
	}
	third, thirdKey, err := desk.AddToken(t.Context(), digest.Actor{Token: second.ID, Name: "second", Via: "api"}, "third", allScopes(), ends.Add(-time.Hour))
	if err != nil || !third.Ends.Equal(ends.Add(-time.Hour)) {
		t.Fatalf("one of the third generation ends %s, %v", third.Ends, err)
	}
	_, ownKey, err := desk.AddToken(t.Context(), by, "her own", allScopes(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.RevokeToken(t.Context(), by, first.ID); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"first": firstKey, "second": secondKey, "third": thirdKey} {
		if _, err := b.TokenOf(t.Context(), key); !errors.Is(err, digest.ErrNotFound) {
			t.Errorf("the %s opens: %v", name, err)
		}
	}
	if _, err := b.TokenOf(t.Context(), ownKey); err != nil {
		t.Errorf("another of the same maker does not open: %v", err)
	}
	if _, _, err := desk.AddToken(t.Context(), program, "late", allScopes(), time.Time{}); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a revoked token makes another: %v", err)
	}
	if got := written(t, desk); len(got) < 3 || !slices.Contains(got[:3], "Maya ~ token third: revoke") || !slices.Contains(got[:3], "Maya ~ token first: revoke") {
		t.Errorf("written down is %q", got)
	}
}
