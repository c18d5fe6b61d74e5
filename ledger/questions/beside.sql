-- Which editions that the subscriber @subscriber (bigint) can read come before and after the edition @edition (bigint), whose period
-- begins at @start (timestamptz)? Those opened before @since (timestamptz), and those whose links were revoked, cannot be read; nor can
-- those that are not rendered, or are for nobody. Up to one of each.
WITH readable AS (
    SELECT e.edition_id, e.zone, e.period_start, e.period_end
    FROM fortnight.deliveries d
    JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
    JOIN fortnight.editions e ON e.edition_id = d.edition_id
    WHERE d.subscriber_id = @subscriber AND EXISTS (SELECT 1 FROM fortnight.variants v WHERE v.edition_id = e.edition_id) AND e.revoked_at IS NULL AND e.opened_at >= @since
      AND coalesce(e.opened_at >= s.links_from, true) AND (e.state NOT IN ('held', 'parked', 'discarded') OR d.attempts > 0)
)
(SELECT edition_id, zone, period_start, period_end, false AS later
 FROM readable
 WHERE (period_start, edition_id) < (@start::timestamptz, @edition::bigint)
 ORDER BY period_start DESC, edition_id DESC
 LIMIT 1)
UNION ALL
(SELECT edition_id, zone, period_start, period_end, true AS later
 FROM readable
 WHERE (period_start, edition_id) > (@start::timestamptz, @edition::bigint)
 ORDER BY period_start, edition_id
 LIMIT 1)
