package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed questions/erase_keep_away.sql
var eraseKeepAwaySQL string

//go:embed questions/erase_deliveries.sql
var eraseDeliveriesSQL string

//go:embed questions/erase_attempts.sql
var eraseAttemptsSQL string

//go:embed questions/erase_bounces.sql
var eraseBouncesSQL string

//go:embed questions/erase_told.sql
var eraseToldSQL string

//go:embed questions/erase_subscribers.sql
var eraseSubscribersSQL string

//go:embed questions/erase_added_by.sql
var eraseAddedBySQL string

//go:embed questions/erase_suppressions.sql
var eraseSuppressionsSQL string

//go:embed questions/erase_requests.sql
var eraseRequestsSQL string

//go:embed questions/erase_account.sql
var eraseAccountSQL string

//go:embed questions/erase_postings.sql
var erasePostingsSQL string

//go:embed questions/erase_audit.sql
var eraseAuditSQL string

// Erased says what Erase forgot.
type Erased struct{ Subscriptions, Deliveries int }

// Erase forgets a person in all projects: the subscriptions with their tokens, and name, address and servers' answers in what was
// planned and sent, posted to webhooks and written to the audit. What was not sent yet is not sent. A suppression stays as a hash, so
// that the address is not written to when a configuration brings it back. An address that still stands in fortnight.yaml comes back
// with the next apply: take it out first. So with the person's account: one that is in a project, or runs the installation, stays.
func (l *Ledger) Erase(ctx context.Context, address string) (Erased, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		return Erased{}, errors.New("erase an address: there is none")
	}
	var e Erased
	with := args{"address": address}
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, eraseDeliveriesSQL, args{"address": address, "now": l.Now()})
		if err != nil {
			return err
		}
		deliveries, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		e.Deliveries = len(deliveries)
		for _, question := range []string{eraseAttemptsSQL, eraseBouncesSQL} {
			if _, err := tx.Exec(ctx, question, args{"deliveries": deliveries}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, eraseKeepAwaySQL, args{"address": address, "now": l.Now()}); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, eraseSubscribersSQL, with)
		if err != nil {
			return err
		}
		e.Subscriptions = int(tag.RowsAffected())
		for _, question := range []string{eraseAddedBySQL, eraseSuppressionsSQL, eraseToldSQL, eraseRequestsSQL, erasePostingsSQL} {
			if _, err := tx.Exec(ctx, question, with); err != nil {
				return err
			}
		}
		accounts, err := column[int64](ctx, tx, eraseAccountSQL, with)
		if err != nil {
			return err
		}
		plain, inside := patterns(address)
		_, err = tx.Exec(ctx, eraseAuditSQL, args{"plain": plain, "inside": inside, "accounts": accounts})
		return err
	})
	if err != nil {
		return Erased{}, fmt.Errorf("erase an address: %w", err)
	}
	return e, nil
}

// patterns find an address in a text and in JSON, and not as a part of another: "na@x.example" is not in "ana@x.example.org".
func patterns(address string) (plain, inside string) {
	const before, after = `(?<![[:alnum:].!#$%&'*+/=?^_{|}~-])`, `(?![[:alnum:]-]|\.[[:alnum:]])`
	written := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(address)
	return before + regexp.QuoteMeta(address) + after, before + regexp.QuoteMeta(written) + after
}
