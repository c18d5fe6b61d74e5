-- The rows of a test, in words; t is day and time of March 2026 in UTC. Said in any order, they are saved in order of time by saved().
SET TimeZone = 'UTC';
CREATE TABLE said (n serial, sender_id text, type_name text, at timestamptz, intent_name text, action_name text, data jsonb);
CREATE FUNCTION happens(who text, t text, kind text, name text DEFAULT NULL, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    INSERT INTO said (sender_id, type_name, at, action_name, data)
    VALUES (who, kind, ('2026-03-' || t || 'Z')::timestamptz, name, jsonb_build_object('event', kind, 'name', name) || more) $$;
CREATE FUNCTION begins(who text, t text) RETURNS void LANGUAGE sql AS $$ SELECT happens(who, t, 'session_started') $$;
CREATE FUNCTION asks(who text, t text, intent text, confidence float8 DEFAULT 0.9, words text DEFAULT 'words', more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    INSERT INTO said (sender_id, type_name, at, intent_name, data)
    VALUES (who, 'user', ('2026-03-' || t || 'Z')::timestamptz, intent, jsonb_build_object('event', 'user', 'text', words, 'input_channel', 'rest',
        'parse_data', jsonb_build_object('intent', jsonb_build_object('name', intent, 'confidence', confidence), 'text', words), 'metadata', '{}'::jsonb) || more) $$;
CREATE FUNCTION bot(who text, t text, words text DEFAULT 'words') RETURNS void LANGUAGE sql AS $$ SELECT happens(who, t, 'bot', NULL, jsonb_build_object('text', words)) $$;
CREATE FUNCTION flow(who text, t text, kind text, flow text) RETURNS void LANGUAGE sql AS $$ SELECT happens(who, t, 'flow_' || kind, NULL, jsonb_build_object('flow_id', flow)) $$;
CREATE FUNCTION fills(who text, t text, slot text, value text) RETURNS void LANGUAGE sql AS $$ SELECT happens(who, t, 'slot', slot, jsonb_build_object('value', value)) $$;
CREATE FUNCTION saved() RETURNS void LANGUAGE sql AS $$
    INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
    SELECT sender_id, type_name, extract(epoch FROM at), intent_name, action_name, replace(data::text, '"confidence": 0.5', '"confidence": NaN') -- as Python writes it
    FROM said ORDER BY at, n $$;
