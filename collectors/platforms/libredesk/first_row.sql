-- When do the desk's data begin? The first entry of the index on time.
SELECT min(created_at) AS first
FROM conversation_messages
WHERE @tenant::text = 'default'
