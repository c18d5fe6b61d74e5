-- Remove a source.
DELETE FROM fortnight.sources
WHERE project_id = @project_id AND key = @key
