package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/project_by_id.sql
var projectByIDSQL string

//go:embed questions/head.sql
var headSQL string

//go:embed questions/source_lines.sql
var sourceLinesSQL string

//go:embed questions/probed.sql
var probedSQL string

//go:embed questions/logo.sql
var logoSQL string

//go:embed questions/logo_of.sql
var logoOfSQL string

//go:embed questions/add_logo.sql
var addLogoSQL string

//go:embed questions/set_logo.sql
var setLogoSQL string

// Head gives the project, with its sources (without DSNs) and without its digests.
func (t *Tenant) Head(ctx context.Context) (p digest.Project, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		r, err := askOne[projectRow](ctx, tx, headSQL, args{"project_id": t.project})
		if err != nil {
			return err
		}
		p = r.project()
		rows, err := ask[sourceRow](ctx, tx, sourcesSQL, args{"project_id": t.project})
		for _, s := range rows {
			p.Sources = append(p.Sources, digest.Source{Key: s.Key, Platform: s.Platform, Tenant: s.Tenant, Link: s.Link})
		}
		return err
	})
	return p, err
}

// applying locks the project and gives it as it is, ready to be changed.
func (t *Tenant) applying(ctx context.Context, tx pgx.Tx) (*applying, digest.Project, error) {
	r, err := askOne[projectRow](ctx, tx, projectByIDSQL, args{"project_id": t.project})
	return &applying{t.l, tx, r.ProjectKey, r.ProjectID, &[]digest.Change{}}, r.project(), err
}

// SaveHead changes the project itself, but not its key, logo, sources and digests. The change has the verb "" where nothing differs.
func (t *Tenant) SaveHead(ctx context.Context, by digest.Actor, p digest.Project) (made digest.Change, err error) {
	err = t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, before, err := t.applying(ctx, tx)
		if err != nil {
			return nil, err
		}
		p.Key, p.Name = before.Key, strings.TrimSpace(p.Name)
		var c checker
		c.head("", p)
		if err := c.err(); err != nil {
			return nil, err
		}
		err = a.head(ctx, p)
		made = first(*a.changes)
		return *a.changes, err
	})
	return made, err
}

func first(changes []digest.Change) digest.Change {
	if len(changes) == 0 {
		return digest.Change{}
	}
	return changes[0]
}

// A logo is kept as a PNG of at most this size; what a mail or PDF shows of it is small.
const (
	largestLogo   = 512 << 10 // bytes
	longestOfLogo = 4000      // pixels
)

// Logo gives the project's picture; its hash is "" where there is none.
func (t *Tenant) Logo(ctx context.Context) (logo digest.Logo, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		rows, err := ask[digest.Logo](ctx, tx, logoSQL, args{"project_id": t.project})
		if len(rows) > 0 {
			logo = rows[0]
		}
		return err
	})
	return logo, err
}

// LogoOf gives a picture that a project has or had, by the project's key and the picture's hash; digest.ErrNotFound where it has no
// such picture.
func (l *Ledger) LogoOf(ctx context.Context, project, hash string) (digest.Logo, error) {
	logo, err := askOne[digest.Logo](ctx, l.pool, logoOfSQL, args{"project": project, "hash": hash})
	if errors.Is(err, pgx.ErrNoRows) {
		return logo, digest.ErrNotFound
	}
	if err != nil {
		return logo, fmt.Errorf("look up the logo of project %s: %w", project, err)
	}
	return logo, nil
}

// SaveLogo keeps a picture, which must be a PNG of 512 kB and 4,000 pixels a side at most; nil takes it away. Editions that were made
// with another keep that.
func (t *Tenant) SaveLogo(ctx context.Context, by digest.Actor, logo *digest.Logo) error {
	hash := ""
	keep := args{"project_id": t.project}
	if logo != nil {
		at, err := png.DecodeConfig(bytes.NewReader(logo.PNG))
		switch {
		case err != nil:
			return &digest.RefusedError{Field: "logo", Reason: "it is no PNG"}
		case len(logo.PNG) > largestLogo:
			return &digest.RefusedError{Field: "logo", Reason: fmt.Sprintf("it has %d kB: %d are the most", len(logo.PNG)>>10, largestLogo>>10)}
		case max(at.Width, at.Height) > longestOfLogo:
			return &digest.RefusedError{Field: "logo", Reason: fmt.Sprintf("it is %d by %d pixels: %d are the most", at.Width, at.Height, longestOfLogo)}
		}
		sum := sha256.Sum256(logo.PNG)
		hash = hex.EncodeToString(sum[:])
		keep["hash"], keep["png"], keep["width"], keep["height"] = hash, logo.PNG, at.Width, at.Height
	}
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, before, err := t.applying(ctx, tx)
		if err != nil || before.Brand.Logo == hash {
			return nil, err
		}
		if logo != nil {
			if _, err := tx.Exec(ctx, addLogoSQL, keep); err != nil {
				return nil, err
			}
		}
		a.note("change", "project "+a.key, differs("brand.logo", before.Brand.Logo, hash))
		_, err = tx.Exec(ctx, setLogoSQL, args{"project_id": t.project, "hash": hash})
		return *a.changes, err
	})
}

// differs is a difference of texts; "" is nothing.
func differs(what, from, to string) digest.Difference {
	written := func(s string) string {
		if s == "" {
			return ""
		}
		text, err := json.Marshal(s)
		if err != nil {
			return s
		}
		return string(text)
	}
	return digest.Difference{What: what, From: written(from), To: written(to)}
}

// Sources lists the project's sources with what the last look at each found.
func (t *Tenant) Sources(ctx context.Context) (all []digest.SourceLine, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		all, err = t.sourceLines(ctx, tx)
		return err
	})
	return all, err
}

func (t *Tenant) sourceLines(ctx context.Context, tx pgx.Tx) ([]digest.SourceLine, error) {
	head, err := askOne[projectRow](ctx, tx, headSQL, args{"project_id": t.project})
	if err != nil {
		return nil, err
	}
	rows, err := ask[struct {
		SourceID int64
		sourceRow
		CheckedAt          *time.Time
		Fault              string
		FaultSince         *time.Time
		Checks             json.RawMessage
		Findings, Sections json.RawMessage
		Used               []string
	}](ctx, tx, sourceLinesSQL, args{"project_id": t.project})
	if err != nil {
		return nil, err
	}
	var all []digest.SourceLine
	for _, r := range rows {
		line := digest.SourceLine{
			ID: r.SourceID, Source: digest.Source{Key: r.Key, Platform: r.Platform, Tenant: r.Tenant, Link: r.Link},
			Checked: orZero(r.CheckedAt), Fault: r.Fault, Since: orZero(r.FaultSince), Used: r.Used,
		}
		if dsn, _, err := t.l.Keys.open(r.DSNSealed, ofSource(head.ProjectKey, r.Key)); err == nil {
			line.Host = hostOf(dsn)
		} else if line.Fault == "" {
			line.Fault = "no SECRET_KEY opens what was kept: write its address anew"
		}
		if err := json.Unmarshal(r.Checks, &line.Checks); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r.Findings, &line.Findings); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(r.Sections, &line.Sections); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, nil
}

// native is the platform of Fortnight's own event tables, which are where the ledger is: such a source needs no address.
const native = "native"

// SaveSource adds or changes the source of its key. An empty DSN leaves the one that is kept, for the platform and tenant that it was given
// for: a database may have other projects' tenants, and who reads them must know its password. A DSN that is typed names a host, a user
// and a password, and no file of this machine. What was found of a source that changes
// is forgotten: look at it again. The change has the verb "" where nothing differs.
func (t *Tenant) SaveSource(ctx context.Context, by digest.Actor, s digest.Source) (made digest.Change, err error) {
	s.Platform, s.DSN, s.Tenant = strings.TrimSpace(s.Platform), strings.TrimSpace(s.DSN), strings.TrimSpace(s.Tenant)
	var c checker
	c.key("key", s.Key)
	if s.Platform == "" {
		c.fault("platform", "the platform is missing")
	}
	c.line("tenant", s.Tenant)
	if strings.ContainsRune(s.DSN, 0) {
		c.fault("dsn", "it holds a character that no address has")
	} else if fault := faultOfDSN(s.DSN); s.DSN != "" && fault != "" {
		c.fault("dsn", "%s", fault)
	}
	if err := c.err(); err != nil {
		return made, err
	}
	err = t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, _, err := t.applying(ctx, tx)
		if err != nil {
			return nil, err
		}
		stored, err := a.storedSources(ctx)
		if err != nil {
			return nil, err
		}
		if before, known := stored[s.Key]; s.DSN == "" {
			switch {
			case known && !before.opens:
				return nil, &digest.RefusedError{Field: "dsn", Reason: "no SECRET_KEY opens the address that was kept: write it anew"}
			case !known && s.Platform != native:
				return nil, &digest.RefusedError{Field: "dsn", Reason: "the address of the database is missing"}
			case known && (s.Platform != before.Platform || s.Tenant != before.Tenant):
				return nil, &digest.RefusedError{Field: "dsn", Reason: "write the address anew: the one that is kept was given for tenant " + before.Tenant + " of " + before.Platform}
			}
			s.DSN = before.DSN
		}
		err = a.source(ctx, s, stored)
		made = first(*a.changes)
		return *a.changes, err
	})
	return made, err
}

// RemoveSource takes a source away; a *digest.RefusedError where digests read it.
func (t *Tenant) RemoveSource(ctx context.Context, by digest.Actor, key string) error {
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		a, _, err := t.applying(ctx, tx)
		if err != nil {
			return nil, err
		}
		lines, err := t.sourceLines(ctx, tx)
		if err != nil {
			return nil, err
		}
		for _, s := range lines {
			if s.Key != key {
				continue
			}
			if len(s.Used) > 0 {
				return nil, &digest.RefusedError{Reason: fmt.Sprintf("%s reads it: give its sections another source first", strings.Join(s.Used, ", "))}
			}
			err := a.removeSource(ctx, key)
			return *a.changes, err
		}
		return nil, digest.ErrNotFound
	})
}

// SourceSecret gives a source with its DSN, which is never to be shown.
func (t *Tenant) SourceSecret(ctx context.Context, key string) (s digest.Source, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		head, err := askOne[projectRow](ctx, tx, headSQL, args{"project_id": t.project})
		if err != nil {
			return err
		}
		rows, err := ask[sourceRow](ctx, tx, sourcesSQL, args{"project_id": t.project})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Key == key {
				s = digest.Source{Key: r.Key, Platform: r.Platform, Tenant: r.Tenant, Link: r.Link}
				s.DSN, _, err = t.l.Keys.open(r.DSNSealed, ofSource(head.ProjectKey, key))
				return err
			}
		}
		return digest.ErrNotFound
	})
	return s, err
}

// Probed keeps what a look at a source found. One that cannot be read keeps what was known of it.
func (t *Tenant) Probed(ctx context.Context, key string, found digest.Probe) error {
	checks := make([]digest.Check, 0, len(found.Checks))
	for _, c := range found.Checks {
		c.Title, c.Text, c.Remedy, c.SQL = clean(c.Title), clean(c.Text), clean(c.Remedy), clean(c.SQL)
		checks = append(checks, c)
	}
	said := make([]string, 0, len(found.Findings))
	for _, f := range found.Findings {
		said = append(said, clean(f))
	}
	tried, err := toJSON(checks)
	if err != nil {
		return err
	}
	f, err := toJSON(said)
	if err != nil {
		return err
	}
	s, err := toJSON(orNone(found.Sections))
	if err != nil {
		return err
	}
	return t.within(ctx, pgx.TxOptions{}, nil, func(tx pgx.Tx) error {
		_, err := scalar[int64](ctx, tx, probedSQL, args{
			"project_id": t.project, "key": key, "fault": clean(found.Fault), "checks": tried, "findings": f, "sections": s, "now": t.l.Now(),
		})
		return err
	})
}
