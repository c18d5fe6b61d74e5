-- Of how many of the same deliveries came a report that they did not arrive, hard or soft, and of how many one that they were called spam?
SELECT count(DISTINCT d.delivery_id) FILTER (WHERE e.opened_at >= @since AND b.kind IN ('hard', 'soft')) AS bounced,
       count(DISTINCT d.delivery_id) FILTER (WHERE e.opened_at >= @since AND b.kind = 'complaint') AS complained,
       count(DISTINCT d.delivery_id) FILTER (WHERE e.opened_at < @since AND b.kind IN ('hard', 'soft')) AS bounced_before,
       count(DISTINCT d.delivery_id) FILTER (WHERE e.opened_at < @since AND b.kind = 'complaint') AS complained_before
FROM fortnight.bounces b
JOIN fortnight.deliveries d ON d.delivery_id = b.delivery_id
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE b.project_id = @project AND b.at >= @before AND e.opened_at >= @before AND d.state = 'sent'
