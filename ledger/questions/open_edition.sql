-- Open an edition. Before @lease_until nobody takes its job for lost.
INSERT INTO fortnight.editions (project_id, digest_id, label, zone, period_start, period_end, previous_start, previous_end, due, start_at, next_at,
                                state, archive, why_archived, at_once, catch_up, hold_unknown, project, config, cadence, lease_until, opened_at)
VALUES (@project_id, @digest, @label, @zone, @period_start, @period_end, @previous_start, @previous_end, @due, @start_at, @start_at,
        'due', @archive, @why_archived, @at_once, @catch_up, @hold_unknown, @project, @config, @cadence, @lease_until, @now)
RETURNING edition_id
