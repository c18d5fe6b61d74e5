-- From @now (timestamptz) on the links to the edition @edition (bigint) in mails are dead. No row: they are already.
UPDATE fortnight.editions
SET revoked_at = @now
WHERE edition_id = @edition AND revoked_at IS NULL
RETURNING edition_id
