package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/account.sql
var accountSQL string

//go:embed questions/account_of.sql
var accountOfSQL string

//go:embed questions/accounts.sql
var accountsSQL string

//go:embed questions/add_account.sql
var addAccountSQL string

//go:embed questions/rename_account.sql
var renameAccountSQL string

//go:embed questions/memberships.sql
var membershipsSQL string

type accountRow struct {
	AccountID     int64
	Address, Name string
	Operator      bool
	CreatedAt     time.Time
	SeenAt        *time.Time
}

func (r accountRow) account() digest.Account {
	return digest.Account{ID: r.AccountID, Address: r.Address, Name: r.Name, Operator: r.Operator, CreatedAt: r.CreatedAt.UTC(), SeenAt: orZero(r.SeenAt)}
}

// Account gives a person's account, or digest.ErrNotFound.
func (l *Ledger) Account(ctx context.Context, id int64) (digest.Account, error) {
	return l.accountBy(ctx, accountSQL, args{"account": id})
}

// AccountOf gives the account of an address, in whatever case it is written, or digest.ErrNotFound.
func (l *Ledger) AccountOf(ctx context.Context, address string) (digest.Account, error) {
	return l.accountBy(ctx, accountOfSQL, args{"address": strings.TrimSpace(address)})
}

func (l *Ledger) accountBy(ctx context.Context, question string, with args) (digest.Account, error) {
	r, err := askOne[accountRow](ctx, l.pool, question, with)
	if errors.Is(err, pgx.ErrNoRows) {
		return digest.Account{}, digest.ErrNotFound
	}
	if err != nil {
		return digest.Account{}, fmt.Errorf("look up an account: %w", err)
	}
	return r.account(), nil
}

// accounts gives the accounts of numbers, and those of all operators, by number.
func (l *Ledger) accounts(ctx context.Context, db asker, ids []int64) (map[int64]digest.Account, error) {
	rows, err := ask[accountRow](ctx, db, accountsSQL, args{"accounts": ids})
	if err != nil {
		return nil, fmt.Errorf("look up accounts: %w", err)
	}
	all := map[int64]digest.Account{}
	for _, r := range rows {
		all[r.AccountID] = r.account()
	}
	return all, nil
}

// Invite gives an address an account, where it has none, and makes it an operator's where that is asked. What it has it keeps. It
// may see nothing before it is an operator's, or a member of a project.
func (l *Ledger) Invite(ctx context.Context, address, name string, operator bool) (digest.Account, error) {
	a, err := l.addAccount(ctx, l.pool, address, name, operator)
	if err != nil {
		return a, fmt.Errorf("invite %s: %w", address, err)
	}
	return a, nil
}

func (l *Ledger) addAccount(ctx context.Context, db asker, address, name string, operator bool) (digest.Account, error) {
	address, name = strings.TrimSpace(address), strings.TrimSpace(name)
	var c checker
	c.address("address", address)
	c.called(name)
	if err := c.err(); err != nil {
		return digest.Account{}, err
	}
	r, err := askOne[accountRow](ctx, db, addAccountSQL, args{"address": address, "name": name, "operator": operator, "now": l.Now()})
	return r.account(), err
}

// called checks a person's name, which may be empty.
func (c *checker) called(name string) {
	c.line("name", name)
	c.within("name", name, 200)
}

// Rename changes how a person is called; digest.ErrNotFound where there is no such account.
func (l *Ledger) Rename(ctx context.Context, account int64, name string) error {
	name = strings.TrimSpace(name)
	var c checker
	c.called(name)
	if err := c.err(); err != nil {
		return err
	}
	_, err := scalar[int64](ctx, l.pool, renameAccountSQL, args{"account": account, "name": name})
	if errors.Is(err, pgx.ErrNoRows) {
		return digest.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("rename an account: %w", err)
	}
	return nil
}

// Memberships lists the projects that an account is in, by name; an operator's are all.
func (l *Ledger) Memberships(ctx context.Context, account int64) ([]digest.Membership, error) {
	rows, err := ask[struct {
		ProjectID int64
		Key, Name string
		Accent    int64
		Role      string
	}](ctx, l.pool, membershipsSQL, args{"account": account})
	if err != nil {
		return nil, fmt.Errorf("list the projects of an account: %w", err)
	}
	var all []digest.Membership
	for _, r := range rows {
		all = append(all, digest.Membership{Project: r.ProjectID, Key: r.Key, Name: r.Name, Accent: digest.Colour(r.Accent), Role: digest.MemberRole(r.Role)})
	}
	return all, nil
}

// AddProject makes a project, without sources and digests, whose owner the actor's account becomes. Only an operator may; a key that
// another project has is refused.
func (l *Ledger) AddProject(ctx context.Context, by digest.Actor, p digest.Project) (digest.Membership, error) {
	owner, err := l.Account(ctx, by.Account)
	if err != nil {
		return digest.Membership{}, err
	}
	if !owner.Operator {
		return digest.Membership{}, &digest.RefusedError{Reason: "only who runs the installation may add projects"}
	}
	p.Sources, p.Digests = nil, nil
	var c checker
	c.head("", p)
	if err := c.err(); err != nil {
		return digest.Membership{}, err
	}
	m := digest.Membership{Key: p.Key, Name: p.Name, Accent: p.Brand.Accent, Role: digest.RoleOwner}
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, applyLockSQL, args{"lock": int64(applyLock)}); err != nil {
			return err
		}
		_, err := askOne[projectRow](ctx, tx, projectByKeySQL, args{"project": p.Key})
		if err == nil {
			return &digest.RefusedError{Field: "key", Reason: fmt.Sprintf("another project has the key %q", p.Key)}
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		var made []digest.Change
		a := applying{l, tx, p.Key, 0, &made}
		if err := a.head(ctx, p); err != nil {
			return err
		}
		if err := putMember(ctx, tx, a.projectID, owner.ID, digest.RoleOwner, l.Now()); err != nil {
			return err
		}
		m.Project = a.projectID
		return l.audit(ctx, tx, a.projectID, by, append(made, joined(owner.Address, "", digest.RoleOwner)))
	})
	if err != nil {
		return digest.Membership{}, fmt.Errorf("add project %s: %w", p.Key, err)
	}
	return m, nil
}
