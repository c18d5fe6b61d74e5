-- The console, the readers' pages and the API: people and what they may do, what readers choose for themselves, and walls between
-- projects.

-- People. They belong to no project: fortnight_tenant, the role that a project's questions are asked under, may not read them.

CREATE TABLE fortnight.accounts (
    account_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address    text        NOT NULL,
    name       text        NOT NULL DEFAULT '',
    operator   boolean     NOT NULL DEFAULT false, -- runs the installation: an owner of every project
    created_at timestamptz NOT NULL,
    seen_at    timestamptz
);
CREATE UNIQUE INDEX accounts_address ON fortnight.accounts (lower(address));

CREATE TABLE fortnight.sign_ins (
    token_hash   bytea       PRIMARY KEY, -- SHA-256 of the link's token
    account_id   bigint      NOT NULL REFERENCES fortnight.accounts ON DELETE CASCADE,
    browser_hash bytea,                   -- SHA-256 of the cookie of the browser that asked; null: an invitation, good in any
    made_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz
);
CREATE INDEX sign_ins_by_account ON fortnight.sign_ins (account_id, made_at);

CREATE TABLE fortnight.sessions (
    session_id bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    token_hash bytea       PRIMARY KEY, -- SHA-256 of the cookie's token
    account_id bigint      REFERENCES fortnight.accounts ON DELETE CASCADE, -- null: nobody yet
    data       bytea       NOT NULL,    -- the session manager's own: JSON; "account", "agent" and "from" of it are columns here
    agent      text        NOT NULL DEFAULT '',
    seen_from  text        NOT NULL DEFAULT '',
    made_at    timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_account ON fortnight.sessions (account_id);
CREATE INDEX sessions_by_end ON fortnight.sessions (expires_at);

CREATE TABLE fortnight.members (
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    account_id bigint      NOT NULL REFERENCES fortnight.accounts ON DELETE CASCADE,
    role       text        NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    added_at   timestamptz NOT NULL,
    PRIMARY KEY (project_id, account_id)
);
CREATE INDEX members_by_account ON fortnight.members (account_id);

CREATE TABLE fortnight.audit (
    audit_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    account_id bigint,              -- kept as a number when the account goes
    actor      text        NOT NULL, -- as printed
    via        text        NOT NULL,
    verb       text        NOT NULL,
    what       text        NOT NULL,
    details    jsonb       NOT NULL, -- of digest.Difference
    notes      jsonb       NOT NULL  -- of text
);
CREATE INDEX audit_by_project ON fortnight.audit (project_id, audit_id);

CREATE TABLE fortnight.api_tokens (
    token_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    name       text        NOT NULL,
    scopes     text[]      NOT NULL,
    token_hash bytea       NOT NULL UNIQUE, -- SHA-256
    hint       text        NOT NULL,
    made_by    text        NOT NULL,
    maker      bigint      NOT NULL, -- the account whose role it needs, gone or not; 0: the installation made it
    parent     bigint      NOT NULL, -- the key by which it was made, and with which it is revoked; 0: none
    made_at    timestamptz NOT NULL,
    used_at    timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz
);

CREATE TABLE fortnight.idempotency (
    project_id   bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL, -- SHA-256 of method, path and body
    status       integer     NOT NULL, -- 0: the first is under way
    body         bytea       NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (project_id, key)
);

CREATE TABLE fortnight.webhooks (
    webhook_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    url           text        NOT NULL,
    events        text[]      NOT NULL, -- kinds; empty: all
    active        boolean     NOT NULL,
    secret_sealed bytea       NOT NULL,
    made_at       timestamptz NOT NULL
);
CREATE INDEX webhooks_by_project ON fortnight.webhooks (project_id) WHERE active;

CREATE TABLE fortnight.postings (
    posting_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id  bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    webhook_id  bigint      NOT NULL, -- not looked up: that a webhook was removed just now must not stop a delivery from being recorded
    kind        text        NOT NULL,
    body        jsonb       NOT NULL,
    made_at     timestamptz NOT NULL,
    tries       integer     NOT NULL DEFAULT 0,
    next_at     timestamptz,          -- null: it has come to an end
    lease_until timestamptz,          -- while it is being posted
    done_at     timestamptz,
    status      integer     NOT NULL DEFAULT 0,
    answer      text        NOT NULL DEFAULT ''
);
CREATE INDEX postings_due ON fortnight.postings (webhook_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX postings_by_webhook ON fortnight.postings (webhook_id, posting_id);
CREATE INDEX postings_by_making ON fortnight.postings (made_at);

-- The configuration, as people change it.

CREATE TABLE fortnight.logos (
    project_id bigint  NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    hash       text    NOT NULL, -- SHA-256 of the PNG, hexadecimal
    png        bytea   NOT NULL,
    width      integer NOT NULL,
    height     integer NOT NULL,
    PRIMARY KEY (project_id, hash)
);

ALTER TABLE fortnight.projects ADD COLUMN logo text NOT NULL DEFAULT ''; -- a hash of fortnight.logos; old editions have older ones

ALTER TABLE fortnight.sources
    ADD COLUMN checked_at  timestamptz,
    ADD COLUMN fault       text  NOT NULL DEFAULT '', -- why it cannot be read; '' where it can
    ADD COLUMN fault_since timestamptz,
    ADD COLUMN checks      jsonb NOT NULL DEFAULT '[]', -- of a probe: digest.Check
    ADD COLUMN findings    jsonb NOT NULL DEFAULT '[]', -- of a probe, in words
    ADD COLUMN sections    jsonb NOT NULL DEFAULT '[]'; -- keys that the platform can fill

ALTER TABLE fortnight.digests
    ADD COLUMN version  integer NOT NULL DEFAULT 1, -- counts changes
    ADD COLUMN owner_id bigint REFERENCES fortnight.accounts ON DELETE SET NULL;

-- What readers choose for themselves.

ALTER TABLE fortnight.subscribers
    ADD COLUMN wishes     jsonb NOT NULL DEFAULT '{}', -- a digest.Wishes
    ADD COLUMN cadence    text  NOT NULL DEFAULT '',   -- of the wishes, where the digest allows it; '': the digest's own
    ADD COLUMN links_from timestamptz;                 -- links of editions opened before this are revoked; null: none is
CREATE INDEX subscribers_by_cadence ON fortnight.subscribers (digest_id, cadence) WHERE cadence <> '';

CREATE TABLE fortnight.reader_cadences (
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    digest_id  bigint      NOT NULL REFERENCES fortnight.digests ON DELETE CASCADE,
    cadence    text        NOT NULL, -- a kind that some reader has chosen
    last_due   timestamptz,          -- as digests.last_due
    PRIMARY KEY (digest_id, cadence)
);

ALTER TABLE fortnight.editions
    ADD COLUMN cadence    text NOT NULL DEFAULT '', -- of the readers it is for; '': the digest's own
    ADD COLUMN revoked_at timestamptz,              -- its links in mails; null: they are good
    DROP CONSTRAINT editions_digest_id_period_start_period_end_key,
    ADD UNIQUE (digest_id, cadence, period_start, period_end); -- an edition is made once
CREATE INDEX editions_by_digest ON fortnight.editions (digest_id, period_start DESC);
CREATE INDEX editions_by_project ON fortnight.editions (project_id, period_start DESC, edition_id DESC);

ALTER TABLE fortnight.variants
    ADD COLUMN sections text NOT NULL DEFAULT '',   -- of digest.Choice
    DROP CONSTRAINT variants_pkey,
    ADD PRIMARY KEY (edition_id, audience, locale, with_pdf, paper, sections);

CREATE TABLE fortnight.requests (
    request_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    digest_id     bigint      NOT NULL REFERENCES fortnight.digests ON DELETE CASCADE,
    forwarder_id  bigint      REFERENCES fortnight.subscribers ON DELETE SET NULL, -- whose mail it was
    address       text        NOT NULL,
    name          text        NOT NULL,
    locale        text        NOT NULL,
    token_hash    bytea       NOT NULL UNIQUE, -- of the link that confirms the address
    made_at       timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,        -- of that link
    confirmed_at  timestamptz,
    decided_at    timestamptz,                 -- approved, refused, or confirmed where that is enough
    approved      boolean
);
CREATE INDEX requests_open ON fortnight.requests (project_id) WHERE decided_at IS NULL;
CREATE INDEX requests_by_digest ON fortnight.requests (digest_id, lower(address));

-- What lists show and go by.

ALTER TABLE fortnight.deliveries
    -- Where it stands in a list: those that need somebody first. It is the same from planned to sending, so that the first writing of a
    -- delivery still leaves the indexes alone.
    ADD COLUMN place smallint NOT NULL GENERATED ALWAYS AS (
        CASE state WHEN 'failed' THEN 0 WHEN 'unknown' THEN 1 WHEN 'deferred' THEN 2 WHEN 'expired' THEN 3
                   WHEN 'sent' THEN 5 WHEN 'suppressed' THEN 6 ELSE 4 END) STORED;
CREATE INDEX deliveries_by_place ON fortnight.deliveries (edition_id, place, delivery_id) INCLUDE (project_id); -- the walls ask for it
DROP INDEX fortnight.deliveries_by_subscriber;
CREATE INDEX deliveries_by_subscriber ON fortnight.deliveries (subscriber_id, delivery_id);

ALTER TABLE fortnight.snapshots ADD COLUMN missing text[] NOT NULL DEFAULT '{}'; -- keys of sections that failed
UPDATE fortnight.snapshots
SET missing = ARRAY(SELECT x ->> 'key' FROM jsonb_array_elements(data -> 'sections') WITH ORDINALITY AS s (x, place)
                    WHERE x ->> 'status' = 'failed' ORDER BY place)
WHERE jsonb_path_exists(data, '$.sections[*] ? (@.status == "failed")');

ALTER TABLE fortnight.variants ADD COLUMN subject text NOT NULL DEFAULT ''; -- of its letter
UPDATE fortnight.variants SET subject = coalesce(letter ->> 'Subject', '');

-- How fortnight.suppressions knows an address. It stands beside a subscriber, as behind walls an index is asked for columns alone.
CREATE FUNCTION fortnight.address_hash(address text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT sha256(convert_to(lower(address), 'UTF8')) $$;

ALTER TABLE fortnight.subscribers
    ADD COLUMN address_hash bytea NOT NULL GENERATED ALWAYS AS (fortnight.address_hash(address)) STORED,
    -- People are listed by their names, and by their addresses where they have none.
    ADD COLUMN listed_as text NOT NULL GENERATED ALWAYS AS (lower(CASE WHEN name = '' THEN address ELSE name END)) STORED;
CREATE INDEX subscribers_by_name ON fortnight.subscribers (project_id, listed_as, subscriber_id);

ALTER TABLE fortnight.editions ADD COLUMN counts jsonb; -- how many of its deliveries are in each state, where none is open any more; null: not counted
UPDATE fortnight.editions e
SET counts = (SELECT coalesce(jsonb_object_agg(c.state, c.n), '{}')
              FROM (SELECT d.state, count(*) AS n FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id GROUP BY d.state) c)
WHERE e.state IN ('done', 'discarded');
CREATE INDEX editions_by_state ON fortnight.editions (project_id, state, period_start DESC, edition_id DESC);
CREATE INDEX editions_by_due ON fortnight.editions (project_id, due);
CREATE INDEX editions_by_age ON fortnight.editions (project_id, opened_at);
CREATE INDEX bounces_by_project ON fortnight.bounces (project_id, at);
CREATE INDEX suppressions_by_age ON fortnight.suppressions (project_id, at DESC, address_hash);

-- Walls between projects. What a person or a token asks of a project is asked under the role fortnight_tenant, in a transaction
-- that has set fortnight.project: whatever a question forgets to say, it sees that project's rows alone. The role can neither sign
-- in nor bypass this, and of the tables that belong to no project it has none.

DO $$
DECLARE
    me      text := quote_ident(current_user);
    my_role text := current_setting('role');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fortnight_tenant') THEN
        BEGIN
            CREATE ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server did it just now
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'fortnight_tenant' AND (rolcanlogin OR rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role fortnight_tenant may do too much: let an administrator run: ALTER ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS';
    END IF;
    FOR attempt IN 1..20 LOOP
        BEGIN
            PERFORM set_config('role', 'fortnight_tenant', true);
            PERFORM set_config('role', my_role, true);
            RETURN;
        EXCEPTION
            WHEN insufficient_privilege THEN NULL; -- not granted yet
        END;
        BEGIN
            EXECUTE 'GRANT fortnight_tenant TO ' || me;
        EXCEPTION
            WHEN unique_violation OR internal_error THEN NULL; -- another database is at it
        END;
    END LOOP;
    RAISE insufficient_privilege;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role fortnight_tenant is missing, or % may not take it: let an administrator run: CREATE ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS; GRANT fortnight_tenant TO %;', current_user, me;
END $$;

GRANT USAGE ON SCHEMA fortnight TO fortnight_tenant;

DO $$
DECLARE
    walled CONSTANT text[] := ARRAY['projects', 'sources', 'digests', 'subscribers', 'editions', 'snapshots', 'variants', 'deliveries', 'attempts',
        'suppressions', 'bounces', 'members', 'audit', 'api_tokens', 'idempotency', 'webhooks', 'postings', 'logos', 'reader_cadences', 'requests'];
    own    CONSTANT text := 'project_id = (SELECT nullif(current_setting(''fortnight.project'', true), '''')::bigint)';
    one    text;
    refers text;
BEGIN
    FOREACH one IN ARRAY walled LOOP
        -- What a row refers to is its own project's, too: a foreign key alone finds any.
        SELECT coalesce(string_agg(format(' AND (%1$I.%2$I IS NULL OR EXISTS (SELECT FROM %3$s r WHERE r.%4$I = %1$I.%2$I))',
                                          one, a.attname, f.confrelid::regclass, b.attname), '' ORDER BY f.conname), '')
        INTO refers
        FROM pg_constraint f
        JOIN pg_class c ON c.oid = f.confrelid
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
        JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
        WHERE f.contype = 'f' AND f.conrelid = format('fortnight.%I', one)::regclass AND c.relname = ANY (walled) AND c.relname <> 'projects';
        EXECUTE format('ALTER TABLE fortnight.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE fortnight.%I FORCE ROW LEVEL SECURITY', one);
        -- The service itself works on all projects.
        EXECUTE format('CREATE POLICY service ON fortnight.%I TO CURRENT_USER USING (true) WITH CHECK (true)', one);
        EXECUTE format('CREATE POLICY tenant ON fortnight.%I TO fortnight_tenant USING (%s) WITH CHECK (%s%s)', one, own, own, refers);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON fortnight.%I TO fortnight_tenant', one);
    END LOOP;
END $$;
REVOKE INSERT, DELETE ON fortnight.projects FROM fortnight_tenant;
REVOKE UPDATE, DELETE ON fortnight.audit FROM fortnight_tenant; -- what was done stays written

-- Where the service runs as another user than the one who migrates, an administrator admits that user: SELECT fortnight.admit('…')
CREATE FUNCTION fortnight.admit(who name) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one name;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA fortnight TO %I', who);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA fortnight TO %I', who);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA fortnight TO %I', who);
    EXECUTE format('GRANT fortnight_tenant TO %I', who);
    FOR one IN SELECT tablename FROM pg_policies WHERE schemaname = 'fortnight' AND policyname = 'service' LOOP
        EXECUTE format('DROP POLICY IF EXISTS %I ON fortnight.%I', 'service as ' || who, one);
        EXECUTE format('CREATE POLICY %I ON fortnight.%I TO %I USING (true) WITH CHECK (true)', 'service as ' || who, one, who);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION fortnight.admit FROM PUBLIC;

-- Events for webhooks, written with what they tell of. A trigger a statement: where no webhook listens it looks for one once for a
-- hundred deliveries (measured: 1 µs a delivery there, a trigger a row 6 µs).

ALTER TABLE fortnight.editions ADD COLUMN stopped_at timestamptz; -- when it was held or parked last

CREATE FUNCTION fortnight.edition_event(kind text, at timestamptz, e fortnight.editions, delivery jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', gen_random_uuid(), 'kind', kind, 'at', at, 'project', e.project ->> 'Key', 'digest', e.config ->> 'Key',
        'edition', jsonb_build_object('id', e.edition_id, 'label', e.label, 'from', e.period_start, 'to', e.period_end, 'zone', e.zone,
                                      'state', e.state, 'reason', e.reason))
        || CASE WHEN delivery IS NULL THEN '{}' ELSE jsonb_build_object('delivery', delivery) END
$$;

CREATE FUNCTION fortnight.delivery_event(d fortnight.deliveries) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', d.delivery_id, 'subscriber', d.subscriber_id, 'address', coalesce(d.recipient ->> 'Address', ''),
                              'state', d.state, 'attempts', d.attempts, 'code', d.code, 'status', d.status, 'answer', d.answer)
$$;

CREATE FUNCTION fortnight.post_editions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM fortnight.webhooks WHERE active) THEN
        RETURN NULL;
    END IF;
    INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at, next_at)
    SELECT e.project_id, w.webhook_id, k.kind, fortnight.edition_event(k.kind, k.at, e, NULL), k.at, k.at
    FROM is_now n
    JOIN was o ON o.edition_id = n.edition_id
    JOIN fortnight.editions e ON e.edition_id = n.edition_id
    CROSS JOIN LATERAL (
        SELECT 'edition.' || n.state AS kind,
               coalesce(CASE n.state WHEN 'ready' THEN coalesce(n.released_at, n.ready_at)
                                     WHEN 'done' THEN n.finished_at WHEN 'archived' THEN n.finished_at
                                     ELSE n.stopped_at END, clock_timestamp()) AS at
    ) k
    JOIN fortnight.webhooks w ON w.project_id = n.project_id AND w.active AND (w.events = '{}' OR k.kind = ANY (w.events))
    WHERE n.state <> o.state AND n.state IN ('ready', 'held', 'parked', 'done', 'archived')
    ORDER BY n.edition_id, w.webhook_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post_editions AFTER UPDATE ON fortnight.editions
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION fortnight.post_editions();

CREATE FUNCTION fortnight.post_deliveries() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM fortnight.webhooks WHERE active) THEN
        RETURN NULL;
    END IF;
    INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at, next_at)
    SELECT n.project_id, w.webhook_id, k.kind, fortnight.edition_event(k.kind, n.changed_at, e, fortnight.delivery_event(d)), n.changed_at, n.changed_at
    FROM is_now n
    JOIN was o ON o.delivery_id = n.delivery_id
    CROSS JOIN LATERAL (SELECT 'delivery.' || n.state AS kind) k
    JOIN fortnight.webhooks w ON w.project_id = n.project_id AND w.active AND (w.events = '{}' OR k.kind = ANY (w.events))
    JOIN fortnight.deliveries d ON d.delivery_id = n.delivery_id
    JOIN fortnight.editions e ON e.edition_id = n.edition_id
    WHERE n.state <> o.state AND n.state IN ('sent', 'failed', 'unknown', 'expired')
    ORDER BY n.delivery_id, w.webhook_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post_deliveries AFTER UPDATE ON fortnight.deliveries
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION fortnight.post_deliveries();

CREATE FUNCTION fortnight.post_bounces() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM fortnight.webhooks WHERE active) THEN
        RETURN NULL;
    END IF;
    INSERT INTO fortnight.postings (project_id, webhook_id, kind, body, made_at, next_at)
    SELECT n.project_id, w.webhook_id, 'delivery.bounced',
           fortnight.edition_event('delivery.bounced', n.at, e, fortnight.delivery_event(d)
               || jsonb_build_object('bounce', jsonb_build_object('kind', n.kind, 'status', n.status, 'diagnostic', n.diagnostic))),
           n.at, n.at
    FROM is_now n
    JOIN fortnight.webhooks w ON w.project_id = n.project_id AND w.active AND (w.events = '{}' OR 'delivery.bounced' = ANY (w.events))
    JOIN fortnight.deliveries d ON d.delivery_id = n.delivery_id
    JOIN fortnight.editions e ON e.edition_id = d.edition_id
    WHERE n.kind <> 'ignored'
    ORDER BY n.bounce_id, w.webhook_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post_bounces AFTER INSERT ON fortnight.bounces
    REFERENCING NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION fortnight.post_bounces();
