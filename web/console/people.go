package console

func (c *console) peopleRoutes() []route { return nil }
