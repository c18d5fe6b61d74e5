-- What Libredesk's database knows only in part, leaves to be derived, or does not know. Notes are phrases of the locales.
SELECT c.relation, c.metric, c.support, c.note
FROM (VALUES
    ('message', 'languages', 'none', 'libredesk.no_languages'),
    ('conversation', 'start_flows', 'partial', 'libredesk.entry_point'),
    ('episode', '*', 'derived', 'libredesk.episodes'),
    ('episode', 'closing_reasons', 'partial', 'libredesk.close_reason'),
    ('assignment', '*', 'derived', 'libredesk.assignments'),
    ('agent_session', '*', 'derived', 'libredesk.logins'),
    ('intent_hit', '*', 'partial', 'libredesk.tags_as_intents'),
    ('intent_hit', 'fallback_rate', 'none', 'libredesk.no_fallback'),
    ('flow_session', '*', 'none', 'libredesk.no_flows'),
    ('flow_step', '*', 'none', 'libredesk.no_flows'),
    ('campaign', '*', 'none', 'libredesk.no_campaigns'),
    ('outbound_delivery', '*', 'none', 'libredesk.no_campaigns'),
    ('goal_event', '*', 'none', 'libredesk.no_goals'),
    ('goal_history', '*', 'none', 'libredesk.no_goals'),
    ('open_conversation', 'unread', 'derived', 'libredesk.unread'),
    ('open_conversation', 'pending', 'none', 'libredesk.no_pending')
) AS c (relation, metric, support, note)
