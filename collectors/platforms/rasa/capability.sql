-- What Rasa's tracker store knows only in part, leaves to be derived, or does not know. Notes are phrases of the locales.
SELECT c.relation, c.metric, c.support, c.note
FROM (VALUES
    ('message', 'languages', 'partial', 'rasa.languages'),
    ('conversation', 'start_flows', 'derived', 'rasa.entry_point'),
    ('episode', '*', 'derived', 'rasa.sessions'),
    ('assignment', '*', 'partial', 'rasa.handoffs'),
    ('agent', '*', 'none', 'rasa.no_agents'),
    ('agent_session', '*', 'none', 'rasa.no_agents'),
    ('flow_session', '*', 'partial', 'rasa.calm_flows'),
    ('flow_step', '*', 'partial', 'rasa.questions'),
    ('flow_session', 'failure_by_step', 'partial', 'rasa.failure_reasons'),
    ('flow_session', 'mention_share', 'none', 'rasa.no_mentions'),
    ('outbound_delivery', '*', 'none', 'rasa.no_campaigns'),
    ('campaign', '*', 'none', 'rasa.no_campaigns'),
    ('business_hours', '*', 'none', 'rasa.no_hours'),
    ('goal_event', '*', 'none', 'rasa.no_goals'),
    ('goal_history', '*', 'none', 'rasa.no_goals'),
    ('open_conversation', '*', 'partial', 'rasa.open'),
    ('open_conversation', 'unassigned', 'none', 'rasa.no_agents'),
    ('open_conversation', 'urgent', 'none', 'rasa.no_urgency'),
    ('open_conversation', 'unread', 'none', 'rasa.no_reading'),
    ('open_conversation', 'snoozed', 'none', 'rasa.no_snoozing')
) AS c (relation, metric, support, note)
UNION ALL
SELECT 'assignment', m.metric, 'none', 'rasa.handoff_only'
FROM unnest(ARRAY['handled', 'missed', 'waiting', 'transfers', 'accepted_from_before', 'unique_users', 'wait_mean', 'wait_median', 'wait_p90',
    'conversation_time_mean', 'conversation_time_median', 'handled_vs_missed', 'average_conversation_time', 'average_wait_time', 'conversations_per_agent',
    'conversations_evolution', 'conversation_minutes', 'conversation_minutes_evolution', 'answered_in_10_min', 'first_response_mean',
    'first_response_median', 'first_response_p90', 'response_time', 'by_weekday_hour']) AS m (metric)
