-- Which editions of the project are held or parked? The oldest first.
SELECT e.edition_id
FROM fortnight.editions e
WHERE e.project_id = @project AND e.state IN ('held', 'parked')
ORDER BY e.due, e.edition_id
