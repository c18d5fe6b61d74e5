-- Which editions have something to be done since @grace (timestamptz) or earlier, and nobody who works on it? A batch may be abandoned
-- while others of its edition are worked on: whoever was at it has been killed. Of an edition that is held or parked it is what its
-- last workers had under way when they were killed; that is looked for within an hour: who decides about the edition later finds it, too.
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
SELECT e.edition_id, b.lease_until
FROM fortnight.editions e
CROSS JOIN LATERAL (
    SELECT min(e.batches_until[d.batch + 1]) AS lease_until
    FROM fortnight.deliveries d
    WHERE d.edition_id = e.edition_id AND d.open AND coalesce(d.lease_until, d.next_at) <= @grace AND e.batches_until[d.batch + 1] <= @grace
) b
WHERE e.state IN ('ready', 'sending') AND e.lease_until > @now AND b.lease_until IS NOT NULL
UNION ALL
SELECT e.edition_id, e.lease_until
FROM fortnight.editions e
WHERE e.state IN ('held', 'parked') AND e.lease_until BETWEEN @now::timestamptz - interval '1 hour' AND @now
  AND EXISTS (SELECT 1 FROM fortnight.deliveries d
              WHERE d.edition_id = e.edition_id AND d.open AND d.state = 'sending' AND d.lease_until <= @grace)
ORDER BY edition_id
