-- Note a report about the delivery @delivery (bigint), once, and give whom it went to. No row: there is no such delivery, or the
-- report was noted before. What it says of an erased person is not kept.
WITH noted AS (
    INSERT INTO fortnight.bounces (project_id, delivery_id, kind, status, diagnostic, report_hash, at)
    SELECT d.project_id, d.delivery_id, @kind, @status, CASE WHEN d.subscriber_id IS NULL THEN '' ELSE @diagnostic END, @report_hash, @now
    FROM fortnight.deliveries d
    WHERE d.delivery_id = @delivery
    ON CONFLICT (delivery_id, report_hash) DO NOTHING
    RETURNING delivery_id
)
SELECT d.project_id, d.subscriber_id, coalesce(d.recipient ->> 'Address', '') AS address
FROM noted n
JOIN fortnight.deliveries d ON d.delivery_id = n.delivery_id
