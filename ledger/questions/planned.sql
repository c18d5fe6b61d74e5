-- Note how many deliveries of the edition @edition (bigint) were planned.
UPDATE fortnight.editions
SET planned = @planned
WHERE edition_id = @edition
