-- Which editions of the project were, or are, due in [@from, @to) (timestamptz)? The earliest first.
SELECT e.edition_id
FROM fortnight.editions e
WHERE e.project_id = @project AND e.due >= @from AND e.due < @to
ORDER BY e.due, e.edition_id
