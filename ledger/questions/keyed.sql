-- What became of the act that was begun under the idempotency key @key (text)? Its status is 0 while it is under way.
SELECT request_hash, status, body
FROM fortnight.idempotency
WHERE project_id = @project_id AND key = @key
