-- Hold the subscriber @subscriber (bigint) against changes until the transaction ends, so that an unsubscribing either comes
-- before and is seen, or comes after the attempt has begun. Gives the sealed token.
SELECT token_sealed
FROM fortnight.subscribers
WHERE subscriber_id = @subscriber
FOR SHARE
