-- Which addresses may the project not write to, the latest first: at most @size (integer) after the one that was noted at @after
-- (timestamptz) with the hash @after_hash (bytea)?
SELECT x.address, x.reason, x.at, x.address_hash
FROM fortnight.suppressions x
WHERE x.project_id = @project AND (x.at < @after OR x.at = @after AND x.address_hash > @after_hash)
ORDER BY x.at DESC, x.address_hash
LIMIT @size
