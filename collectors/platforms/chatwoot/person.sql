-- Contacts by their id.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(c.name, '')::text AS display_name,
    coalesce(nullif(c.phone_number, ''), nullif(c.email, ''))::text AS address
FROM contacts c
WHERE c.account_id = @tenant::text::int AND c.id = ANY (ARRAY(SELECT u::bigint FROM unnest(@users::text[]) AS u WHERE u ~ '^[0-9]{1,18}$'))
