-- Change a digest. One that is switched on begins with the period that is closed by then: what was due while it was off is not made.
UPDATE fortnight.digests
SET config = @config, last_due = CASE WHEN @active AND NOT active THEN NULL ELSE last_due END, active = @active
WHERE digest_id = @digest
