-- materialized
-- Helper: messages of the period that a website campaign wrote, and templates that were sent with their name. What a message had become is
-- known with the instant of its last change alone.
SELECT m.id, coalesce(nullif(m.additional_attributes ->> 'campaign_id', ''), 'template:' || (m.additional_attributes #>> '{template_params,name}')) AS campaign_id,
    m.additional_attributes #>> '{template_params,name}' AS template, m.conversation_id, v.contact_id::bigint AS contact_id, m.created_at,
    CASE WHEN m.updated_at < (@to::timestamptz AT TIME ZONE 'UTC') THEN m.status ELSE 0 END AS status, greatest(m.updated_at, m.created_at) AS changed_at,
    coalesce(i.channel_type <> 'Channel::WebWidget', true) AS has_receipts,
    CASE WHEN m.content_attributes::text LIKE '%external_error%' THEN (m.content_attributes #>> '{}')::jsonb ->> 'external_error' END AS error,
    CASE WHEN jsonb_typeof(m.additional_attributes #> '{template_params,processed_params}') = 'object' THEN m.additional_attributes #> '{template_params,processed_params}' END AS variables
FROM messages m
CROSS JOIN LATERAL (SELECT n.contact_id, n.inbox_id FROM conversations n WHERE n.id = m.conversation_id OFFSET 0) v
LEFT JOIN inboxes i ON i.id = v.inbox_id
WHERE m.account_id = @tenant::text::int AND m.message_type IN (1, 3) AND NOT m.private
    AND m.created_at >= (@from::timestamptz AT TIME ZONE 'UTC') AND m.created_at < (@to::timestamptz AT TIME ZONE 'UTC')
    AND (m.additional_attributes ->> 'campaign_id' <> '' OR m.additional_attributes #>> '{template_params,name}' <> '')
