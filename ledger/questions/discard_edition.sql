-- A person gives an edition up, locked by this transaction. Why it was held stays to be read.
UPDATE fortnight.editions
SET state = 'discarded', rendering_until = NULL, finished_at = @now
WHERE edition_id = @edition
