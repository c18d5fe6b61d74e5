-- What was collected for the edition @edition (bigint)? No row: nothing yet.
SELECT data
FROM fortnight.snapshots
WHERE edition_id = @edition
