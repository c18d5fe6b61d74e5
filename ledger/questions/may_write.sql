-- May the subscriber @subscriber (bigint; null: erased) be written to at @address (text) for the project @project_id (bigint)?
-- One row; why_not is empty where he may.
SELECT coalesce(
    (SELECT 'suppressed: ' || x.reason FROM fortnight.suppressions x WHERE x.project_id = @project_id AND x.address_hash = sha256(convert_to(lower(@address::text), 'UTF8'))),
    (SELECT CASE WHEN s.unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN s.removed_at IS NOT NULL THEN 'removed from the digest' ELSE '' END
     FROM fortnight.subscribers s WHERE s.subscriber_id = @subscriber),
    'erased') AS why_not
