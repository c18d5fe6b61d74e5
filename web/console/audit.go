package console

func (c *console) auditRoutes() []route { return nil }
