-- The account @account (bigint, 0 for nobody) owns the digest @digest (bigint).
UPDATE fortnight.digests
SET owner_id = nullif(@account::bigint, 0)
WHERE digest_id = @digest
