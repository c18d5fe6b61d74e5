-- Asked once a period: its conversations, for Whatomate has none. A contact is one thread for ever; a conversation is a run of its
-- messages with gaps of 24 hours at most, WhatsApp's own window. One line each: contact, first and last message before @to in
-- microseconds since 1970, whether a person took part (1) or it only was sent something (0), and the hand-overs to people in it.
--
-- From the period's messages and those of the 24 hours before it; one that began earlier is followed back, a day at a time: all
-- messages within 24 hours before one of its own belong to it. A hand-over belongs to the conversation that it interrupts, else to the one
-- that begins within 24 hours, else it is one by itself.
WITH RECURSIVE used AS (
    (SELECT m.whats_app_account AS name FROM messages m ORDER BY m.whats_app_account LIMIT 1)
    UNION ALL
    SELECT (SELECT m.whats_app_account FROM messages m WHERE m.whats_app_account > u.name ORDER BY m.whats_app_account LIMIT 1)
    FROM used u
    WHERE u.name IS NOT NULL
), account AS (
    SELECT a.name FROM whatsapp_accounts a WHERE a.organization_id = @tenant::text::uuid
    UNION
    SELECT u.name FROM used u WHERE u.name IS NOT NULL AND NOT EXISTS (SELECT FROM whatsapp_accounts a WHERE a.name = u.name)
), written AS MATERIALIZED (
    SELECT m.contact_id, m.created_at AS at, m.direction = 'incoming' OR m.sent_by_user_id IS NOT NULL AS by_person
    FROM messages m
    WHERE m.whats_app_account = ANY (ARRAY(SELECT a.name FROM account a)) AND m.organization_id = @tenant::text::uuid
        AND m.created_at >= @from::timestamptz - interval '24 hours' AND m.created_at < @to::timestamptz
        AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
), piece AS MATERIALIZED (
    SELECT r.contact_id, min(r.at) AS started_at, max(r.at) AS last_at, bool_or(r.by_person) AS by_person
    FROM (
        SELECT w.contact_id, w.at, w.by_person, count(*) FILTER (WHERE w.apart) OVER (PARTITION BY w.contact_id ORDER BY w.at) AS run
        FROM (
            SELECT x.contact_id, x.at, x.by_person, x.at - lag(x.at) OVER (PARTITION BY x.contact_id ORDER BY x.at) > interval '24 hours' AS apart
            FROM written x
        ) w
    ) r
    GROUP BY r.contact_id, r.run
), transfer AS MATERIALIZED ( -- those that something happened to in the period, or that lasted through it
    SELECT t.id, t.contact_id, t.transferred_at
    FROM agent_transfers t
    WHERE t.organization_id = @tenant::text::uuid AND t.deleted_at IS NULL
        AND t.transferred_at >= @from::timestamptz AND t.transferred_at < @to::timestamptz
    UNION
    SELECT t.id, t.contact_id, t.transferred_at
    FROM (
        SELECT a.id, a.contact_id, a.transferred_at
        FROM agent_transfers a
        WHERE a.organization_id = @tenant::text::uuid AND a.deleted_at IS NULL AND a.resumed_at >= @from::timestamptz
        OFFSET 0 -- by the index on resumed_at
    ) t
    WHERE t.transferred_at < @from::timestamptz
    UNION
    SELECT t.id, t.contact_id, t.transferred_at
    FROM agent_transfers t
    WHERE t.organization_id = @tenant::text::uuid AND t.deleted_at IS NULL
        AND t.resumed_at IS NULL AND t.transferred_at < @from::timestamptz
        AND (t.status <> 'expired' OR coalesce(t.expires_at, t.updated_at) >= @from::timestamptz)
), anchored AS MATERIALIZED ( -- by a message; a hand-over is written a moment before or after the one that caused it
    SELECT t.id, t.contact_id, t.transferred_at, coalesce(
        (SELECT max(m.created_at)
        FROM messages m
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
            AND m.created_at >= t.transferred_at - interval '24 hours' AND m.created_at <= t.transferred_at + interval '1 minute'
            AND m.created_at < @to::timestamptz),
        (SELECT min(m.created_at)
        FROM messages m
        WHERE m.contact_id = t.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
            AND m.created_at > t.transferred_at AND m.created_at <= t.transferred_at + interval '24 hours' AND m.created_at < @to::timestamptz)) AS at
    FROM transfer t
), back AS (
    SELECT s.contact_id, s.at AS seed, s.at
    FROM (
        SELECT p.contact_id, p.started_at AS at FROM piece p WHERE p.started_at < @from::timestamptz
        UNION
        SELECT a.contact_id, a.at FROM anchored a WHERE a.at < @from::timestamptz
    ) s
    UNION ALL
    SELECT b.contact_id, b.seed, (
        SELECT min(m.created_at)
        FROM messages m
        WHERE m.contact_id = b.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
            AND m.created_at >= b.at - interval '24 hours' AND m.created_at < b.at)
    FROM back b
    WHERE b.at IS NOT NULL
), ahead AS ( -- of what a hand-over from before the period interrupted
    SELECT a.contact_id, a.at AS seed, a.at
    FROM (SELECT DISTINCT x.contact_id, x.at FROM anchored x WHERE x.at < @from::timestamptz) a
    UNION ALL
    SELECT h.contact_id, h.seed, (
        SELECT max(m.created_at)
        FROM messages m
        WHERE m.contact_id = h.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
            AND m.created_at > h.at AND m.created_at <= h.at + interval '24 hours' AND m.created_at < @to::timestamptz)
    FROM ahead h
    WHERE h.at IS NOT NULL
), begun AS (
    SELECT b.contact_id, b.seed, min(b.at) AS started_at
    FROM back b
    GROUP BY b.contact_id, b.seed
), whole AS MATERIALIZED (
    SELECT w.contact_id, w.started_at, max(w.last_at) AS last_at, bool_or(w.by_person) AS by_person
    FROM (
        SELECT p.contact_id, coalesce(b.started_at, p.started_at) AS started_at, p.last_at, p.by_person
        FROM piece p
        LEFT JOIN begun b ON b.contact_id = p.contact_id AND b.seed = p.started_at
        UNION ALL
        SELECT h.contact_id, b.started_at, h.at, false
        FROM ahead h
        JOIN begun b ON b.contact_id = h.contact_id AND b.seed = h.seed
        WHERE h.at IS NOT NULL
        UNION ALL
        SELECT a.contact_id, a.transferred_at, a.transferred_at, true
        FROM anchored a
        WHERE a.at IS NULL
    ) w
    GROUP BY w.contact_id, w.started_at
)
SELECT w.contact_id || ' ' || (extract(epoch FROM w.started_at) * 1000000)::bigint || ' ' || (extract(epoch FROM w.last_at) * 1000000)::bigint
    || CASE WHEN h.ids IS NOT NULL OR w.by_person OR w.started_at < @from::timestamptz AND EXISTS (
            SELECT
            FROM messages m
            WHERE m.contact_id = w.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL
                AND m.message_type NOT IN ('reaction', 'call') AND m.created_at >= w.started_at AND m.created_at <= w.last_at
                AND (m.direction = 'incoming' OR m.sent_by_user_id IS NOT NULL)) THEN ' 1 ' ELSE ' 0 ' END
    || coalesce(h.ids, '') AS id
FROM whole w
LEFT JOIN (
    SELECT o.contact_id, o.started_at, string_agg(o.id::text, ',' ORDER BY o.transferred_at, o.id) AS ids
    FROM (
        SELECT v.contact_id, v.started_at, a.id, a.transferred_at
        FROM anchored a
        JOIN whole v ON v.contact_id = a.contact_id AND coalesce(a.at, a.transferred_at) >= v.started_at AND coalesce(a.at, a.transferred_at) <= v.last_at
        UNION -- those over before the period, of conversations that reach into it: each of the one that began last before it
        SELECT v.contact_id, v.started_at, e.id, e.transferred_at
        FROM whole v
        CROSS JOIN LATERAL (
            SELECT t.id, t.transferred_at
            FROM agent_transfers t
            WHERE t.contact_id = v.contact_id AND t.organization_id = @tenant::text::uuid AND t.deleted_at IS NULL
                AND t.transferred_at >= v.started_at - interval '1 minute' AND t.transferred_at < @from::timestamptz
            OFFSET 0
        ) e
        WHERE v.started_at < @from::timestamptz
            AND NOT EXISTS (SELECT FROM anchored a WHERE a.id = e.id)
            AND NOT EXISTS (
                SELECT
                FROM whole n
                WHERE n.contact_id = v.contact_id AND n.started_at > v.started_at AND n.started_at - interval '1 minute' <= e.transferred_at)
    ) o
    GROUP BY o.contact_id, o.started_at
) h ON h.contact_id = w.contact_id AND h.started_at = w.started_at
ORDER BY 1
