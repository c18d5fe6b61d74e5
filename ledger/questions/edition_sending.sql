-- The first attempt of an edition makes it one that is being sent.
UPDATE fortnight.editions
SET state = 'sending'
WHERE edition_id = @edition AND state = 'ready'
