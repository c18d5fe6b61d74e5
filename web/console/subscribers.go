package console

// subscriberRoutes are subscribers, their import, requests and suppressions.
func (c *console) subscriberRoutes() []route { return nil }
