-- Mark the edition @edition (bigint) done if each of its deliveries has come to an end, and say how it stands and
-- whether that was so now. No row: there is no such edition.
WITH finished AS (
    UPDATE fortnight.editions e
    SET state = 'done', finished_at = @now
    WHERE e.edition_id = @edition AND e.state IN ('ready', 'sending')
      AND NOT EXISTS (SELECT 1 FROM fortnight.deliveries d
                      WHERE d.edition_id = e.edition_id AND d.open)
    RETURNING e.state
)
SELECT coalesce((SELECT f.state FROM finished f), e.state) AS state, EXISTS (SELECT 1 FROM finished) AS now
FROM fortnight.editions e
WHERE e.edition_id = @edition
