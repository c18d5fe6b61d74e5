-- Which editions of the digest @digest (bigint), for the readers of the cadence @cadence (text), with data of [@from, @to) (timestamptz)
-- were mailed, or may yet be? The latest first.
-- What was discarded counts where somebody had got it, or may have; what is in the archive, where a catch-up mail told of it.
SELECT e.edition_id, e.label, e.zone, e.state, e.period_start, e.period_end
FROM fortnight.editions e
WHERE e.digest_id = @digest AND e.cadence = @cadence AND e.period_start < @to AND e.period_end > @from
  AND (NOT e.archive
       OR EXISTS (SELECT 1
                  FROM fortnight.editions m
                  CROSS JOIN LATERAL jsonb_array_elements(m.catch_up) listed
                  WHERE m.digest_id = e.digest_id AND m.cadence = e.cadence AND NOT m.archive
                    AND (listed->>'from')::timestamptz = e.period_start AND (listed->>'to')::timestamptz = e.period_end))
  AND (e.state <> 'discarded'
       OR EXISTS (SELECT 1 FROM fortnight.deliveries d
                  WHERE d.edition_id = e.edition_id AND (d.state IN ('sending', 'sent', 'unknown') OR d.doubts > 0)))
ORDER BY e.period_start DESC, e.edition_id DESC
