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
    webhook_id  bigint      NOT NULL REFERENCES fortnight.webhooks ON DELETE CASCADE,
    kind        text        NOT NULL,
    body        jsonb       NOT NULL,
    made_at     timestamptz NOT NULL,
    tries       integer     NOT NULL DEFAULT 0,
    next_at     timestamptz,           -- null: it has come to an end
    lease_until timestamptz,           -- while it is being posted
    done_at     timestamptz,
    status      integer     NOT NULL DEFAULT 0,
    answer      text        NOT NULL DEFAULT ''
);
CREATE INDEX postings_due ON fortnight.postings (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX postings_by_webhook ON fortnight.postings (webhook_id, posting_id);

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

-- Walls between projects. What a person or a token asks of a project is asked under the role fortnight_tenant, in a transaction
-- that has set fortnight.project: whatever a question forgets to say, it sees that project's rows alone. The role can neither sign
-- in nor bypass this, and of the tables that belong to no project it has none.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fortnight_tenant') THEN
        CREATE ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role(current_user, 'fortnight_tenant', 'MEMBER') OR current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE format('GRANT fortnight_tenant TO %I', current_user);
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation OR internal_error THEN NULL; -- another database of this server did it just now
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role fortnight_tenant is missing, or is not granted to %: let an administrator run: CREATE ROLE fortnight_tenant NOLOGIN NOSUPERUSER NOBYPASSRLS; GRANT fortnight_tenant TO %', current_user, quote_ident(current_user);
END $$;

GRANT USAGE ON SCHEMA fortnight TO fortnight_tenant;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['projects', 'sources', 'digests', 'subscribers', 'editions', 'snapshots', 'variants', 'deliveries', 'attempts',
        'suppressions', 'bounces', 'members', 'audit', 'api_tokens', 'idempotency', 'webhooks', 'postings', 'logos', 'reader_cadences', 'requests']
    LOOP
        EXECUTE format('ALTER TABLE fortnight.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE fortnight.%I FORCE ROW LEVEL SECURITY', one);
        -- The service itself works on all projects.
        EXECUTE format('CREATE POLICY service ON fortnight.%I TO CURRENT_USER USING (true) WITH CHECK (true)', one);
        EXECUTE format('CREATE POLICY tenant ON fortnight.%I TO fortnight_tenant
            USING (project_id = (SELECT nullif(current_setting(''fortnight.project'', true), '''')::bigint))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON fortnight.%I TO fortnight_tenant', one);
    END LOOP;
END $$;
REVOKE INSERT, DELETE ON fortnight.projects FROM fortnight_tenant;
REVOKE UPDATE, DELETE ON fortnight.audit FROM fortnight_tenant; -- what was done stays written
