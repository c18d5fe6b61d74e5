-- Helper: the hours of each of the organization's accounts: its own settings, else those without an account.
SELECT a.name AS account, coalesce(own.business_hours, common.business_hours) AS business_hours
FROM unnest(@account_ids::text[]) AS a (name)
LEFT JOIN LATERAL (
    SELECT s.business_hours_enabled, s.business_hours
    FROM chatbot_settings s
    WHERE s.organization_id = @tenant::text::uuid AND s.whats_app_account = a.name AND s.deleted_at IS NULL
    LIMIT 1
) own ON true
LEFT JOIN LATERAL (
    SELECT s.business_hours_enabled, s.business_hours
    FROM chatbot_settings s
    WHERE s.organization_id = @tenant::text::uuid AND coalesce(s.whats_app_account, '') = '' AND s.deleted_at IS NULL AND own.business_hours_enabled IS NULL
    LIMIT 1
) common ON true
WHERE coalesce(own.business_hours_enabled, common.business_hours_enabled)
