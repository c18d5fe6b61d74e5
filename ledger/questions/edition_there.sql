-- Is there an edition @edition (bigint)? No row: there is none.
SELECT edition_id
FROM fortnight.editions
WHERE edition_id = @edition
