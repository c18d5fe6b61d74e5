-- How many deliveries of the project were sent, of editions opened since @since (timestamptz), and before that since @before?
SELECT count(*) FILTER (WHERE e.opened_at >= @since) AS sent, count(*) FILTER (WHERE e.opened_at < @since) AS sent_before
FROM fortnight.editions e
JOIN fortnight.deliveries d ON d.edition_id = e.edition_id
WHERE e.project_id = @project AND e.opened_at >= @before AND d.place = 5
