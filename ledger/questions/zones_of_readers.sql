-- Which zones of their own have those who get the next edition of the digest @digest (text) but for a pause, how many have each, and what
-- is the first of them by name called? The zone of most comes first.
SELECT z.zone, count(*) AS readers, (array_agg(z.called ORDER BY z.listed_as, z.subscriber_id))[1] AS one
FROM (SELECT coalesce(nullif(s.wishes ->> 'Zone', ''), s.zone) AS zone, coalesce(nullif(s.name, ''), s.address) AS called, s.listed_as, s.subscriber_id
      FROM fortnight.subscribers s
      JOIN fortnight.digests d ON d.digest_id = s.digest_id
      WHERE s.project_id = @project AND d.key = @digest AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM fortnight.suppressions x WHERE x.project_id = s.project_id AND x.address_hash = s.address_hash)) z
WHERE z.zone <> ''
GROUP BY z.zone
ORDER BY readers DESC, z.zone
