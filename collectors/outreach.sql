-- Outbound campaigns. One row per campaign and person, first attempted in the period; what it came to is the best of its attempts.
--
-- All take @from earlier than the period, so that other sends to the same persons are known; @first, when the period begins; @until, when it
-- ends, and states are judged; @to, up to when answers and further sends are known, which is later for the previous period; @window float8, seconds.

-- name: recipients
-- Rows of facts by one of all, campaign, reason, day: recipients by what they came to. A reason is that of the last attempt that failed; those
-- beyond the @reasons most frequent are one row, further, without a name, as are campaigns beyond @most.
WITH attempt AS (
    SELECT campaign_id, coalesce(user_id, delivery_id) COLLATE "C" AS person, -- by octets: in order of a language it takes several times as long
        attempt, attempted_at, first_response_at, finished_at, failure_reason,
        coalesce(sent_at, delivered_at, read_at) AS sent_at,
        coalesce(has_receipts, delivered_at IS NOT NULL OR read_at IS NOT NULL) AS has_receipts,
        CASE
            WHEN attempted_at >= @until::timestamptz THEN 0
            WHEN read_at < @until::timestamptz THEN 5
            WHEN delivered_at < @until::timestamptz THEN 4
            WHEN failed_at < @until::timestamptz THEN 2
            WHEN sent_at < @until::timestamptz THEN 3
            ELSE 1
        END AS state -- pending, failed, sent, delivered, read; 0: not yet
    FROM outbound_delivery
    OFFSET 0 -- states are worked out here, once
), placed AS (
    SELECT campaign_id, person, attempt, attempted_at, first_response_at, finished_at, failure_reason, sent_at, has_receipts, state,
        first_value(sent_at) OVER (PARTITION BY person ORDER BY sent_at GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_at
    FROM attempt
), recipient AS ( -- in one pass without order: the latest attempt is the greatest of arrays that begin with its instant
    SELECT campaign_id, person, min(attempted_at) AS first_at, max(state) AS best,
        max(ARRAY[to_char(attempted_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS'), lpad(attempt::text, 10, '0'), state::text, failure_reason] COLLATE "C")
            FILTER (WHERE state IN (1, 2)) AS latest,
        bool_or(has_receipts) AS has_receipts,
        bool_or(state = 3 AND NOT has_receipts) AS unheard,
        min(finished_at) FILTER (WHERE state > 2 AND finished_at < @until::timestamptz) AS finished_at,
        min(first_response_at) FILTER (WHERE state > 2 AND first_response_at >= sent_at
            AND first_response_at < least(sent_at + make_interval(secs => @window::float8), next_at, @to::timestamptz)) AS answered_at,
        coalesce(bool_or(state > 2 AND least(sent_at + make_interval(secs => @window::float8), next_at) > @to::timestamptz), false) AS is_open
    FROM placed
    GROUP BY person, campaign_id -- which goes on in the order of placed
    HAVING min(attempted_at) >= @first::timestamptz AND min(attempted_at) < @until::timestamptz
), told AS MATERIALIZED (
    SELECT campaign_id, person, first_at, CASE WHEN best > 2 THEN best ELSE latest[3]::int END AS state, has_receipts,
        best > 3 OR best = 3 AND unheard AS is_sent, CASE WHEN best <= 2 THEN latest[4] COLLATE "default" END AS reason, finished_at, answered_at, is_open
    FROM recipient
), reason AS (
    SELECT left(nullif(btrim(reason), ''), 200) AS reason, count(*) AS failed, min(first_at) AS first_at,
        row_number() OVER (ORDER BY count(*) DESC, min(first_at), left(nullif(btrim(reason), ''), 200)) > @reasons::int AS further
    FROM told
    WHERE state = 2
    GROUP BY left(nullif(btrim(reason), ''), 200)
), campaign_fact AS (
    SELECT campaign_id, row_number() OVER (ORDER BY count(*) DESC, min(first_at), campaign_id) > @most::int AS further, count(*) AS users,
        count(*) FILTER (WHERE is_sent) AS sent, count(*) FILTER (WHERE state IN (1, 3) AND NOT is_sent) AS in_process,
        count(*) FILTER (WHERE state = 2) AS failed, count(*) FILTER (WHERE has_receipts) AS receipts,
        count(*) FILTER (WHERE state > 3) AS delivered, count(*) FILTER (WHERE state = 5) AS read,
        count(*) FILTER (WHERE is_sent AND answered_at IS NOT NULL) AS responses,
        count(*) FILTER (WHERE is_sent AND finished_at IS NOT NULL) AS finished, min(first_at) AS first_at
    FROM told
    GROUP BY campaign_id
)
SELECT f.by, left(f.campaign, 200) AS campaign, left(coalesce(nullif(c.name, ''), f.campaign), 200) AS name, left(c.version, 200) AS version,
    left(c.channel, 100) AS channel, f.reason, f.further, f.day, f.persons, f.users, f.sent, f.in_process, f.failed, f.receipts, f.delivered, f.read,
    f.responses, f.finished, f.is_open, f.things, f.first_at
FROM (
    SELECT 'all' AS by, NULL AS campaign, NULL AS reason, false AS further, NULL::int AS day, count(DISTINCT person) AS persons, count(*) AS users,
        count(*) FILTER (WHERE is_sent) AS sent, count(*) FILTER (WHERE state IN (1, 3) AND NOT is_sent) AS in_process,
        count(*) FILTER (WHERE state = 2) AS failed, count(*) FILTER (WHERE has_receipts) AS receipts,
        count(*) FILTER (WHERE state > 3) AS delivered, count(*) FILTER (WHERE state = 5) AS read,
        count(*) FILTER (WHERE is_sent AND answered_at IS NOT NULL) AS responses,
        count(*) FILTER (WHERE is_sent AND finished_at IS NOT NULL) AS finished,
        count(*) FILTER (WHERE is_sent AND answered_at IS NULL AND is_open) AS is_open, 1::bigint AS things, min(first_at) AS first_at
    FROM told
    UNION ALL
    SELECT 'campaign', CASE WHEN NOT further THEN campaign_id END, NULL, further, NULL, 0, sum(users)::bigint, sum(sent)::bigint, sum(in_process)::bigint,
        sum(failed)::bigint, sum(receipts)::bigint, sum(delivered)::bigint, sum(read)::bigint, sum(responses)::bigint, sum(finished)::bigint, 0,
        count(*), min(first_at)
    FROM campaign_fact
    GROUP BY further, CASE WHEN NOT further THEN campaign_id END
    UNION ALL
    SELECT 'reason', NULL, CASE WHEN NOT further THEN reason END, further, NULL, 0, 0, 0, 0, sum(failed)::bigint, 0, 0, 0, 0, 0, 0, count(*), min(first_at)
    FROM reason
    GROUP BY further, CASE WHEN NOT further THEN reason END
    UNION ALL
    SELECT 'day', NULL, NULL, false, width_bucket(answered_at, @day_from::timestamptz[]), 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 1, NULL
    FROM told
    WHERE is_sent AND answered_at >= @first::timestamptz AND answered_at < @until::timestamptz
    GROUP BY width_bucket(answered_at, @day_from::timestamptz[])
) f
LEFT JOIN campaign c ON f.by = 'campaign' AND c.campaign_id = f.campaign
ORDER BY f.by, f.further, f.users DESC, f.failed DESC, f.first_at, f.campaign, f.reason, f.day;

-- name: individual
-- One row a recipient of campaigns, the latest first, with how many there are as filtered; @skip and @most of them. @statuses, @stages and
-- @sessions text[] filter, empty: all; @campaign text: of one alone. Stage: finished; in_flow, where a session began; none.
WITH attempt AS MATERIALIZED (
    SELECT campaign_id, user_id, delivery_id, coalesce(user_id, delivery_id) AS person, attempt, attempted_at, finished_at, failure_reason, first_response_at,
        last_activity_at, session_status, variables,
        coalesce(sent_at, delivered_at, read_at) AS sent_at,
        CASE
            WHEN read_at < @until::timestamptz THEN 5
            WHEN delivered_at < @until::timestamptz THEN 4
            WHEN failed_at < @until::timestamptz THEN 2
            WHEN sent_at < @until::timestamptz THEN 3
            ELSE 1
        END AS state
    FROM outbound_delivery
    WHERE attempted_at < @until::timestamptz
), placed AS (
    SELECT campaign_id, user_id, person, attempt, attempted_at, finished_at, failure_reason, first_response_at, last_activity_at, session_status, variables,
        sent_at, state,
        min(attempted_at) OVER recipient AS first_at,
        first_value(sent_at) OVER (PARTITION BY person ORDER BY sent_at GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_at
    FROM attempt
    WINDOW recipient AS (PARTITION BY campaign_id, person)
), recipient AS (
    SELECT campaign_id, person, min(user_id) AS user_id, first_at, count(*) AS attempts,
        CASE WHEN max(state) > 2 THEN max(state) ELSE (array_agg(state ORDER BY attempted_at DESC, attempt DESC))[1] END AS state,
        (array_agg(failure_reason ORDER BY attempted_at DESC, attempt DESC) FILTER (WHERE state = 2))[1] AS reason,
        min(first_response_at) FILTER (WHERE state > 2 AND first_response_at >= sent_at
            AND first_response_at < least(sent_at + make_interval(secs => @window::float8), next_at, @to::timestamptz)) AS answered_at,
        min(finished_at) FILTER (WHERE finished_at < @until::timestamptz) AS finished_at,
        max(last_activity_at) FILTER (WHERE last_activity_at < @until::timestamptz) AS last_activity_at,
        (array_agg(session_status ORDER BY nullif(session_status, 'none') IS NULL, attempted_at DESC, attempt DESC))[1] AS session_status,
        (array_agg(variables ORDER BY variables IS NULL, attempted_at DESC, attempt DESC))[1] AS variables
    FROM placed
    WHERE first_at >= @first::timestamptz
    GROUP BY campaign_id, person, first_at
), told AS (
    SELECT campaign_id, person, user_id, first_at, attempts, reason, answered_at, finished_at, last_activity_at, session_status, variables,
        (ARRAY['pending', 'failed', 'sent', 'delivered', 'read'])[state] AS status,
        CASE WHEN finished_at IS NOT NULL THEN 'finished' WHEN session_status <> 'none' THEN 'in_flow' ELSE 'none' END AS stage
    FROM recipient
), chosen AS MATERIALIZED (
    SELECT campaign_id, person, user_id, first_at, attempts, reason, answered_at, last_activity_at, session_status, variables, status, stage,
        count(*) OVER () AS all_of_them
    FROM told
    WHERE (cardinality(@statuses::text[]) = 0 OR status = ANY(@statuses::text[]))
        AND (cardinality(@stages::text[]) = 0 OR stage = ANY(@stages::text[]))
        AND (cardinality(@sessions::text[]) = 0 OR coalesce(session_status, 'none') = ANY(@sessions::text[]))
        AND (@campaign::text = '' OR campaign_id = @campaign::text)
    ORDER BY first_at DESC, campaign_id, person
    OFFSET @skip::int
    LIMIT @most::int
)
SELECT left(t.user_id, 200) AS user_id, left(t.campaign_id, 200) AS campaign_id, left(coalesce(nullif(c.name, ''), t.campaign_id), 200) AS campaign,
    left(c.version, 200) AS version, t.first_at, t.attempts, t.status, left(t.reason, 300) AS reason, t.stage, coalesce(t.session_status, 'none') AS session_status,
    t.answered_at, t.last_activity_at, t.all_of_them,
    CASE WHEN jsonb_typeof(t.variables) = 'object' THEN (
        SELECT left(string_agg(left(v.key, 100) || ': ' || left(v.value, 300), ', ' ORDER BY v.key), 1000)
        FROM jsonb_each_text(t.variables) AS v (key, value)) END AS variables
FROM chosen t
LEFT JOIN campaign c ON c.campaign_id = t.campaign_id
ORDER BY t.first_at DESC, t.campaign_id, t.person;

-- name: persons
-- One row a person of @users text[]: what they are called and how they are reached.
SELECT user_id, left(display_name, 200) AS name, left(address, 200) AS address
FROM person
ORDER BY user_id;

-- name: history
-- One row a message of the person in @users text[], from and to, in order, the first @most, with how many there are.
SELECT m.sent_at, m.direction, m.author, left(a.display_name, 200) AS agent, left(m.body, 5000) AS body, m.delivery, m.conversation_id,
    count(*) OVER () AS all_of_them
FROM user_message m
LEFT JOIN agent a ON a.agent_id = m.agent_id
ORDER BY m.sent_at DESC, m.message_id DESC
LIMIT @most::int;
