-- How many subscribe to digests of the project: to @digest (text, '' for all), in the state @state (text) as of the date @today, and with
-- @search (text) in name or address? As those are listed.
SELECT count(*)
FROM fortnight.subscribers s
WHERE s.project_id = @project AND (@digest::text = '' OR s.digest_id = (SELECT d.digest_id FROM fortnight.digests d WHERE d.key = @digest::text AND d.project_id = @project))
  AND (@search::text = '' OR position(lower(@search::text) IN lower(s.name || ' ' || s.address)) > 0)
  AND CASE @state::text
          WHEN 'removed' THEN s.removed_at IS NOT NULL
          WHEN '' THEN s.removed_at IS NULL
          WHEN 'unsubscribed' THEN s.removed_at IS NULL AND s.unsubscribed_at IS NOT NULL
          WHEN 'suppressed' THEN s.removed_at IS NULL AND EXISTS (
              SELECT 1 FROM fortnight.suppressions x WHERE x.project_id = s.project_id AND x.address_hash = s.address_hash)
          ELSE s.removed_at IS NULL AND s.unsubscribed_at IS NULL AND (coalesce(s.wishes ->> 'PausedUntil', '') > @today::text) = (@state::text = 'paused')
               AND NOT EXISTS (
                   SELECT 1 FROM fortnight.suppressions x WHERE x.project_id = s.project_id AND x.address_hash = s.address_hash)
      END
