-- Which of the addresses @addresses (text[]) may the project @project (bigint) not write to, and why?
SELECT a.address, x.reason
FROM unnest(@addresses::text[]) AS a (address)
JOIN fortnight.suppressions x ON x.project_id = @project AND x.address_hash = sha256(convert_to(lower(a.address), 'UTF8'))
