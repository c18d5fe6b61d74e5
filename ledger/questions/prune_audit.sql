-- Forget what was done long ago.
DELETE FROM fortnight.audit WHERE at < @before
