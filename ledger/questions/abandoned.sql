-- Which editions have something to be done since @grace (timestamptz) or earlier, and nobody who works on them?
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
ORDER BY e.edition_id
