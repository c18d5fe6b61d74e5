-- Thirteen weeks from 5 January 2026 of a bot with as many messages as the setting fortnight.messages says: sessions of three turns, by half
-- as many senders; every tenth is handed over, every fifth runs a flow. Saved in order of time.
INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
SELECT 'sender-' || md5((i * 7919 % (current_setting('fortnight.messages')::int / 12))::text), e.kind, extract(epoch FROM timestamptz '2026-01-05Z') + s.at + e.n * 4, e.intent, e.action,
    CASE e.kind
        WHEN 'user' THEN '{"event": "user", "timestamp": 1, "metadata": {}, "text": "words and words", "parse_data": {"intent": {"name": "' || e.intent || '", "confidence": 0.87}, "entities": [], "text": "words and words", "message_id": "'
            || md5(i::text) || '", "metadata": {}, "intent_ranking": [{"name": "' || e.intent || '", "confidence": 0.87}, {"name": "other", "confidence": 0.1}]}, "input_channel": "rest", "message_id": "' || md5(i::text) || '"}'
        WHEN 'bot' THEN '{"event": "bot", "timestamp": 1, "metadata": {"utter_action": "utter_x"}, "text": "words and words and words", "data": {"elements": null}}'
        WHEN 'slot' THEN '{"event": "slot", "timestamp": 1, "name": "amount", "value": "50"}'
        WHEN 'flow_started' THEN '{"event": "flow_started", "timestamp": 1, "flow_id": "flow_' || i % 7 || '"}'
        WHEN 'flow_completed' THEN '{"event": "flow_completed", "timestamp": 1, "flow_id": "flow_' || i % 7 || '"}'
        ELSE '{"event": "' || e.kind || '", "timestamp": 1, "name": "' || coalesce(e.action, '') || '", "policy": null, "confidence": null}' END
FROM (
    SELECT i, floor(i * 0.6180339887 % 1 * 91) * 86400 + 7 * 3600 + (i * 0.7548776662 % 1) * 43200 AS at
    FROM generate_series(0, current_setting('fortnight.messages')::int / 6 - 1) i
) s
CROSS JOIN LATERAL (
    SELECT n, kind, CASE WHEN kind = 'user' THEN (ARRAY['greet', 'order', 'refund', 'nlu_fallback', 'thanks'])[1 + (i + n) % 5] END AS intent, action
    FROM (VALUES (0, 'action', 'action_session_start'), (1, 'session_started', NULL), (2, 'action', 'action_listen'), (3, 'user', NULL), (4, 'action', 'utter_x'), (5, 'bot', NULL),
        (6, 'flow_started', NULL), (7, 'action', 'utter_ask_amount'), (8, 'user', NULL), (9, 'slot', 'amount'), (10, 'bot', NULL), (11, 'flow_completed', NULL),
        (12, 'user', NULL), (13, 'bot', NULL), (14, 'pause', NULL)) AS v (n, kind, action)
    WHERE (n NOT IN (6, 7, 9, 11) OR i % 5 = 0) AND (n <> 14 OR i % 10 = 0)
) e
ORDER BY 3;
