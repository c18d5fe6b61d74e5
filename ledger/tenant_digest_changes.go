package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/lock_digest.sql
var lockDigestSQL string

//go:embed questions/is_member.sql
var isMemberSQL string

//go:embed questions/keep_owner.sql
var keepOwnerSQL string

//go:embed questions/keeps_digest.sql
var keepsDigestSQL string

//go:embed questions/remove_digest.sql
var removeDigestSQL string

//go:embed questions/project_key.sql
var projectKeySQL string

// lockedDigest is a digest that is kept as it is until a transaction ends.
type lockedDigest struct {
	DigestID int64
	Active   bool
	Config   json.RawMessage
	Version  int
	OwnerID  *int64
}

// lockDigest gives the digest of a key and keeps it as it is; pgx.ErrNoRows where the project has none.
func (t *Tenant) lockDigest(ctx context.Context, tx pgx.Tx, key string) (r lockedDigest, c digest.Config, err error) {
	if r, err = askOne[lockedDigest](ctx, tx, lockDigestSQL, args{"project": t.project, "key": key}); err != nil {
		return r, c, err
	}
	c, err = storedDigest{DigestID: r.DigestID, Key: key, Active: r.Active, Config: r.Config}.read()
	return r, c, err
}

// changing makes changes to one digest of the project and writes them to the audit.
func (t *Tenant) changing(ctx context.Context, by digest.Actor, changes func(pgx.Tx, *applying) error) (made []digest.Change, err error) {
	err = t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		key, err := scalar[string](ctx, tx, projectKeySQL, args{"project": t.project})
		if err != nil {
			return nil, err
		}
		made = nil
		err = changes(tx, &applying{Ledger: t.l, tx: tx, key: key, projectID: t.project, changes: &made})
		return made, err
	})
	return made, err
}

// SaveDigest adds a digest (version 0) or changes the one of its key, without its subscribers; it gives the digest as it is then and what
// changed. digest.ErrStale where the version is no longer the one; faults are *digest.RefusedError, joined.
func (t *Tenant) SaveDigest(ctx context.Context, by digest.Actor, c digest.Config, version int) (digest.DigestLine, digest.Change, error) {
	var change digest.Change
	c.Subscribers = nil
	made, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		if err := a.checkDigest(ctx, c); err != nil {
			return err
		}
		r, stored, err := t.lockDigest(ctx, tx, c.Key)
		known := err == nil
		switch {
		case err != nil && !errors.Is(err, pgx.ErrNoRows):
			return err
		case !known && version > 0:
			return digest.ErrNotFound
		case known && version == 0:
			return &digest.RefusedError{Field: "key", Reason: fmt.Sprintf("The project has a digest %q already.", c.Key)}
		case known && version != r.Version:
			return digest.ErrStale
		}
		var before *digest.Config
		if known {
			before = &stored
		}
		_, err = a.config(ctx, r.DigestID, before, c)
		return err
	})
	if err != nil {
		return digest.DigestLine{}, change, doing(err, "save digest %q", c.Key)
	}
	if len(made) > 0 {
		change = made[0]
	}
	line, err := t.Digest(ctx, c.Key)
	return line, change, err
}

// checkDigest finds the faults of a digest as it is configured.
func (a *applying) checkDigest(ctx context.Context, c digest.Config) error {
	rows, err := ask[sourceRow](ctx, a.tx, sourcesSQL, args{"project_id": a.projectID})
	if err != nil {
		return err
	}
	sources := map[string]bool{}
	for _, r := range rows {
		sources[r.Key] = true
	}
	var check checker
	check.digest("", c, sources)
	return check.err()
}

// SwitchDigest switches a digest on or off. Nothing is done where it is so already.
func (t *Tenant) SwitchDigest(ctx context.Context, by digest.Actor, key string, on bool) error {
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		r, c, err := t.lockDigest(ctx, tx, key)
		if err != nil {
			return err
		}
		before := c
		c.Active = on
		_, err = a.config(ctx, r.DigestID, &before, c)
		return err
	})
	if err != nil {
		return fmt.Errorf("switch digest %q: %w", key, err)
	}
	return nil
}

// RemoveDigest forgets a digest with its subscribers and editions. One with an edition that somebody got, or may have got, is refused, as is
// one of which an edition is being made.
func (t *Tenant) RemoveDigest(ctx context.Context, by digest.Actor, key string) error {
	_, err := t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		r, _, err := t.lockDigest(ctx, tx, key)
		if err != nil {
			return err
		}
		kept, err := askOne[struct {
			Mailed bool
			InWork string
		}](ctx, tx, keepsDigestSQL, args{"digest": r.DigestID})
		switch {
		case err != nil:
			return err
		case kept.Mailed:
			return &digest.RefusedError{Reason: "Its editions were mailed, and their links lead here. Switch it off: nothing more goes out."}
		case kept.InWork != "":
			return &digest.RefusedError{Reason: kept.InWork + " is being made. Wait until it is done."}
		}
		a.note("remove", "digest "+a.key+"/"+key)
		_, err = tx.Exec(ctx, removeDigestSQL, args{"digest": r.DigestID})
		return err
	})
	if err != nil {
		return doing(err, "remove digest %q", key)
	}
	return nil
}

// Reassign makes a member of the project a digest's owner; 0: nobody.
func (t *Tenant) Reassign(ctx context.Context, by digest.Actor, key string, account int64) error {
	line, err := t.Digest(ctx, key)
	if err != nil || line.Owner == account {
		return err
	}
	names, err := t.l.called(ctx, account)
	if err != nil {
		return fmt.Errorf("reassign digest %q: %w", key, err)
	}
	_, err = t.changing(ctx, by, func(tx pgx.Tx, a *applying) error {
		r, _, err := t.lockDigest(ctx, tx, key)
		if err != nil {
			return err
		}
		member, err := scalar[bool](ctx, tx, isMemberSQL, args{"project": t.project, "account": account})
		if err != nil {
			return err
		}
		if account != 0 && !member {
			return &digest.RefusedError{Field: "owner", Reason: "Only a member of the project can own a digest."}
		}
		a.note("change", "digest "+a.key+"/"+key, digest.Difference{What: "owner", From: quoted(line.OwnerName), To: quoted(names[account])})
		_, err = tx.Exec(ctx, keepOwnerSQL, args{"digest": r.DigestID, "account": account})
		return err
	})
	if err != nil {
		return doing(err, "reassign digest %q", key)
	}
	return nil
}

// doing says what an error came of; refusals are told as they are, all of them.
func doing(err error, what string, of ...any) error {
	var refused *digest.RefusedError
	if errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(what, of...), err)
}

// quoted is a text as a difference has it: JSON, "" where there is none.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return strconv.Quote(text)
}
