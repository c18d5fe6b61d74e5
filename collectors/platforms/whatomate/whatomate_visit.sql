-- Helper: the visits of the period's flow sessions to their steps, as of its end. A step that was sent again, because the answer would
-- not do, is one visit; the answer is the last that came before the next step. What the bot says outside of steps bears names of its own.
WITH sent AS (
    SELECT s.id AS session_id, m.id, m.step_name, m.message, m.created_at,
        m.step_name IS DISTINCT FROM lag(m.step_name) OVER (PARTITION BY s.id ORDER BY m.created_at, m.id) AS is_new
    FROM whatomate_flow s
    CROSS JOIN LATERAL (
        SELECT p.id, p.step_name, p.message, p.created_at
        FROM chatbot_session_messages p
        WHERE p.session_id = s.id AND p.direction = 'outgoing' AND p.deleted_at IS NULL AND p.created_at < @to::timestamptz AND p.step_name <> ''
            AND p.step_name NOT IN ('keyword_check', 'keyword_response', 'greeting', 'ai_response', 'fallback_response', 'default_response',
                'flow_start', 'flow_complete', 'flow_completed', 'flow_cancel', 'flow_cancelled', 'flow_timeout')
        OFFSET 0 -- by the index on session_id
    ) m
), numbered AS (
    SELECT t.session_id, t.step_name, t.message, t.created_at, t.id, count(*) FILTER (WHERE t.is_new) OVER (PARTITION BY t.session_id ORDER BY t.created_at, t.id) AS visit
    FROM sent t
), visited AS (
    SELECT n.session_id, n.visit, min(n.step_name) AS step_name, min(n.created_at) AS entered_at, max(n.created_at) AS asked_at,
        (array_agg(n.message ORDER BY n.created_at, n.id))[1] AS prompt
    FROM numbered n
    GROUP BY n.session_id, n.visit
)
SELECT v.session_id, v.visit, v.step_name, v.entered_at, v.prompt, a.created_at AS answered_at, a.message AS answer
FROM (
    SELECT w.session_id, w.visit, w.step_name, w.entered_at, w.asked_at, w.prompt,
        lead(w.entered_at) OVER (PARTITION BY w.session_id ORDER BY w.visit) AS next_at
    FROM visited w
) v
LEFT JOIN LATERAL (
    SELECT p.created_at, p.message
    FROM chatbot_session_messages p
    WHERE p.session_id = v.session_id AND p.direction = 'incoming' AND p.deleted_at IS NULL AND p.created_at < @to::timestamptz
        AND p.created_at > v.asked_at AND (v.next_at IS NULL OR p.created_at <= v.next_at)
    ORDER BY p.created_at DESC, p.id DESC
    LIMIT 1
) a ON true
