-- How many deliveries of the project were sent, of editions opened since @since (timestamptz), and before that since @before?
SELECT coalesce(sum(x.n) FILTER (WHERE x.opened_at >= @since), 0)::bigint AS sent, coalesce(sum(x.n) FILTER (WHERE x.opened_at < @since), 0)::bigint AS sent_before
FROM (SELECT e.opened_at,
             CASE WHEN e.counts IS NOT NULL THEN coalesce((e.counts ->> 'sent')::bigint, 0)
                  ELSE (SELECT count(*) FROM fortnight.deliveries d WHERE d.edition_id = e.edition_id AND d.place = 5) END AS n
      FROM fortnight.editions e
      WHERE e.project_id = @project AND e.opened_at >= @before) x
