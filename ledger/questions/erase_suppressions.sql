-- Forget the address @address (text) where it is suppressed. Its hash stays: it is still not to be written to.
UPDATE fortnight.suppressions
SET address = ''
WHERE address_hash = sha256(convert_to(lower(@address::text), 'UTF8'))
