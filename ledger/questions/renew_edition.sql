-- Renew the lease of an edition in work.
UPDATE fortnight.editions
SET lease_until = @lease_until
WHERE edition_id = @edition AND state IN ('due', 'collecting', 'ready', 'sending')
