-- Forget the digest @digest (bigint), with its subscribers and editions.
DELETE FROM fortnight.digests
WHERE digest_id = @digest
