-- The subscriber @subscriber (bigint) of the digest @digest (bigint) has chosen the cadence @cadence (text) at @now (timestamptz): where
-- nobody else has it, the schedule deals with it from then on.
INSERT INTO fortnight.reader_cadences (project_id, digest_id, cadence, last_due)
VALUES (@project_id, @digest, @cadence, @now)
ON CONFLICT (digest_id, cadence) DO UPDATE SET last_due = excluded.last_due
WHERE NOT EXISTS (SELECT 1 FROM fortnight.subscribers s
                  WHERE s.digest_id = @digest AND s.cadence = @cadence AND s.subscriber_id <> @subscriber
                    AND s.unsubscribed_at IS NULL AND s.removed_at IS NULL)
