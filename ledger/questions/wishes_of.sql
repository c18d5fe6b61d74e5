-- What has the subscriber @subscriber (bigint) chosen? It stays so until the transaction ends.
SELECT wishes
FROM fortnight.subscribers
WHERE subscriber_id = @subscriber
FOR UPDATE
