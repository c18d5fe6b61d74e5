-- Who gets the digest @digest (bigint)? Neither those who unsubscribed nor those taken out of the configuration; up to @page
-- (integer) of them, whose numbers come after @after (bigint).
SELECT subscriber_id, name, address, locale, zone, audience, pdf, added_by, added_at, unsubscribed_at, removed_at
FROM fortnight.subscribers
WHERE digest_id = @digest AND subscriber_id > @after AND unsubscribed_at IS NULL AND removed_at IS NULL
ORDER BY subscriber_id
LIMIT @page
