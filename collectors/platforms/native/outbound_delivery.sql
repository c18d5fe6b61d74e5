-- The attempts before the period's end at each recipient whose first attempt lies in the period.
SELECT d.tenant_id, d.delivery_id, d.campaign_id, d.user_id, d.attempt, d.attempted_at,
    CASE WHEN d.sent_at < @to::timestamptz THEN d.sent_at END AS sent_at,
    CASE WHEN d.delivered_at < @to::timestamptz THEN d.delivered_at END AS delivered_at,
    CASE WHEN d.read_at < @to::timestamptz THEN d.read_at END AS read_at,
    CASE WHEN d.failed_at < @to::timestamptz THEN d.failed_at END AS failed_at,
    CASE
        WHEN d.read_at < @to::timestamptz THEN 'read'
        WHEN d.delivered_at < @to::timestamptz THEN 'delivered'
        WHEN d.failed_at < @to::timestamptz THEN 'failed'
        WHEN d.sent_at < @to::timestamptz THEN 'sent'
        ELSE 'pending'
    END AS status,
    d.has_receipts,
    CASE WHEN d.failed_at < @to::timestamptz THEN d.failure_reason END AS failure_reason,
    CASE WHEN d.first_response_at < @to::timestamptz THEN d.first_response_at END AS first_response_at,
    CASE WHEN d.finished_at < @to::timestamptz THEN d.finished_at END AS finished_at,
    CASE WHEN d.last_activity_at < @to::timestamptz THEN d.last_activity_at END AS last_activity_at,
    d.session_status, d.variables
FROM fortnight_events.outbound_delivery d
WHERE d.tenant_id = @tenant::text AND d.attempted_at >= @from::timestamptz AND d.attempted_at < @to::timestamptz
    AND NOT EXISTS ( -- an earlier one, by the index on recipient
        SELECT
        FROM fortnight_events.outbound_delivery e
        WHERE e.tenant_id = @tenant::text AND e.campaign_id = d.campaign_id AND e.user_id = d.user_id AND e.attempted_at < @from::timestamptz
        OFFSET 0)
