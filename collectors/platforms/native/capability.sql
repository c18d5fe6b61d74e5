-- What the senders of events say that they cannot know. A kind of goal that nobody ever told of, up to the period's end, is not known
-- either: it is not 0.
SELECT c.relation, c.metric, c.support, c.note
FROM fortnight_events.capability c
UNION ALL
SELECT 'goal_event', m.metric, 'none', m.note
FROM (VALUES
    ('appointment_scheduled', 'appointments_scheduled', 'native.no_appointments'),
    ('appointment_scheduled', 'appointment_rate', 'native.no_appointments'),
    ('appointment_scheduled', 'revenue_scheduled', 'native.no_appointments'),
    ('appointment_scheduled', 'scheduled_status', 'native.no_appointments'),
    ('appointment_completed', 'appointments_completed', 'native.no_completions'),
    ('appointment_completed', 'completion_rate', 'native.no_completions'),
    ('appointment_completed', 'revenue_completed', 'native.no_completions'),
    ('portal_enrolled', 'portal_enrollments', 'native.no_enrollments'),
    ('portal_enrolled', 'enrollment_rate', 'native.no_enrollments'),
    ('portal_enrolled', 'enrollment_value', 'native.no_enrollments'),
    ('cancellation_kept', 'recovered_cancellations', 'native.no_kept')
) AS m (kind, metric, note)
WHERE NOT EXISTS (
        SELECT FROM fortnight_events.goal_event g
        WHERE g.tenant_id = @tenant::text AND g.kind = m.kind AND g.occurred_at < @to::timestamptz)
    AND NOT EXISTS (
        SELECT FROM fortnight_events.capability c
        WHERE c.relation = 'goal_event' AND c.metric IN (m.metric, '*'))
