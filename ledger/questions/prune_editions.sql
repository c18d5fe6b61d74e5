-- Forget the editions that were opened before @before (timestamptz), with their snapshots, variants and deliveries. The schedule's
-- mark stands with the digest, so that none of them is made again.
DELETE FROM fortnight.editions
WHERE opened_at < @before AND state IN ('done', 'archived', 'discarded', 'held', 'parked')
