-- Keep the deliveries of the edition @edition (bigint) that may be made once more from changing until the transaction ends: all that
-- failed or expired, or where @named (bigint[]) says which, those of them, and of these also what is unknown. Left out is to whom no mail goes
-- any more: who has left, was erased, or has an address that the project may not write to.
SELECT d.delivery_id
FROM fortnight.deliveries d
JOIN fortnight.subscribers s ON s.subscriber_id = d.subscriber_id
WHERE d.edition_id = @edition AND d.place IN (0, 1, 3) AND (d.state <> 'unknown' OR @named::bigint[] <> '{}')
  AND (@named::bigint[] = '{}' OR d.delivery_id = ANY (@named::bigint[]))
  AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM fortnight.suppressions x WHERE x.project_id = s.project_id AND x.address_hash = s.address_hash)
ORDER BY d.delivery_id
FOR UPDATE OF d
