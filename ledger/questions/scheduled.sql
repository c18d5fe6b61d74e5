-- Which digests are switched on, up to which due has the schedule dealt with each, and where do their editions end?
SELECT d.digest_id, d.project_id, d.key, d.config, d.active, d.last_due,
       (SELECT max(e.period_end) FROM fortnight.editions e WHERE e.digest_id = d.digest_id AND e.cadence = '') AS covered,
       p.key AS project_key, p.name, p.zone, p.locale, p.week_start, p.bi_monthly, p.hold_unknown, p.accent, p.footer,
       p.from_name, p.from_address, p.reply_name, p.reply_address, p.logo, p.hours, p.shares
FROM fortnight.digests d
JOIN fortnight.projects p ON p.project_id = d.project_id
WHERE d.active
ORDER BY d.digest_id
