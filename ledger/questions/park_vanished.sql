-- Park an edition whose collector has let the lease run out for the @most-th time.
UPDATE fortnight.editions
SET state = 'parked', reason = @vanished, stopped_at = @now, rendering_until = NULL
WHERE edition_id = @edition AND tries >= @most AND (state = 'due' AND next_at <= @now OR state = 'collecting' AND lease_until <= @now)
RETURNING edition_id
