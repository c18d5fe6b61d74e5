-- Helper: the conversations in which something happened in the period, in Chatwoot's own type.
SELECT t.id
FROM unnest(@touched_ids::text[]::int[]) AS t (id)
