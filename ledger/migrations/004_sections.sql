-- What the further sections need: when a project is open, whose open conversations somebody gets, where a platform shows one,
-- with which projects one shares its numbers.

ALTER TABLE fortnight.projects
    ADD COLUMN hours  jsonb  NOT NULL DEFAULT '{}', -- a digest.Hours; without windows there is no calendar
    ADD COLUMN shares text[] NOT NULL DEFAULT '{}'; -- keys of the projects whose digests may sum its numbers up

ALTER TABLE fortnight.subscribers
    ADD COLUMN agent text NOT NULL DEFAULT ''; -- who they are on the platform; '': nobody there

ALTER TABLE fortnight.sources
    ADD COLUMN link text NOT NULL DEFAULT ''; -- where the platform shows a conversation, with {tenant} and {conversation}

ALTER TABLE fortnight.variants
    ADD COLUMN agent text NOT NULL DEFAULT '', -- of digest.Choice
    ADD COLUMN files jsonb NOT NULL DEFAULT '[]', -- digest.File without its data
    ADD COLUMN contents bytea[] NOT NULL DEFAULT '{}', -- in the order of files
    DROP CONSTRAINT variants_pkey,
    ADD PRIMARY KEY (edition_id, audience, locale, with_pdf, paper, sections, agent);
