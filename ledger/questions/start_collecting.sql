-- Take up an edition to collect it, if it is due, or if whoever was collecting it has let the lease run out.
UPDATE fortnight.editions
SET state = 'collecting', lease_until = @lease_until
WHERE edition_id = @edition AND (state = 'due' OR state = 'collecting' AND lease_until <= @now)
RETURNING edition_id
