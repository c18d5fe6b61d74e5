-- Recipients of the campaigns that ran in the period. A recipient is tried again in the same row: the messages that the campaign wrote to
-- the contact tell of the first attempt, and, where they are further than the row, of what became of the last.
SELECT @tenant::text AS tenant_id, d.id::text AS delivery_id, d.campaign_id::text AS campaign_id, d.user_id, 1 AS attempt, d.attempted_at,
    CASE WHEN d.sent_at < @to::timestamptz THEN d.sent_at END AS sent_at,
    CASE WHEN d.delivered_at < @to::timestamptz THEN d.delivered_at END AS delivered_at,
    CASE WHEN d.read_at < @to::timestamptz THEN d.read_at END AS read_at,
    CASE WHEN d.failed_at < @to::timestamptz THEN d.failed_at END AS failed_at,
    CASE
        WHEN d.read_at < @to::timestamptz THEN 'read'
        WHEN d.delivered_at < @to::timestamptz THEN 'delivered'
        WHEN d.failed_at < @to::timestamptz THEN 'failed'
        WHEN d.sent_at < @to::timestamptz THEN 'sent'
        ELSE 'pending'
    END AS status,
    true AS has_receipts,
    CASE WHEN d.failed_at < @to::timestamptz THEN d.error END AS failure_reason,
    (SELECT min(m.created_at)
    FROM messages m
    WHERE m.contact_id = d.contact_id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
        AND m.message_type NOT IN ('reaction', 'call') AND m.created_at > d.sent_at AND m.created_at < @to::timestamptz) AS first_response_at,
    (SELECT min(s.completed_at)
    FROM chatbot_sessions s
    WHERE s.contact_id = d.contact_id AND s.organization_id = @tenant::text::uuid AND s.deleted_at IS NULL AND s.current_flow_id IS NOT NULL
        AND s.started_at >= d.sent_at AND s.status = 'completed' AND s.completed_at < @to::timestamptz) AS finished_at,
    (SELECT max(m.created_at)
    FROM messages m
    WHERE m.contact_id = d.contact_id AND m.organization_id = @tenant::text::uuid AND m.deleted_at IS NULL
        AND m.message_type NOT IN ('reaction', 'call') AND m.created_at >= d.attempted_at AND m.created_at < @to::timestamptz) AS last_activity_at,
    coalesce((
        SELECT CASE
            WHEN s.completed_at < @to::timestamptz THEN 'closed'
            WHEN s.last_activity_at + interval '30 minutes' < @to::timestamptz THEN 'expired'
            ELSE 'open' END
        FROM chatbot_sessions s
        WHERE s.contact_id = d.contact_id AND s.organization_id = @tenant::text::uuid AND s.deleted_at IS NULL
            AND s.current_flow_id IS NOT NULL AND s.started_at >= d.sent_at AND s.started_at < @to::timestamptz
        ORDER BY s.started_at
        LIMIT 1), 'none') AS session_status,
    CASE WHEN jsonb_typeof(d.template_params) = 'object' THEN d.template_params END AS variables
FROM (
    SELECT r.id, r.campaign_id, r.template_params, c.id AS contact_id, coalesce(c.id::text, r.phone_number) AS user_id,
        coalesce(w.first_at, r.sent_at, b.started_at) AS attempted_at,
        coalesce(r.sent_at, CASE WHEN w.status IN ('sent', 'delivered', 'read') THEN w.at END) AS sent_at,
        coalesce(r.delivered_at, r.read_at, CASE WHEN r.status IN ('delivered', 'read') THEN r.updated_at WHEN w.status IN ('delivered', 'read') THEN w.updated_at END) AS delivered_at,
        coalesce(r.read_at, CASE WHEN r.status = 'read' THEN r.updated_at WHEN w.status = 'read' THEN w.updated_at END) AS read_at,
        CASE WHEN r.status = 'failed' OR w.status = 'failed' AND r.status IN ('pending', 'sent') THEN coalesce(w.updated_at, r.updated_at) END AS failed_at,
        coalesce(nullif(r.error_message, ''), nullif(w.error_message, '')) AS error
    FROM bulk_message_campaigns b
    CROSS JOIN LATERAL (
        SELECT x.id, x.campaign_id, x.phone_number, x.template_params, x.status, x.error_message, x.sent_at, x.delivered_at, x.read_at, x.updated_at
        FROM bulk_message_recipients x
        WHERE x.campaign_id = b.id AND x.deleted_at IS NULL
        OFFSET 0 -- by the index on campaign_id
    ) r
    LEFT JOIN LATERAL (
        SELECT n.id
        FROM contacts n
        WHERE n.organization_id = @tenant::text::uuid AND n.phone_number = r.phone_number AND n.deleted_at IS NULL
        LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT min(m.created_at) AS first_at, max(m.created_at) AS at,
            (array_agg(m.status ORDER BY m.created_at DESC))[1] AS status,
            (array_agg(m.updated_at ORDER BY m.created_at DESC))[1] AS updated_at,
            (array_agg(m.error_message ORDER BY m.created_at DESC))[1] AS error_message
        FROM messages m
        WHERE m.contact_id = c.id AND m.organization_id = @tenant::text::uuid AND m.direction = 'outgoing' AND m.deleted_at IS NULL
            AND m.created_at >= b.started_at AND m.created_at < @to::timestamptz AND m.metadata ->> 'campaign_id' = b.id::text
    ) w ON true
    WHERE b.organization_id = @tenant::text::uuid AND b.deleted_at IS NULL AND b.started_at < @to::timestamptz
        AND (b.completed_at IS NULL OR b.completed_at >= @from::timestamptz)
) d
WHERE d.attempted_at >= @from::timestamptz AND d.attempted_at < @to::timestamptz
