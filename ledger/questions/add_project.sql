-- Add a project.
INSERT INTO fortnight.projects (key, name, zone, locale, week_start, bi_monthly, hold_unknown, accent, footer, from_name, from_address, reply_name, reply_address, hours, shares, created_at)
VALUES (@key, @name, @zone, @locale, @week_start, @bi_monthly, @hold_unknown, @accent, @footer, @from_name, @from_address, @reply_name, @reply_address, @hours, @shares, @now)
RETURNING project_id
