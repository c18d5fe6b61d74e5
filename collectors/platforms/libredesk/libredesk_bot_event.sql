-- materialized
-- needs ai_agent_events
-- else SELECT NULL::bigint AS conversation_id, NULL::timestamptz AS at, NULL::text AS type WHERE false
-- Helper: when an assistant handed a touched conversation over, or settled it.
SELECT e.conversation_id, e.created_at AS at, e.type::text AS type
FROM ai_agent_events e
WHERE e.conversation_id = ANY (@touched_ids::text[]::bigint[]) AND e.created_at < @to::timestamptz
