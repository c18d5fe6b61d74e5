package ledger

import (
	"context"
	_ "embed"
	"maps"
	"slices"

	"fortnight/digest"
)

//go:embed questions/put_source.sql
var putSourceSQL string

//go:embed questions/remove_source.sql
var removeSourceSQL string

func (a *applying) sources(ctx context.Context, sources []digest.Source) error {
	stored, err := a.storedSources(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if err := a.source(ctx, s, stored); err != nil {
			return err
		}
		delete(stored, s.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		if err := a.removeSource(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// source adds or changes one.
func (a *applying) source(ctx context.Context, s digest.Source, stored map[string]storedSource) error {
	what := "source " + a.key + "/" + s.Key
	if before, known := stored[s.Key]; known {
		shown, showed := s, before.Source
		shown.DSN, showed.DSN = "", ""
		details, err := differences(showed, shown)
		if err != nil {
			return err
		}
		var notes []string
		if !before.opens {
			notes = []string{"dsn sealed anew"}
		} else if before.DSN != s.DSN {
			notes = []string{"dsn changed"}
		}
		if len(details)+len(notes) == 0 {
			return nil
		}
		a.say(digest.Change{Verb: "change", What: what, Details: details, Notes: notes})
	} else {
		a.note("add", what)
	}
	sealed, err := a.Keys.seal(s.DSN, ofSource(a.key, s.Key))
	if err != nil {
		return err
	}
	_, err = a.tx.Exec(ctx, putSourceSQL, args{
		"project_id": a.projectID, "key": s.Key, "platform": s.Platform, "dsn_sealed": sealed, "tenant": s.Tenant, "link": s.Link,
	})
	return err
}

func (a *applying) removeSource(ctx context.Context, key string) error {
	a.note("remove", "source "+a.key+"/"+key)
	_, err := a.tx.Exec(ctx, removeSourceSQL, args{"project_id": a.projectID, "key": key})
	return err
}

type storedSource struct {
	digest.Source
	opens bool // false: sealed with a SECRET_KEY that is gone; the configuration brings the DSN anew
}

func (a *applying) storedSources(ctx context.Context) (map[string]storedSource, error) {
	rows, err := ask[sourceRow](ctx, a.tx, sourcesSQL, args{"project_id": a.projectID})
	if err != nil {
		return nil, err
	}
	all := map[string]storedSource{}
	for _, r := range rows {
		dsn, _, err := a.Keys.open(r.DSNSealed, ofSource(a.key, r.Key))
		all[r.Key] = storedSource{digest.Source{Key: r.Key, Platform: r.Platform, DSN: dsn, Tenant: r.Tenant, Link: r.Link}, err == nil}
	}
	return all, nil
}
