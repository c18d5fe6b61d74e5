-- Forget the subscriptions of the address @address (text).
DELETE FROM fortnight.subscribers
WHERE lower(address) = lower(@address::text)
