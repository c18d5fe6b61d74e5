-- How many deliveries of the edition @edition (bigint) are in each state, where that was counted (null: it was not)? No row: there is no such
-- edition.
SELECT counts
FROM fortnight.editions
WHERE edition_id = @edition
