-- What the further sections need: when a project is open.

ALTER TABLE fortnight.projects
    ADD COLUMN hours jsonb NOT NULL DEFAULT '{}'; -- a digest.Hours; without windows there is no calendar
