-- Write down changes of the project @project (bigint), in their order.
INSERT INTO fortnight.audit (project_id, at, account_id, actor, via, verb, what, details, notes)
SELECT @project, @now, nullif(@account::bigint, 0), @actor, @via, c.verb, c.what, c.details, c.notes
FROM unnest(@verbs::text[], @whats::text[], @details::jsonb[], @notes::jsonb[]) WITH ORDINALITY AS c (verb, what, details, notes, place)
ORDER BY c.place
