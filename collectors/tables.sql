-- Fortnight's own event tables: what is sent to its API or imported from files. Schema fortnight_events; each table is a
-- canonical relation with exactly its columns. Ids are text and unique inside a tenant; a tenant is a project.
-- Running this again changes nothing.
CREATE SCHEMA IF NOT EXISTS fortnight_events;

CREATE TABLE IF NOT EXISTS fortnight_events.tenant (
    tenant_id text PRIMARY KEY,
    name      text,
    time_zone text,
    locale    text
);

CREATE TABLE IF NOT EXISTS fortnight_events.end_user (
    tenant_id     text NOT NULL,
    user_id       text NOT NULL,
    display_name  text,
    address       text,
    first_seen_at timestamptz, -- the first inbound message ever, kept when messages are pruned; null: never wrote
    language      text,
    channel       text,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX IF NOT EXISTS end_user_first_seen ON fortnight_events.end_user (tenant_id, first_seen_at);

CREATE TABLE IF NOT EXISTS fortnight_events.team (
    tenant_id text NOT NULL,
    team_id   text NOT NULL,
    name      text,
    PRIMARY KEY (tenant_id, team_id)
);

CREATE TABLE IF NOT EXISTS fortnight_events.agent (
    tenant_id    text NOT NULL,
    agent_id     text NOT NULL,
    display_name text,
    role         text CHECK (role IN ('agent', 'admin', 'tech', 'bot')),
    team_id      text,
    is_active    boolean,
    PRIMARY KEY (tenant_id, agent_id)
);

CREATE TABLE IF NOT EXISTS fortnight_events.conversation (
    tenant_id            text NOT NULL,
    conversation_id      text NOT NULL,
    user_id              text,
    channel              text,
    inbox_id             text,
    calendar_id          text,
    practice             text,
    started_at           timestamptz NOT NULL,
    initiated_by         text CHECK (initiated_by IN ('user', 'agent', 'bot', 'campaign', 'unknown')),
    status               text CHECK (status IN ('open', 'pending', 'snoozed', 'closed')),
    waiting_since        timestamptz,
    last_message_id      text,
    last_message_at      timestamptz,
    last_message_by      text CHECK (last_message_by IN ('user', 'agent', 'bot', 'system')),
    last_user_message_at timestamptz,
    assignee_id          text,
    urgency              smallint CHECK (urgency BETWEEN 0 AND 3),
    is_unread            boolean,
    entry_point          text,
    PRIMARY KEY (tenant_id, conversation_id)
);
CREATE INDEX IF NOT EXISTS conversation_started ON fortnight_events.conversation (tenant_id, started_at);
CREATE INDEX IF NOT EXISTS conversation_open ON fortnight_events.conversation (tenant_id, status) WHERE status IN ('open', 'pending', 'snoozed');
CREATE INDEX IF NOT EXISTS conversation_user ON fortnight_events.conversation (tenant_id, user_id);

CREATE TABLE IF NOT EXISTS fortnight_events.episode (
    tenant_id       text NOT NULL,
    conversation_id text NOT NULL,
    seq             integer NOT NULL,
    opened_at       timestamptz NOT NULL,
    closed_at       timestamptz,
    close_reason    text,
    closed_by       text CHECK (closed_by IN ('agent', 'user', 'bot', 'system')),
    agent_id        text,
    calendar_id     text,
    PRIMARY KEY (tenant_id, conversation_id, seq)
);
CREATE INDEX IF NOT EXISTS episode_closed ON fortnight_events.episode (tenant_id, closed_at);
CREATE INDEX IF NOT EXISTS episode_opened ON fortnight_events.episode (tenant_id, opened_at);

-- Messages are partitioned by month of UTC: message_2026_11 has November's, message_default what no month was made for yet. A message is
-- known by its id together with its instant. A table of before, which was one piece, is put aside here and taken over below.
DO $$
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = to_regclass('fortnight_events.message')) = 'r' THEN
        ALTER TABLE fortnight_events.message RENAME TO message_before;
        ALTER TABLE fortnight_events.message_before DROP CONSTRAINT IF EXISTS message_pkey;
        DROP INDEX IF EXISTS fortnight_events.message_sent, fortnight_events.message_conversation, fortnight_events.message_user;
    END IF;
END $$;

CREATE TABLE IF NOT EXISTS fortnight_events.message (
    tenant_id       text NOT NULL,
    message_id      text NOT NULL,
    conversation_id text NOT NULL,
    user_id         text,
    sent_at         timestamptz NOT NULL,
    direction       text NOT NULL CHECK (direction IN ('in', 'out')),
    author          text NOT NULL CHECK (author IN ('user', 'agent', 'bot', 'automation', 'system')),
    agent_id        text,
    delivery        text CHECK (delivery IN ('pending', 'sent', 'delivered', 'read', 'failed')),
    delivery_error  text,
    language        text,
    body            text,
    PRIMARY KEY (tenant_id, message_id, sent_at)
) PARTITION BY RANGE (sent_at);
CREATE TABLE IF NOT EXISTS fortnight_events.message_default PARTITION OF fortnight_events.message DEFAULT;
-- The period's messages are read from the index alone.
CREATE INDEX IF NOT EXISTS message_sent ON fortnight_events.message (tenant_id, sent_at)
    INCLUDE (conversation_id, user_id, direction, author, agent_id);
CREATE INDEX IF NOT EXISTS message_conversation ON fortnight_events.message (tenant_id, conversation_id, sent_at);
-- What was written with a user, and the last known language.
CREATE INDEX IF NOT EXISTS message_user ON fortnight_events.message (tenant_id, user_id, sent_at) INCLUDE (conversation_id);
CREATE INDEX IF NOT EXISTS message_language ON fortnight_events.message (tenant_id, user_id, sent_at) WHERE direction = 'in' AND language <> '';

-- Makes the partition of the month (UTC) that an instant is in, and moves there what the default partition has of it. False: it was there.
CREATE OR REPLACE FUNCTION fortnight_events.make_month(moment timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    part  text := 'message_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass('fortnight_events.' || part) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('fortnight_events.make_month'));
    -- Somebody else may have made it while this waited. to_regclass would still say what it said before: it remembers.
    IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'fortnight_events'::regnamespace AND relname = part) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE fortnight_events.%I (LIKE fortnight_events.message INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    LOCK TABLE fortnight_events.message_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('WITH moved AS (DELETE FROM fortnight_events.message_default WHERE sent_at >= $1 AND sent_at < $2 RETURNING *)
        INSERT INTO fortnight_events.%I SELECT * FROM moved', part) USING month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC';
    EXECUTE format('ALTER TABLE fortnight_events.message ATTACH PARTITION fortnight_events.%I FOR VALUES FROM (%L) TO (%L)',
        part, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    RETURN true;
END $$;

-- Writes down who wrote first when, of the messages before an instant; an earlier first_seen_at stays.
CREATE OR REPLACE FUNCTION fortnight_events.note_first_seen(before timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO fortnight_events.end_user AS u (tenant_id, user_id, first_seen_at)
    SELECT tenant_id, user_id, min(sent_at)
    FROM fortnight_events.message
    WHERE direction = 'in' AND user_id IS NOT NULL AND sent_at < before
    GROUP BY tenant_id, user_id
    ORDER BY tenant_id, user_id
    ON CONFLICT (tenant_id, user_id) DO UPDATE SET first_seen_at = excluded.first_seen_at
    WHERE u.first_seen_at IS NULL OR u.first_seen_at > excluded.first_seen_at
$$;

-- Drops the months of messages that end at or before an instant, and such messages of the default partition; gives the partitions dropped.
-- Who wrote first when is written down before.
CREATE OR REPLACE FUNCTION fortnight_events.drop_months(before timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', before AT TIME ZONE 'UTC');
    part  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('fortnight_events.make_month'));
    PERFORM fortnight_events.note_first_seen(month AT TIME ZONE 'UTC');
    DELETE FROM fortnight_events.message_default WHERE sent_at < month AT TIME ZONE 'UTC';
    FOR part IN
        SELECT c.relname
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fortnight_events.message'::regclass AND c.relname ~ '^message_[0-9]{4}_[0-9]{2}$'
          AND to_date(right(c.relname, 7), 'YYYY_MM') < month
        ORDER BY 1
    LOOP
        EXECUTE format('DROP TABLE fortnight_events.%I', part);
        RETURN NEXT part;
    END LOOP;
END $$;

-- The table of before: its messages into months, the rights on it onto the new one, then it goes. All of it or nothing.
DO $$
DECLARE
    month  timestamp;
    granted record;
BEGIN
    IF to_regclass('fortnight_events.message_before') IS NULL THEN
        RETURN;
    END IF;
    LOCK TABLE fortnight_events.message_before IN ACCESS EXCLUSIVE MODE;
    FOR month IN SELECT DISTINCT date_trunc('month', sent_at AT TIME ZONE 'UTC') FROM fortnight_events.message_before ORDER BY 1 LOOP
        IF month >= '0001-01-01' AND month < '9999-12-01' THEN
            PERFORM fortnight_events.make_month(month AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
    INSERT INTO fortnight_events.message (tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id, delivery, delivery_error, language, body)
    SELECT tenant_id, message_id, conversation_id, user_id, sent_at, direction, author, agent_id, delivery, delivery_error, language, body
    FROM fortnight_events.message_before;
    FOR granted IN
        SELECT a.privilege_type AS what, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS whom,
               CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS further
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'fortnight_events.message_before'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE 'GRANT ' || granted.what || ' ON fortnight_events.message TO ' || granted.whom || granted.further;
    END LOOP;
    PERFORM fortnight_events.note_first_seen('infinity');
    DROP TABLE fortnight_events.message_before;
END $$;

CREATE TABLE IF NOT EXISTS fortnight_events.assignment (
    tenant_id       text NOT NULL,
    assignment_id   text NOT NULL,
    conversation_id text NOT NULL,
    user_id         text,
    agent_id        text,
    team_id         text,
    seq             integer,
    kind            text NOT NULL CHECK (kind IN ('initial', 'transfer', 'queue')),
    offered_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    first_reply_at  timestamptz,
    ended_at        timestamptz,
    ended_by        text,
    end_reason      text CHECK (end_reason IN ('closed', 'transferred', 'returned_to_bot', 'expired', 'rejected')),
    derivation      text CHECK (derivation IN ('recorded', 'history', 'replies')),
    PRIMARY KEY (tenant_id, assignment_id)
);
CREATE INDEX IF NOT EXISTS assignment_offered ON fortnight_events.assignment (tenant_id, offered_at);
CREATE INDEX IF NOT EXISTS assignment_ended ON fortnight_events.assignment (tenant_id, ended_at);
CREATE INDEX IF NOT EXISTS assignment_open ON fortnight_events.assignment (tenant_id, offered_at) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS assignment_conversation ON fortnight_events.assignment (tenant_id, conversation_id, offered_at);

CREATE TABLE IF NOT EXISTS fortnight_events.agent_session (
    tenant_id        text NOT NULL,
    session_id       text NOT NULL,
    agent_id         text NOT NULL,
    started_at       timestamptz NOT NULL,
    ended_at         timestamptz, -- null: still on
    last_activity_at timestamptz,
    state            text CHECK (state IN ('online', 'away')),
    PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX IF NOT EXISTS agent_session_ended ON fortnight_events.agent_session (tenant_id, ended_at, started_at);

CREATE TABLE IF NOT EXISTS fortnight_events.intent_hit (
    tenant_id       text NOT NULL,
    message_id      text,
    conversation_id text NOT NULL,
    user_id         text,
    hit_at          timestamptz NOT NULL,
    intent          text,
    confidence      double precision,
    is_fallback     boolean NOT NULL DEFAULT false,
    source          text NOT NULL CHECK (source IN ('nlu', 'keyword', 'label'))
);
CREATE UNIQUE INDEX IF NOT EXISTS intent_hit_once ON fortnight_events.intent_hit
    (tenant_id, conversation_id, hit_at, source, COALESCE(message_id, ''), COALESCE(intent, ''));
CREATE INDEX IF NOT EXISTS intent_hit_at ON fortnight_events.intent_hit (tenant_id, hit_at);

CREATE TABLE IF NOT EXISTS fortnight_events.flow_session (
    tenant_id         text NOT NULL,
    flow_session_id   text NOT NULL,
    flow_id           text,
    flow_name         text,
    flow_version      text,
    practice          text,
    conversation_id   text,
    user_id           text,
    channel           text,
    started_at        timestamptz NOT NULL,
    first_response_at timestamptz,
    last_activity_at  timestamptz,
    expires_at        timestamptz,
    ended_at          timestamptz,
    status            text CHECK (status IN ('in_progress', 'completed', 'failed')),
    failure_reason    text,
    last_step_id      text,
    steps_reached     integer,
    outbound_messages integer,
    has_mention       boolean,
    started_by        text,
    PRIMARY KEY (tenant_id, flow_session_id)
);
CREATE INDEX IF NOT EXISTS flow_session_started ON fortnight_events.flow_session (tenant_id, started_at);
CREATE INDEX IF NOT EXISTS flow_session_user ON fortnight_events.flow_session (tenant_id, user_id, started_at);
CREATE INDEX IF NOT EXISTS flow_session_conversation ON fortnight_events.flow_session (tenant_id, conversation_id, started_at);

CREATE TABLE IF NOT EXISTS fortnight_events.flow_step (
    tenant_id       text NOT NULL,
    flow_session_id text NOT NULL,
    visit           integer NOT NULL, -- 1, 2, … in order of entering
    position        integer,          -- the step's place in the flow
    step_id         text,
    step_name       text,
    prompt          text,
    is_question     boolean,
    entered_at      timestamptz,
    answered_at     timestamptz,
    answer          text,
    PRIMARY KEY (tenant_id, flow_session_id, visit)
);

CREATE TABLE IF NOT EXISTS fortnight_events.campaign (
    tenant_id    text NOT NULL,
    campaign_id  text NOT NULL,
    name         text,
    version      text,
    channel      text,
    scheduled_at timestamptz,
    started_at   timestamptz,
    PRIMARY KEY (tenant_id, campaign_id)
);

CREATE TABLE IF NOT EXISTS fortnight_events.outbound_delivery (
    tenant_id         text NOT NULL,
    delivery_id       text NOT NULL,
    campaign_id       text,
    user_id           text,
    attempt           integer,
    attempted_at      timestamptz NOT NULL,
    sent_at           timestamptz,
    delivered_at      timestamptz,
    read_at           timestamptz,
    failed_at         timestamptz,
    status            text CHECK (status IN ('pending', 'sent', 'delivered', 'read', 'failed')),
    has_receipts      boolean,
    failure_reason    text,
    first_response_at timestamptz,
    finished_at       timestamptz,
    last_activity_at  timestamptz,
    session_status    text CHECK (session_status IN ('open', 'closed', 'expired', 'none')),
    variables         jsonb,
    PRIMARY KEY (tenant_id, delivery_id)
);
CREATE INDEX IF NOT EXISTS outbound_delivery_attempted ON fortnight_events.outbound_delivery (tenant_id, attempted_at);
CREATE INDEX IF NOT EXISTS outbound_delivery_recipient ON fortnight_events.outbound_delivery (tenant_id, campaign_id, user_id, attempted_at);

CREATE TABLE IF NOT EXISTS fortnight_events.business_hours (
    tenant_id   text NOT NULL,
    calendar_id text NOT NULL,
    weekday     smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6), -- 0 Sunday
    opens       time NOT NULL,
    closes      time NOT NULL, -- at or before opens: past midnight; 24:00 allowed
    time_zone   text,
    PRIMARY KEY (tenant_id, calendar_id, weekday, opens)
);

CREATE TABLE IF NOT EXISTS fortnight_events.business_holiday (
    tenant_id   text NOT NULL,
    calendar_id text NOT NULL,
    holiday     date NOT NULL,
    PRIMARY KEY (tenant_id, calendar_id, holiday)
);

CREATE TABLE IF NOT EXISTS fortnight_events.goal_event (
    tenant_id       text NOT NULL,
    event_id        text NOT NULL,
    user_id         text,
    kind            text NOT NULL CHECK (kind IN ('appointment_scheduled', 'appointment_completed', 'portal_enrolled', 'cancellation_kept')),
    occurred_at     timestamptz NOT NULL,
    status          text,
    practice        text,
    appointment_id  text,
    appointment_at  timestamptz,
    flow_session_id text,
    amount          numeric,
    currency        text,
    detail          text,
    PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX IF NOT EXISTS goal_event_occurred ON fortnight_events.goal_event (tenant_id, occurred_at);
CREATE INDEX IF NOT EXISTS goal_event_kind ON fortnight_events.goal_event (tenant_id, kind, occurred_at);
CREATE INDEX IF NOT EXISTS goal_event_appointment ON fortnight_events.goal_event (tenant_id, appointment_id, occurred_at);

-- What the senders of events can know; a relation or metric without a row is known in full. It holds for all tenants.
CREATE TABLE IF NOT EXISTS fortnight_events.capability (
    relation text NOT NULL,
    metric   text NOT NULL DEFAULT '*',
    support  text NOT NULL CHECK (support IN ('full', 'derived', 'partial', 'none')),
    note     text,
    PRIMARY KEY (relation, metric)
);
