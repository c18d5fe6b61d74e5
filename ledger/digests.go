package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/scheduled.sql
var scheduledSQL string

//go:embed questions/digest_by_name.sql
var digestByNameSQL string

//go:embed questions/digest_by_id.sql
var digestByIDSQL string

//go:embed questions/digest_names.sql
var digestNamesSQL string

//go:embed questions/sources.sql
var sourcesSQL string

//go:embed questions/subscribers_of_digest.sql
var subscribersOfDigestSQL string

// Scheduled lists the digests that are switched on, with the due that the schedule has dealt with last and the latest end of a
// period that has an edition; after them, each once more for every cadence that a reader of it has chosen for himself. Their projects
// come without sources and subscribers.
func (l *Ledger) Scheduled(ctx context.Context) ([]digest.Scheduled, error) {
	rows, err := ask[digestRow](ctx, l.pool, scheduledSQL, args{})
	if err != nil {
		return nil, fmt.Errorf("list the digests that are switched on: %w", err)
	}
	var all []digest.Scheduled
	for _, r := range rows {
		s, err := r.scheduled()
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return l.withReaders(ctx, all)
}

// ErrNoDigest is the error of a digest's name that the ledger does not know.
var ErrNoDigest = errors.New("no such digest")

// Digest gives a digest by its name PROJECT/DIGEST, whole: with the project's sources (DSNs in clear) and the subscribers. The
// error of an unknown name is an ErrNoDigest and lists the names there are.
func (l *Ledger) Digest(ctx context.Context, name string) (digest.Scheduled, error) {
	project, key, _ := strings.Cut(name, "/")
	r, err := askOne[digestRow](ctx, l.pool, digestByNameSQL, args{"project": project, "digest": key})
	if errors.Is(err, pgx.ErrNoRows) {
		known, err := l.digestNames(ctx)
		if err != nil {
			return digest.Scheduled{}, err
		}
		return digest.Scheduled{}, fmt.Errorf("%w: %q; %s", ErrNoDigest, name, known)
	}
	if err != nil {
		return digest.Scheduled{}, fmt.Errorf("look up digest %s: %w", name, err)
	}
	s, err := r.scheduled()
	if err != nil {
		return s, err
	}
	if s.Project.Sources, err = l.sources(ctx, l.pool, r.ProjectID, r.ProjectKey); err != nil {
		return s, err
	}
	s.Config.Subscribers, err = l.subscribers(ctx, l.pool, r.DigestID)
	return s, err
}

// KnowsProject is an error that lists the digests there are where no project has the key; the empty key is always known.
func (l *Ledger) KnowsProject(ctx context.Context, key string) error {
	if key == "" {
		return nil
	}
	_, err := askOne[projectRow](ctx, l.pool, projectByKeySQL, args{"project": key})
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	known, err := l.digestNames(ctx)
	if err != nil {
		return err
	}
	return fmt.Errorf("no such project: %q; %s", key, known)
}

// ProjectID gives a project's number; the error of an unknown key is KnowsProject's.
func (l *Ledger) ProjectID(ctx context.Context, key string) (int64, error) {
	r, err := askOne[projectRow](ctx, l.pool, projectByKeySQL, args{"project": key})
	if errors.Is(err, pgx.ErrNoRows) {
		known, err := l.digestNames(ctx)
		if err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("no such project: %q; %s", key, known)
	}
	return r.ProjectID, err
}

// Names lists the names PROJECT/DIGEST of all digests, switched on or off.
func (l *Ledger) Names(ctx context.Context) ([]string, error) {
	rows, err := l.pool.Query(ctx, digestNamesSQL)
	if err != nil {
		return nil, fmt.Errorf("list the digests: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list the digests: %w", err)
	}
	return names, nil
}

func (l *Ledger) digestNames(ctx context.Context) (string, error) {
	names, err := l.Names(ctx)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "there is none yet: `fortnight apply` makes them", nil
	}
	return "there is " + strings.Join(names, ", "), nil
}

// digestRow is a digest beside its project.
type digestRow struct {
	projectRow
	DigestID int64
	Key      string
	Config   json.RawMessage
	Active   bool
	LastDue  *time.Time
	Covered  *time.Time
}

type projectRow struct {
	ProjectID                                              int64
	ProjectKey, Name, Zone, Locale                         string
	WeekStart                                              int
	BiMonthly                                              string
	HoldUnknown                                            bool
	Accent                                                 int64
	Footer, FromName, FromAddress, ReplyName, ReplyAddress string
	Logo                                                   string
	Hours                                                  digest.Hours
	Shares                                                 []string
}

func (r projectRow) project() digest.Project {
	unknown := digest.UnknownRetry
	if r.HoldUnknown {
		unknown = digest.UnknownHold
	}
	p := digest.Project{
		Key: r.ProjectKey, Name: r.Name, Zone: r.Zone, Locale: r.Locale, WeekStart: time.Weekday(r.WeekStart), BiMonthly: r.BiMonthly, Unknown: unknown,
		Brand: digest.Brand{Accent: digest.Colour(r.Accent), Footer: r.Footer, Logo: r.Logo},
		From:  digest.Address{Name: r.FromName, Address: r.FromAddress}, ReplyTo: digest.Address{Name: r.ReplyName, Address: r.ReplyAddress},
		Hours: r.Hours,
	}
	if len(r.Shares) > 0 {
		p.Shares = r.Shares
	}
	return p
}

func (r digestRow) scheduled() (digest.Scheduled, error) {
	s := digest.Scheduled{Digest: r.DigestID, Project: r.project()}
	if err := json.Unmarshal(r.Config, &s.Config); err != nil {
		return s, fmt.Errorf("configuration of digest %s/%s: %w", r.ProjectKey, r.Key, err)
	}
	s.Config.Key, s.Config.Active = r.Key, r.Active
	if r.LastDue != nil {
		s.LastDue = *r.LastDue
	}
	if r.Covered != nil {
		s.Covered = *r.Covered
	}
	return s, nil
}

type sourceRow struct {
	Key, Platform string
	DSNSealed     []byte
	Tenant, Link  string
}

func (l *Ledger) sources(ctx context.Context, db asker, projectID int64, project string) ([]digest.Source, error) {
	rows, err := ask[sourceRow](ctx, db, sourcesSQL, args{"project_id": projectID})
	if err != nil {
		return nil, fmt.Errorf("sources of project %s: %w", project, err)
	}
	var all []digest.Source
	for _, r := range rows {
		dsn, _, err := l.Keys.open(r.DSNSealed, ofSource(project, r.Key))
		if err != nil {
			return nil, err
		}
		all = append(all, digest.Source{Key: r.Key, Platform: r.Platform, DSN: dsn, Tenant: r.Tenant, Link: r.Link})
	}
	return all, nil
}

func (l *Ledger) subscribers(ctx context.Context, db asker, digestID int64) ([]digest.Subscriber, error) {
	rows, err := ask[struct {
		SubscriberID                                 int64
		Name, Address, Locale, Zone, Audience, Agent string
		PDF                                          bool
		AddedBy                                      string
		AddedAt                                      time.Time
		TokenSealed                                  []byte
	}](ctx, db, subscribersOfDigestSQL, args{"digest": digestID})
	if err != nil {
		return nil, fmt.Errorf("subscribers of digest %d: %w", digestID, err)
	}
	var all []digest.Subscriber
	for _, r := range rows {
		token, _, err := l.Keys.open(r.TokenSealed, ofToken)
		if err != nil {
			return nil, err
		}
		all = append(all, digest.Subscriber{
			ID: r.SubscriberID, Name: r.Name, Address: r.Address, Locale: r.Locale, Zone: r.Zone, Audience: digest.Audience(r.Audience), Agent: r.Agent,
			PDF: r.PDF, AddedBy: r.AddedBy, AddedAt: r.AddedAt.UTC(), Token: token,
		})
	}
	return all, nil
}
