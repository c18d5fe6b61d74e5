-- Add or change a source. What was found of it as it was says nothing any more.
INSERT INTO fortnight.sources (project_id, key, platform, dsn_sealed, tenant, link)
VALUES (@project_id, @key, @platform, @dsn_sealed, @tenant, @link)
ON CONFLICT (project_id, key) DO UPDATE SET platform = excluded.platform, dsn_sealed = excluded.dsn_sealed, tenant = excluded.tenant, link = excluded.link,
    checked_at = NULL, fault = '', fault_since = NULL, checks = '[]', findings = '[]', sections = '[]'
