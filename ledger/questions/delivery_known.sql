-- Is there a delivery @delivery (bigint)?
SELECT EXISTS (SELECT 1 FROM fortnight.deliveries WHERE delivery_id = @delivery) AS known
