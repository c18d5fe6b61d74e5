-- How many addresses may the project not write to?
SELECT count(*)
FROM fortnight.suppressions
WHERE project_id = @project
