-- How many editions of the project are held or parked, and to how many people would they go as of the date @today: the deliveries
-- that have not come to an end, or where none was ever planned, the subscribers? What is for the archive goes to nobody.
WITH waiting AS (
    SELECT e.edition_id, e.digest_id, e.cadence, e.archive, e.planned
    FROM fortnight.editions e
    WHERE e.project_id = @project AND e.state IN ('held', 'parked')
)
SELECT (SELECT count(*) FROM waiting) AS editions,
       (SELECT count(*)
        FROM waiting w
        JOIN fortnight.deliveries d ON d.edition_id = w.edition_id
        WHERE w.planned > 0 AND NOT w.archive AND d.open)
       + (SELECT count(*)
          FROM waiting w
          JOIN fortnight.digests d ON d.digest_id = w.digest_id
          JOIN fortnight.subscribers s ON s.digest_id = w.digest_id
          LEFT JOIN fortnight.suppressions x ON x.project_id = s.project_id AND x.address_hash = s.address_hash
          WHERE w.planned = 0 AND NOT w.archive AND s.removed_at IS NULL AND s.unsubscribed_at IS NULL AND x.address_hash IS NULL
            AND coalesce(s.wishes ->> 'PausedUntil', '') <= @today::text
            AND CASE WHEN d.config #> '{Readers,Cadences}' @> to_jsonb(s.cadence) THEN s.cadence ELSE '' END = w.cadence) AS deliveries
