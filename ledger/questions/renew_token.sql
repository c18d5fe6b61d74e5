-- Give a subscription a new token: links in mails sent before end.
UPDATE fortnight.subscribers SET token_hash = @token_hash, token_sealed = @token_sealed WHERE subscriber_id = @subscriber
