package ledger

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/members.sql
var membersSQL string

//go:embed questions/put_member.sql
var putMemberSQL string

//go:embed questions/remove_member.sql
var removeMemberSQL string

//go:embed questions/digest_owners.sql
var digestOwnersSQL string

type memberRow struct {
	AccountID int64
	Role      string
	AddedAt   time.Time
}

// Members lists the project's people: owners first, then editors and viewers, each by name. Those who run the installation are among
// them; one who was never added is an owner with a zero AddedAt. When somebody was seen before they were added, in other projects, is
// not told.
func (t *Tenant) Members(ctx context.Context) ([]digest.Member, error) {
	var rows []memberRow
	owned := map[int64][]string{}
	err := t.read(ctx, func(tx pgx.Tx) error {
		if _, err := askOne[projectRow](ctx, tx, headSQL, args{"project_id": t.project}); err != nil {
			return err
		}
		var err error
		if rows, err = ask[memberRow](ctx, tx, membersSQL, args{"project_id": t.project}); err != nil {
			return err
		}
		owned, err = t.owned(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.AccountID)
	}
	people, err := t.l.accounts(ctx, t.l.pool, ids)
	if err != nil {
		return nil, err
	}
	var all []digest.Member
	for _, r := range rows {
		person := people[r.AccountID]
		if person.SeenAt.Before(r.AddedAt) && !person.Operator {
			person.SeenAt = time.Time{} // in another project
		}
		all = append(all, digest.Member{Account: person, Role: digest.MemberRole(r.Role), AddedAt: r.AddedAt.UTC(), Digests: owned[r.AccountID]})
		delete(people, r.AccountID)
	}
	for _, a := range people {
		all = append(all, digest.Member{Account: a, Role: digest.RoleOwner, Digests: owned[a.ID]})
	}
	slices.SortFunc(all, func(a, b digest.Member) int {
		return cmp.Or(byRole(a.Role, b.Role), cmp.Compare(strings.ToLower(a.Called()), strings.ToLower(b.Called())), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// byRole puts who may more first.
func byRole(a, b digest.MemberRole) int {
	switch {
	case a == b:
		return 0
	case a.Includes(b):
		return -1
	}
	return 1
}

// owned gives the keys of the digests that accounts own.
func (t *Tenant) owned(ctx context.Context, tx pgx.Tx) (map[int64][]string, error) {
	rows, err := ask[struct {
		OwnerID int64
		Digests []string
	}](ctx, tx, digestOwnersSQL, args{"project_id": t.project})
	all := map[int64][]string{}
	for _, r := range rows {
		all[r.OwnerID] = r.Digests
	}
	return all, err
}

func putMember(ctx context.Context, tx pgx.Tx, project, account int64, role digest.MemberRole, now time.Time) error {
	_, err := tx.Exec(ctx, putMemberSQL, args{"project_id": project, "account": account, "role": string(role), "now": now})
	return err
}

// joined is the change of a member's role, from "" of who is new.
func joined(address string, from, to digest.MemberRole) digest.Change {
	c := digest.Change{Verb: "change", What: "member " + address, Details: []digest.Difference{differs("role", string(from), string(to))}}
	if from == "" {
		c.Verb = "add"
	}
	return c
}

var errLastOwner = &digest.RefusedError{Field: "role", Reason: "this is the last owner: make somebody else an owner first"}

// SetMember adds the account of an address, made where there is none, or changes its role. An account that has a name keeps it. The
// last owner stays one. Owners are made and changed by people alone: digest.ErrNotByToken.
func (t *Tenant) SetMember(ctx context.Context, by digest.Actor, address, name string, role digest.MemberRole) (person digest.Account, err error) {
	if !role.Includes(digest.RoleViewer) {
		return person, &digest.RefusedError{Field: "role", Reason: fmt.Sprintf("no role %q: choose owner, editor or viewer", role)}
	}
	account := func(tx pgx.Tx) (err error) {
		person, err = t.l.addAccount(ctx, tx, address, name, false)
		return err
	}
	err = t.writeBeside(ctx, by, account, func(tx pgx.Tx) ([]digest.Change, error) {
		if _, _, err := t.applying(ctx, tx); err != nil {
			return nil, err
		}
		rows, err := ask[memberRow](ctx, tx, membersSQL, args{"project_id": t.project})
		if err != nil {
			return nil, err
		}
		before := roleOf(rows, person.ID)
		if before == role {
			return nil, nil
		}
		if by.Token != 0 && (role == digest.RoleOwner || before == digest.RoleOwner) {
			return nil, digest.ErrNotByToken
		}
		if before == digest.RoleOwner && owners(rows) == 1 {
			return nil, errLastOwner
		}
		return []digest.Change{joined(person.Address, before, role)}, putMember(ctx, tx, t.project, person.ID, role, t.l.Now())
	})
	if err != nil {
		return digest.Account{}, err
	}
	return person, nil
}

func roleOf(rows []memberRow, account int64) digest.MemberRole {
	for _, r := range rows {
		if r.AccountID == account {
			return digest.MemberRole(r.Role)
		}
	}
	return ""
}

func owners(rows []memberRow) (n int) {
	for _, r := range rows {
		if digest.MemberRole(r.Role) == digest.RoleOwner {
			n++
		}
	}
	return n
}

// RemoveMember takes a person out of the project; the account stays. It is refused for the last owner, and while the person owns
// digests: these are handed to another member first. digest.ErrNotFound where the person is no member; digest.ErrNotByToken where
// they are an owner and a token asks.
func (t *Tenant) RemoveMember(ctx context.Context, by digest.Actor, account int64) error {
	var person digest.Account
	known := func(tx pgx.Tx) error {
		people, err := t.l.accounts(ctx, tx, []int64{account})
		person = people[account]
		return err
	}
	return t.writeBeside(ctx, by, known, func(tx pgx.Tx) ([]digest.Change, error) {
		if _, _, err := t.applying(ctx, tx); err != nil {
			return nil, err
		}
		rows, err := ask[memberRow](ctx, tx, membersSQL, args{"project_id": t.project})
		if err != nil {
			return nil, err
		}
		role := roleOf(rows, account)
		if role == "" {
			return nil, digest.ErrNotFound
		}
		if by.Token != 0 && role == digest.RoleOwner {
			return nil, digest.ErrNotByToken
		}
		var faults []error
		if role == digest.RoleOwner && owners(rows) == 1 {
			faults = append(faults, errLastOwner)
		}
		owned, err := t.owned(ctx, tx)
		if err != nil {
			return nil, err
		}
		if digests := owned[account]; len(digests) > 0 {
			faults = append(faults, &digest.RefusedError{
				Reason: fmt.Sprintf("%s owns %s: hand that to another member first", person.Called(), strings.Join(digests, ", ")),
			})
		}
		if err := errors.Join(faults...); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, removeMemberSQL, args{"project_id": t.project, "account": account})
		return []digest.Change{{Verb: "remove", What: "member " + person.Address, Details: []digest.Difference{differs("role", string(role), "")}}}, err
	})
}
