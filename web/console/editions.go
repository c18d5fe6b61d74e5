package console

// editionRoutes are editions: lists, one, its deliveries, comparison, and what is done about them.
func (c *console) editionRoutes() []route { return nil }
