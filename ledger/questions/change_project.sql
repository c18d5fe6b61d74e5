-- Change a project.
UPDATE fortnight.projects
SET name = @name, zone = @zone, locale = @locale, week_start = @week_start, bi_monthly = @bi_monthly, hold_unknown = @hold_unknown, accent = @accent, footer = @footer,
    from_name = @from_name, from_address = @from_address, reply_name = @reply_name, reply_address = @reply_address, hours = @hours, shares = @shares
WHERE key = @key
RETURNING project_id
