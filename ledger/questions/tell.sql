-- Note that somebody is being told of @cause (text). No row: that was done after @since (timestamptz).
INSERT INTO fortnight.told (project_id, cause, at)
VALUES ((SELECT p.project_id FROM fortnight.projects p WHERE p.key = @project), @cause, @now)
ON CONFLICT (cause) DO UPDATE SET at = excluded.at, project_id = excluded.project_id
WHERE fortnight.told.at <= @since
RETURNING cause
