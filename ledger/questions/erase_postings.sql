-- Forget the address @address (text), and what servers said of it, in what was posted to webhooks or is to be.
UPDATE fortnight.postings
SET body = jsonb_set(body, '{delivery}', (body -> 'delivery') - 'bounce' || '{"subscriber": null, "address": "", "answer": ""}')
WHERE lower(body -> 'delivery' ->> 'address') = lower(@address::text)
