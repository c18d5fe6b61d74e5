-- Is anybody still to get the edition @edition (bigint) who reads this? @locale and @audience are as a subscriber has them; those who
-- say nothing read @default_audience, and @default_locale. @sections (jsonb) are those wanted, none where all are.
-- Of open conversations @agent's alone where it is not empty; else @agents (boolean) tells whether who is an agent reads them all too.
SELECT EXISTS (
    SELECT 1 FROM fortnight.deliveries d
    WHERE d.edition_id = @edition AND d.open
      AND coalesce(nullif(d.recipient ->> 'Audience', ''), @default_audience) = @audience
      AND coalesce(nullif(d.recipient ->> 'Locale', ''), @default_locale) = @locale
      AND coalesce((d.recipient -> 'PDF')::boolean, false) = @with_pdf
      AND coalesce(d.recipient -> 'Sections', '[]') = @sections::jsonb
      AND (coalesce(d.recipient ->> 'Agent', '') = @agent::text OR @agent::text = '' AND @agents::boolean)) AS chosen
