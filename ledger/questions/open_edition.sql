-- Open an edition unless there is one of this digest for this period. No row: there is.
INSERT INTO fortnight.editions (project_id, digest_id, label, zone, period_start, period_end, previous_start, previous_end, due,
                                state, archive, at_once, project, config, lease_until, opened_at)
VALUES (@project_id, @digest, @label, @zone, @period_start, @period_end, @previous_start, @previous_end, @due,
        'due', @archive, @at_once, @project, @config, @lease_until, @now)
ON CONFLICT (digest_id, period_start) DO NOTHING
RETURNING edition_id
