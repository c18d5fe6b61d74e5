-- The edition @edition (bigint) is collected: held where @hold says why, archived where it is only to be kept, else ready to be
-- sent. No row: it was not being collected.
UPDATE fortnight.editions
SET state = CASE WHEN @hold <> '' THEN 'held' WHEN archive THEN 'archived' ELSE 'ready' END, reason = @hold, tries = 0, hash = @hash,
    next_at = @now, lease_until = @lease_until, ready_at = @now, finished_at = CASE WHEN archive AND @hold = '' THEN @now::timestamptz END,
    stopped_at = CASE WHEN @hold <> '' THEN @now::timestamptz ELSE stopped_at END
WHERE edition_id = @edition AND state = 'collecting'
RETURNING edition_id
