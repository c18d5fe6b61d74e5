-- What was not begun when the edition was held leaves now (@leaves, timestamptz in whole seconds), and is dated so, unless its hour is
-- yet to come; the time in which any may be tried begins anew.
UPDATE fortnight.deliveries
SET next_at = CASE WHEN attempts = 0 THEN greatest(next_at, @leaves) ELSE next_at END,
    dated = CASE WHEN attempts = 0 THEN greatest(dated, @leaves) ELSE dated END,
    expires_at = greatest(expires_at, @expires_at), changed_at = @now
WHERE edition_id = @edition AND open
