-- Campaigns, and the templates that were sent in the period by their names.
SELECT c.account_id::text AS tenant_id, c.id::text AS campaign_id, c.title::text AS name, NULL::text AS version,
    CASE c.campaign_type WHEN 0 THEN 'website' ELSE 'one_off' END AS channel,
    c.scheduled_at AT TIME ZONE 'UTC' AS scheduled_at, coalesce(c.scheduled_at, c.created_at) AT TIME ZONE 'UTC' AS started_at
FROM campaigns c
WHERE c.account_id = @tenant::text::int
UNION ALL
SELECT @tenant::text, s.campaign_id, s.template, NULL::text, 'template', NULL::timestamptz, min(s.created_at) AT TIME ZONE 'UTC'
FROM chatwoot_sent s
WHERE s.campaign_id LIKE 'template:%'
GROUP BY s.campaign_id, s.template
