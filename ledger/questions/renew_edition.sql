-- Renew the lease of an edition in work, and that of who makes its variants. One that waits is not shortened; of one that is held or
-- parked something may be under way.
UPDATE fortnight.editions
SET lease_until = greatest(lease_until, @lease_until), rendering_until = CASE WHEN rendering_until IS NOT NULL THEN @lease_until END
WHERE edition_id = @edition AND state NOT IN ('done', 'archived', 'discarded')
