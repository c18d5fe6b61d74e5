-- Plan an edition's deliveries, a page of them at a time.
INSERT INTO fortnight.deliveries (project_id, edition_id, subscriber_id, recipient, batch, state, message_id, dated, next_at, expires_at, changed_at)
SELECT @project_id, @edition, p.subscriber_id, p.recipient, p.batch, 'planned', p.message_id, p.next_at, p.next_at, p.next_at + @lasts::interval, @now
FROM unnest(@subscribers::bigint[], @recipients::jsonb[], @batches::integer[], @message_ids::text[], @next_at::timestamptz[])
     AS p (subscriber_id, recipient, batch, message_id, next_at)
ORDER BY p.subscriber_id
