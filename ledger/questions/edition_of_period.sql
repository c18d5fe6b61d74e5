-- Which edition has the digest @digest (bigint) for the period that begins at @period_start (timestamptz)?
SELECT edition_id
FROM fortnight.editions
WHERE digest_id = @digest AND period_start = @period_start
