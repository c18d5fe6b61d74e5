package ledger

import (
	"context"
	_ "embed"
	"fmt"

	"fortnight/digest"
)

//go:embed questions/sharing.sql
var sharingSQL string

// Sharing looks up the projects of the given keys for a digest of another, in that order, with the sources that they are read from. Each
// shares its numbers by its own settings, or is a gap: one that does not share them and one that is not there are told apart by nothing. A
// source that no SECRET_KEY opens is left out.
//
// This is the one place where a project's digest reaches what another has. It is asked outside of the walls, by the project's number, and
// nothing of it is for who asked but what digest.RollUp lets through.
func (l *Ledger) Sharing(ctx context.Context, project int64, keys []string) ([]digest.Sharing, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	by, err := askOne[projectRow](ctx, l.pool, headSQL, args{"project_id": project})
	if err != nil {
		return nil, fmt.Errorf("look up project %d: %w", project, err)
	}
	rows, err := ask[projectRow](ctx, l.pool, sharingSQL, args{"project_id": project, "keys": keys})
	if err != nil {
		return nil, fmt.Errorf("look up the projects that share with %s: %w", by.ProjectKey, err)
	}
	open := map[string]digest.Project{}
	for _, r := range rows {
		whole := r.project()
		p := digest.Project{Key: whole.Key, Name: whole.Name, Zone: whole.Zone, Hours: whole.Hours}
		sources, err := ask[sourceRow](ctx, l.pool, sourcesSQL, args{"project_id": r.ProjectID})
		if err != nil {
			return nil, fmt.Errorf("sources of project %s: %w", p.Key, err)
		}
		for _, s := range sources {
			if dsn, _, err := l.Keys.open(s.DSNSealed, ofSource(p.Key, s.Key)); err == nil {
				p.Sources = append(p.Sources, digest.Source{Key: s.Key, Platform: s.Platform, DSN: dsn, Tenant: s.Tenant})
			}
		}
		open[p.Key] = p
	}
	var all []digest.Sharing
	for _, key := range keys {
		if p, shares := open[key]; shares {
			all = append(all, digest.Sharing{Project: p})
		} else {
			all = append(all, digest.Closed(key, by.ProjectKey))
		}
	}
	return all, nil
}
