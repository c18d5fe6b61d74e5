-- Keep a webhook's secret sealed anew.
UPDATE fortnight.webhooks SET secret_sealed = @sealed WHERE webhook_id = @id
