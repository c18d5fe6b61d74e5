package console

func (c *console) webhookRoutes() []route { return nil }
