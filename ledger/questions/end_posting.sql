-- Write what became of the @tries-th try of the posting @posting (bigint): @next_at (timestamptz) is null where it has come to an end.
UPDATE fortnight.postings
SET status = @status, answer = @answer, next_at = @next_at, lease_until = NULL, done_at = @done_at
WHERE posting_id = @posting AND tries = @tries AND done_at IS NULL
