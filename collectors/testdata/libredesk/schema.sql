-- The tables of Libredesk that Fortnight reads, in our own words: only the columns that a mapping names, and the indexes that Libredesk makes itself
-- on them. Times bear a zone.
CREATE TABLE settings (key text UNIQUE NOT NULL, value jsonb NOT NULL);
CREATE TYPE user_kind AS ENUM ('agent', 'contact', 'visitor', 'ai_assistant');
CREATE TABLE users (
    id bigserial PRIMARY KEY, type user_kind NOT NULL, email text, first_name text NOT NULL, last_name text, phone_number text, phone_number_country_code text,
    enabled boolean NOT NULL DEFAULT true, deleted_at timestamptz, last_active_at timestamptz
);
CREATE TABLE roles (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
CREATE TABLE user_roles (user_id int NOT NULL, role_id int NOT NULL);
CREATE TABLE business_hours (id serial PRIMARY KEY, is_always_open boolean NOT NULL DEFAULT false, hours jsonb NOT NULL, holidays jsonb NOT NULL DEFAULT '{}');
CREATE TABLE teams (id serial PRIMARY KEY, name text UNIQUE NOT NULL, timezone text, business_hours_id int);
CREATE TYPE inbox_kind AS ENUM ('email', 'livechat');
CREATE TABLE inboxes (id serial PRIMARY KEY, name text NOT NULL, channel inbox_kind NOT NULL);
CREATE TYPE status_kind AS ENUM ('open', 'waiting', 'resolved');
CREATE TABLE conversation_statuses (id serial PRIMARY KEY, name text UNIQUE NOT NULL, category status_kind NOT NULL DEFAULT 'open');
CREATE TABLE conversation_priorities (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
CREATE TABLE conversations (
    id bigserial PRIMARY KEY, uuid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE, created_at timestamptz, contact_id bigint NOT NULL, assigned_user_id bigint, assigned_team_id int,
    inbox_id int NOT NULL DEFAULT 1, status_id int NOT NULL DEFAULT 1, priority_id int, resolved_at timestamptz, closed_at timestamptz, waiting_since timestamptz
);
CREATE INDEX conversations_begun ON conversations (created_at);
CREATE INDEX conversations_of_a_contact ON conversations (contact_id);
CREATE INDEX conversations_of_a_status ON conversations (status_id);
CREATE TYPE message_kind AS ENUM ('incoming', 'outgoing', 'activity');
CREATE TYPE message_state AS ENUM ('received', 'sent', 'failed', 'pending');
CREATE TYPE sender_kind AS ENUM ('agent', 'contact');
CREATE TABLE conversation_messages (
    id bigserial PRIMARY KEY, created_at timestamptz, type message_kind NOT NULL, status message_state NOT NULL DEFAULT 'sent', private boolean NOT NULL DEFAULT false,
    conversation_id bigint NOT NULL, content text, text_content text, sender_id bigint NOT NULL, sender_type sender_kind NOT NULL, meta jsonb DEFAULT '{}'
);
CREATE INDEX messages_sent ON conversation_messages (created_at);
CREATE INDEX messages_of_a_conversation ON conversation_messages (conversation_id, created_at);
CREATE TABLE conversation_last_seen (conversation_id bigint NOT NULL, user_id bigint NOT NULL, last_seen_at timestamptz NOT NULL);
CREATE UNIQUE INDEX seen_once ON conversation_last_seen (conversation_id, user_id);
CREATE TABLE tags (id serial PRIMARY KEY, name text UNIQUE NOT NULL);
CREATE TABLE conversation_tags (created_at timestamptz, tag_id int, conversation_id bigint);
CREATE UNIQUE INDEX tagged_once ON conversation_tags (conversation_id, tag_id);
CREATE TABLE ai_agent_events (id bigserial PRIMARY KEY, created_at timestamptz NOT NULL, conversation_id bigint NOT NULL, type text NOT NULL);
CREATE INDEX bot_events ON ai_agent_events (conversation_id);
CREATE TYPE log_kind AS ENUM ('agent_login', 'agent_logout', 'agent_away', 'agent_away_reassigned', 'agent_online', 'agent_password_set');
CREATE TABLE activity_logs (id bigserial PRIMARY KEY, created_at timestamptz, activity_type log_kind NOT NULL, actor_id int NOT NULL, target_model_id bigint NOT NULL);
CREATE INDEX logged ON activity_logs (created_at);
