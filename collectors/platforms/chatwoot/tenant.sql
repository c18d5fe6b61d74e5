-- locale is a number: the place of the language in Chatwoot's own list, which grows at its end.
SELECT a.id::text AS tenant_id, a.name::text AS name,
    coalesce(to_jsonb(a) #>> '{settings,reporting_timezone}', to_jsonb(a) #>> '{settings,timezone}') AS time_zone,
    (ARRAY['en', 'ar', 'nl', 'fr', 'de', 'hi', 'it', 'ja', 'ko', 'pt', 'ru', 'zh', 'es', 'ml', 'ca', 'el', 'pt-BR', 'ro', 'ta', 'fa', 'zh-TW'])[a.locale + 1] AS locale
FROM accounts a
WHERE a.id = @tenant::text::int
