-- How many changes of the project @project_id (bigint) name @what (text), or were made by somebody of that name?
SELECT count(*)
FROM fortnight.audit
WHERE project_id = @project_id
  AND (@what::text = '' OR position(lower(@what::text) IN lower(what)) > 0 OR position(lower(@what::text) IN lower(actor)) > 0)
