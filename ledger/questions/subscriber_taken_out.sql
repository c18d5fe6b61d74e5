-- Take the subscriber @subscriber (bigint) out of his digest at @now (timestamptz). No row: he is out already.
UPDATE fortnight.subscribers
SET removed_at = @now
WHERE subscriber_id = @subscriber AND removed_at IS NULL
RETURNING subscriber_id
