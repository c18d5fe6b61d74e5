-- How many one-time links were made for the account @account (bigint) since @since (timestamptz): invitations, or links asked for?
SELECT count(*)
FROM fortnight.sign_ins
WHERE account_id = @account AND made_at > @since AND (browser_hash IS NULL) = @invitation
