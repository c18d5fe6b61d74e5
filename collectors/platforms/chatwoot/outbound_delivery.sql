-- Website campaigns and templates by their messages, and recipients of one-off campaigns where the version keeps them. A person reached by both
-- counts in each campaign.
SELECT @tenant::text AS tenant_id, d.id AS delivery_id, d.campaign_id, d.contact_id::text AS user_id,
    (row_number() OVER (PARTITION BY d.campaign_id, d.contact_id ORDER BY d.attempted_at, d.id))::int AS attempt,
    d.attempted_at AT TIME ZONE 'UTC' AS attempted_at, d.sent_at AT TIME ZONE 'UTC' AS sent_at, d.delivered_at AT TIME ZONE 'UTC' AS delivered_at,
    d.read_at AT TIME ZONE 'UTC' AS read_at, d.failed_at AT TIME ZONE 'UTC' AS failed_at,
    CASE
        WHEN d.read_at IS NOT NULL THEN 'read'
        WHEN d.delivered_at IS NOT NULL THEN 'delivered'
        WHEN d.failed_at IS NOT NULL THEN 'failed'
        WHEN d.sent_at IS NOT NULL THEN 'sent'
        ELSE 'pending'
    END AS status,
    d.has_receipts, CASE WHEN d.failed_at IS NOT NULL THEN d.error END AS failure_reason, a.first_at AT TIME ZONE 'UTC' AS first_response_at,
    NULL::timestamptz AS finished_at, greatest(d.attempted_at, a.last_at) AT TIME ZONE 'UTC' AS last_activity_at, 'none' AS session_status, d.variables
FROM (
    SELECT ('m' || s.id)::text AS id, s.campaign_id, s.contact_id, s.created_at AS attempted_at, CASE WHEN s.status < 3 THEN s.created_at END AS sent_at,
        CASE WHEN s.status IN (1, 2) THEN s.changed_at END AS delivered_at, CASE WHEN s.status = 2 THEN s.changed_at END AS read_at,
        CASE WHEN s.status = 3 THEN s.changed_at END AS failed_at, s.has_receipts, s.error, s.variables
    FROM chatwoot_sent s
    UNION ALL
    SELECT r.id, r.campaign_id, r.contact_id, r.attempted_at, CASE WHEN r.sent_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN r.sent_at END,
        CASE WHEN r.delivered_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN r.delivered_at END, CASE WHEN r.read_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN r.read_at END,
        CASE WHEN r.failed_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN r.failed_at END, true, r.error, NULL
    FROM chatwoot_recipient r
) d
CROSS JOIN LATERAL (
    SELECT min(m.created_at) AS first_at, max(m.created_at) AS last_at
    FROM conversations v
    CROSS JOIN LATERAL (
        SELECT x.created_at
        FROM messages x
        WHERE x.conversation_id = v.id AND x.account_id = @tenant::text::int AND x.message_type = 0 AND NOT x.private
            AND x.created_at > d.attempted_at AND x.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
        OFFSET 0 -- by the index on conversation_id
    ) m
    WHERE v.contact_id = d.contact_id AND v.account_id = @tenant::text::int
) a
