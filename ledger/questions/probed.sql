-- Keep what a look at the source @key (text) found. A source that cannot be read just now keeps what was known of it.
UPDATE fortnight.sources
SET checked_at = @now, fault = @fault::text, fault_since = CASE WHEN @fault::text = '' THEN NULL WHEN fault = @fault::text THEN fault_since ELSE @now::timestamptz END,
    checks = CASE WHEN @fault::text <> '' AND @checks::jsonb = '[]' THEN checks ELSE @checks::jsonb END,
    findings = CASE WHEN @fault::text <> '' AND @findings::jsonb = '[]' THEN findings ELSE @findings::jsonb END,
    sections = CASE WHEN @fault::text <> '' AND @sections::jsonb = '[]' THEN sections ELSE @sections::jsonb END
WHERE project_id = @project_id AND key = @key
RETURNING source_id
