-- Forget that the person with the address @address (text) asked to be subscribed.
DELETE FROM fortnight.requests
WHERE lower(address) = lower(@address::text)
