-- Which editions of the same digest and cadence come before and after the edition @edition (bigint)? 0: there is none. No row: there is
-- no such edition.
SELECT coalesce((SELECT b.edition_id
                 FROM fortnight.editions b
                 WHERE b.digest_id = e.digest_id AND b.cadence = e.cadence AND (b.period_start, b.edition_id) < (e.period_start, e.edition_id)
                 ORDER BY b.period_start DESC, b.edition_id DESC
                 LIMIT 1), 0) AS before,
       coalesce((SELECT a.edition_id
                 FROM fortnight.editions a
                 WHERE a.digest_id = e.digest_id AND a.cadence = e.cadence AND (a.period_start, a.edition_id) > (e.period_start, e.edition_id)
                 ORDER BY a.period_start, a.edition_id
                 LIMIT 1), 0) AS after
FROM fortnight.editions e
WHERE e.edition_id = @edition
