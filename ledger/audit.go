package ledger

import (
	"context"
	_ "embed"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/add_audit.sql
var addAuditSQL string

// audit writes down who made changes of a project, in their transaction.
func (l *Ledger) audit(ctx context.Context, tx pgx.Tx, project int64, by digest.Actor, changes []digest.Change) error {
	if len(changes) == 0 {
		return nil
	}
	var verbs, whats []string
	var details, notes []json.RawMessage
	for _, c := range changes {
		d, err := toJSON(orNone(c.Details))
		if err != nil {
			return err
		}
		n, err := toJSON(orNone(c.Notes))
		if err != nil {
			return err
		}
		verbs, whats, details, notes = append(verbs, c.Verb), append(whats, c.What), append(details, d), append(notes, n)
	}
	_, err := tx.Exec(ctx, addAuditSQL, args{
		"project": project, "now": l.Now(), "account": by.Account, "actor": by.Name, "via": by.Via,
		"verbs": verbs, "whats": whats, "details": details, "notes": notes,
	})
	return err
}

// orNone makes an empty list of none, which JSON would have as null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
