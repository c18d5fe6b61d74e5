-- The edition @edition (bigint), locked by this transaction, is being sent again: its batches from @first to @last (integer) wait for a
-- worker since @now (timestamptz), and whether a variant is lacking is looked at anew.
UPDATE fortnight.editions e
SET state = CASE WHEN e.state = 'done' THEN 'sending' ELSE e.state END, finished_at = NULL, reason = '', tries = 0,
    lease_until = CASE WHEN e.state = 'done' THEN @now ELSE e.lease_until END, rendered_at = NULL, counts = NULL,
    batches_until[@first::integer + 1 : @last::integer + 1] = array_fill(@now::timestamptz, ARRAY[@last::integer - @first::integer + 1]),
    failed = (SELECT count(*) FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id AND d.place = 0)
WHERE e.edition_id = @edition
