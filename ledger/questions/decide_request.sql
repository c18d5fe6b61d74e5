-- The request @request (bigint) was approved, or not.
UPDATE fortnight.requests
SET decided_at = @now, approved = @approved
WHERE request_id = @request
