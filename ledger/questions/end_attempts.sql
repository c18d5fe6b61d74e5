-- Write what became of attempts: of the @numbers-th attempts of @deliveries; and of those under way of the deliveries @begins, where
-- the lease has run out: what became of these nobody knows. All of @deliveries and @begins stay locked until the transaction ends.
--
-- An answer that comes late, after the attempt was given up as unknown, is still taken. "sent" is true whatever was believed
-- meanwhile; another answer counts where nothing has begun since. One that was written before changes nothing. A delivery with an
-- attempt in doubt ends as sent or unknown: that it failed, expired or was suppressed would say that nobody has it.
--
-- A lost answer is tried once more, where the project wants that; a sender that was killed three times: mostly, nothing had left.
WITH given AS (
    SELECT g.delivery_id, g.number, g.outcome, g.code, g.status, g.answer
    FROM unnest(@deliveries::bigint[], @numbers::integer[], @outcomes::text[], @codes::integer[], @statuses::text[], @answers::text[])
         AS g (delivery_id, number, outcome, code, status, answer)
),
asked AS (
    SELECT b.delivery_id, b.key
    FROM unnest(@begins::bigint[], @keys::text[]) AS b (delivery_id, key)
),
locked AS (
    SELECT d.delivery_id, d.project_id, d.edition_id, d.subscriber_id, d.state, d.attempts, d.doubts, d.expires_at, d.lease_until, d.held_by, d.changed_at
    FROM fortnight.deliveries d
    WHERE d.delivery_id = ANY (@deliveries::bigint[] || @begins::bigint[])
    ORDER BY d.delivery_id
    FOR NO KEY UPDATE
),
ended AS (
    SELECT l.delivery_id, l.project_id, l.edition_id, l.state, l.attempts, l.doubts, l.expires_at, l.changed_at,
           g.number, g.outcome, g.code, g.status, CASE WHEN l.subscriber_id IS NULL THEN '' ELSE g.answer END AS answer, -- it names an erased address
           CASE WHEN l.state = 'sending' AND l.attempts = g.number THEN 'sending'
                ELSE coalesce((SELECT a.state FROM fortnight.attempts a WHERE a.delivery_id = g.delivery_id AND a.number = g.number),
                              CASE WHEN l.attempts = g.number THEN 'sending' END) END AS believed, -- null: there was no such attempt
           false AS killed
    FROM given g
    JOIN locked l ON l.delivery_id = g.delivery_id
    UNION ALL
    SELECT l.delivery_id, l.project_id, l.edition_id, l.state, l.attempts, l.doubts, l.expires_at, l.changed_at,
           l.attempts, 'unknown', 0, '', 'the process ended before the server''s answer was recorded', 'sending', true
    FROM locked l
    JOIN asked b ON b.delivery_id = l.delivery_id
    WHERE l.state = 'sending' AND l.lease_until <= @now AND l.held_by IS DISTINCT FROM b.key AND l.delivery_id <> ALL (coalesce(@deliveries::bigint[], '{}'))
),
news AS (
    SELECT e.*, e.doubts + (e.outcome = 'unknown')::integer - (e.believed = 'unknown')::integer AS doubts_now,
           @now::timestamptz + least(@retry::interval * power(2, least(e.number, 20) - 1), interval '4 hours') AS again
    FROM ended e
    WHERE e.believed = 'sending' OR e.believed = 'unknown' AND e.outcome <> 'unknown'
),
judged AS (
    SELECT n.*,
           CASE WHEN n.outcome = 'sent' THEN 'sent'
                WHEN n.number <> n.attempts OR n.state = 'sent' THEN NULL
                WHEN n.outcome = 'failed' THEN CASE WHEN n.doubts_now > 0 THEN 'unknown' ELSE 'failed' END
                WHEN n.state IN ('suppressed', 'expired') THEN CASE WHEN n.outcome = 'unknown' THEN 'unknown' END
                WHEN n.outcome = 'unknown' AND (n.doubts > CASE WHEN n.killed THEN 2 ELSE 0 END OR (SELECT e.hold_unknown FROM fortnight.editions e WHERE e.edition_id = n.edition_id)) THEN 'unknown'
                WHEN n.again > n.expires_at
                     OR (SELECT e.state IN ('done', 'discarded') FROM fortnight.editions e WHERE e.edition_id = n.edition_id) THEN CASE WHEN n.doubts_now > 0 THEN 'unknown' ELSE 'expired' END
                ELSE 'deferred' END AS becomes -- null: what it is
    FROM news n
),
written AS (
    UPDATE fortnight.deliveries d
    SET state = j.becomes, doubts = j.doubts_now, code = j.code, status = j.status, answer = j.answer,
        next_at = CASE WHEN j.becomes = 'deferred' THEN j.again ELSE d.next_at END, lease_until = NULL, held_by = NULL, changed_at = @now
    FROM judged j
    WHERE d.delivery_id = j.delivery_id AND j.becomes IS NOT NULL
),
counted AS (
    UPDATE fortnight.editions e
    SET failed = e.failed + f.n, counts = NULL -- a late answer changes what was counted
    FROM (SELECT j.edition_id, count(*) FILTER (WHERE j.becomes = 'failed') AS n
          FROM judged j
          WHERE j.becomes = 'failed' OR j.becomes IS NOT NULL AND j.believed = 'unknown'
          GROUP BY j.edition_id) f
    WHERE e.edition_id = f.edition_id
)
INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at, ended_at, state, code, status, answer)
SELECT j.delivery_id, j.project_id, j.number, j.changed_at, @now, j.outcome, j.code, j.status, j.answer
FROM judged j
ON CONFLICT (delivery_id, number) DO UPDATE
SET ended_at = excluded.ended_at, state = excluded.state, code = excluded.code, status = excluded.status, answer = excluded.answer
