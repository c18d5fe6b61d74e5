-- Contacts with an inbound message in the period. Their first one ever is the first entry of an index. No column holds a language;
-- what a flow may have stored beside the contact is taken.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(c.profile_name, '')::text AS display_name, c.phone_number::text AS address,
    (SELECT m.created_at
    FROM messages m
    WHERE m.contact_id = w.contact_id AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming' AND m.deleted_at IS NULL
        AND m.message_type NOT IN ('reaction', 'call')
    ORDER BY m.created_at
    LIMIT 1) AS first_seen_at,
    NULL::text AS language, 'whatsapp' AS channel
FROM (
    SELECT DISTINCT m.contact_id
    FROM messages m
    WHERE m.whats_app_account = ANY (@account_ids::text[]) AND m.organization_id = @tenant::text::uuid AND m.direction = 'incoming'
        AND m.created_at >= @from::timestamptz AND m.created_at < @to::timestamptz
        AND m.deleted_at IS NULL AND m.message_type NOT IN ('reaction', 'call')
) w
CROSS JOIN LATERAL (
    SELECT n.id, n.profile_name, n.phone_number
    FROM contacts n
    WHERE n.id = w.contact_id
    OFFSET 0 -- by the primary key
) c
