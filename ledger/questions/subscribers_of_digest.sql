-- Who gets the digest @digest (bigint)? Neither those who unsubscribed nor those taken out of the configuration.
SELECT subscriber_id, name, address, locale, zone, audience, agent, pdf, added_by, added_at, token_sealed
FROM fortnight.subscribers
WHERE digest_id = @digest AND unsubscribed_at IS NULL AND removed_at IS NULL
ORDER BY subscriber_id
