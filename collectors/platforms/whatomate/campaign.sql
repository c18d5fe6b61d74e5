SELECT @tenant::text AS tenant_id, b.id::text AS campaign_id, b.name::text AS name, p.name::text AS version, 'whatsapp' AS channel, b.scheduled_at, b.started_at
FROM bulk_message_campaigns b
LEFT JOIN templates p ON p.id = b.template_id
WHERE b.organization_id = @tenant::text::uuid AND b.deleted_at IS NULL
