-- needs conversation_last_seen
-- else SELECT NULL::bigint AS conversation_id, NULL::timestamptz AS at WHERE false
-- Helper: when agents last looked at a conversation.
SELECT l.conversation_id, l.last_seen_at AS at
FROM conversation_last_seen l
