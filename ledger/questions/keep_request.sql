-- Somebody who was forwarded the mail of the subscriber @forwarder (bigint) asks to be subscribed. A wish of the same address that is not
-- confirmed yet gives way to this one.
WITH older AS (
    DELETE FROM fortnight.requests
    WHERE digest_id = @digest AND lower(address) = lower(@address) AND confirmed_at IS NULL AND decided_at IS NULL AND made_at < @now::timestamptz - interval '1 hour'
)
INSERT INTO fortnight.requests (project_id, digest_id, forwarder_id, address, name, locale, token_hash, made_at, expires_at)
VALUES (@project_id, @digest, @forwarder, @address, @name, @locale, @token_hash, @now, @expires)
