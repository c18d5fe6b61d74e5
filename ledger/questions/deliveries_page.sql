-- Which deliveries has the edition @edition (bigint), those that need somebody first: in the state @state (text, '' for all), whose place
-- in the list is from @low to @high (smallint), and with @search (text) in name or address, at most @size (integer) after the one at the
-- place @after (smallint) with the number @after_id (bigint)?
SELECT d.delivery_id
FROM fortnight.deliveries d
WHERE d.edition_id = @edition AND d.place BETWEEN @low::smallint AND @high::smallint AND (d.place, d.delivery_id) > (@after::smallint, @after_id::bigint)
  AND (@state::text = '' OR d.state = @state::text)
  AND (@search::text = '' OR position(lower(@search::text) IN lower(coalesce(d.recipient ->> 'Name', '') || ' ' || coalesce(d.recipient ->> 'Address', ''))) > 0)
ORDER BY d.place, d.delivery_id
LIMIT @size
