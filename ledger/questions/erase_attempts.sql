-- Forget what servers said of the deliveries @deliveries (bigint[]): they name the address.
UPDATE fortnight.attempts
SET answer = ''
WHERE delivery_id = ANY (@deliveries)
