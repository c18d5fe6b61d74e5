package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"fortnight/digest"
)

// operator makes an account that runs the installation, and an actor of it.
func operator(t *testing.T, b book) digest.Actor {
	t.Helper()
	a, err := b.Invite(t.Context(), "op@example.org", "Op", true)
	if err != nil {
		t.Fatal(err)
	}
	return digest.Actor{Account: a.ID, Name: a.Called(), Via: "console"}
}

func TestAnAddressHasOneAccountHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	b := empty(t)
	first, err := b.Invite(t.Context(), " Maya@Example.org ", "", false)
	if err != nil || first.Address != "Maya@Example.org" || first.Operator || !first.CreatedAt.Equal(monday) || !first.SeenAt.IsZero() {
		t.Fatalf("invited is %+v, %v", first, err)
	}
	again, err := b.Invite(t.Context(), "maya@example.org", "Maya", true)
	if err != nil || again.ID != first.ID || again.Name != "Maya" || !again.Operator || again.Address != "Maya@Example.org" {
		t.Errorf("invited again is %+v, %v", again, err)
	}
	kept, err := b.Invite(t.Context(), "maya@example.org", "Somebody", false)
	if err != nil || kept.Name != "Maya" || !kept.Operator {
		t.Errorf("a third time it is %+v, %v", kept, err)
	}
	if a, err := b.AccountOf(t.Context(), "MAYA@example.org"); err != nil || a != kept {
		t.Errorf("found by address is %+v, %v", a, err)
	}
	if a, err := b.Account(t.Context(), kept.ID); err != nil || a != kept {
		t.Errorf("found by number is %+v, %v", a, err)
	}
	if _, err := b.AccountOf(t.Context(), "bo@example.org"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("nobody's address gives %v", err)
	}
	if _, err := b.Account(t.Context(), 99); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("nobody's number gives %v", err)
	}
	var refusal *digest.RefusedError
	if _, err := b.Invite(t.Context(), "maya", "", false); !errors.As(err, &refusal) || refusal.Field != "address" {
		t.Errorf("half an address gives %v", err)
	}
}

func TestAPersonIsRenamed(t *testing.T) {
	t.Parallel()
	b := empty(t)
	a, err := b.Invite(t.Context(), "maya@example.org", "Maya", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Rename(t.Context(), a.ID, " Maya Lin "); err != nil {
		t.Error(err)
	}
	if a, err = b.Account(t.Context(), a.ID); err != nil || a.Name != "Maya Lin" {
		t.Errorf("renamed is %+v, %v", a, err)
	}
	var refusal *digest.RefusedError
	if err := b.Rename(t.Context(), a.ID, "Maya\nLin"); !errors.As(err, &refusal) || refusal.Field != "name" {
		t.Errorf("a name of two lines gives %v", err)
	}
	if err := b.Rename(t.Context(), a.ID, strings.Repeat("m", 201)); !errors.As(err, &refusal) {
		t.Errorf("a very long name gives %v", err)
	}
	if err := b.Rename(t.Context(), 99, "Bo"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("nobody gives %v", err)
	}
}

func TestAnOperatorAddsProjectsAndIsInAll(t *testing.T) {
	t.Parallel()
	b := filled(t)
	op := operator(t, b)
	p := project()
	p.Key, p.Name, p.Sources, p.Digests = "shop", "a shop", nil, nil
	added, err := b.AddProject(t.Context(), op, p)
	if err != nil || added.Key != "shop" || added.Role != digest.RoleOwner || added.Project == 0 {
		t.Fatalf("added is %+v, %v", added, err)
	}
	in, err := b.Memberships(t.Context(), op.Account)
	if err != nil || len(in) != 2 || in[0].Name != "a shop" || in[1].Name != "Support desk" || in[1].Role != digest.RoleOwner || in[1].Accent != 0x123456ff {
		t.Errorf("an operator is in %+v, %v", in, err)
	}
	members, err := b.Tenant(added.Project).Members(t.Context())
	if err != nil || len(members) != 1 || members[0].ID != op.Account || members[0].Role != digest.RoleOwner || members[0].AddedAt.IsZero() {
		t.Errorf("the new project's people are %+v, %v", members, err)
	}
	lines, err := b.Tenant(added.Project).Audit(t.Context(), digest.AuditWanted{})
	if err != nil || len(lines.Lines) != 2 || lines.Lines[1].Change.String() != "+ project shop" || lines.Lines[0].Change.String() != `+ member op@example.org: role nothing → "owner"` ||
		lines.Lines[0].Actor != op {
		t.Errorf("written down is %+v, %v", lines, err)
	}

	var refusal *digest.RefusedError
	if _, err := b.AddProject(t.Context(), op, p); !errors.As(err, &refusal) || refusal.Field != "key" {
		t.Errorf("a key that is taken gives %v", err)
	}
	p.Key, p.Zone, p.Name = "Other Shop", "Mars/Olympus", ""
	if _, err := b.AddProject(t.Context(), op, p); err == nil || !strings.Contains(err.Error(), "key: ") || !strings.Contains(err.Error(), "zone: ") || !strings.Contains(err.Error(), "name: ") {
		t.Errorf("three faults give %v", err)
	}
	maya, err := b.Invite(t.Context(), "maya@example.org", "", false)
	if err != nil {
		t.Fatal(err)
	}
	p = project()
	p.Key = "third"
	if _, err := b.AddProject(t.Context(), digest.Actor{Account: maya.ID, Name: "Maya", Via: "console"}, p); !errors.As(err, &refusal) {
		t.Errorf("somebody else who adds a project gets %v", err)
	}
	if in, err := b.Memberships(t.Context(), maya.ID); err != nil || len(in) != 0 {
		t.Errorf("who is nowhere is in %+v, %v", in, err)
	}
}
