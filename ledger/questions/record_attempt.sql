-- Write what became of an attempt.
UPDATE fortnight.attempts
SET state = @state, code = @code, status = @status, answer = @answer, ended_at = @now
WHERE delivery_id = @delivery AND number = @number
