-- Where do the periods end that the subscriber @subscriber (bigint) had, may have had or is to get? Null where there is none. It is what
-- planning goes by (readers_of_digest.sql).
SELECT max(e.period_end) AS until
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.subscriber_id = @subscriber
  AND (d.state IN ('sending', 'sent', 'unknown') OR d.doubts > 0
       OR d.state IN ('planned', 'deferred', 'failed') AND e.state <> 'discarded')
