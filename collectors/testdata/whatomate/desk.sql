-- Organization 1 with the account "main", agents Ana and Ben in the team Returns, and another organization. Rows need only say what a
-- test is about; t is day and time of March 2026 in UTC.
SET TimeZone = 'UTC';
CREATE FUNCTION id(n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT lpad(n::text, 32, '0')::uuid $$;
CREATE FUNCTION at(t text) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT ('2026-03-' || t || 'Z')::timestamptz $$;
INSERT INTO organizations (id, name) VALUES (id(1), 'Support desk'), (id(2), 'Sales');
INSERT INTO whatsapp_accounts VALUES (id(1), 'main'), (id(2), 'sales');
INSERT INTO custom_roles VALUES (id(31), 'agent'), (id(32), 'manager');
INSERT INTO users (id, organization_id, full_name, role_id) VALUES (id(11), id(1), 'Ana', id(31)), (id(12), id(1), 'Ben', id(32)), (id(13), id(2), 'Sam', id(31));
INSERT INTO teams VALUES (id(21), id(1), 'Returns'), (id(22), id(2), 'Field');
INSERT INTO team_members VALUES (id(21), id(11));
INSERT INTO contacts (id, organization_id, phone_number, profile_name)
SELECT id(100 + n), id(1), '+49 30 ' || n, (ARRAY['Dora', 'Emil', 'Fay', 'Gil', 'Hal', 'Ida', 'Jon', 'Kim', 'Lea'])[n] FROM generate_series(1, 9) n;
INSERT INTO contacts (id, organization_id, phone_number, profile_name) VALUES (id(201), id(2), '+49 30 1', 'Somebody');

CREATE FUNCTION asks(c int, t text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, status, created_at, updated_at)
    VALUES (id(1), 'main', id(100 + c), 'incoming', 'received', at(t), at(t)) $$;
CREATE FUNCTION bot(c int, t text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, created_at, updated_at)
    VALUES (id(1), 'main', id(100 + c), 'outgoing', at(t), at(t)) $$;
CREATE FUNCTION replies(c int, t text, who int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (organization_id, whats_app_account, contact_id, direction, sent_by_user_id, created_at, updated_at)
    VALUES (id(1), 'main', id(100 + c), 'outgoing', id(10 + who), at(t), at(t)) $$;
CREATE FUNCTION handed(n int, c int, t text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO agent_transfers (id, organization_id, contact_id, source, transferred_at, updated_at) VALUES (id(300 + n), id(1), id(100 + c), 'flow', at(t), at(t)) $$;
CREATE FUNCTION picked(n int, t text, who int) RETURNS void LANGUAGE sql AS $$ -- whoever picks is recorded as who passed it on
    UPDATE agent_transfers SET agent_id = id(10 + who), transferred_by_user_id = coalesce(transferred_by_user_id, id(10 + who)), picked_up_at = at(t) WHERE id = id(300 + n) $$;
CREATE FUNCTION resumed(n int, t text, who int) RETURNS void LANGUAGE sql AS $$
    UPDATE agent_transfers SET status = 'resumed', resumed_at = at(t), resumed_by = id(10 + who) WHERE id = id(300 + n) $$;
