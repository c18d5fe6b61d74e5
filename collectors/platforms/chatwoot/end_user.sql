-- Contacts with an inbound message in the period. The first one ever is looked up by the contact's conversations. OFFSET 0 keeps
-- the planner to one look into an index a row.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(c.name, '')::text AS display_name,
    coalesce(nullif(c.phone_number, ''), nullif(c.email, ''))::text AS address,
    f.first_in AT TIME ZONE 'UTC' AS first_seen_at,
    nullif(c.additional_attributes ->> 'language', '') AS language,
    NULL::text AS channel
FROM (
    SELECT DISTINCT w.contact_id
    FROM messages i
    CROSS JOIN LATERAL (SELECT u.contact_id FROM conversations u WHERE u.id = i.conversation_id OFFSET 0) w
    WHERE i.account_id = @tenant::text::int AND i.message_type = 0 AND NOT i.private
        AND i.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND i.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
) a
CROSS JOIN LATERAL (
    SELECT n.id, n.name, n.phone_number, n.email, n.additional_attributes
    FROM contacts n
    WHERE n.id = a.contact_id AND n.account_id = @tenant::text::int
    OFFSET 0
) c
CROSS JOIN LATERAL (
    SELECT min((
        SELECT min(m.created_at)
        FROM messages m
        WHERE m.conversation_id = v.id AND m.account_id = @tenant::text::int AND m.message_type = 0 AND NOT m.private
            AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC'))) AS first_in
    FROM conversations v
    WHERE v.contact_id = c.id
) f
