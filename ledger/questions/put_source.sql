-- Add or change a source.
INSERT INTO fortnight.sources (project_id, key, platform, dsn_sealed, tenant)
VALUES (@project_id, @key, @platform, @dsn_sealed, @tenant)
ON CONFLICT (project_id, key) DO UPDATE SET platform = excluded.platform, dsn_sealed = excluded.dsn_sealed, tenant = excluded.tenant
