-- No delivery of the edition, locked by this transaction, lacks a variant.
UPDATE fortnight.editions
SET rendered_at = @now, rendering_until = NULL, tries = 0, reason = ''
WHERE edition_id = @edition
