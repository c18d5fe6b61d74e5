-- Which cadences of their own have readers chosen, of digests that are switched on and allow them? Up to which due has the schedule
-- dealt with each, and where do its editions end?
SELECT c.digest_id, c.cadence, r.last_due,
       (SELECT max(e.period_end) FROM fortnight.editions e WHERE e.digest_id = c.digest_id AND e.cadence = c.cadence) AS covered
FROM (SELECT DISTINCT digest_id, cadence
      FROM fortnight.subscribers
      WHERE cadence <> '' AND unsubscribed_at IS NULL AND removed_at IS NULL) c
JOIN fortnight.digests d ON d.digest_id = c.digest_id
JOIN fortnight.reader_cadences r ON r.digest_id = c.digest_id AND r.cadence = c.cadence
WHERE d.active AND d.config -> 'Readers' -> 'Cadences' ? c.cadence
ORDER BY c.digest_id, c.cadence
