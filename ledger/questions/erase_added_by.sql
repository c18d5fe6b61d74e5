-- Forget the address @address (text) as the one who added others.
UPDATE fortnight.subscribers
SET added_by = ''
WHERE lower(added_by) = lower(@address::text)
