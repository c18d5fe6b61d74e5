-- Note a try that came to nothing, of an edition locked by this transaction: @tries with it.
UPDATE fortnight.editions
SET state = @state, tries = @tries, reason = @reason, next_at = @next_at, lease_until = @lease_until, rendering_until = NULL,
    stopped_at = CASE WHEN @state = 'parked' THEN @now::timestamptz ELSE stopped_at END
WHERE edition_id = @edition
