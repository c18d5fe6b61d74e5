-- What did the bot settle alone, what was it asked, in which languages, and where did conversations begin?
--
-- Parameters: @from, @to timestamptz, the period [from, to).

-- name: bot
-- One row: episodes closed in the period in which the bot wrote, and those of them that no assignment overlapped. An
-- assignment holds [offered_at, ended_at): one that begins as the episode closes belongs to the next episode, unless it ends then.
WITH closed AS MATERIALIZED (
    SELECT conversation_id, seq, opened_at, closed_at
    FROM episode
    WHERE closed_at >= @from AND closed_at < @to
), now_bot AS MATERIALIZED ( -- of most of them the period's messages tell
    SELECT c.conversation_id, c.seq, c.opened_at, c.closed_at
    FROM closed c
    WHERE EXISTS (
        SELECT FROM message m
        WHERE m.conversation_id = c.conversation_id AND m.author = 'bot'
          AND m.sent_at >= @from AND m.sent_at < @to AND m.sent_at >= c.opened_at AND m.sent_at <= c.closed_at)
), older AS MATERIALIZED (
    SELECT c.conversation_id, c.seq, c.opened_at, c.closed_at
    FROM closed c
    WHERE c.opened_at < @from AND (c.conversation_id, c.seq) NOT IN (SELECT n.conversation_id, n.seq FROM now_bot n)
), with_bot AS MATERIALIZED (
    SELECT conversation_id, seq, opened_at, closed_at
    FROM now_bot
    UNION ALL
    SELECT o.conversation_id, o.seq, o.opened_at, o.closed_at
    FROM older o
    WHERE EXISTS (
        SELECT FROM message_history m
        WHERE m.conversation_id = o.conversation_id AND m.author = 'bot'
          AND m.sent_at < @from AND m.sent_at >= o.opened_at AND m.sent_at <= o.closed_at
          AND (SELECT jsonb_object_agg(p.conversation_id, true) FROM older p) ? m.conversation_id) -- so that the mapping looks up no others
), with_person AS (
    SELECT DISTINCT e.conversation_id, e.seq
    FROM with_bot e
    JOIN assignment a ON a.conversation_id = e.conversation_id
        AND (a.offered_at < e.closed_at AND (a.ended_at IS NULL OR a.ended_at > e.opened_at)
            OR a.offered_at >= e.opened_at AND a.ended_at = e.closed_at)
    LEFT JOIN agent g ON g.agent_id = a.agent_id
    WHERE g.role IS DISTINCT FROM 'bot'
)
SELECT count(*) AS conversations, count(*) FILTER (WHERE p.conversation_id IS NULL) AS resolved
FROM with_bot e
LEFT JOIN with_person p USING (conversation_id, seq)
ORDER BY conversations;

-- name: intents
-- One row a source and intent, the most frequent first: hits, and the instant of the first one. Of nlu and keyword only the
-- top hit of each message counts, of labels one a conversation and label. Fallbacks are one row without an intent.
WITH hit AS MATERIALIZED (
    SELECT source, message_id, conversation_id, hit_at, intent, confidence, coalesce(is_fallback, false) AS is_fallback,
        row_number() OVER () AS row -- tells hits without a message apart
    FROM intent_hit
    WHERE hit_at >= @from AND hit_at < @to
), top_hit AS (
    SELECT DISTINCT ON (source, coalesce(message_id, 'row ' || row)) source, intent, is_fallback, hit_at
    FROM hit
    WHERE source IN ('nlu', 'keyword')
    ORDER BY source, coalesce(message_id, 'row ' || row), confidence DESC NULLS LAST, hit_at, intent
), label AS (
    SELECT source, intent, false AS is_fallback, min(hit_at) AS hit_at
    FROM hit
    WHERE source = 'label'
    GROUP BY source, conversation_id, intent
)
SELECT source, is_fallback, CASE WHEN NOT is_fallback THEN nullif(left(intent, 200), '') END AS intent, count(*) AS hits, min(hit_at) AS first_at
FROM (TABLE top_hit UNION ALL TABLE label) AS h
GROUP BY 1, 2, 3
ORDER BY source, hits DESC, first_at, intent;

-- name: languages
-- One row a primary language subtag, the most frequent first: users active in the period by the last language they wrote in
-- up to the period's end, else by their profile. Null: not known.
WITH inbound AS MATERIALIZED (
    SELECT user_id, message_id, sent_at, nullif(language, '') AS language
    FROM message
    WHERE direction = 'in' AND author IN ('user', 'agent', 'bot', 'automation')
      AND sent_at >= @from AND sent_at < @to
      AND user_id IS NOT NULL
), active AS MATERIALIZED (
    SELECT user_id, min(sent_at) AS first_at,
        (array_agg(language ORDER BY sent_at DESC, message_id DESC) FILTER (WHERE language IS NOT NULL))[1] AS language
    FROM inbound
    GROUP BY user_id
), wrote AS ( -- before the period, by those whose messages in it do not tell
    SELECT DISTINCT ON (m.user_id) m.user_id, m.language
    FROM message_history m
    JOIN active a ON a.user_id = m.user_id
    WHERE a.language IS NULL AND m.direction = 'in' AND m.language <> '' AND m.sent_at < @from
    ORDER BY m.user_id, m.sent_at DESC, m.message_id DESC
), spoken AS (
    SELECT a.user_id, a.first_at,
        nullif(nullif(lower(split_part(replace(left(coalesce(a.language, w.language, u.language), 200), '_', '-'), '-', 1)), ''), 'und') AS language
    FROM active a
    LEFT JOIN wrote w ON w.user_id = a.user_id
    LEFT JOIN end_user u ON u.user_id = a.user_id
)
SELECT language, count(*) AS users, min(first_at) AS first_at
FROM spoken
GROUP BY language
ORDER BY users DESC, first_at, language;

-- name: starts
-- One row a way that conversations started in the period took: where they came in, their first flow (else their first intent that
-- the bot understood), and who wrote the first answer up to the period's end. Null: none recorded.
WITH started AS MATERIALIZED (
    SELECT conversation_id, started_at, nullif(entry_point, '') AS entry_point
    FROM conversation
    WHERE started_at >= @from AND started_at < @to
), flow AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, coalesce(nullif(flow_name, ''), flow_id) AS name
    FROM flow_session
    WHERE started_at >= @from AND started_at < @to
    ORDER BY conversation_id, started_at, name
), hit AS MATERIALIZED (
    SELECT conversation_id, hit_at, intent, confidence, is_fallback, array_position(ARRAY['nlu', 'keyword', 'label'], source) AS rank
    FROM intent_hit
    WHERE hit_at >= @from AND hit_at < @to
), intent AS ( -- of the one source that the digest names
    SELECT DISTINCT ON (conversation_id) conversation_id, intent AS name
    FROM hit
    WHERE rank = (SELECT min(rank) FROM hit) AND is_fallback IS NOT TRUE AND intent <> ''
    ORDER BY conversation_id, hit_at, confidence DESC NULLS LAST, intent
), answer AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, author
    FROM message
    WHERE direction = 'out' AND author IN ('bot', 'agent') AND sent_at >= @from AND sent_at < @to
    ORDER BY conversation_id, sent_at, author
)
SELECT left(s.entry_point, 200) AS entry, left(coalesce(f.name, i.name), 200) AS first, coalesce(a.author, 'nobody') AS answered_by,
    count(*) AS conversations, min(s.started_at) AS first_at
FROM started s
LEFT JOIN flow f USING (conversation_id)
LEFT JOIN intent i USING (conversation_id)
LEFT JOIN answer a USING (conversation_id)
GROUP BY 1, 2, 3
ORDER BY conversations DESC, first_at, entry, first, answered_by;
