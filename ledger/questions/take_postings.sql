-- Take up to @n (integer) postings that are due, the oldest first, and of each webhook no more than @each (integer): one that does not
-- answer must not keep the others waiting. Nobody else takes them before @lease_until. A webhook that is switched off waits.
WITH due AS MATERIALIZED (
    SELECT p.posting_id
    FROM fortnight.webhooks w
    CROSS JOIN LATERAL (
        SELECT p.posting_id, p.next_at
        FROM fortnight.postings p
        WHERE p.webhook_id = w.webhook_id AND p.next_at <= @now AND coalesce(p.lease_until <= @now, true)
        ORDER BY p.next_at, p.posting_id
        LIMIT @each
        FOR UPDATE SKIP LOCKED
    ) p
    WHERE w.active
    ORDER BY p.next_at, p.posting_id
    LIMIT @n
),
taken AS (
    UPDATE fortnight.postings p
    SET tries = p.tries + 1, lease_until = @lease_until
    FROM due
    WHERE p.posting_id = due.posting_id
    RETURNING p.posting_id, p.webhook_id, p.kind, p.body, p.made_at, p.tries, p.next_at, p.done_at, p.status, p.answer
)
SELECT t.posting_id, t.webhook_id, t.kind, t.body, t.made_at, t.tries, t.next_at, t.done_at, t.status, t.answer, w.url, w.secret_sealed
FROM taken t
JOIN fortnight.webhooks w ON w.webhook_id = t.webhook_id
ORDER BY t.posting_id
