-- One planning of the digest @digest (bigint) at a time: who is planned for one edition is seen by the next. @lock (integer) tells
-- it from other locks.
SELECT pg_advisory_xact_lock(@lock, hashint8(@digest))
