-- needs campaign_recipients
-- else SELECT NULL::text AS id, NULL::text AS campaign_id, NULL::bigint AS contact_id, NULL::timestamp AS attempted_at, NULL::timestamp AS sent_at, NULL::timestamp AS delivered_at, NULL::timestamp AS read_at, NULL::timestamp AS failed_at, NULL::text AS error WHERE false
-- Helper: recipients of one-off WhatsApp campaigns, which versions after 4.14.2 keep on Enterprise. One who was passed over has a reason and no instant.
SELECT ('r' || r.id)::text AS id, r.campaign_id::text AS campaign_id, r.contact_id::bigint AS contact_id, coalesce(r.sent_at, r.created_at) AS attempted_at, coalesce(r.sent_at, r.delivered_at, r.read_at) AS sent_at,
    coalesce(r.delivered_at, r.read_at) AS delivered_at, r.read_at,
    coalesce(r.failed_at, CASE WHEN r.sent_at IS NULL AND coalesce(r.error_title, r.error_message, '') <> '' THEN r.updated_at END) AS failed_at,
    coalesce(nullif(r.error_title, ''), nullif(r.error_message, ''))::text AS error
FROM campaign_recipients r
WHERE r.account_id = @tenant::text::int AND coalesce(r.sent_at, r.created_at) >= (@from::timestamptz AT TIME ZONE 'UTC') AND coalesce(r.sent_at, r.created_at) < (@to::timestamptz AT TIME ZONE 'UTC')
