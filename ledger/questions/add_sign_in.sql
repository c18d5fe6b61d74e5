-- Make a one-time link; without @browser_hash (bytea) it is good in any browser.
INSERT INTO fortnight.sign_ins (token_hash, account_id, browser_hash, made_at, expires_at)
VALUES (@token_hash, @account, @browser_hash, @now, @expires_at)
