-- Typebot knows no people: each result is a visitor of its own. A name or address that a bot asks for is one of its answers.
SELECT @tenant::text AS tenant_id, r.id AS user_id, NULL::text AS display_name, NULL::text AS address, r.first_at AS first_seen_at, NULL::text AS language,
    NULL::text AS channel
FROM typebot_result r
WHERE r.last_at >= @from::timestamptz
