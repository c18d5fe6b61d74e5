-- Keep a token sealed anew.
UPDATE fortnight.subscribers SET token_sealed = @sealed WHERE subscriber_id = @id
