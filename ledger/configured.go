package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/project_keys.sql
var projectKeysSQL string

// Configured gives projects as Apply would take them to change nothing: with sources, whose DSNs are left out, digests and all
// subscribers who were not taken out. The empty key is all projects; one that there is not is KnowsProject's error.
func (l *Ledger) Configured(ctx context.Context, key string) ([]digest.Project, error) {
	if err := l.KnowsProject(ctx, key); err != nil {
		return nil, err
	}
	tx, err := l.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer tx.Rollback(ctx)
	rows, err := tx.Query(ctx, projectKeysSQL, args{"project": key})
	if err != nil {
		return nil, fmt.Errorf("list the projects: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list the projects: %w", err)
	}
	var all []digest.Project
	for _, key := range keys {
		p, err := configured(ctx, tx, key)
		if err != nil {
			return nil, fmt.Errorf("read the configuration of project %s: %w", key, err)
		}
		all = append(all, p)
	}
	return all, nil
}

func configured(ctx context.Context, tx pgx.Tx, key string) (digest.Project, error) {
	head, err := askOne[projectRow](ctx, tx, projectByKeySQL, args{"project": key})
	if err != nil {
		return digest.Project{}, err
	}
	p := head.project()
	sources, err := ask[sourceRow](ctx, tx, sourcesSQL, args{"project_id": head.ProjectID})
	if err != nil {
		return p, err
	}
	for _, s := range sources {
		p.Sources = append(p.Sources, digest.Source{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant, Link: s.Link})
	}
	digests, err := ask[storedDigest](ctx, tx, digestsOfProjectSQL, args{"project_id": head.ProjectID})
	if err != nil {
		return p, err
	}
	for _, d := range digests {
		var c digest.Config
		if err := json.Unmarshal(d.Config, &c); err != nil {
			return p, fmt.Errorf("digest %s: %w", d.Key, err)
		}
		c.Key, c.Active = d.Key, d.Active
		readers, err := ask[subscriberRow](ctx, tx, allSubscribersOfDigestSQL, args{"digest": d.DigestID})
		if err != nil {
			return p, err
		}
		for _, r := range readers {
			if r.RemovedAt == nil {
				c.Subscribers = append(c.Subscribers, r.subscriber())
			}
		}
		p.Digests = append(p.Digests, c)
	}
	return p, nil
}
