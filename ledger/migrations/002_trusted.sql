-- What it takes to trust the sender: reasons and tries of editions, doubt about deliveries, bounces, and who was told what.

ALTER TABLE fortnight.projects
    ADD COLUMN hold_unknown boolean NOT NULL DEFAULT false; -- a delivery whose answer never came: held, or tried once more

ALTER TABLE fortnight.editions
    ADD COLUMN start_at     timestamptz,                   -- not begun before: due, or later by the digest's jitter
    ADD COLUMN reason       text    NOT NULL DEFAULT '',   -- why it is held, parked or archived; what it waits for
    ADD COLUMN tries        integer NOT NULL DEFAULT 0,    -- to collect or to render it, that came to nothing
    ADD COLUMN catch_up     jsonb   NOT NULL DEFAULT '[]', -- the missed periods {from, to} that its mail tells of, newest first
    ADD COLUMN next_at      timestamptz,                   -- not taken up before: start_at, or later where it was put off or a try failed
    ADD COLUMN why_archived text    NOT NULL DEFAULT '',   -- beside archive
    ADD COLUMN choices      jsonb,                         -- digest.Choice of all its deliveries; null: not looked up yet
    ADD COLUMN rendering_until timestamptz,                -- while variants are made: the lease of the one who makes them
    ADD COLUMN rendered_at  timestamptz,                   -- no delivery lacks a variant since
    ADD COLUMN batches_until timestamptz[] NOT NULL DEFAULT '{}', -- leases of batches, the first is of batch 0; null: it waits for a worker
    ADD COLUMN hold_unknown boolean NOT NULL DEFAULT false, -- the project's choice when it was opened
    ADD COLUMN released_at  timestamptz,                   -- by a person, after it was held
    DROP CONSTRAINT editions_digest_id_period_start_key,
    ADD UNIQUE (digest_id, period_start, period_end);      -- an edition is made once

CREATE INDEX editions_stopped ON fortnight.editions (lease_until) WHERE state IN ('held', 'parked');

UPDATE fortnight.editions SET start_at = due, next_at = due, why_archived = CASE WHEN archive THEN 'missed' ELSE '' END;

ALTER TABLE fortnight.editions
    ALTER COLUMN start_at SET NOT NULL,
    ALTER COLUMN next_at SET NOT NULL;

ALTER TABLE fortnight.deliveries
    ADD COLUMN held_by text,                       -- while sending: the turn that began it
    ADD COLUMN doubts  integer NOT NULL DEFAULT 0, -- attempts whose answer never came
    -- The index asks this and not the state itself: what changes no indexed column is written to no index.
    ADD COLUMN open    boolean NOT NULL GENERATED ALWAYS AS (state IN ('planned', 'sending', 'deferred')) STORED;

DROP INDEX fortnight.deliveries_open;
CREATE INDEX deliveries_open ON fortnight.deliveries (edition_id, batch) WHERE open;
-- A delivery is written at least twice. Room beside it lets the first of these stay on its page, and leave the indexes alone.
ALTER TABLE fortnight.deliveries SET (fillfactor = 50);
CREATE INDEX subscribers_by_digest ON fortnight.subscribers (digest_id, subscriber_id);

ALTER TABLE fortnight.editions
    ADD COLUMN planned integer NOT NULL DEFAULT 0, -- deliveries
    ADD COLUMN failed  integer NOT NULL DEFAULT 0; -- of them

UPDATE fortnight.editions e
SET (planned, failed) = (SELECT count(*), count(*) FILTER (WHERE d.state = 'failed') FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id);

-- An attempt under way stands with its delivery alone; it is written here when it has ended, together with its delivery. To look that
-- up once more, and its project, would lock both rows at each attempt. Attempts go before their deliveries do: they are kept for less
-- long.
DELETE FROM fortnight.attempts WHERE state = 'sending';
ALTER TABLE fortnight.attempts DROP CONSTRAINT attempts_project_id_fkey, DROP CONSTRAINT attempts_delivery_id_fkey;

-- An attempt that an older version had begun and not handed over is in doubt like any other.
ALTER TABLE fortnight.deliveries DROP COLUMN handed_at;

-- What came back after a delivery was sent: reports by mail (RFC 3464, RFC 5965).
CREATE TABLE fortnight.bounces (
    bounce_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id  bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    delivery_id bigint      NOT NULL REFERENCES fortnight.deliveries ON DELETE CASCADE,
    kind        text        NOT NULL CHECK (kind IN ('hard', 'soft', 'delayed', 'complaint', 'ignored')),
    status      text        NOT NULL, -- enhanced status code (RFC 3463), '' where none came
    diagnostic  text        NOT NULL, -- the remote server's words
    report_hash bytea       NOT NULL, -- SHA-256 of the report: read twice, it is one
    at          timestamptz NOT NULL,
    UNIQUE (delivery_id, report_hash)
);

-- Which causes the admin was told of, so that many processes tell each at most once an hour.
CREATE TABLE fortnight.told (
    project_id bigint      REFERENCES fortnight.projects ON DELETE CASCADE, -- null: the installation's own
    cause      text        PRIMARY KEY,
    at         timestamptz NOT NULL
);
