-- Forget a person in what was written down: an address as the patterns @plain (text) and @inside (text; in JSON) find it, and what the
-- accounts @accounts (bigint[]) were called. Of a line about the person stays what was done, and when.
UPDATE fortnight.audit
SET details = CASE WHEN what ~* @plain THEN '[]' ELSE regexp_replace(details::text, @inside, '(erased)', 'gi')::jsonb END,
    notes = regexp_replace(notes::text, @inside, '(erased)', 'gi')::jsonb,
    what = regexp_replace(what, @plain, '(erased)', 'gi'),
    actor = CASE WHEN account_id = ANY (@accounts::bigint[]) THEN '(erased)' ELSE regexp_replace(actor, @plain, '(erased)', 'gi') END
WHERE what ~* @plain OR actor ~* @plain OR details::text ~* @inside OR notes::text ~* @inside OR account_id = ANY (@accounts::bigint[])
