-- Nobody has to be at the batch @batch (integer) of the edition @edition until @until: whoever worked on it has queued it again for then.
UPDATE fortnight.editions
SET lease_until = greatest(lease_until, @until), batches_until[@batch::integer + 1] = CASE WHEN @until::timestamptz > @now THEN @until END
WHERE edition_id = @edition AND state IN ('ready', 'sending')
