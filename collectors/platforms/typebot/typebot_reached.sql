-- needs "VisitedEdge"
-- else SELECT NULL::text AS result_id, NULL::text AS edge_id WHERE false
-- Helper: the last edge that each of the period's results went along.
SELECT DISTINCT ON (v."resultId") v."resultId"::text AS result_id, v."edgeId"::text AS edge_id
FROM "VisitedEdge" v
WHERE v."resultId" = ANY (@result_ids::text[])
ORDER BY v."resultId", v.index DESC
