-- Keep a DSN sealed anew.
UPDATE fortnight.sources SET dsn_sealed = @sealed WHERE source_id = @id
