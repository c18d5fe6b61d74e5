-- Keep how many deliveries of the edition @edition (bigint), which this transaction has locked, are in each state: none is open any more.
UPDATE fortnight.editions e
SET counts = (SELECT coalesce(jsonb_object_agg(c.state, c.n), '{}')
              FROM (SELECT d.state, count(*) AS n FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id GROUP BY d.state) c)
WHERE e.edition_id = @edition
