-- Which editions of the project that were due since @since (timestamptz) have deliveries that failed, are unknown or expired and may
-- still be made? The oldest first. Who has left meanwhile needs nothing; one that is held, parked or discarded is decided as a whole.
SELECT e.edition_id
FROM fortnight.editions e
WHERE e.project_id = @project AND e.due >= @since AND e.state NOT IN ('held', 'parked', 'discarded')
  AND (e.counts IS NULL OR e.counts ?| ARRAY['failed', 'unknown', 'expired']) -- what was counted tells most of them apart without a look
  AND EXISTS (SELECT 1
              FROM fortnight.deliveries d
              JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
              WHERE d.edition_id = e.edition_id AND d.place IN (0, 1, 3) AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL)
ORDER BY e.due, e.edition_id
