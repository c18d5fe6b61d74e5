-- Note that the schedule has dealt with the dues of the cadence @cadence (text), which readers of the digest @digest (bigint) chose,
-- up to @due (timestamptz).
INSERT INTO fortnight.reader_cadences (project_id, digest_id, cadence, last_due)
VALUES (@project_id, @digest, @cadence, @due)
ON CONFLICT (digest_id, cadence) DO UPDATE SET last_due = greatest(reader_cadences.last_due, excluded.last_due)
