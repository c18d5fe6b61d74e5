-- Note that the schedule deals with the cadences that readers have just chosen from @now (timestamptz) on, and forget those that nobody
-- has any more: when they are chosen again, nothing was missed.
WITH chosen AS (
    SELECT DISTINCT s.project_id, s.digest_id, s.cadence
    FROM fortnight.subscribers s
    JOIN fortnight.digests d ON d.digest_id = s.digest_id
    WHERE s.cadence <> '' AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL
      AND d.active AND d.config -> 'Readers' -> 'Cadences' ? s.cadence
), gone AS (
    DELETE FROM fortnight.reader_cadences r
    WHERE NOT EXISTS (SELECT 1 FROM chosen c WHERE c.digest_id = r.digest_id AND c.cadence = r.cadence)
)
INSERT INTO fortnight.reader_cadences (project_id, digest_id, cadence, last_due)
SELECT c.project_id, c.digest_id, c.cadence, @now
FROM chosen c
ON CONFLICT DO NOTHING
