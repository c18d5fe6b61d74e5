-- Which of the projects with the keys @keys (text[]) let digests of the project @project_id (bigint) sum their numbers up? Its own always do.
SELECT p.project_id, p.key AS project_key, p.name, p.zone, p.locale, p.week_start, p.bi_monthly, p.hold_unknown, p.accent, p.footer,
       p.from_name, p.from_address, p.reply_name, p.reply_address, p.logo, p.hours, p.shares
FROM fortnight.projects p
WHERE p.key = ANY (@keys)
  AND (p.project_id = @project_id OR (SELECT by.key FROM fortnight.projects by WHERE by.project_id = @project_id) = ANY (p.shares))
ORDER BY p.key
