-- Of which of the deliveries @deliveries (bigint[]) has the subscriber had, may have had or is to get one of the editions @others
-- (bigint[])? One that failed there was not had.
SELECT d.delivery_id
FROM fortnight.deliveries d
WHERE d.delivery_id = ANY (@deliveries::bigint[])
  AND EXISTS (SELECT 1
              FROM fortnight.deliveries o
              JOIN fortnight.editions e ON e.edition_id = o.edition_id
              WHERE o.edition_id = ANY (@others::bigint[]) AND o.subscriber_id = d.subscriber_id
                AND (o.state IN ('sending', 'sent', 'unknown') OR o.doubts > 0
                     OR o.state IN ('planned', 'deferred') AND e.state <> 'discarded'))
ORDER BY d.delivery_id
