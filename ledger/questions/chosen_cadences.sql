-- Which cadences of their own have readers of the project's digests, or of the one @digest (bigint, 0 for all), chosen who have not left,
-- where the digest allows them? It is what the schedule makes editions for while the digest is switched on.
SELECT DISTINCT s.digest_id, s.cadence
FROM fortnight.subscribers s
JOIN fortnight.digests d ON d.digest_id = s.digest_id
WHERE s.project_id = @project AND (@digest::bigint = 0 OR s.digest_id = @digest::bigint)
  AND s.cadence <> '' AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL
  AND d.config -> 'Readers' -> 'Cadences' ? s.cadence
ORDER BY s.digest_id, s.cadence
