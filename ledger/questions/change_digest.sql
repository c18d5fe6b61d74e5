-- Change a digest. One that is switched on begins with the period that is closed by then: what was due while it was off is not
-- made. One that gets another kind of cadence (@anew) begins with the next due of that: it has not missed what the new kind would
-- have made before.
UPDATE fortnight.digests
SET config = @config, active = @active, version = version + 1,
    last_due = CASE WHEN @active AND NOT active THEN NULL WHEN @anew AND last_due < @now THEN @now ELSE last_due END
WHERE digest_id = @digest
