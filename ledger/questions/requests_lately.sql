-- How often was asked since @since (timestamptz): by the links of the subscriber @forwarder (bigint), and for the address @address (text)
-- in any digest of the project @project (bigint)?
SELECT count(*) FILTER (WHERE forwarder_id = @forwarder) AS by_link, count(*) FILTER (WHERE lower(address) = lower(@address)) AS for_address
FROM fortnight.requests
WHERE project_id = @project AND made_at > @since
