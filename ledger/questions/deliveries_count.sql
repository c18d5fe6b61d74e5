-- How many deliveries has the edition @edition (bigint): in the state @state (text, '' for all), whose place in the list is from @low to
-- @high (smallint), and with @search (text) in name or address?
SELECT count(*)
FROM fortnight.deliveries d
WHERE d.edition_id = @edition AND d.place BETWEEN @low::smallint AND @high::smallint
  AND (@state::text = '' OR d.state = @state::text)
  AND (@search::text = '' OR position(lower(@search::text) IN lower(coalesce(d.recipient ->> 'Name', '') || ' ' || coalesce(d.recipient ->> 'Address', ''))) > 0)
