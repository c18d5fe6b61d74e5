-- Keep what was rendered, unless there is one of the same choice (no row: there is), and count its tries anew.
WITH edition AS (
    UPDATE fortnight.editions
    SET tries = 0, reason = '', rendering_until = @lease_until
    WHERE edition_id = @edition AND state IN ('ready', 'sending') AND rendering_until IS NOT NULL
)
INSERT INTO fortnight.variants (edition_id, project_id, audience, locale, with_pdf, paper, sections, agent, subject, letter, html, plain, pdf, pdf_name, images, pngs, files, contents, kept_at)
SELECT e.edition_id, e.project_id, @audience, @locale, @with_pdf, @paper, @sections, @agent, @subject, @letter, @html, @plain, @pdf, @pdf_name, @images, @pngs, @files, @contents, @now
FROM fortnight.editions e
WHERE e.edition_id = @edition
ON CONFLICT (edition_id, audience, locale, with_pdf, paper, sections, agent) DO NOTHING
RETURNING edition_id
