-- What keeps the digest @digest (bigint) from being removed: editions of it that somebody got, or may have got; and one that is being
-- made or sent ('': none)?
SELECT EXISTS (SELECT 1
               FROM fortnight.editions e
               JOIN fortnight.deliveries d ON d.edition_id = e.edition_id
               WHERE e.digest_id = @digest AND (d.place IN (1, 5) OR d.attempts > 0)) AS mailed,
       coalesce((SELECT e.label
                 FROM fortnight.editions e
                 WHERE e.digest_id = @digest AND e.state IN ('due', 'collecting', 'ready', 'sending')
                 ORDER BY e.edition_id
                 LIMIT 1), '') AS in_work
