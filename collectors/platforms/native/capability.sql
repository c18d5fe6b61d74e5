SELECT relation, metric, support, note
FROM fortnight_events.capability
