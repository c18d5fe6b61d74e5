package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/lock_account.sql
var lockAccountSQL string

//go:embed questions/sign_ins_since.sql
var signInsSinceSQL string

//go:embed questions/add_sign_in.sql
var addSignInSQL string

//go:embed questions/use_sign_in.sql
var useSignInSQL string

// mostSignIns is how many one-time links an account is given in an hour; invitations are counted by themselves.
const mostSignIns = 5

// AskIn makes the token of a one-time link for an address that may see something: 130 random bits, of which the hash is kept.
// digest.ErrNotFound where the address has no access; digest.ErrNotDue where it was given five in the last hour, and the account then
// comes with it. browser is the asking browser's own random value, whose hash is kept; "" is an invitation, good in any browser.
func (l *Ledger) AskIn(ctx context.Context, address, browser string, lasts time.Duration) (token string, a digest.Account, err error) {
	token = strings.ToLower(rand.Text())
	now := l.Now()
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := askOne[accountRow](ctx, tx, lockAccountSQL, args{"address": strings.TrimSpace(address)})
		if errors.Is(err, pgx.ErrNoRows) {
			return digest.ErrNotFound
		}
		if err != nil {
			return err
		}
		a = r.account()
		asked, err := scalar[int](ctx, tx, signInsSinceSQL, args{"account": a.ID, "since": now.Add(-time.Hour), "invitation": browser == ""})
		if err != nil {
			return err
		}
		if asked >= mostSignIns {
			return digest.ErrNotDue
		}
		_, err = tx.Exec(ctx, addSignInSQL, args{
			"token_hash": tokenHash(token), "account": a.ID, "browser_hash": browserHash(browser), "now": now, "expires_at": now.Add(lasts),
		})
		return err
	})
	if err != nil {
		return "", a, fmt.Errorf("make a one-time link: %w", err)
	}
	return token, a, nil
}

// ComeIn uses a token up and gives whose it was; digest.ErrNotFound where it is unknown, used, past its time or another browser's,
// or its person has no access any more.
func (l *Ledger) ComeIn(ctx context.Context, token, browser string) (digest.Account, error) {
	return l.accountBy(ctx, useSignInSQL, args{"token_hash": tokenHash(token), "browser_hash": browserHash(browser), "now": l.Now()})
}

func browserHash(browser string) []byte {
	if browser == "" {
		return nil
	}
	return tokenHash(browser)
}
