-- What do those read who are still to get the edition @edition (bigint)? As it was when their deliveries were planned.
SELECT DISTINCT coalesce(d.recipient ->> 'Audience', '') AS audience, coalesce(d.recipient ->> 'Locale', '') AS locale,
       coalesce((d.recipient -> 'PDF')::boolean, false) AS with_pdf, coalesce(d.recipient -> 'Sections', '[]') AS sections,
       coalesce(d.recipient ->> 'Agent', '') AS agent
FROM fortnight.deliveries d
WHERE d.edition_id = @edition AND d.open
ORDER BY audience, locale, with_pdf, sections, agent
