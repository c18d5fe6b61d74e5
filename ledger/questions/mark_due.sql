-- Note that the schedule has dealt with the dues of the digest @digest (bigint) up to @due (timestamptz).
UPDATE fortnight.digests
SET last_due = greatest(last_due, @due)
WHERE digest_id = @digest
