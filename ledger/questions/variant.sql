-- What was rendered for an edition, audience, locale, paper, choice of sections and agent ('': all), with or without a PDF?
SELECT letter, html, plain, pdf, pdf_name, images, pngs, files, contents
FROM fortnight.variants
WHERE edition_id = @edition AND audience = @audience AND locale = @locale AND with_pdf = @with_pdf AND paper = @paper AND sections = @sections AND agent = @agent
