package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/tokens.sql
var tokensSQL string

//go:embed questions/add_token.sql
var addTokenSQL string

//go:embed questions/making_token.sql
var makingTokenSQL string

//go:embed questions/revoke_token.sql
var revokeTokenSQL string

//go:embed questions/token_of.sql
var tokenOfSQL string

// A key is "fn_" and 130 random bits in base32. Its hash is kept, and its first letters for people to tell it by.
const (
	keyPrefix = "fn_"
	hintSize  = len(keyPrefix) + 4
)

type tokenRow struct {
	TokenID, ProjectID           int64
	ProjectKey, Name             string
	Scopes                       []string
	Hint, MadeBy                 string
	MadeAt                       time.Time
	UsedAt, ExpiresAt, RevokedAt *time.Time
	Maker                        int64
	Role                         string // of Maker, now
}

func (r tokenRow) token() digest.Token {
	t := digest.Token{
		ID: r.TokenID, Project: r.ProjectID, ProjectKey: r.ProjectKey, Name: r.Name, Hint: r.Hint, MadeBy: r.MadeBy,
		MadeAt: r.MadeAt.UTC(), UsedAt: orZero(r.UsedAt), Ends: orZero(r.ExpiresAt), Revoked: orZero(r.RevokedAt),
	}
	for _, s := range r.Scopes {
		t.Scopes = append(t.Scopes, digest.Scope(s))
		if !digest.MemberRole(r.Role).Gives(digest.Scope(s)) {
			t.Lost = append(t.Lost, digest.Scope(s))
		}
	}
	return t
}

// Tokens lists the keys to the project's API: those that are good first, the newest first.
func (t *Tenant) Tokens(ctx context.Context) (all []digest.Token, err error) {
	var rows []tokenRow
	err = t.read(ctx, func(tx pgx.Tx) (err error) {
		rows, err = ask[tokenRow](ctx, tx, tokensSQL, args{"project_id": t.project, "now": t.l.Now()})
		return err
	})
	if err != nil {
		return nil, err
	}
	var makers []int64
	for _, r := range rows {
		makers = append(makers, r.Maker)
	}
	people, err := t.l.accounts(ctx, t.l.pool, makers)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if people[r.Maker].Operator {
			r.Role = string(digest.RoleOwner)
		}
		all = append(all, r.token())
	}
	return all, nil
}

// AddToken makes a key to the project's API and gives its secret, which is kept nowhere. Ends zero means never.
// One that a token makes ends with it at the latest, is revoked with it, and like it may do no more than the one who made the first
// may; whether it has wider scopes is for the caller to look at.
func (t *Tenant) AddToken(ctx context.Context, by digest.Actor, name string, scopes []digest.Scope, ends time.Time) (digest.Token, string, error) {
	name = strings.TrimSpace(name)
	now := t.l.Now()
	var c checker
	if name == "" {
		c.fault("name", "the name is missing: write what the key is for")
	}
	c.line("name", name)
	c.within("name", name, 100)
	if len(scopes) == 0 {
		c.fault("scopes", "there is none: choose what the key may do")
	}
	var may []string
	for _, s := range []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage, digest.ScopeEvents} {
		if slices.Contains(scopes, s) {
			may = append(may, string(s))
		}
	}
	for _, s := range scopes {
		if !slices.Contains(may, string(s)) {
			c.fault("scopes", "no scope %q: choose of read, write, send, manage and events", s)
		}
	}
	if !ends.IsZero() && !ends.After(now) {
		c.fault("ends", "that is over already")
	}
	if err := c.err(); err != nil {
		return digest.Token{}, "", err
	}
	key := keyPrefix + strings.ToLower(rand.Text())
	row := tokenRow{ProjectID: t.project, Name: name, Scopes: may, Hint: key[:hintSize], MadeBy: by.Name, MadeAt: now, Role: string(digest.RoleOwner)}
	if !ends.IsZero() {
		row.ExpiresAt = &ends
	}
	err := t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, _, err := t.applying(ctx, tx)
		if err != nil {
			return nil, err
		}
		row.ProjectKey = a.key
		if by.Token != 0 {
			if row.ExpiresAt, err = t.endsWith(ctx, tx, by.Token, row.ExpiresAt); err != nil {
				return nil, err
			}
		}
		row.TokenID, err = scalar[int64](ctx, tx, addTokenSQL, args{
			"project_id": t.project, "name": name, "scopes": may, "token_hash": tokenHash(key), "hint": row.Hint, "made_by": by.Name,
			"account": by.Account, "parent": by.Token, "now": now, "expires_at": row.ExpiresAt,
		})
		return []digest.Change{{Verb: "add", What: "token " + name, Details: []digest.Difference{differs("scopes", "", strings.Join(may, " "))}}}, err
	})
	if err != nil {
		return digest.Token{}, "", err
	}
	return row.token(), key, nil
}

// endsWith is when a token ends that another makes: as is wished, but not after that one.
func (t *Tenant) endsWith(ctx context.Context, tx pgx.Tx, maker int64, wished *time.Time) (*time.Time, error) {
	ends, err := scalar[*time.Time](ctx, tx, makingTokenSQL, args{"project_id": t.project, "token": maker, "now": t.l.Now()})
	if err != nil || ends == nil {
		return wished, err
	}
	if wished == nil {
		return ends, nil
	}
	if wished.After(*ends) {
		return nil, &digest.RefusedError{Field: "ends", Reason: "that is after the end of the token that makes it: choose " + ends.UTC().Format(time.RFC3339) + " or before"}
	}
	return wished, nil
}

// RevokeToken makes a key useless, and with it those that it made; what was revoked before stays as it is. digest.ErrNotFound where the project has no such key.
func (t *Tenant) RevokeToken(ctx context.Context, by digest.Actor, id int64) error {
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		rows, err := ask[struct {
			TokenID int64
			Name    string
			Before  bool
		}](ctx, tx, revokeTokenSQL, args{"project_id": t.project, "token": id, "now": t.l.Now()})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, digest.ErrNotFound
		}
		var made []digest.Change
		for _, r := range rows {
			if !r.Before {
				made = append(made, digest.Change{Verb: "revoke", What: "token " + r.Name})
			}
		}
		return made, nil
	})
}

// TokenOf gives the token of an API key and notes, to a minute, that it is used; digest.ErrNotFound where it is unknown, revoked or
// past its time, or who made it may do none of what it may any more.
func (l *Ledger) TokenOf(ctx context.Context, key string) (digest.Token, error) {
	r, err := askOne[tokenRow](ctx, l.pool, tokenOfSQL, args{"token_hash": tokenHash(key), "now": l.Now()})
	if errors.Is(err, pgx.ErrNoRows) {
		return digest.Token{}, digest.ErrNotFound
	}
	if err != nil {
		return digest.Token{}, fmt.Errorf("look up a key: %w", err)
	}
	t := r.token()
	if len(t.Lost) == len(t.Scopes) {
		return digest.Token{}, digest.ErrNotFound
	}
	return t, nil
}
