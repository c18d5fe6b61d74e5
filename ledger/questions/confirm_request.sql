-- Who made the request @request (bigint) has its address.
UPDATE fortnight.requests
SET confirmed_at = coalesce(confirmed_at, @now)
WHERE request_id = @request
