package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/apply_lock.sql
var applyLockSQL string

//go:embed questions/project_by_key.sql
var projectByKeySQL string

//go:embed questions/add_project.sql
var addProjectSQL string

//go:embed questions/change_project.sql
var changeProjectSQL string

//go:embed questions/digests_of_project.sql
var digestsOfProjectSQL string

//go:embed questions/add_digest.sql
var addDigestSQL string

//go:embed questions/change_digest.sql
var changeDigestSQL string

const applyLock = 0x6170706c79 // "apply"

// Apply makes the ledger's projects as they are configured, in one transaction, and says what it changed; a second time it
// changes nothing. A project that is not among them stays as it is. In those that are, a source that is gone is removed; a digest
// that is gone is switched off and keeps its editions; a subscriber who is gone is taken out. Who unsubscribed stays unsubscribed.
// An every-2-weeks cadence without an anchor counts from the day it is first applied. What it changed is written to the audit.
func (l *Ledger) Apply(ctx context.Context, projects []digest.Project) ([]Change, error) {
	return l.apply(ctx, projects, nil)
}

// Plan says what Apply would change, and changes nothing.
func (l *Ledger) Plan(ctx context.Context, projects []digest.Project) ([]Change, error) {
	enough := errors.New("only planned")
	changes, err := l.apply(ctx, projects, enough)
	if errors.Is(err, enough) {
		err = nil
	}
	return changes, err
}

// apply ends with the given error where all has gone well, which rolls it back.
func (l *Ledger) apply(ctx context.Context, projects []digest.Project, end error) ([]Change, error) {
	if err := Check(projects); err != nil {
		return nil, err
	}
	var changes []Change
	err := l.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, applyLockSQL, args{"lock": int64(applyLock)}); err != nil {
			return err
		}
		for _, p := range projects {
			var made []digest.Change
			a := applying{l, tx, p.Key, 0, &made}
			if err := a.project(ctx, p); err != nil {
				return fmt.Errorf("project %s: %w", p.Key, err)
			}
			if err := l.audit(ctx, tx, a.projectID, digest.Actor{Name: "fortnight apply", Via: "command"}, made); err != nil {
				return fmt.Errorf("write down what was changed: %w", err)
			}
			changes = append(changes, made...)
		}
		return end
	})
	if err != nil {
		err = fmt.Errorf("apply: %w", err)
	}
	return changes, err
}

// applying is one project on its way into the ledger, from a configuration or from a person's hand. Its row is locked until the
// transaction ends: two hands do not change a project at a time.
type applying struct {
	*Ledger
	tx        pgx.Tx
	key       string
	projectID int64
	changes   *[]digest.Change
}

func (a *applying) note(verb, what string, details ...digest.Difference) {
	a.say(digest.Change{Verb: verb, What: what, Details: details})
}

func (a *applying) say(c digest.Change) { *a.changes = append(*a.changes, c) }

func (a *applying) project(ctx context.Context, p digest.Project) error {
	if err := a.head(ctx, p); err != nil {
		return err
	}
	if err := a.sources(ctx, p.Sources); err != nil {
		return err
	}
	rows, err := ask[storedDigest](ctx, a.tx, digestsOfProjectSQL, args{"project_id": a.projectID})
	if err != nil {
		return err
	}
	for _, c := range p.Digests {
		stored := slices.IndexFunc(rows, func(r storedDigest) bool { return r.Key == c.Key })
		var before *digest.Config
		var id int64
		if stored >= 0 {
			before, id = &digest.Config{}, rows[stored].DigestID
			if err := json.Unmarshal(rows[stored].Config, before); err != nil {
				return err
			}
			before.Active = rows[stored].Active
		}
		if err := a.digest(ctx, id, before, c); err != nil {
			return fmt.Errorf("digest %s: %w", c.Key, err)
		}
	}
	for _, r := range rows {
		gone := !slices.ContainsFunc(p.Digests, func(c digest.Config) bool { return c.Key == r.Key })
		if gone && r.Active {
			if _, err := a.tx.Exec(ctx, changeDigestSQL, args{"digest": r.DigestID, "config": r.Config, "active": false, "anew": false, "now": a.Now()}); err != nil {
				return err
			}
			a.note("switch off", "digest "+a.key+"/"+r.Key)
		}
	}
	return nil
}

type storedDigest struct {
	DigestID int64
	Key      string
	Active   bool
	Config   json.RawMessage
}

func (a *applying) head(ctx context.Context, p digest.Project) error {
	p.Sources, p.Digests = nil, nil
	if p.Unknown == "" {
		p.Unknown = digest.UnknownRetry
	}
	hours, err := toJSON(p.Hours)
	if err != nil {
		return err
	}
	with := args{
		"hours": hours, "shares": orNone(p.Shares), "key": p.Key, "name": p.Name, "zone": p.Zone, "locale": p.Locale, "week_start": int(p.WeekStart), "bi_monthly": p.BiMonthly,
		"hold_unknown": p.Unknown == digest.UnknownHold, "accent": int64(p.Brand.Accent), "footer": p.Brand.Footer, "from_name": p.From.Name, "from_address": p.From.Address,
		"reply_name": p.ReplyTo.Name, "reply_address": p.ReplyTo.Address,
	}
	r, err := askOne[projectRow](ctx, a.tx, projectByKeySQL, args{"project": p.Key})
	if errors.Is(err, pgx.ErrNoRows) {
		with["now"] = a.Now()
		a.projectID, err = scalar[int64](ctx, a.tx, addProjectSQL, with)
		a.note("add", "project "+p.Key)
		return err
	}
	if err != nil {
		return err
	}
	a.projectID = r.ProjectID
	before := r.project()
	p.Brand.Logo = before.Brand.Logo // SaveLogo's
	details, err := differences(before, p)
	if err != nil || len(details) == 0 {
		return err
	}
	a.note("change", "project "+p.Key, details...)
	_, err = scalar[int64](ctx, a.tx, changeProjectSQL, with)
	return err
}

func (a *applying) digest(ctx context.Context, id int64, before *digest.Config, c digest.Config) error {
	id, err := a.config(ctx, id, before, c)
	if err != nil {
		return err
	}
	return a.subscribers(ctx, id, c.Key, c.Subscribers, true)
}

// config makes a digest as it is configured, without its subscribers, and gives its number; before is nil where there is none.
func (a *applying) config(ctx context.Context, id int64, before *digest.Config, c digest.Config) (int64, error) {
	what := "digest " + a.key + "/" + c.Key
	c.Subscribers = nil
	if everyTwoWeeks(c) && c.Cadence.Anchor.IsZero() {
		if before != nil && everyTwoWeeks(*before) {
			c.Cadence.Anchor = before.Cadence.Anchor
		} else if loc, err := time.LoadLocation(c.Cadence.Zone); err == nil {
			c.Cadence.Anchor = digest.DateOf(a.Now().In(loc))
		}
	}
	config, err := toJSON(c)
	if err != nil {
		return id, err
	}
	if before == nil {
		a.note("add", what)
		return scalar[int64](ctx, a.tx, addDigestSQL, args{
			"project_id": a.projectID, "key": c.Key, "active": c.Active, "config": config, "now": a.Now(),
		})
	}
	verb := "change"
	switch {
	case c.Active && !before.Active:
		verb = "switch on"
	case !c.Active && before.Active:
		verb = "switch off"
	}
	before.Active = c.Active
	details, err := differences(*before, c)
	if err != nil || verb == "change" && len(details) == 0 {
		return id, err
	}
	a.note(verb, what, details...)
	anew := before.Cadence.Kind != c.Cadence.Kind || before.Cadence.Covers != c.Cadence.Covers
	_, err = a.tx.Exec(ctx, changeDigestSQL, args{"digest": id, "config": config, "active": c.Active, "anew": anew, "now": a.Now()})
	return id, err
}

func everyTwoWeeks(c digest.Config) bool {
	return strings.EqualFold(strings.TrimSpace(c.Cadence.Kind), "every-2-weeks")
}
