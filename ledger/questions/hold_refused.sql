-- Hold the editions of @deliveries (bigint[]) of which more than a twentieth of the deliveries failed, and at least three, unless a
-- person has released them after a hold.
UPDATE fortnight.editions e
SET state = 'held', stopped_at = @now, reason = e.failed || ' of ' || e.planned || ' deliveries were refused for good (' || round(100.0 * e.failed / e.planned, 1) || ' %): more than 5 % hold an edition'
WHERE e.edition_id IN (SELECT d.edition_id FROM fortnight.deliveries d WHERE d.delivery_id = ANY (@deliveries::bigint[]))
  AND e.state IN ('ready', 'sending') AND e.released_at IS NULL AND e.planned > 0 AND e.failed >= 3 AND e.failed * 20 > e.planned
