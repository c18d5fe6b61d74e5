-- Note how many deliveries of the edition @edition (bigint) were planned; why none, where @reason (text) says it.
UPDATE fortnight.editions
SET planned = @planned, reason = CASE WHEN @reason = '' THEN reason ELSE @reason END
WHERE edition_id = @edition
