-- The tables of Whatomate that Fortnight reads, in our own words: only the columns that a mapping names, and the indexes that Whatomate makes
-- itself on them. Times bear a zone; what is deleted stays, with deleted_at.
CREATE TABLE organizations (id uuid PRIMARY KEY, name varchar(255), settings jsonb DEFAULT '{}');
CREATE TABLE whatsapp_accounts (organization_id uuid, name varchar(100));
CREATE TABLE custom_roles (id uuid PRIMARY KEY, name varchar(100));
CREATE TABLE users (id uuid PRIMARY KEY, organization_id uuid, full_name varchar(255), role_id uuid, is_active boolean DEFAULT true, deleted_at timestamptz);
CREATE TABLE user_organizations (user_id uuid, organization_id uuid, role_id uuid);
CREATE TABLE teams (id uuid PRIMARY KEY, organization_id uuid, name varchar(100));
CREATE TABLE team_members (team_id uuid, user_id uuid, deleted_at timestamptz);
CREATE TABLE contacts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid, phone_number varchar(50), profile_name varchar(255),
    assigned_user_id uuid, is_read boolean DEFAULT true, deleted_at timestamptz
);
CREATE UNIQUE INDEX contacts_phone ON contacts (organization_id, phone_number);
CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid, whats_app_account varchar(100), contact_id uuid,
    direction varchar(10), message_type varchar(20) DEFAULT 'text', content text, template_name varchar(255), status varchar(20) DEFAULT 'sent',
    error_message text, sent_by_user_id uuid, metadata jsonb DEFAULT '{}', created_at timestamptz, updated_at timestamptz, deleted_at timestamptz
);
CREATE INDEX messages_organization ON messages (organization_id);
CREATE INDEX messages_account ON messages (whats_app_account, created_at DESC);
CREATE INDEX messages_contact ON messages (contact_id, created_at DESC);
CREATE INDEX messages_deleted ON messages (deleted_at);
CREATE TABLE templates (id uuid PRIMARY KEY, name varchar(255));
CREATE TABLE agent_transfers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid, contact_id uuid, status varchar(20) DEFAULT 'active',
    source varchar(20) DEFAULT 'manual', agent_id uuid, team_id uuid, transferred_by_user_id uuid, transferred_at timestamptz, picked_up_at timestamptz,
    first_response_at timestamptz, resumed_at timestamptz, resumed_by uuid, expires_at timestamptz, updated_at timestamptz, deleted_at timestamptz
);
CREATE INDEX transfers_organization ON agent_transfers (organization_id);
CREATE INDEX transfers_contact ON agent_transfers (contact_id);
CREATE INDEX transfers_organization_contact ON agent_transfers (organization_id, contact_id, status);
CREATE TABLE user_availability_logs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid, organization_id uuid, is_available boolean, started_at timestamptz, ended_at timestamptz
);
CREATE INDEX availability_organization ON user_availability_logs (organization_id, started_at DESC);
CREATE TABLE chatbot_settings (
    organization_id uuid, whats_app_account varchar(100), business_hours_enabled boolean, business_hours jsonb DEFAULT '[]',
    session_timeout_mins bigint DEFAULT 30, deleted_at timestamptz
);
CREATE TABLE chatbot_flows (id uuid PRIMARY KEY, name varchar(255), graph jsonb);
CREATE TABLE chatbot_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid, contact_id uuid, whats_app_account varchar(100), status varchar(20) DEFAULT 'active',
    current_flow_id uuid, current_step varchar(100), session_data jsonb DEFAULT '{}', started_at timestamptz, last_activity_at timestamptz,
    completed_at timestamptz, deleted_at timestamptz
);
CREATE INDEX sessions_organization ON chatbot_sessions (organization_id);
CREATE INDEX sessions_contact ON chatbot_sessions (contact_id);
CREATE TABLE chatbot_session_messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session_id uuid, direction varchar(10), message text, step_name varchar(100),
    created_at timestamptz, deleted_at timestamptz
);
CREATE INDEX session_messages_session ON chatbot_session_messages (session_id);
CREATE TABLE bulk_message_campaigns (
    id uuid PRIMARY KEY, organization_id uuid, name varchar(255), template_id uuid, scheduled_at timestamptz, started_at timestamptz,
    completed_at timestamptz, deleted_at timestamptz
);
CREATE TABLE bulk_message_recipients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), campaign_id uuid, phone_number varchar(50), template_params jsonb DEFAULT '{}',
    status varchar(20) DEFAULT 'pending', whats_app_message_id varchar(100), error_message text, sent_at timestamptz, delivered_at timestamptz,
    read_at timestamptz, updated_at timestamptz, deleted_at timestamptz
);
CREATE INDEX recipients_campaign ON bulk_message_recipients (campaign_id);
