-- What Whatomate's database knows only in part, leaves to be derived, or does not know. Notes are phrases of the locales.
SELECT c.relation, c.metric, c.support, c.note
FROM (VALUES
    ('message', 'conversations_total', 'derived', 'whatomate.day_gap'),
    ('message', 'conversations', 'derived', 'whatomate.day_gap'),
    ('message', 'messages_per_conversation_mean', 'derived', 'whatomate.day_gap'),
    ('message', 'messages_per_conversation', 'derived', 'whatomate.day_gap'),
    ('message', 'languages', 'none', 'whatomate.no_languages'),
    ('conversation', 'start_flows', 'derived', 'whatomate.entry_point'),
    ('episode', '*', 'derived', 'whatomate.episodes'),
    ('episode', 'closing_reasons', 'partial', 'whatomate.close_reason'),
    ('assignment', '*', 'partial', 'whatomate.last_agent'),
    ('agent_session', '*', 'derived', 'whatomate.available'),
    ('intent_hit', '*', 'partial', 'whatomate.flows_as_intents'),
    ('intent_hit', 'fallback_rate', 'none', 'whatomate.no_fallback'),
    ('flow_session', 'failure_by_step', 'partial', 'whatomate.failure_reasons'),
    ('flow_session', 'mention_share', 'none', 'whatomate.no_mentions'),
    ('goal_event', '*', 'none', 'whatomate.no_goals'),
    ('goal_history', '*', 'none', 'whatomate.no_goals'),
    ('business_holiday', '*', 'none', 'whatomate.no_holidays'),
    ('open_conversation', '*', 'derived', 'whatomate.open'),
    ('open_conversation', 'urgent', 'none', 'whatomate.no_urgency'),
    ('open_conversation', 'snoozed', 'none', 'whatomate.no_snoozing')
) AS c (relation, metric, support, note)
