-- Let one configuration be applied at a time, until the transaction ends.
SELECT pg_advisory_xact_lock(@lock)
