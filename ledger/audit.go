package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/add_audit.sql
var addAuditSQL string

//go:embed questions/audit.sql
var auditSQL string

//go:embed questions/audit_total.sql
var auditTotalSQL string

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

// Audit lists the project's changes, the newest first.
func (t *Tenant) Audit(ctx context.Context, w digest.AuditWanted) (part digest.Listed[digest.AuditLine], err error) {
	var before int64
	if err := marked(w.After, &before); err != nil {
		return part, err
	}
	size := sizeOf(w.Page)
	err = t.read(ctx, func(tx pgx.Tx) error {
		total, err := scalar[int](ctx, tx, auditTotalSQL, args{"project_id": t.project, "what": w.What})
		if err != nil {
			return err
		}
		rows, err := ask[struct {
			AuditID                int64
			At                     time.Time
			AccountID              int64
			Actor, Via, Verb, What string
			Details, Notes         json.RawMessage
		}](ctx, tx, auditSQL, args{"project_id": t.project, "what": w.What, "before": before, "size": size + 1})
		if err != nil {
			return err
		}
		var lines []digest.AuditLine
		for _, r := range rows {
			line := digest.AuditLine{
				ID: r.AuditID, At: r.At.UTC(), Actor: digest.Actor{Account: r.AccountID, Name: r.Actor, Via: r.Via},
				Change: digest.Change{Verb: r.Verb, What: r.What},
			}
			if err := json.Unmarshal(r.Details, &line.Details); err != nil {
				return err
			}
			if err := json.Unmarshal(r.Notes, &line.Notes); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		part, err = listed(lines, size, total, func(l digest.AuditLine) (string, error) { return mark(l.ID) })
		return err
	})
	return part, err
}

// orNone makes an empty list of none, which JSON would have as null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
