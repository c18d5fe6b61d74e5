-- Note that an attempt began.
INSERT INTO fortnight.attempts (delivery_id, project_id, number, started_at)
VALUES (@delivery, @project_id, @number, @now)
