-- What are the keys of all projects, or of the one that is called @project (text)? The empty name is all.
SELECT key
FROM fortnight.projects
WHERE key = @project OR @project = ''
ORDER BY key
