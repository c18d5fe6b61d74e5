package console

// sourceRoutes are sources and their probes.
func (c *console) sourceRoutes() []route { return nil }
