SELECT c.account_id::text AS tenant_id, c.id::text AS campaign_id, c.title::text AS name, NULL::text AS version,
    CASE c.campaign_type WHEN 0 THEN 'website' ELSE 'one_off' END AS channel,
    c.scheduled_at AT TIME ZONE 'UTC' AS scheduled_at, coalesce(c.scheduled_at, c.created_at) AT TIME ZONE 'UTC' AS started_at
FROM campaigns c
WHERE c.account_id = @tenant::text::int
