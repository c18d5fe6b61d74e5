-- Which changes of the project @project_id (bigint) name @what (text), or were made by somebody of that name? Up to @size (integer) of
-- them before the one numbered @before (bigint; 0: the newest).
SELECT audit_id, at, coalesce(account_id, 0) AS account_id, actor, via, verb, what, details, notes
FROM fortnight.audit
WHERE project_id = @project_id AND (@before::bigint = 0 OR audit_id < @before::bigint)
  AND (@what::text = '' OR position(lower(@what::text) IN lower(what)) > 0 OR position(lower(@what::text) IN lower(actor)) > 0)
ORDER BY audit_id DESC
LIMIT @size
