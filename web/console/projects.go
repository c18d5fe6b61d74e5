package console

func (c *console) houseRoutes() []route { return nil }
