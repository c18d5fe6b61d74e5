-- Forget the pictures that neither a project nor one of its editions shows.
DELETE FROM fortnight.logos l
WHERE NOT EXISTS (SELECT 1 FROM fortnight.projects p WHERE p.project_id = l.project_id AND p.logo = l.hash)
  AND NOT EXISTS (SELECT 1 FROM fortnight.editions e WHERE e.project_id = l.project_id AND e.project -> 'Brand' ->> 'Logo' = l.hash)
