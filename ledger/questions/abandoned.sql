-- Which editions have something to be done since @grace (timestamptz) or earlier, and nobody who works on them? Of one that is held or
-- parked that is what its last workers had under way when they were killed. It is looked for within an hour: who decides about the
-- edition later finds it, too.
SELECT e.edition_id, e.lease_until
FROM fortnight.editions e
WHERE e.state IN ('due', 'collecting', 'ready', 'sending') AND e.lease_until <= @now
  AND (e.state IN ('due', 'collecting') AND e.lease_until <= @grace
       OR EXISTS (SELECT 1 FROM fortnight.deliveries d
                  WHERE d.edition_id = e.edition_id AND d.open
                    AND coalesce(d.lease_until, d.next_at) <= @grace)
       OR e.state IN ('ready', 'sending')
          AND NOT EXISTS (SELECT 1 FROM fortnight.deliveries d
                          WHERE d.edition_id = e.edition_id AND d.open))
UNION ALL
SELECT e.edition_id, e.lease_until
FROM fortnight.editions e
WHERE e.state IN ('held', 'parked') AND e.lease_until BETWEEN @now::timestamptz - interval '1 hour' AND @now
  AND EXISTS (SELECT 1 FROM fortnight.deliveries d
              WHERE d.edition_id = e.edition_id AND d.open AND d.state = 'sending' AND d.lease_until <= @grace)
ORDER BY edition_id
