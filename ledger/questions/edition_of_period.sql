-- Which edition has the digest @digest (bigint) for the period [@period_start, @period_end) (timestamptz) and the readers of the
-- cadence @cadence (text; '': its own)?
SELECT edition_id
FROM fortnight.editions
WHERE digest_id = @digest AND cadence = @cadence AND period_start = @period_start AND period_end = @period_end
