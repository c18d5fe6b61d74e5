-- Hold the editions of @deliveries (bigint[]) of which more than a twentieth of the deliveries failed, and at least three, unless a
-- person has released them after a hold.
UPDATE fortnight.editions e
SET state = 'held', reason = f.n || ' of ' || e.planned || ' deliveries were refused for good (' || round(100.0 * f.n / e.planned, 1) || ' %): more than 5 % hold an edition'
FROM (SELECT d.edition_id, count(*) AS n
      FROM fortnight.deliveries d
      WHERE d.failed AND d.edition_id IN (SELECT o.edition_id FROM fortnight.deliveries o WHERE o.delivery_id = ANY (@deliveries::bigint[]))
      GROUP BY d.edition_id) f
WHERE e.edition_id = f.edition_id AND e.state IN ('ready', 'sending') AND e.released_at IS NULL AND e.planned > 0
  AND f.n >= 3 AND f.n * 20 > e.planned
