-- Who gets an edition of the digest @digest (bigint) that is for the readers of the cadence @cadence (text; '': the digest's own)?
-- A cadence that a reader chose counts where it is among @allowed (text[]). Neither those who unsubscribed nor those taken out of the
-- configuration; nor those who had, may have had or are to get one of the editions @others (bigint[]), whose days this one shares.
-- Up to @page (integer) of them, whose numbers come after @after (bigint).
SELECT s.subscriber_id, s.name, s.address, s.locale, s.zone, s.audience, s.agent, s.pdf, s.added_by, s.added_at, s.wishes
FROM fortnight.subscribers s
WHERE s.digest_id = @digest AND s.subscriber_id > @after AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL
  AND CASE WHEN s.cadence = ANY (@allowed::text[]) THEN s.cadence ELSE '' END = @cadence
  AND NOT EXISTS (SELECT 1
                  FROM fortnight.deliveries d
                  JOIN fortnight.editions e ON e.edition_id = d.edition_id
                  WHERE d.edition_id = ANY (@others::bigint[]) AND d.subscriber_id = s.subscriber_id
                    AND (d.state IN ('sending', 'sent', 'unknown') OR d.doubts > 0
                         OR d.state IN ('planned', 'deferred', 'failed') AND e.state <> 'discarded'))
ORDER BY s.subscriber_id
LIMIT @page
