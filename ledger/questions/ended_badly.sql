-- Which deliveries of the edition @edition (bigint) were not made, or may not have been? Up to @most (integer).
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, d.next_at, d.answer, d.code, d.status, d.changed_at, e.zone
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND d.state IN ('failed', 'unknown', 'expired')
ORDER BY d.delivery_id
LIMIT @most
