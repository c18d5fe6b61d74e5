package console

// overviewRoutes are the overview: what needs somebody, what went out, what comes.
func (c *console) overviewRoutes() []route { return nil }
