-- Renew the lease of an edition in work, that of who makes its variants, and that of its batch @batch (integer; -1: none). One that
-- waits is not shortened; of one that is held or parked something may be under way.
UPDATE fortnight.editions
SET lease_until = greatest(lease_until, @lease_until), rendering_until = CASE WHEN rendering_until IS NOT NULL THEN @lease_until END,
    batches_until[greatest(@batch::integer, 0) + 1] = CASE WHEN @batch::integer >= 0 THEN @lease_until ELSE batches_until[1] END
WHERE edition_id = @edition AND state NOT IN ('done', 'archived', 'discarded')
