-- Forget the reports that were noted before @before (timestamptz).
DELETE FROM fortnight.bounces
WHERE at < @before
