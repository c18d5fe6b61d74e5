-- Which variants of the edition @edition (bigint) are rendered?
SELECT audience, locale, with_pdf, paper, sections, agent
FROM fortnight.variants
WHERE edition_id = @edition
ORDER BY audience, locale, with_pdf, paper, sections, agent
