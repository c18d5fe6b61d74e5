-- Which deliveries of a batch have not come to an end, the next first? One in work is taken up again when its lease has run out.
-- Of an edition that is held or parked those in work alone: what became of them is still to be written.
SELECT d.delivery_id, d.edition_id, d.recipient, d.state, d.attempts, d.message_id, d.dated, coalesce(d.lease_until, d.next_at) AS next_at, d.answer, e.zone
FROM fortnight.deliveries d
JOIN fortnight.editions e ON e.edition_id = d.edition_id
WHERE d.edition_id = @edition AND d.batch = @batch AND d.open
  AND (e.state IN ('ready', 'sending') OR e.state IN ('held', 'parked') AND d.state = 'sending')
ORDER BY coalesce(d.lease_until, d.next_at), d.delivery_id
