package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/roster"
)

// Member is a person of the project.
type Member struct {
	Account  int64             `json:"account"`
	Address  string            `json:"address"`
	Name     string            `json:"name,omitempty"`
	Role     digest.MemberRole `json:"role" enum:"owner,editor,viewer"`
	Operator bool              `json:"operator,omitempty" doc:"Runs the installation: an owner of every project."`
	AddedAt  time.Time         `json:"added_at,omitzero"`
	SeenAt   time.Time         `json:"seen_at,omitzero" doc:"Not there: never signed in."`
	Digests  []string          `json:"digests" nullable:"false" doc:"Keys of those that are theirs."`
}

// NewMember is a person to add, or whose role is to change.
type NewMember struct {
	Address string            `json:"address" example:"dana@example.com"`
	Name    string            `json:"name,omitempty" maxLength:"200"`
	Role    digest.MemberRole `json:"role" enum:"owner,editor,viewer"`
	Invite  bool              `json:"invite,omitempty" doc:"Mail them a link to sign in by, good for seven days."`
}

// Added is a person who was added.
type Added struct {
	Account int64  `json:"account"`
	Address string `json:"address"`
	Invited bool   `json:"invited"`
}

// Token is a key to the API, without the key.
type Token struct {
	ID      int64          `json:"id"`
	Name    string         `json:"name"`
	Scopes  []digest.Scope `json:"scopes" nullable:"false"`
	Hint    string         `json:"hint" doc:"Its first letters." example:"fn_4k2q"`
	MadeBy  string         `json:"made_by"`
	MadeAt  time.Time      `json:"made_at"`
	UsedAt  time.Time      `json:"used_at,omitzero" doc:"To a minute. Not there: never."`
	Ends    time.Time      `json:"ends,omitzero" doc:"Not there: never."`
	Revoked time.Time      `json:"revoked_at,omitzero"`
	Lost    []digest.Scope `json:"lost,omitempty" doc:"Of its scopes those that the one who made it may no longer do, and so it may not either."`
}

// NewToken is a token to make.
type NewToken struct {
	Name   string    `json:"name" minLength:"1" maxLength:"100" example:"Warehouse export"`
	Scopes []string  `json:"scopes" nullable:"false" minItems:"1" uniqueItems:"true" enum:"read,write,send,manage,events" doc:"None that the asking token lacks."`
	Ends   time.Time `json:"ends,omitzero" doc:"Where it is left out, when the asking token ends; where that never ends, never."`
}

// MadeToken is a token with its key, which is told this once.
type MadeToken struct {
	Token
	Key string `json:"key" doc:"Keep it: it is not shown again." example:"fn_…"`
}

func memberOf(m digest.Member) Member {
	return Member{
		Account: m.ID, Address: m.Address, Name: m.Name, Role: m.Role, Operator: m.Operator, AddedAt: m.AddedAt, SeenAt: m.SeenAt, Digests: some(m.Digests),
	}
}

func tokenOf(t digest.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Scopes: some(t.Scopes), Hint: t.Hint, MadeBy: t.MadeBy, MadeAt: t.MadeAt, UsedAt: t.UsedAt, Ends: t.Ends, Revoked: t.Revoked, Lost: t.Lost,
	}
}

func scopes() []digest.Scope {
	return []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage, digest.ScopeEvents}
}

func (a *api) people() {
	handle(a, op("list-members", "GET /members", digest.ScopeRead, tagPeople, "List members", "Who signs in to the project's console."),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Member], error) {
			all, err := v.books.Members(ctx)
			return whole(all, memberOf), err
		})
	handle(a, op("put-member", "POST /members", digest.ScopeManage, tagPeople, "Add a member or change their role", "By address. A token gives no role that may more than the token: a viewer needs the scope read, an editor read, write and send. Owners are made and changed by people alone, in the console."),
		func(ctx context.Context, v visit, in *struct {
			Once
			Body NewMember
		},
		) (*onceOut[Added], error) {
			if err := v.mayGive(in.Body.Role); err != nil {
				return nil, err
			}
			return keyed(ctx, v, "put-member", in.Key, in.Body, func() (Added, error) { return a.addMember(ctx, v, in.Body) })
		})
	handle(a, op("delete-member", "DELETE /members/{account}", digest.ScopeManage, tagPeople, "Take a member out", "Their digests are handed to another member first. An owner is taken out by people alone."),
		func(ctx context.Context, v visit, in *struct {
			Account int64 `path:"account" doc:"Of the member."`
		},
		) (*none, error) {
			return nil, v.books.RemoveMember(ctx, v.by, in.Account)
		})
	handle(a, op("list-tokens", "GET /tokens", digest.ScopeManage, tagPeople, "List tokens", "Without their keys."),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Token], error) {
			all, err := v.books.Tokens(ctx)
			return whole(all, tokenOf), err
		})
	post := op("add-token", "POST /tokens", digest.ScopeManage, tagPeople, "Make a token", "Its key is in the answer, and never again. It has no scope that the asking token lacks, ends with it at the latest, and is revoked with it.")
	post.DefaultStatus = http.StatusCreated
	handle(a, post, a.addToken)
	handle(a, op("delete-token", "DELETE /tokens/{token}", digest.ScopeManage, tagPeople, "Revoke a token", "At once, with those that it made; it may be the one that asks."),
		func(ctx context.Context, v visit, in *struct {
			Token int64 `path:"token" doc:"Its id."`
		},
		) (*none, error) {
			return nil, v.books.RevokeToken(ctx, v.by, in.Token)
		})
}

// mayGive refuses a role that may do what the token may not: a member signs in, and stays when the token is revoked.
func (v visit) mayGive(role digest.MemberRole) error {
	if role == digest.RoleOwner {
		return digest.ErrNotByToken
	}
	for _, s := range scopes() {
		if s == digest.ScopeEvents {
			continue // who signs in sends none
		}
		if role.Gives(s) && !v.token.May(s) {
			p := problem(http.StatusForbidden, "scope", fmt.Sprintf("The token “%s” may not give the role %s: it has not the scope %s itself.", v.token.Name, role, s))
			p.Scope = string(s)
			return p
		}
	}
	return nil
}

// invitation is how long an invitation's link is good.
const invitation = 7 * 24 * time.Hour

func (a *api) addMember(ctx context.Context, v visit, in NewMember) (Added, error) {
	if reason := roster.FaultOfAddress(in.Address); reason != "" {
		return Added{}, refuse("address", reason)
	}
	account, err := v.books.SetMember(ctx, v.by, in.Address, in.Name, in.Role)
	if err != nil || !in.Invite {
		return Added{Account: account.ID, Address: in.Address}, err
	}
	p, err := v.head(ctx)
	if err != nil {
		return Added{}, err
	}
	token, account, err := a.House.AskIn(ctx, in.Address, "", invitation)
	if err != nil {
		return Added{}, fmt.Errorf("make the invitation's link: %w", err)
	}
	if err := a.Works.MailInvite(ctx, account, p, v.token.Name, strings.TrimRight(a.BaseURL, "/")+"/sign-in/"+token, invitation); err != nil {
		return Added{}, fmt.Errorf("mail the invitation: %w", err)
	}
	return Added{Account: account.ID, Address: in.Address, Invited: true}, nil
}

func (a *api) addToken(ctx context.Context, v visit, in *struct{ Body NewToken }) (*bodyOf[MadeToken], error) {
	if !in.Body.Ends.IsZero() && !in.Body.Ends.After(a.Now()) {
		return nil, refuse("ends", "This is past: choose a time to come, or leave it out.")
	}
	var wanted []digest.Scope
	for _, s := range in.Body.Scopes {
		if !v.token.May(digest.Scope(s)) {
			p := problem(http.StatusForbidden, "scope", fmt.Sprintf("The token “%s” may not give the scope %s, which it has not itself.", v.token.Name, s))
			p.Scope = s
			return nil, p
		}
		wanted = append(wanted, digest.Scope(s))
	}
	t, key, err := v.books.AddToken(ctx, v.by, in.Body.Name, wanted, in.Body.Ends)
	return &bodyOf[MadeToken]{MadeToken{tokenOf(t), key}}, err
}
