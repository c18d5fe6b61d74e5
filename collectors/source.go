package collectors

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Source is a database of a platform, and one tenant in it. The first reading takes over the connection of Open; each further one
// opens its own, and each closes the one it had. So a source may be kept for as long as one likes and used by several
// goroutines at once; Close it after the last reading.
type Source struct {
	name, tenant string
	tenantName   string
	platform     *platform
	missing      map[string]bool // optional tables that the database does not have
	config       *pgx.ConnConfig
	now          func() time.Time
	sections     []section
	pause        time.Duration // before a reading that a standby cancelled is tried again
	patience     time.Duration // of what comes before the first section
	lockTimeout  time.Duration
	grace        time.Duration
	asked        func(relation, metric string) // hears which capabilities sections ask for; nil: nobody does
	opened       atomic.Pointer[pgx.Conn]      // Open's, until a reading takes it over: to start a session costs as much as to read a quiet week
}

// connectTimeout is how long a server may take to answer where the DSN does not say.
const connectTimeout = 10 * time.Second

// Open is Mappings.Open for a platform that is built in.
func Open(ctx context.Context, name, platform, dsn, tenant string, now func() time.Time) (*Source, error) {
	return Mappings{}.Open(ctx, name, platform, dsn, tenant, now)
}

func open(ctx context.Context, name string, p *platform, dsn, tenant string, now func() time.Time) (*Source, error) {
	config, err := parseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, err)
	}
	s := &Source{
		name: name, tenant: tenant, platform: p, config: config, now: now, sections: sections,
		pause: time.Second, patience: defaultPatience, lockTimeout: lockTimeout, grace: grace,
	}
	if err := s.check(ctx); err != nil {
		return nil, fmt.Errorf("source %s: %w", name, s.scrub(err))
	}
	return s, nil
}

// Name is what the admin calls the source.
func (s *Source) Name() string { return s.name }

// Platform is the kind of source: "chatwoot", "native".
func (s *Source) Platform() string { return s.platform.name }

// Tenant is the tenant's id on its platform.
func (s *Source) Tenant() string { return s.tenant }

// TenantName is the tenant's name on its platform.
func (s *Source) TenantName() string { return s.tenantName }

// Close closes the connection of Open where no reading took it over. A source may still be read afterwards.
func (s *Source) Close() {
	if conn := s.opened.Swap(nil); conn != nil {
		_ = conn.Close(context.Background()) //nolint:forbidigo // nothing was begun, and a closing is not called off
	}
}

func (s *Source) check(ctx context.Context) (err error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
			return
		}
		s.opened.Store(conn)
	}()
	return s.within(ctx, lockTimeout, func(ctx context.Context) error {
		lack, err := s.lacks(ctx, conn)
		if err != nil {
			return err
		}
		if err := lack.fault(s.platform, s.config.User); err != nil {
			return err
		}
		s.missing = lack.optionalTables
		s.tenantName, err = s.findTenant(ctx, conn)
		return err
	})
}

// parseDSN reads a DSN and sets what Fortnight needs. Errors do not quote it: a password with a stray @ or / makes any
// part of it a part of the password.
func parseDSN(dsn string) (*pgx.ConnConfig, error) {
	if strings.TrimSpace(dsn) == "" {
		return nil, errors.New("no DSN given: write postgres://USER:PASSWORD@HOST:5432/DATABASE")
	}
	if misread(dsn) {
		return nil, errors.New("the DSN is not a URL: write postgres://USER:PASSWORD@HOST:5432/DATABASE, with @ : / ? # of a password as %40 %3A %2F %3F %23")
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		reason := err.Error() // "cannot parse `…`: reason"
		if i := strings.LastIndex(reason, "`: "); i >= 0 {
			reason = reason[i+3:]
		}
		return nil, fmt.Errorf("the DSN cannot be read: %s", reason)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "fortnight" // the one parameter of ours that PgBouncer lets through
	}
	config.MaxProtocolMessageBodyLen = longest
	// One unnamed statement a query: nothing stays on the server between transactions, so PgBouncer may hand the next
	// one to another, and each plan is made for the values of this period. Cached plans or descriptions would save
	// nothing, since an edition asks each question twice.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.StatementCacheCapacity, config.DescriptionCacheCapacity = 0, 0
	return config, nil
}

// misread tells a URL that is none, or one whose password held a / ? or #: its user then stands in the host, and its host in
// the database.
func misread(dsn string) bool {
	if !strings.Contains(dsn, "://") {
		return false // key=value
	}
	u, err := url.Parse(dsn)
	return err != nil || u.User == nil && strings.Contains(dsn, "@")
}

// connect gives the connection for one reading. Only the DSN decides about TLS and hosts.
func (s *Source) connect(ctx context.Context) (*pgx.Conn, error) {
	if conn := s.opened.Swap(nil); conn != nil && !conn.IsClosed() {
		return conn, nil
	}
	conn, err := pgx.ConnectConfig(ctx, s.config)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, ConnectFault(s.config, err)
}

// scrubbed is an error whose text holds no password; the cause stays reachable.
type scrubbed struct {
	text string
	err  error
}

func (e *scrubbed) Error() string { return e.text }
func (e *scrubbed) Unwrap() error { return e.err }

func (s *Source) scrub(err error) error {
	if err == nil || len(s.config.Password) < 3 || !strings.Contains(err.Error(), s.config.Password) {
		return err
	}
	return &scrubbed{strings.ReplaceAll(err.Error(), s.config.Password, "…"), err}
}

// tenantsShown is how many tenants an error about a missing one lists.
const tenantsShown = 5

// findTenant gives the tenant's name. A tenant without one has an empty name.
func (s *Source) findTenant(ctx context.Context, conn *pgx.Conn) (string, error) {
	args := pgx.NamedArgs{"tenant": s.tenant, "from": s.now(), "to": s.now()}
	rows, err := conn.Query(ctx, s.platform.inline("SELECT left(COALESCE(name, ''), 200) AS name FROM tenant", s.missing), args)
	if err != nil {
		return "", fmt.Errorf("look up tenant %q: %w", s.tenant, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	var pg *pgconn.PgError
	badID := errors.As(err, &pg) && (pg.Code == "22P02" || pg.Code == "22003") // not a number where ids are numbers
	if err != nil && !badID {
		return "", fmt.Errorf("look up tenant %q: %w", s.tenant, err)
	}
	if len(names) == 1 {
		return names[0], nil
	}
	there, err := s.tenants(ctx, conn)
	if err != nil {
		return "", fmt.Errorf("list tenants: %w", err)
	}
	if there == "" {
		return "", fmt.Errorf("tenant %q does not exist; the database has none yet", s.tenant)
	}
	return "", fmt.Errorf("tenant %q does not exist; there are %s", s.tenant, there)
}

// tenants lists the first tenants of the database for an error message.
func (s *Source) tenants(ctx context.Context, conn *pgx.Conn) (string, error) {
	rows, err := conn.Query(ctx, s.platform.tenants)
	if err != nil {
		return "", err
	}
	type tenant struct {
		ID   string `db:"tenant_id"`
		Name string `db:"name"`
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[tenant])
	if err != nil {
		return "", err
	}
	var list []string
	for i, t := range all {
		if i == tenantsShown {
			list = append(list, fmt.Sprintf("%d more", len(all)-tenantsShown))
			break
		}
		list = append(list, fmt.Sprintf("%s (%s)", t.ID, t.Name))
	}
	return strings.Join(list, ", "), nil
}
