-- Renew the lease of an edition in work, and that of who makes its variants. One that waits is not shortened.
UPDATE fortnight.editions
SET lease_until = greatest(lease_until, @lease_until), rendering_until = CASE WHEN rendering_until IS NOT NULL THEN @lease_until END
WHERE edition_id = @edition AND state IN ('due', 'collecting', 'ready', 'sending')
