-- A try that was called off does not count: the edition waits for the next one to take it up.
UPDATE fortnight.editions
SET state = CASE WHEN state = 'collecting' THEN 'due' ELSE state END, tries = greatest(tries - 1, 0), next_at = least(next_at, @now),
    lease_until = @lease_until, rendering_until = NULL
WHERE edition_id = @edition AND (state = 'collecting' OR state IN ('ready', 'sending') AND rendering_until IS NOT NULL)
