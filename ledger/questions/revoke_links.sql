-- Links of editions that were opened before @now (timestamptz) are dead in the mails to the subscriber @subscriber (bigint).
UPDATE fortnight.subscribers
SET links_from = @now
WHERE subscriber_id = @subscriber
