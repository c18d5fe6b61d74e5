-- Take up an edition to collect it, if its time has come, or if whoever was collecting it has let the lease run out (@vanished says
-- so in words), unless it had its @most tries.
UPDATE fortnight.editions
SET state = 'collecting', tries = tries + 1, lease_until = @lease_until, reason = CASE WHEN state = 'collecting' THEN @vanished ELSE reason END
WHERE edition_id = @edition AND tries < @most AND (state = 'due' AND next_at <= @now OR state = 'collecting' AND lease_until <= @now)
RETURNING edition_id
