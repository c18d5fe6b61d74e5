-- The ledger: what was planned, collected and sent. Every table carries project_id, so that a tenant's rows can be found,
-- moved and deleted by one column. Times are instants; a period's ends are the first instants of its local dates.

CREATE TABLE fortnight.projects (
    project_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key           text        NOT NULL UNIQUE,
    name          text        NOT NULL,
    zone          text        NOT NULL,
    locale        text        NOT NULL,
    week_start    smallint    NOT NULL CHECK (week_start BETWEEN 0 AND 6), -- 0 is Sunday
    bi_monthly    text        NOT NULL,
    accent        bigint      NOT NULL, -- RGBA, 0 is Fortnight's own
    footer        text        NOT NULL,
    from_name     text        NOT NULL,
    from_address  text        NOT NULL,
    reply_name    text        NOT NULL,
    reply_address text        NOT NULL,
    created_at    timestamptz NOT NULL
);

CREATE TABLE fortnight.sources (
    source_id  bigint NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    key        text   NOT NULL,
    platform   text   NOT NULL,
    dsn_sealed bytea  NOT NULL, -- AES-256-GCM under a key made from SECRET_KEY
    tenant     text   NOT NULL,
    UNIQUE (project_id, key)
);

CREATE TABLE fortnight.digests (
    digest_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    key        text        NOT NULL,
    active     boolean     NOT NULL,
    config     jsonb       NOT NULL, -- a digest.Config without its subscribers
    last_due   timestamptz,          -- the latest due that the schedule has dealt with; null: none since it was switched on
    created_at timestamptz NOT NULL,
    UNIQUE (project_id, key)
);

CREATE TABLE fortnight.subscribers (
    subscriber_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id      bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    digest_id       bigint      NOT NULL REFERENCES fortnight.digests ON DELETE CASCADE,
    name            text        NOT NULL,
    address         text        NOT NULL,
    locale          text        NOT NULL,
    zone            text        NOT NULL,
    audience        text        NOT NULL CHECK (audience IN ('admin', 'manager', 'executive')),
    pdf             boolean     NOT NULL,
    added_by        text        NOT NULL,
    added_at        timestamptz NOT NULL,
    token_hash      bytea       NOT NULL UNIQUE, -- SHA-256 of the token that names the subscription in links
    token_sealed    bytea       NOT NULL,        -- the token itself, to make links with
    unsubscribed_at timestamptz,                 -- by the subscriber; stays when the configuration is applied again
    removed_at      timestamptz                  -- by the configuration
);

CREATE UNIQUE INDEX subscribers_address ON fortnight.subscribers (digest_id, lower(address));
CREATE INDEX subscribers_by_address ON fortnight.subscribers (lower(address));

CREATE TABLE fortnight.editions (
    edition_id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id     bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    digest_id      bigint      NOT NULL REFERENCES fortnight.digests ON DELETE CASCADE,
    label          text        NOT NULL,
    zone           text        NOT NULL,
    period_start   timestamptz NOT NULL,
    period_end     timestamptz NOT NULL CHECK (period_end > period_start),
    previous_start timestamptz NOT NULL,
    previous_end   timestamptz NOT NULL,
    due            timestamptz NOT NULL,
    state          text        NOT NULL CHECK (state IN ('due', 'collecting', 'ready', 'sending', 'done', 'held', 'parked', 'archived', 'discarded')),
    archive        boolean     NOT NULL, -- past the catch-up limit: collected, not sent
    at_once        boolean     NOT NULL, -- sent at once, whatever hour it is for a subscriber
    project        jsonb       NOT NULL, -- the digest.Project and digest.Config as they were when it was opened
    config         jsonb       NOT NULL,
    hash           text        NOT NULL DEFAULT '',
    lease_until    timestamptz NOT NULL, -- whoever works on it renews this; past it, the work may be taken up by another
    opened_at      timestamptz NOT NULL,
    ready_at       timestamptz,
    finished_at    timestamptz,
    UNIQUE (digest_id, period_start) -- an edition is made once
);

CREATE INDEX editions_in_work ON fortnight.editions (lease_until) WHERE state IN ('due', 'collecting', 'ready', 'sending');
CREATE INDEX editions_by_opening ON fortnight.editions (opened_at);

CREATE TABLE fortnight.snapshots (
    edition_id bigint      PRIMARY KEY REFERENCES fortnight.editions ON DELETE CASCADE,
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    version    integer     NOT NULL,
    hash       text        NOT NULL,
    read_at    timestamptz NOT NULL,
    data       jsonb       NOT NULL -- a digest.Snapshot
);

CREATE TABLE fortnight.variants (
    edition_id bigint      NOT NULL REFERENCES fortnight.editions ON DELETE CASCADE,
    project_id bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    audience   text        NOT NULL,
    locale     text        NOT NULL,
    with_pdf   boolean     NOT NULL,
    paper      text        NOT NULL,
    letter     jsonb       NOT NULL, -- a digest.Letter
    html       bytea       NOT NULL, -- with placeholders for links
    plain      bytea       NOT NULL,
    pdf        bytea,
    pdf_name   text        NOT NULL,
    images     jsonb       NOT NULL, -- digest.Image without the PNG
    pngs       bytea[]     NOT NULL, -- in the order of images
    kept_at    timestamptz NOT NULL,
    PRIMARY KEY (edition_id, audience, locale, with_pdf, paper)
);

CREATE TABLE fortnight.deliveries (
    delivery_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id    bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    edition_id    bigint      NOT NULL REFERENCES fortnight.editions ON DELETE CASCADE,
    subscriber_id bigint      REFERENCES fortnight.subscribers ON DELETE SET NULL, -- null: erased
    recipient     jsonb       NOT NULL, -- a digest.Subscriber as it was when this was planned, without the token
    batch         integer     NOT NULL, -- up to 200 deliveries that one job works through
    state         text        NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'suppressed', 'expired')),
    attempts      integer     NOT NULL DEFAULT 0,
    message_id    text        NOT NULL UNIQUE, -- of every copy, without brackets
    dated         timestamptz NOT NULL,        -- the Date of every copy
    next_at       timestamptz NOT NULL,        -- not before this
    expires_at    timestamptz NOT NULL,        -- no attempt begins after this
    lease_until   timestamptz,                 -- while sending
    handed_at     timestamptz,                 -- while sending: the message is with the server, or may be
    code          integer     NOT NULL DEFAULT 0,
    status        text        NOT NULL DEFAULT '',
    answer        text        NOT NULL DEFAULT '',
    changed_at    timestamptz NOT NULL,
    UNIQUE (edition_id, subscriber_id), -- each subscriber gets an edition once
    CHECK ((state = 'sending') = (lease_until IS NOT NULL))
);

CREATE INDEX deliveries_open ON fortnight.deliveries (edition_id, batch) WHERE state IN ('planned', 'sending', 'deferred');
CREATE INDEX deliveries_by_subscriber ON fortnight.deliveries (subscriber_id);

CREATE TABLE fortnight.attempts (
    delivery_id bigint      NOT NULL REFERENCES fortnight.deliveries ON DELETE CASCADE,
    project_id  bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    number      integer     NOT NULL, -- from 1
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    state       text        NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'sent', 'deferred', 'failed', 'unknown')),
    code        integer     NOT NULL DEFAULT 0,
    status      text        NOT NULL DEFAULT '',
    answer      text        NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, number)
);

CREATE INDEX attempts_by_start ON fortnight.attempts (started_at);

CREATE TABLE fortnight.suppressions (
    project_id   bigint      NOT NULL REFERENCES fortnight.projects ON DELETE CASCADE,
    address_hash bytea       NOT NULL, -- SHA-256 of the address in lower case: it outlives an erased address
    address      text        NOT NULL, -- '' when erased
    reason       text        NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (project_id, address_hash)
);
