package console

func (c *console) tokenRoutes() []route { return nil }
