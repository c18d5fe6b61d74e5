-- A person lets an edition, locked by this transaction, go on. What was collected and looked at is not held for the same again.
UPDATE fortnight.editions
SET state = @state, reason = '', tries = 0, next_at = @now, lease_until = @now, rendering_until = NULL, rendered_at = NULL,
    released_at = CASE WHEN @state = 'due' THEN released_at ELSE @now END, finished_at = CASE WHEN @state = 'archived' THEN @now::timestamptz END
WHERE edition_id = @edition
