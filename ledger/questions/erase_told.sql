-- Forget causes that name the address @address (text).
DELETE FROM fortnight.told
WHERE position(lower(@address::text) IN lower(cause)) > 0
