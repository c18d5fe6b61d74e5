-- Of the address @address (text): does it get the digest @digest (bigint) already, may the project @project (bigint) not write to it, and
-- does a wish of it wait for a decision?
SELECT EXISTS (SELECT 1 FROM fortnight.subscribers
               WHERE digest_id = @digest AND lower(address) = lower(@address) AND unsubscribed_at IS NULL AND removed_at IS NULL) AS gets,
       EXISTS (SELECT 1 FROM fortnight.suppressions
               WHERE project_id = @project AND address_hash = sha256(convert_to(lower(@address::text), 'UTF8'))) AS suppressed,
       EXISTS (SELECT 1 FROM fortnight.requests
               WHERE digest_id = @digest AND lower(address) = lower(@address) AND confirmed_at IS NOT NULL AND decided_at IS NULL) AS waits
