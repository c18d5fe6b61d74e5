-- Nobody was told of @cause (text) after all.
DELETE FROM fortnight.told
WHERE cause = @cause
