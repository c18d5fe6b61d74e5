-- For the readers of which cadence is the edition @edition (bigint), and what may the readers of its digest choose now (a digest.Readers)?
SELECT e.cadence, coalesce(d.config -> 'Readers', '{}') AS readers
FROM fortnight.editions e
JOIN fortnight.digests d ON d.digest_id = e.digest_id
WHERE e.edition_id = @edition
