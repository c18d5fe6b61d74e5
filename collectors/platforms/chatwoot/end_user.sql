-- Contacts with an inbound message in the period. The first one ever is looked up by the contact's conversations.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(c.name, '')::text AS display_name,
    coalesce(nullif(c.phone_number, ''), nullif(c.email, ''))::text AS address,
    f.first_in AT TIME ZONE 'UTC' AS first_seen_at,
    nullif(c.additional_attributes ->> 'language', '') AS language,
    NULL::text AS channel
FROM contacts c
LEFT JOIN LATERAL (
    SELECT min(m.created_at) AS first_in
    FROM conversations v
    JOIN messages m ON m.conversation_id = v.id
    WHERE v.contact_id = c.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
        AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
) f ON true
WHERE c.account_id = @tenant::text::int
    AND c.id IN (
        SELECT v.contact_id
        FROM messages m
        JOIN conversations v ON v.id = m.conversation_id
        WHERE m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
            AND m.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC'))
