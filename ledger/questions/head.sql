-- What is the project @project_id (bigint), as it is to be read?
SELECT project_id, key AS project_key, name, zone, locale, week_start, bi_monthly, hold_unknown, accent, footer, from_name, from_address, reply_name, reply_address, logo, hours, shares
FROM fortnight.projects
WHERE project_id = @project_id
