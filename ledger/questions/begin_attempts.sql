-- Begin an attempt of each of the deliveries @begins, which this transaction has locked, under the turns' @keys. One that came to an
-- end instead (its subscriber has left, or may not be written to, or it is too late) is closed. An attempt that a key has begun before
-- is given again; where @fresh is false, only that.
--
-- The subscribers are locked against changes, so that an unsubscribing either comes before and is seen, or comes after the attempt
-- has begun.
WITH asked AS (
    SELECT b.delivery_id, b.key, b.fresh
    FROM unnest(@begins::bigint[], @keys::text[], @fresh::boolean[]) AS b (delivery_id, key, fresh)
),
due AS (
    SELECT d.delivery_id, d.project_id, d.edition_id, d.subscriber_id, d.recipient ->> 'Address' AS address, d.state, d.doubts, d.expires_at, b.key
    FROM asked b
    JOIN fortnight.deliveries d ON d.delivery_id = b.delivery_id
    WHERE b.fresh AND d.state IN ('planned', 'deferred') AND d.next_at <= @now OR d.state = 'sending' AND d.held_by = b.key
),
reader AS (
    SELECT t.delivery_id, s.token_sealed,
           CASE WHEN s.unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN s.removed_at IS NOT NULL THEN 'removed from the digest' END AS why_not
    FROM due t
    JOIN fortnight.subscribers s ON s.subscriber_id = t.subscriber_id
    ORDER BY s.subscriber_id
    FOR SHARE OF s
),
checked AS (
    SELECT t.delivery_id, t.key, t.state = 'sending' AS again, t.doubts > 0 AS doubtful, t.expires_at, e.zone, r.token_sealed,
           CASE WHEN t.state <> 'sending' THEN coalesce('suppressed: ' || x.reason, CASE WHEN r.delivery_id IS NULL THEN 'erased' ELSE r.why_not END) END AS why_not
    FROM due t
    JOIN fortnight.editions e ON e.edition_id = t.edition_id AND (e.state IN ('ready', 'sending') OR t.state = 'sending')
    LEFT JOIN reader r ON r.delivery_id = t.delivery_id
    LEFT JOIN fortnight.suppressions x ON x.project_id = t.project_id AND x.address_hash = sha256(convert_to(lower(t.address), 'UTF8'))
),
judged AS (
    SELECT c.*,
           CASE WHEN c.why_not IS NOT NULL THEN CASE WHEN c.doubtful THEN 'unknown' ELSE 'suppressed' END
                WHEN c.expires_at < @now AND NOT c.again THEN CASE WHEN c.doubtful THEN 'unknown' ELSE 'expired' END
                ELSE 'sending' END AS becomes
    FROM checked c
),
turned AS (
    UPDATE fortnight.deliveries d
    SET state = j.becomes, attempts = d.attempts + (j.becomes = 'sending' AND NOT j.again)::integer,
        lease_until = CASE WHEN j.becomes = 'sending' THEN @lease_until::timestamptz END, held_by = CASE WHEN j.becomes = 'sending' THEN j.key END,
        answer = CASE WHEN j.doubtful AND j.why_not IS NOT NULL THEN j.why_not || '; whether it was sent before is not known' ELSE coalesce(j.why_not, d.answer) END,
        changed_at = CASE WHEN j.again THEN d.changed_at ELSE @now END
    FROM judged j
    WHERE d.delivery_id = j.delivery_id
    RETURNING d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, d.lease_until, d.answer, j.zone, j.key, j.token_sealed
),
first AS (
    UPDATE fortnight.editions e
    SET state = 'sending'
    WHERE e.edition_id IN (SELECT t.edition_id FROM turned t WHERE t.state = 'sending') AND e.state = 'ready'
)
SELECT t.delivery_id, t.edition_id, t.recipient, t.state, t.attempts, t.message_id, t.dated, t.lease_until AS next_at, t.answer, t.zone, t.key, t.token_sealed
FROM turned t
WHERE t.state = 'sending'
