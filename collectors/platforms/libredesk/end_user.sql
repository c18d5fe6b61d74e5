-- Contacts with an inbound message in the period. The first one ever is looked up by the contact's conversations.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(btrim(concat_ws(' ', c.first_name, c.last_name)), '')::text AS display_name,
    coalesce(nullif(c.phone_number_country_code || ' ', ' ') || nullif(c.phone_number, ''), nullif(c.phone_number, ''), nullif(c.email, ''))::text AS address,
    f.first_in AS first_seen_at, NULL::text AS language, NULL::text AS channel
FROM (
    SELECT DISTINCT w.contact_id
    FROM conversation_messages i
    CROSS JOIN LATERAL (SELECT v.contact_id FROM conversations v WHERE v.id = i.conversation_id OFFSET 0) w
    WHERE @tenant::text = 'default' AND i.type = 'incoming' AND NOT i.private AND i.created_at >= @from::timestamptz AND i.created_at < @to::timestamptz
) a
CROSS JOIN LATERAL (
    SELECT n.id, n.first_name, n.last_name, n.phone_number_country_code, n.phone_number, n.email
    FROM users n
    WHERE n.id = a.contact_id
    OFFSET 0 -- by the primary key
) c
CROSS JOIN LATERAL (
    SELECT min((
        SELECT min(m.created_at)
        FROM conversation_messages m
        WHERE m.conversation_id = v.id AND m.type = 'incoming' AND NOT m.private AND m.created_at < @to::timestamptz)) AS first_in
    FROM conversations v
    WHERE v.contact_id = c.id
) f
