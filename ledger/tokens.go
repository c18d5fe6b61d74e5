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
}

func (r tokenRow) token() digest.Token {
	t := digest.Token{
		ID: r.TokenID, Project: r.ProjectID, ProjectKey: r.ProjectKey, Name: r.Name, Hint: r.Hint, MadeBy: r.MadeBy,
		MadeAt: r.MadeAt.UTC(), UsedAt: orZero(r.UsedAt), Ends: orZero(r.ExpiresAt), Revoked: orZero(r.RevokedAt),
	}
	for _, s := range r.Scopes {
		t.Scopes = append(t.Scopes, digest.Scope(s))
	}
	return t
}

// Tokens lists the keys to the project's API: those that are good first, the newest first.
func (t *Tenant) Tokens(ctx context.Context) (all []digest.Token, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		rows, err := ask[tokenRow](ctx, tx, tokensSQL, args{"project_id": t.project, "now": t.l.Now()})
		for _, r := range rows {
			all = append(all, r.token())
		}
		return err
	})
	return all, err
}

// AddToken makes a key to the project's API and gives its secret, which is kept nowhere. Ends zero means never.
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
	for _, s := range []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage} {
		if slices.Contains(scopes, s) {
			may = append(may, string(s))
		}
	}
	for _, s := range scopes {
		if !slices.Contains(may, string(s)) {
			c.fault("scopes", "no scope %q: choose of read, write, send and manage", s)
		}
	}
	if !ends.IsZero() && !ends.After(now) {
		c.fault("ends", "that is over already")
	}
	if err := c.err(); err != nil {
		return digest.Token{}, "", err
	}
	key := keyPrefix + strings.ToLower(rand.Text())
	row := tokenRow{ProjectID: t.project, Name: name, Scopes: may, Hint: key[:hintSize], MadeBy: by.Name, MadeAt: now}
	if !ends.IsZero() {
		row.ExpiresAt = &ends
	}
	err := t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, _, err := t.applying(ctx, tx)
		if err != nil {
			return nil, err
		}
		row.ProjectKey = a.key
		row.TokenID, err = scalar[int64](ctx, tx, addTokenSQL, args{
			"project_id": t.project, "name": name, "scopes": may, "token_hash": tokenHash(key), "hint": row.Hint, "made_by": by.Name,
			"now": now, "expires_at": row.ExpiresAt,
		})
		return []digest.Change{{Verb: "add", What: "token " + name, Details: []digest.Difference{differs("scopes", "", strings.Join(may, " "))}}}, err
	})
	if err != nil {
		return digest.Token{}, "", err
	}
	return row.token(), key, nil
}

// RevokeToken makes a key useless; one that was revoked before stays as it is. digest.ErrNotFound where the project has no such key.
func (t *Tenant) RevokeToken(ctx context.Context, by digest.Actor, id int64) error {
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		r, err := askOne[struct {
			Name   string
			Before bool
		}](ctx, tx, revokeTokenSQL, args{"project_id": t.project, "token": id, "now": t.l.Now()})
		if err != nil || r.Before {
			return nil, err
		}
		return []digest.Change{{Verb: "revoke", What: "token " + r.Name}}, nil
	})
}

// TokenOf gives the token of an API key and notes, to a minute, that it is used; digest.ErrNotFound where it is unknown, revoked or
// past its time.
func (l *Ledger) TokenOf(ctx context.Context, key string) (digest.Token, error) {
	r, err := askOne[tokenRow](ctx, l.pool, tokenOfSQL, args{"token_hash": tokenHash(key), "now": l.Now()})
	if errors.Is(err, pgx.ErrNoRows) {
		return digest.Token{}, digest.ErrNotFound
	}
	if err != nil {
		return digest.Token{}, fmt.Errorf("look up a key: %w", err)
	}
	return r.token(), nil
}
