-- Which digests has the project, or the one with the key @key (text, '' for all), and which is the latest edition of each (0: none, or
-- with @latest (boolean) false not asked)?
SELECT d.digest_id, d.key, d.active, d.config, d.version, coalesce(d.owner_id, 0) AS owner_id, coalesce(l.edition_id, 0) AS last
FROM fortnight.digests d
LEFT JOIN LATERAL (SELECT e.edition_id
                   FROM fortnight.editions e
                   WHERE @latest::boolean AND e.digest_id = d.digest_id
                   ORDER BY e.period_start DESC, e.edition_id DESC
                   LIMIT 1) l ON true
WHERE d.project_id = @project AND (@key::text = '' OR d.key = @key::text)
ORDER BY d.key
