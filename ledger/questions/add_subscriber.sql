-- Add a subscriber.
INSERT INTO fortnight.subscribers (project_id, digest_id, name, address, locale, zone, audience, agent, pdf, added_by, added_at, token_hash, token_sealed)
VALUES (@project_id, @digest, @name, @address, @locale, @zone, @audience, @agent, @pdf, @added_by, @now, @token_hash, @token_sealed)
