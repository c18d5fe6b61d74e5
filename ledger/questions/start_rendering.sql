-- The variants of the edition, locked by this transaction, are being made until @lease_until (timestamptz).
UPDATE fortnight.editions
SET tries = tries + 1, rendering_until = @lease_until, reason = @reason, choices = @choices
WHERE edition_id = @edition
