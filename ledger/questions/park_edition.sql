-- Park an edition, locked by this transaction: it was tried often enough.
UPDATE fortnight.editions
SET state = 'parked', reason = @reason, stopped_at = @now, rendering_until = NULL
WHERE edition_id = @edition
