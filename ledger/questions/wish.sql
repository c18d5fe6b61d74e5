-- The subscriber @subscriber (bigint) chooses @wishes (jsonb), among them the cadence @cadence (text; '': the digest's own).
UPDATE fortnight.subscribers
SET wishes = @wishes, cadence = @cadence
WHERE subscriber_id = @subscriber
