-- Forget the address @address (text) in what was planned and sent. What is not sent yet is not sent.
UPDATE fortnight.deliveries d
SET recipient = jsonb_build_object('ID', 0, 'Name', '', 'Address', ''), answer = '', subscriber_id = NULL, changed_at = @now,
    state = CASE WHEN d.state NOT IN ('planned', 'deferred', 'sending') THEN d.state
                 WHEN d.doubts > 0 THEN 'unknown' -- it may have got there
                 ELSE 'suppressed' END,
    lease_until = NULL, held_by = NULL
WHERE lower(d.recipient ->> 'Address') = lower(@address::text)
RETURNING d.delivery_id
