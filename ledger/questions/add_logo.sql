-- Keep a picture.
INSERT INTO fortnight.logos (project_id, hash, png, width, height)
VALUES (@project_id, @hash, @png, @width, @height)
ON CONFLICT (project_id, hash) DO NOTHING
