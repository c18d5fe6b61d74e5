package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// The tables that belong to no project, and why.
var openTables = map[string]string{
	"accounts":       "people may be in many projects",
	"sign_ins":       "a link lets a person in, not a project",
	"sessions":       "so does a session",
	"told":           "causes of the whole installation are among them",
	"schema_version": "the schema is everybody's",
}

// table is one of the schema's, as the catalogue has it.
type table struct {
	Name       string
	Owner      string
	HasProject bool
	Enabled    bool
	Forced     bool
	Tenant     []string // what fortnight_tenant may do with it or with one of its columns
	Policies   []string // "name for command to roles using …"
	Insertable []string // columns that an INSERT gives
	Refers     []string // "column table other_column" of foreign keys to other tables behind walls
}

func tables(t *testing.T, b book) []table {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), `
		SELECT c.relname::text AS name, c.relowner::regrole::text AS owner, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
		       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped) AS has_project,
		       ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
		             WHERE has_table_privilege('fortnight_tenant', c.oid, p)
		                OR p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege('fortnight_tenant', c.oid, p)) AS tenant,
		       ARRAY(SELECT format('%s %s for %s to %s using %s', p.permissive, p.policyname, p.cmd, array_to_string(p.roles, ','), p.qual)
		             FROM pg_policies p WHERE p.schemaname = 'fortnight' AND p.tablename = c.relname ORDER BY p.policyname) AS policies,
		       ARRAY(SELECT a.attname::text FROM pg_attribute a
		             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
		             ORDER BY a.attnum) AS insertable,
		       ARRAY(SELECT format('%s %s %s', a.attname, r.relname, o.attname)
		             FROM pg_constraint f
		             JOIN pg_class r ON r.oid = f.confrelid AND r.relname <> 'projects' AND r.relrowsecurity
		             JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
		             JOIN pg_attribute o ON o.attrelid = f.confrelid AND o.attnum = f.confkey[1]
		             WHERE f.contype = 'f' AND f.conrelid = c.oid ORDER BY 1) AS refers
		FROM pg_class c
		WHERE c.relnamespace = 'fortnight'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		ORDER BY c.relname`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[table])
	if err != nil || len(all) < 20 {
		t.Fatalf("%d tables, %v", len(all), err)
	}
	return all
}

const tenantCondition = "(project_id = ( SELECT (NULLIF(current_setting('fortnight.project'::text, true), ''::text))::bigint AS \"nullif\"))"

func TestEachTableStandsBehindWallsOrIsClosedToTenants(t *testing.T) {
	t.Parallel()
	b := empty(t)
	for _, one := range tables(t, b) {
		if len(one.Tenant) == 0 {
			if openTables[one.Name] == "" {
				t.Errorf("%s is closed to tenants: say why in openTables, or put it behind walls", one.Name)
			}
			continue
		}
		if !one.HasProject || !one.Enabled || !one.Forced {
			t.Errorf("tenants may %v %s: has project_id %t, row security enabled %t, forced %t", one.Tenant, one.Name, one.HasProject, one.Enabled, one.Forced)
		}
		want := []string{"PERMISSIVE service for ALL to " + one.Owner + " using true", "PERMISSIVE tenant for ALL to fortnight_tenant using " + tenantCondition}
		if !slices.Equal(one.Policies, want) {
			t.Errorf("%s has the policies\n%s", one.Name, strings.Join(one.Policies, "\n"))
		}
		for _, may := range one.Tenant {
			if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, may) {
				t.Errorf("tenants may %s %s: walls do not stand before that", may, one.Name)
			}
		}
		may := map[string][]string{"projects": {"SELECT", "UPDATE"}, "audit": {"SELECT", "INSERT"}}
		if want := may[one.Name]; want != nil && !slices.Equal(one.Tenant, want) {
			t.Errorf("tenants may %v %s", one.Tenant, one.Name)
		}
	}
	var later int // what is made later is closed, until a migration opens it
	if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_default_acl").Scan(&later); err != nil || later != 0 {
		t.Errorf("%d default privileges, %v", later, err)
	}
}

func TestTheRoleOfTenantsCanDoNothingElse(t *testing.T) {
	t.Parallel()
	b := empty(t)
	var can, in []string
	if err := b.pool.QueryRow(t.Context(), `
		SELECT array_remove(ARRAY[CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypassrls' END,
		                          CASE WHEN rolcreaterole THEN 'createrole' END, CASE WHEN rolcreatedb THEN 'createdb' END, CASE WHEN rolreplication THEN 'replication' END], NULL),
		       ARRAY(SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid)
		FROM pg_roles r WHERE rolname = 'fortnight_tenant'`).Scan(&can, &in); err != nil || len(can) != 0 || len(in) != 0 {
		t.Errorf("it can %v and is in %v, %v", can, in, err)
	}
	var owns, makes bool
	if err := b.pool.QueryRow(t.Context(), `
		SELECT EXISTS (SELECT FROM pg_class WHERE relowner = 'fortnight_tenant'::regrole), has_schema_privilege('fortnight_tenant', 'fortnight', 'CREATE')`).
		Scan(&owns, &makes); err != nil || owns || makes {
		t.Errorf("it owns tables: %t, may make some: %t, %v", owns, makes, err)
	}
}

// twoProjects are two projects with rows in every table behind the walls.
func twoProjects(t *testing.T) (b book, projects map[string]int64) {
	t.Helper()
	b = empty(t)
	shop := project()
	shop.Key, shop.Name = "shop", "Shop"
	if _, err := b.Apply(t.Context(), []digest.Project{project(), shop}); err != nil {
		t.Fatal(err)
	}
	ready(t, b, opened(t, b, "2020-03-23"), 307, 192)
	for _, sql := range []string{
		// The shop's edition is the desk's, copied.
		`INSERT INTO fortnight.editions (project_id, digest_id, label, zone, period_start, period_end, previous_start, previous_end, due, start_at, next_at, state,
		                                 archive, at_once, project, config, lease_until, opened_at)
		 SELECT d.project_id, d.digest_id, e.label, e.zone, e.period_start, e.period_end, e.previous_start, e.previous_end, e.due, e.start_at, e.next_at, e.state,
		        e.archive, e.at_once, e.project, e.config, e.lease_until, e.opened_at
		 FROM fortnight.editions e, fortnight.digests d JOIN fortnight.projects p USING (project_id) WHERE p.key = 'shop'`,
		`INSERT INTO fortnight.snapshots (edition_id, project_id, version, hash, read_at, data)
		 SELECT e.edition_id, e.project_id, s.version, s.hash, s.read_at, s.data FROM fortnight.editions e, fortnight.snapshots s WHERE e.edition_id <> s.edition_id`,
		`INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, message_id, dated, next_at, expires_at, changed_at)
		 SELECT s.project_id, e.edition_id, s.subscriber_id, '{}', 0, 'planned', 'shop-' || s.subscriber_id, e.due, e.due, e.due, e.due
		 FROM fortnight.editions e JOIN fortnight.subscribers s ON s.project_id = e.project_id JOIN fortnight.projects p ON p.project_id = e.project_id
		 WHERE p.key = 'shop'`,
		`INSERT INTO fortnight.variants (edition_id, project_id, audience, locale, with_pdf, paper, letter, html, plain, pdf_name, images, pngs, kept_at)
		 SELECT edition_id, project_id, 'admin', 'en', false, 'A4', '{}', '', '', '', '[]', '{}', due FROM fortnight.editions`,
		`INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at) SELECT delivery_id, project_id, 1, changed_at FROM fortnight.deliveries`,
		`INSERT INTO fortnight.suppressions (project_id, address_hash, address, reason, at)
		 SELECT project_id, sha256('x'), 'x@example.org', 'wish', created_at FROM fortnight.projects`,
		`INSERT INTO fortnight.bounces (project_id, delivery_id, kind, status, diagnostic, report_hash, at)
		 SELECT project_id, delivery_id, 'soft', '', '', '', changed_at FROM fortnight.deliveries`,
		`INSERT INTO fortnight.accounts (address, created_at) VALUES ('maya@example.org', '2020-01-01')`,
		`INSERT INTO fortnight.members (project_id, account_id, role, added_at) SELECT p.project_id, a.account_id, 'owner', a.created_at FROM fortnight.projects p, fortnight.accounts a`,
		`INSERT INTO fortnight.api_tokens (project_id, name, scopes, token_hash, hint, made_by, maker, parent, made_at)
		 SELECT project_id, 'bi', '{read}', sha256(key::bytea), 'fn_abcd', 'Maya', 0, 0, created_at FROM fortnight.projects`,
		`INSERT INTO fortnight.idempotency (project_id, key, request_hash, status, body, at) SELECT project_id, 'k', '', 200, '', created_at FROM fortnight.projects`,
		`INSERT INTO fortnight.webhooks (project_id, url, events, active, secret_sealed, made_at)
		 SELECT project_id, 'https://hooks.example.com', '{}', false, '', created_at FROM fortnight.projects`,
		`INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at) SELECT project_id, webhook_id, 'edition.done', '{}', made_at FROM fortnight.webhooks`,
		`INSERT INTO fortnight.logos (project_id, hash, png, width, height) SELECT project_id, 'h', '', 1, 1 FROM fortnight.projects`,
		`INSERT INTO fortnight.reader_cadences (project_id, digest_id, cadence) SELECT project_id, digest_id, 'monthly' FROM fortnight.digests`,
		`INSERT INTO fortnight.requests (project_id, digest_id, address, name, locale, token_hash, made_at, expires_at)
		 SELECT project_id, digest_id, 'new@example.org', '', 'en', sha256(project_id::text::bytea), created_at, created_at FROM fortnight.digests`,
	} {
		if _, err := b.pool.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%v in\n%s", err, sql)
		}
	}
	return b, map[string]int64{"desk": numberOf(t, b, "desk"), "shop": numberOf(t, b, "shop")}
}

func numberOf(t testing.TB, b book, key string) (id int64) {
	t.Helper()
	if err := b.pool.QueryRow(t.Context(), "SELECT project_id FROM fortnight.projects WHERE key = $1", key).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

// as runs a step under the tenants' role, in a transaction that is rolled back; project "" is none.
func as(t *testing.T, b book, project string, step func(ctx context.Context, tx pgx.Tx) error) error {
	t.Helper()
	tx, err := b.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if project != "" {
		if _, err := tx.Exec(t.Context(), "SELECT set_config('fortnight.project', $1, true)", project); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE fortnight_tenant"); err != nil {
		t.Fatal(err)
	}
	return step(t.Context(), tx)
}

func count(t *testing.T, b book, project, name string) (n int) {
	t.Helper()
	if err := as(t, b, project, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{"fortnight", name}.Sanitize()).Scan(&n)
	}); err != nil {
		t.Errorf("count %s for project %q: %v", name, project, err)
	}
	return n
}

// forbidden tells whether PostgreSQL did not let it be done: for want of a privilege, or because a row would be another project's.
func forbidden(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

func TestNoTableShowsATenantAnothersRows(t *testing.T) {
	t.Parallel()
	b, projects := twoProjects(t)
	refer := 0
	desk, shop := fmt.Sprint(projects["desk"]), fmt.Sprint(projects["shop"])
	for _, one := range tables(t, b) {
		if len(one.Tenant) == 0 {
			if err := as(t, b, desk, func(ctx context.Context, tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "SELECT 1 FROM fortnight."+one.Name)
				return err
			}); !forbidden(err) {
				t.Errorf("a tenant who asks for %s gets %v", one.Name, err)
			}
			continue
		}
		there := map[string]int{}
		for key, id := range projects {
			var n int
			if err := b.pool.QueryRow(t.Context(), "SELECT count(*) FROM fortnight."+one.Name+" WHERE project_id = $1", id).Scan(&n); err != nil || n == 0 {
				t.Fatalf("%s has %d rows of %s, %v: fill it in twoProjects", one.Name, n, key, err)
			}
			there[key] = n
		}
		seen := map[string]int{"desk": count(t, b, desk, one.Name), "shop": count(t, b, shop, one.Name)}
		if !maps.Equal(seen, there) {
			t.Errorf("of %s, with %v, tenants see %v", one.Name, there, seen)
		}
		for name, project := range map[string]string{"without a project": "", "with a project that is none": "0", "after the project was reset": " "} {
			n := 0
			if strings.TrimSpace(project) != project { // what a pooled connection has after a transaction that had set it: ''
				if err := as(t, b, "", func(ctx context.Context, tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, "SELECT set_config('fortnight.project', '', true)"); err != nil {
						return err
					}
					return tx.QueryRow(ctx, "SELECT count(*) FROM fortnight."+one.Name).Scan(&n)
				}); err != nil {
					t.Error(err)
				}
			} else {
				n = count(t, b, project, one.Name)
			}
			if n != 0 {
				t.Errorf("%s shows %d rows %s", one.Name, n, name)
			}
		}
		tenantWrites(t, b, one, desk, shop)
		refer += len(one.Refers)
	}
	if refer < 10 {
		t.Errorf("%d foreign keys between the tables are tried", refer)
	}
}

// tenantWrites sees that nothing that a tenant writes is another's, before or after.
func tenantWrites(t *testing.T, b book, one table, own, other string) {
	t.Helper()
	name := "fortnight." + one.Name
	if err := as(t, b, own, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE "+name+" SET project_id = "+other)
		return err
	}); !forbidden(err) && !generated(err) {
		t.Errorf("a row of %s that is moved to another project gives %v", one.Name, err)
	}
	var values []string
	for _, column := range one.Insertable {
		if column == "project_id" {
			column = other
		}
		values = append(values, column)
	}
	insert := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s LIMIT 1", name, strings.Join(one.Insertable, ", "), strings.Join(values, ", "), name)
	if err := as(t, b, own, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, insert)
		return err
	}); !forbidden(err) {
		t.Errorf("a row of %s that is added to another project gives %v", one.Name, err)
	}
	for _, refers := range one.Refers {
		part := strings.Fields(refers)
		var theirs int64
		if err := b.pool.QueryRow(t.Context(), fmt.Sprintf("SELECT %s FROM fortnight.%s WHERE project_id = %s LIMIT 1", part[2], part[1], other)).Scan(&theirs); err != nil {
			t.Fatal(err)
		}
		if err := as(t, b, own, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET %s = %d", name, part[0], theirs))
			return err
		}); !forbidden(err) {
			t.Errorf("a row of %s that refers to another project's %s gives %v", one.Name, part[1], err)
		}
	}
	for _, sql := range []string{"UPDATE " + name + " SET project_id = project_id WHERE project_id = " + other, "DELETE FROM " + name + " WHERE project_id = " + other} {
		var touched int64
		if err := as(t, b, own, func(ctx context.Context, tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, sql)
			touched = tag.RowsAffected()
			return err
		}); err != nil && !forbidden(err) && !generated(err) || touched != 0 {
			t.Errorf("%s touches %d rows, %v", sql, touched, err)
		}
	}
}

// generated tells whether a column was refused that nobody may set, whoever asks: projects.project_id.
func generated(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "428C9"
}

func TestATenantsPartOfTheLedgerStandsBehindTheWalls(t *testing.T) {
	t.Parallel()
	b, projects := twoProjects(t)
	if _, err := b.Tenant(projects["desk"]).Head(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := b.Tenant(987654321).Head(t.Context()); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("a project that does not exist gives %v", err)
	}
	var role, project string // the pooled connection is as it was
	if err := b.pool.QueryRow(t.Context(), "SELECT current_setting('role'), coalesce(current_setting('fortnight.project', true), '')").Scan(&role, &project); err != nil || role != "none" || project != "" {
		t.Errorf("afterwards a connection has the role %s and the project %q, %v", role, project, err)
	}
}
