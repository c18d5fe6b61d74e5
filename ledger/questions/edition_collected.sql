-- The edition @edition (bigint) is collected: ready to be sent, or archived where it is only to be kept. No row: it was not being collected.
UPDATE fortnight.editions
SET state = CASE WHEN archive THEN 'archived' ELSE 'ready' END, hash = @hash, ready_at = @now, lease_until = @lease_until,
    finished_at = CASE WHEN archive THEN @now::timestamptz END
WHERE edition_id = @edition AND state = 'collecting'
RETURNING edition_id
