-- An edition that is being collected waits until @until (timestamptz). The try does not count. No row: it was not being collected.
UPDATE fortnight.editions
SET state = 'due', next_at = @until, lease_until = @lease_until, reason = @reason, tries = greatest(tries - 1, 0)
WHERE edition_id = @edition AND state = 'collecting'
RETURNING edition_id
