-- Contacts by their id; a recipient of a campaign who is no contact is known by the number alone, which is also the id.
SELECT @tenant::text AS tenant_id, c.id::text AS user_id, nullif(c.profile_name, '')::text AS display_name, c.phone_number::text AS address
FROM contacts c
WHERE c.organization_id = @tenant::text::uuid
    AND c.id = ANY (ARRAY(SELECT u::uuid FROM unnest(@users::text[]) AS u WHERE u ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'))
UNION ALL
SELECT @tenant::text, u, NULL::text, u
FROM unnest(@users::text[]) AS u
WHERE u !~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
