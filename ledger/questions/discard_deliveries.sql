-- What of a discarded edition has not come to an end ends: expired, or unknown where an attempt of it is in doubt or under way. Of
-- the latter the answer is still taken when it comes; it is not tried again.
WITH given_up AS (
    SELECT d.delivery_id, d.project_id, d.attempts, d.state = 'sending' AS under_way, d.changed_at
    FROM fortnight.deliveries d
    WHERE d.edition_id = @edition AND d.open
),
ended AS (
    UPDATE fortnight.deliveries d
    SET state = CASE WHEN g.under_way OR d.doubts > 0 THEN 'unknown' ELSE 'expired' END, doubts = d.doubts + g.under_way::integer,
        answer = 'discarded', expires_at = least(d.expires_at, @now), lease_until = NULL, held_by = NULL, changed_at = @now
    FROM given_up g
    WHERE d.delivery_id = g.delivery_id
)
INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at, ended_at, state, answer)
SELECT g.delivery_id, g.project_id, g.attempts, g.changed_at, @now, 'unknown', 'discarded before its answer came'
FROM given_up g
WHERE g.under_way
ON CONFLICT (delivery_id, number) DO NOTHING
