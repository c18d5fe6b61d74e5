-- Is any delivery of the edition @edition (bigint) planned?
SELECT EXISTS (SELECT 1 FROM fortnight.deliveries WHERE edition_id = @edition) AS planned
