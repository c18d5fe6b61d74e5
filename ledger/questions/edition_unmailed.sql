-- The edition @edition (bigint) is collected, and nobody is mailed it, for the reason @why (text): it is done. No row: it was not being collected.
UPDATE fortnight.editions
SET state = 'done', reason = @why, tries = 0, hash = @hash, planned = 0, next_at = @now, lease_until = @now, ready_at = @now, rendered_at = @now, finished_at = @now
WHERE edition_id = @edition AND state = 'collecting'
RETURNING edition_id
