package console

// calendarRoutes are the calendar of the coming weeks.
func (c *console) calendarRoutes() []route { return nil }
