-- What Chatwoot's database knows only in part, leaves to be derived, or does not know. Notes are phrases of the locales.
SELECT c.relation, c.metric, c.support, c.note
FROM (VALUES
    ('agent_session', '*', 'none', 'chatwoot.no_presence'),
    ('assignment', '*', 'derived', 'chatwoot.assignments_from_replies'),
    ('episode', 'closing_reasons', 'derived', 'chatwoot.close_reason'),
    ('intent_hit', '*', 'partial', 'chatwoot.labels_as_intents'),
    ('intent_hit', 'fallback_rate', 'none', 'chatwoot.no_fallback'),
    ('message', 'languages', 'partial', 'chatwoot.browser_language'),
    ('conversation', 'start_flows', 'derived', 'chatwoot.entry_point'),
    ('flow_session', '*', 'none', 'chatwoot.no_flows'),
    ('flow_step', '*', 'none', 'chatwoot.no_flows'),
    ('outbound_delivery', '*', 'partial', 'chatwoot.campaigns_partial'),
    ('goal_event', '*', 'none', 'chatwoot.no_goals'),
    ('goal_history', '*', 'none', 'chatwoot.no_goals'),
    ('business_holiday', '*', 'none', 'chatwoot.no_holidays')
) AS c (relation, metric, support, note)
