package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"
)

// Schema is the PostgreSQL schema of all tables, tern's version table and River's included.
const Schema = "fortnight"

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed questions/admitted.sql
var admittedSQL string

const migrationLock = 0x666f72746e6967 // "fortnig", any number that no one else locks

// Migrate brings a database, empty or older, to this program's schema and names what it did. Then it runs the others' migrations
// (River's), all of it under one advisory lock, so that processes that start together wait for one another. A second run does
// nothing. A database that a newer program has migrated is refused. It takes a connection of the pool for itself, beside those that
// the others take.
func Migrate(ctx context.Context, pool *pgxpool.Pool, others ...func(context.Context) (applied []string, err error)) (applied []string, err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, fmt.Errorf("migrate: wait for other migrations: %w", err)
	}
	defer func() {
		ctx, cancel := outlive(ctx)
		defer cancel()
		if _, unlockErr := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", int64(migrationLock)); unlockErr != nil {
			conn.Conn().Close(ctx) // the lock goes with the connection
		}
	}()
	applied, err = migrateOwn(ctx, conn.Conn())
	if err != nil {
		return applied, fmt.Errorf("migrate the ledger: %w", err)
	}
	for _, other := range others {
		more, err := other(ctx)
		applied = append(applied, more...)
		if err != nil {
			return applied, fmt.Errorf("migrate: %w", err)
		}
	}
	return applied, nil
}

func migrateOwn(ctx context.Context, conn *pgx.Conn) (applied []string, err error) {
	var exists bool // asked first: a role that may use the schema need not be allowed to create one
	if err := conn.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", Schema).Scan(&exists); err != nil {
		return nil, err
	}
	if !exists {
		if _, err := conn.Exec(ctx, "CREATE SCHEMA "+Schema); err != nil {
			return nil, err
		}
	}
	m, err := migrate.NewMigrator(ctx, conn, Schema+".schema_version")
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := m.LoadMigrations(files); err != nil {
		return nil, err
	}
	version, err := m.GetCurrentVersion(ctx)
	if err != nil {
		return nil, err
	}
	if int(version) > len(m.Migrations) {
		return nil, fmt.Errorf("the database has schema version %d, this program knows %d: run the newer program", version, len(m.Migrations))
	}
	m.OnStart = func(_ int32, name, _, _ string) { applied = append(applied, "ledger "+name) }
	if err := m.Migrate(ctx); err != nil {
		return applied, err
	}
	return applied, admitted(ctx, conn)
}

// admitted is an error with its remedy where the database's user may not do the service's work, on all projects and behind the walls
// of each: one who has not migrated it, and whom nobody has admitted.
func admitted(ctx context.Context, conn *pgx.Conn) error {
	var who string
	var all bool
	if err := conn.QueryRow(ctx, admittedSQL).Scan(&who, &all); err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	_, err = tx.Exec(ctx, behindWallsSQL, args{"project": 0})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" || err == nil && !all { // insufficient_privilege
		return fmt.Errorf("the database's user %s may not do the service's work: let an administrator of the database run: SELECT fortnight.admit('%s')", who, who)
	}
	return err
}

// Empty tells whether no program has made its schema in the database yet.
func Empty(ctx context.Context, pool *pgxpool.Pool) (empty bool, err error) {
	err = pool.QueryRow(ctx, "SELECT to_regclass($1) IS NULL", Schema+".schema_version").Scan(&empty)
	return empty, err
}

// Migrated tells whether the database has this program's schema version, without changing anything.
func Migrated(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return false, err
	}
	var there bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", Schema+".schema_version").Scan(&there); err != nil || !there {
		return false, err
	}
	var version int
	err = pool.QueryRow(ctx, "SELECT version FROM "+Schema+".schema_version").Scan(&version)
	return version == len(files), err
}
