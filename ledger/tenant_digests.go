package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/project_zone.sql
var projectZoneSQL string

//go:embed questions/digest_lines.sql
var digestLinesSQL string

//go:embed questions/readers_of_digests.sql
var readersOfDigestsSQL string

//go:embed questions/chosen_cadences.sql
var chosenCadencesSQL string

//go:embed questions/digests_called.sql
var digestsCalledSQL string

//go:embed questions/zones_of_readers.sql
var zonesOfReadersSQL string

//go:embed questions/account_names.sql
var accountNamesSQL string

// Digests lists the project's digests by their keys.
func (t *Tenant) Digests(ctx context.Context) ([]digest.DigestLine, error) {
	all, err := t.digests(ctx, "", true)
	if err == nil {
		err = t.nameOwners(ctx, all)
	}
	if err != nil {
		return nil, fmt.Errorf("list digests: %w", err)
	}
	return all, nil
}

// DigestsToCome lists them without their latest editions and without their owners' names: all that a calendar needs, sooner.
func (t *Tenant) DigestsToCome(ctx context.Context) ([]digest.DigestLine, error) {
	all, err := t.digests(ctx, "", false)
	if err != nil {
		return nil, fmt.Errorf("list digests to come: %w", err)
	}
	return all, nil
}

// DigestNames lists what the project's digests are called, by their keys.
func (t *Tenant) DigestNames(ctx context.Context) (all []digest.DigestName, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		all, err = ask[digest.DigestName](ctx, tx, digestsCalledSQL, args{"project": t.project})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the names of digests: %w", err)
	}
	return all, nil
}

// ReadersZones lists the zones that readers of the digest of a key have of their own, those of most readers first; none where there is no
// such digest.
func (t *Tenant) ReadersZones(ctx context.Context, key string) (all []digest.ReadersZone, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		all, err = ask[digest.ReadersZone](ctx, tx, zonesOfReadersSQL, args{"project": t.project, "digest": key})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the zones of the readers of digest %q: %w", key, err)
	}
	return all, nil
}

// Digest gives the digest of a key.
func (t *Tenant) Digest(ctx context.Context, key string) (digest.DigestLine, error) {
	all, err := t.digests(ctx, key, true)
	if err == nil && (key == "" || len(all) == 0) {
		err = digest.ErrNotFound
	}
	if err == nil {
		err = t.nameOwners(ctx, all)
	}
	if err != nil {
		return digest.DigestLine{}, fmt.Errorf("digest %q: %w", key, err)
	}
	return all[0], nil
}

// digests lists the digest of a key, or all where it is "", with their latest editions or without.
func (t *Tenant) digests(ctx context.Context, key string, latest bool) (all []digest.DigestLine, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		rows, err := ask[struct {
			storedDigest
			Version       int
			OwnerID, Last int64
		}](ctx, tx, digestLinesSQL, args{"project": t.project, "key": key, "latest": latest})
		if err != nil {
			return err
		}
		var only int64
		if key != "" && len(rows) > 0 {
			only = rows[0].DigestID
		}
		readers, gone, err := t.readers(ctx, tx, only)
		if err != nil {
			return err
		}
		chosen, err := t.chosen(ctx, tx, only)
		if err != nil {
			return err
		}
		var ids []int64
		for _, r := range rows {
			if r.Last != 0 {
				ids = append(ids, r.Last)
			}
		}
		editions, err := t.editionLines(ctx, tx, ids)
		if err != nil {
			return err
		}
		last := map[int64]*digest.EditionLine{}
		for i := range editions {
			last[editions[i].DigestID] = &editions[i]
		}
		for _, r := range rows {
			line := digest.DigestLine{ID: r.DigestID, Version: r.Version, Owner: r.OwnerID, Readers: readers[r.DigestID], Gone: gone[r.DigestID], Chosen: chosen[r.DigestID], Last: last[r.DigestID]}
			if line.Readers == nil {
				line.Readers = map[digest.Audience]int{}
			}
			if line.Config, err = r.read(); err != nil {
				return err
			}
			all = append(all, line)
		}
		return nil
	})
	return all, err
}

// readers counts who subscribes to digests, or to one: those who get the next edition by audience, and those who do not.
func (t *Tenant) readers(ctx context.Context, tx pgx.Tx, only int64) (get map[int64]map[digest.Audience]int, gone map[int64]int, err error) {
	today, err := t.today(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	rows, err := ask[struct {
		DigestID int64
		Audience string
		Gets     bool
		N        int
	}](ctx, tx, readersOfDigestsSQL, args{"project": t.project, "digest": only, "today": today.String()})
	get, gone = map[int64]map[digest.Audience]int{}, map[int64]int{}
	for _, r := range rows {
		if !r.Gets {
			gone[r.DigestID] += r.N
			continue
		}
		if get[r.DigestID] == nil {
			get[r.DigestID] = map[digest.Audience]int{}
		}
		get[r.DigestID][digest.Audience(r.Audience)] = r.N
	}
	return get, gone, err
}

// chosen lists, by digest, the cadences that readers of digests, or of one, have chosen for themselves.
func (t *Tenant) chosen(ctx context.Context, tx pgx.Tx, only int64) (map[int64][]string, error) {
	rows, err := ask[struct {
		DigestID int64
		Cadence  string
	}](ctx, tx, chosenCadencesSQL, args{"project": t.project, "digest": only})
	all := map[int64][]string{}
	for _, r := range rows {
		all[r.DigestID] = append(all[r.DigestID], r.Cadence)
	}
	return all, err
}

// today is the project's date.
func (t *Tenant) today(ctx context.Context, tx pgx.Tx) (digest.Date, error) {
	name, err := scalar[string](ctx, tx, projectZoneSQL, args{"project": t.project})
	if err != nil {
		return digest.Date{}, err
	}
	zone, err := t.l.zones.load(name)
	if err != nil {
		return digest.Date{}, fmt.Errorf("zone of the project: %w", err)
	}
	return digest.DateOf(t.l.Now().In(zone)), nil
}

// nameOwners says how the owners of digests are called. Accounts are no project's, so that is asked outside of its walls.
func (t *Tenant) nameOwners(ctx context.Context, all []digest.DigestLine) error {
	var accounts []int64
	for _, d := range all {
		if d.Owner != 0 {
			accounts = append(accounts, d.Owner)
		}
	}
	called, err := t.l.called(ctx, accounts...)
	for i := range all {
		all[i].OwnerName = called[all[i].Owner]
	}
	return err
}

// called gives the names of accounts.
func (l *Ledger) called(ctx context.Context, accounts ...int64) (map[int64]string, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	rows, err := ask[struct {
		AccountID int64
		Name      string
	}](ctx, l.pool, accountNamesSQL, args{"accounts": accounts})
	names := map[int64]string{}
	for _, r := range rows {
		names[r.AccountID] = r.Name
	}
	return names, err
}

// read gives the configuration of a stored digest.
func (r storedDigest) read() (c digest.Config, err error) {
	if err := json.Unmarshal(r.Config, &c); err != nil {
		return c, fmt.Errorf("configuration of digest %s: %w", r.Key, err)
	}
	c.Key, c.Active = r.Key, r.Active
	return c, nil
}
