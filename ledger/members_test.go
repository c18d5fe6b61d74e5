package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/ledger"
)

// maya is an owner of the project desk, as an actor.
func maya(t *testing.T, b book) (desk *ledger.Tenant, by digest.Actor) {
	t.Helper()
	desk = b.Tenant(numberOf(t, b, "desk"))
	a, err := desk.SetMember(t.Context(), digest.Actor{Name: "fortnight admin", Via: "command"}, "maya@example.org", "Maya", digest.RoleOwner)
	if err != nil {
		t.Fatal(err)
	}
	return desk, digest.Actor{Account: a.ID, Name: "Maya", Via: "console"}
}

// written gives the changes that the audit has of a project, the newest first, but for those of the configuration.
func written(t *testing.T, tenant *ledger.Tenant) (lines []string) {
	t.Helper()
	all, err := tenant.Audit(t.Context(), digest.AuditWanted{Page: digest.Page{Size: 500}})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all.Lines {
		if l.Via != "command" {
			lines = append(lines, l.Name+" "+l.Change.String())
		}
	}
	return lines
}

func people(t *testing.T, tenant *ledger.Tenant) string {
	t.Helper()
	all, err := tenant.Members(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, m := range all {
		said = append(said, fmt.Sprintf("%s %s %v", m.Called(), m.Role, m.Digests))
	}
	return strings.Join(said, ", ")
}

func TestPeopleAreMembersOfProjects(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	for _, m := range []struct {
		address string
		role    digest.MemberRole
	}{{"zoe@example.org", digest.RoleViewer}, {"bo@example.org", digest.RoleViewer}, {"bo@example.org", digest.RoleEditor}, {"bo@example.org", digest.RoleEditor}} {
		if _, err := desk.SetMember(t.Context(), by, m.address, "", m.role); err != nil {
			t.Fatal(err)
		}
	}
	if got := people(t, desk); got != "Maya owner [], bo@example.org editor [], zoe@example.org viewer []" {
		t.Errorf("its people are %s", got)
	}
	operator(t, b)
	if got := people(t, desk); got != "Maya owner [], Op owner [], bo@example.org editor [], zoe@example.org viewer []" {
		t.Errorf("with who runs the installation they are %s", got)
	}
	want := []string{
		`Maya ~ member bo@example.org: role "viewer" → "editor"`, `Maya + member bo@example.org: role nothing → "viewer"`, `Maya + member zoe@example.org: role nothing → "viewer"`,
	}
	if got := written(t, desk); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("written down is\n%s", strings.Join(got, "\n"))
	}
	var refusal *digest.RefusedError
	if _, err := desk.SetMember(t.Context(), by, "zoe@example.org", "", "admin"); !errors.As(err, &refusal) || refusal.Field != "role" {
		t.Errorf("a role that is none gives %v", err)
	}
	if _, err := desk.SetMember(t.Context(), by, "zoe", "", digest.RoleViewer); !errors.As(err, &refusal) || refusal.Field != "address" {
		t.Errorf("half an address gives %v", err)
	}
	if _, err := b.Tenant(99).SetMember(t.Context(), by, "new@example.org", "", digest.RoleViewer); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a project that does not exist gives %v", err)
	}
	if _, err := b.AccountOf(t.Context(), "new@example.org"); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("who was to be added to it has an account: %v", err)
	}
}

func TestTheLastOwnerStaysOne(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	operator(t, b) // who runs the installation is an owner everywhere, and does not count
	var refusal *digest.RefusedError
	if _, err := desk.SetMember(t.Context(), by, "maya@example.org", "", digest.RoleEditor); !errors.As(err, &refusal) {
		t.Errorf("made an editor: %v", err)
	}
	if err := desk.RemoveMember(t.Context(), by, by.Account); !errors.As(err, &refusal) {
		t.Errorf("taken out: %v", err)
	}
	bo, err := desk.SetMember(t.Context(), by, "bo@example.org", "Bo", digest.RoleOwner)
	if err != nil {
		t.Fatal(err)
	}
	left, stayed := 0, 0
	for _, err := range together(2, func(i int) error { // each of two owners takes the other out
		return desk.RemoveMember(t.Context(), by, []int64{bo.ID, by.Account}[i])
	}) {
		switch {
		case err == nil:
			left++
		case errors.As(err, &refusal):
			stayed++
		default:
			t.Error(err)
		}
	}
	if left != 1 || stayed != 1 {
		t.Errorf("%d left, %d stayed", left, stayed)
	}
}

func TestWhoOwnsDigestsHandsThemOverBeforeLeaving(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, by := maya(t, b)
	bo, err := desk.SetMember(t.Context(), by, "bo@example.org", "Bo", digest.RoleEditor)
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.Reassign(t.Context(), by, "weekly", bo.ID); err != nil {
		t.Fatal(err)
	}
	if got := people(t, desk); got != "Maya owner [], Bo editor [weekly]" {
		t.Errorf("its people are %s", got)
	}
	var refusal *digest.RefusedError
	if err := desk.RemoveMember(t.Context(), by, bo.ID); !errors.As(err, &refusal) || refusal.Reason != "Bo owns weekly: hand that to another member first" {
		t.Errorf("an owner of digests leaves: %v", err)
	}
	if err := desk.Reassign(t.Context(), by, "weekly", by.Account); err != nil {
		t.Fatal(err)
	}
	if err := desk.RemoveMember(t.Context(), by, bo.ID); err != nil {
		t.Error(err)
	}
	if got := people(t, desk); got != "Maya owner [weekly]" {
		t.Errorf("afterwards its people are %s", got)
	}
	if err := desk.RemoveMember(t.Context(), by, bo.ID); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("who is no member leaves: %v", err)
	}
	if got := written(t, desk)[0]; got != `Maya - member bo@example.org: role "editor" → nothing` && got != "Maya - member bo@example.org" {
		t.Errorf("written down is %s", got)
	}
}

func TestWhatSomebodyDidInAnotherProjectIsNotToldOfAMember(t *testing.T) {
	t.Parallel()
	b, _, shop, by, has := neighbours(t)
	b.clock.pass(time.Hour)
	if token, _, err := b.AskIn(t.Context(), "maya@example.org", "", time.Hour); err != nil {
		t.Fatal(err)
	} else if _, err := b.ComeIn(t.Context(), token, ""); err != nil {
		t.Fatal(err)
	}
	b.clock.pass(time.Hour)
	if _, err := shop.SetMember(t.Context(), by, "maya@example.org", "", digest.RoleViewer); err != nil {
		t.Fatal(err)
	}
	seen := func() time.Time {
		all, err := shop.Members(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != has.account {
			t.Fatalf("its people are %+v, %v", all, err)
		}
		return all[0].SeenAt
	}
	if at := seen(); !at.IsZero() {
		t.Errorf("asked in, Maya was seen at %s: the shop learns that she is somewhere else", at)
	}
	b.clock.pass(time.Hour)
	token, _, err := b.AskIn(t.Context(), "maya@example.org", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ComeIn(t.Context(), token, ""); err != nil {
		t.Fatal(err)
	}
	if at := seen(); !at.Equal(b.clock.now()) {
		t.Errorf("signed in since, she was seen at %s", at)
	}
}
